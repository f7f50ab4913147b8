"""The print of each sheet's ink, by which the same paper is known again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "sheet_inks",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_sheet_inks_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("pk_sheet_inks")),
    )


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("sheet_inks")
