"""A wish for a retake has a way out: the scan that came instead, and when it was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    with op.batch_alter_table("scans") as table:
        table.add_column(sa.Column("replaced_by", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("retake_settled_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_scans_replaced_by"), "scans", ["replaced_by"], ["id"])


def downgrade() -> None:
    """Take the revision back."""
    with op.batch_alter_table("scans") as table:
        table.drop_constraint(op.f("fk_scans_replaced_by"), type_="foreignkey")
        table.drop_column("retake_settled_at")
        table.drop_column("replaced_by")
