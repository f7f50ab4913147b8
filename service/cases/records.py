"""Every record that belongs to a child: what a merge moves, what tells that a child stands on one paper only."""

from __future__ import annotations

from collections.abc import Mapping

MOVES: tuple[tuple[str, str], ...] = (
    ("cases", "student_id"), ("home_visits", "student_id"), ("category_facts", "student_id"),
    ("household_members", "student_id"), ("school_periods", "student_id"), ("persuasions", "student_id"),
    ("transfers", "student_id"), ("home_teaching", "student_id"),
    ("list_entries", "student_id"), ("suspects", "student_id"),
)
"""Columns that name a child: all rows of a merged child come to name the kept one.

A test holds this to the tables there are."""
STAYS: Mapping[tuple[str, str], str] = {
    ("students", "merged_into"): "says itself which files were merged",
    ("duplicate_pairs", "one_id"): "the question that was answered", ("duplicate_pairs", "other_id"): "likewise",
    ("student_merges", "kept_id"): "the record of the merge", ("student_merges", "merged_id"): "likewise",
}
"""Columns that name a child and stay, each with the reason."""
CASE_MOVES: tuple[tuple[str, str], ...] = (
    ("home_visits", "case_id"), ("persuasions", "case_id"), ("transfers", "case_id"), ("suspects", "case_id"),
)
"""Papers that go on with the case that is kept, when both children had one."""
CASE_STAYS: Mapping[tuple[str, str], str] = {
    ("case_events", "case_id"): "the history of the case that was closed as a mistake",
    ("case_duties", "case_id"): "who answered for that case", ("case_tasks", "case_id"): "what was due in that case",
    ("handovers", "case_id"): "who handed that case to whom",
}
