"""Events of a kind are found by the unit, too: a school's month no longer goes through the county's visits."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    _indexed("kind", "happened_on", "unit_id")


def downgrade() -> None:
    """Take the revision back."""
    _indexed("kind", "happened_on")


def _indexed(*columns: str) -> None:
    op.drop_index(op.f("ix_case_events_kind"), table_name="case_events")
    op.create_index(op.f("ix_case_events_kind"), "case_events", list(columns))
