"""What was read and decided; children, their cases and the figures that came on paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "students",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=2), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("id_number_mark", sa.String(length=64), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("grade_class", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["units.id"], name=op.f("fk_students_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
        sa.UniqueConstraint("id_number_mark", name=op.f("uq_students_id_number_mark")),
    )
    op.create_index(op.f("ix_students_born_on"), "students", ["born_on"])
    op.create_index(op.f("ix_students_name"), "students", ["name"])
    op.create_index(op.f("ix_students_school_id"), "students", ["school_id"])
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("closing", sa.String(length=40), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('annual_check', 'ministry_list', 'school_watch', 'home_visit', 'other')",
            name=op.f("ck_cases_source"),
        ),
        sa.CheckConstraint(
            "state IN ('suspected', 'verified', 'persuading', 'returned', 'closed')",
            name=op.f("ck_cases_state"),
        ),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_cases_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cases_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_opened_on"), "cases", ["opened_on"])
    op.create_index(op.f("ix_cases_student_id"), "cases", ["student_id"])
    op.create_index(op.f("ix_cases_unit_id"), "cases", ["unit_id", "state"])
    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'verified', 'visited', 'returned', 'relapsed', 'closed', "
            "'handed_over', 'note')",
            name=op.f("ck_case_events_kind"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_case_events_sheet_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_case_events_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    op.create_index(op.f("ix_case_events_case_id"), "case_events", ["case_id", "happened_on"])
    op.create_index(op.f("ix_case_events_kind"), "case_events", ["kind", "happened_on"])
    op.create_index(op.f("ix_case_events_sheet_id"), "case_events", ["sheet_id"])
    op.create_table(
        "home_visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("grade_class", sa.String(length=40), nullable=False),
        sa.Column("teacher", sa.String(length=60), nullable=False),
        sa.Column("companion", sa.String(length=60), nullable=False),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("school_opinion", sa.Text(), nullable=True),
        sa.Column("parent_opinion", sa.Text(), nullable=True),
        sa.Column("school_on", sa.Date(), nullable=True),
        sa.Column("parent_on", sa.Date(), nullable=True),
        sa.Column("school_seal", sa.Boolean(), nullable=False),
        sa.Column("guardian_signature", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_home_visits_case_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_home_visits_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_home_visits_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_home_visits_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_visits")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_home_visits_sheet_id")),
    )
    op.create_index(op.f("ix_home_visits_case_id"), "home_visits", ["case_id"])
    op.create_index(op.f("ix_home_visits_student_id"), "home_visits", ["student_id"])
    op.create_index(op.f("ix_home_visits_unit_id"), "home_visits", ["unit_id", "visited_on"])
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("accept", sa.Boolean(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_readings_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("sheet_id", "row", "field", name=op.f("uq_readings_sheet_id_row_field")),
    )
    op.create_index(op.f("ix_readings_sheet_id"), "readings", ["sheet_id"])
    op.create_table(
        "township_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("prior_year", sa.Integer(), nullable=False),
        sa.Column("ministry_list", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_township_counts_sheet_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_township_counts_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_township_counts")),
        sa.UniqueConstraint("sheet_id", "row", name=op.f("uq_township_counts_sheet_id_row")),
    )
    op.create_index(op.f("ix_township_counts_unit_id"), "township_counts", ["unit_id", "counted_on"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=True),
        sa.Column("sheet_version", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('accepted', 'corrected', 'picked', 'illegible', 'undone')",
            name=op.f("ck_decisions_kind"),
        ),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_decisions_reading_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_decisions_sheet_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["decisions.id"], name=op.f("fk_decisions_undoes_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_decisions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("sheet_id", "sheet_version", name=op.f("uq_decisions_sheet_id_sheet_version")),
    )
    op.create_index(op.f("ix_decisions_sheet_id"), "decisions", ["sheet_id", "row", "field"])


def downgrade() -> None:
    """Take the revision back."""
    for table in (
        "decisions",
        "township_counts",
        "readings",
        "home_visits",
        "case_events",
        "cases",
        "students",
    ):
        op.drop_table(table)
