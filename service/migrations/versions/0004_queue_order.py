"""The next sheet of a long queue is found without sorting the queue."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_index(op.f("ix_sheets_state_created_at"), "sheets", ["state", "created_at", "id"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index(op.f("ix_sheets_state_created_at"), "sheets")
