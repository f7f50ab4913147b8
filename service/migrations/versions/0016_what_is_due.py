"""What is overdue in a unit, and which hand-overs wait, are found without going through all cases or children."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_index("ix_cases_due_of_unit", "cases", ["unit_id", "due_on"])
    op.create_index(op.f("ix_handovers_state"), "handovers", ["state", "asked_on"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index(op.f("ix_handovers_state"), table_name="handovers")
    op.drop_index("ix_cases_due_of_unit", table_name="cases")
