"""Every record that belongs to a child: what a merge moves, what a file shows."""

from __future__ import annotations

from sqlalchemy.orm import InstrumentedAttribute

from service.models import (
    Case,
    CategoryFact,
    HomeVisit,
    HouseholdMember,
    Lesson,
    Persuasion,
    SchoolPeriod,
    Transfer,
)

OF_A_CHILD: tuple[InstrumentedAttribute[int] | InstrumentedAttribute[int | None], ...] = (
    Case.student_id, CategoryFact.student_id, HomeVisit.student_id, HouseholdMember.student_id, Lesson.student_id,
    Persuasion.student_id, SchoolPeriod.student_id, Transfer.student_id,
)
"""The columns that name a child; a test holds this list to the foreign keys that there are."""
