"""What units' own monthly papers say, beside what the records count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FIGURES = (
    "opening", "new_total", "new_annual_check", "new_ministry_list", "new_school_watch", "new_home_visit",
    "new_other", "returned", "relapsed", "closed_otherwise", "closing", "visits", "lessons", "transfers_in",
    "transfers_out",
)


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "paper_returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _FIGURES),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.String(length=60), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("unit_seal", sa.Boolean(), nullable=False),
        sa.Column("leader_signature", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_paper_returns_sheet_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_paper_returns_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_returns")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_paper_returns_sheet_id")),
    )
    op.create_index(op.f("ix_paper_returns_unit_id"), "paper_returns", ["unit_id", "month"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("paper_returns")
