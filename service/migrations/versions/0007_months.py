"""Units submit monthly returns, and the months that the bureau issues are kept as they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "monthly_returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("known_event", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", _MOMENT, nullable=True),
        sa.Column("first_submitted_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'returned')",
                           name=op.f("ck_monthly_returns_state")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_monthly_returns_unit_id")),
        *(sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_monthly_returns_{name}"))
          for name in ("submitted_by", "decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_returns")),
        sa.UniqueConstraint("unit_id", "month", name=op.f("uq_monthly_returns_unit_id_month")),
    )
    op.create_index(op.f("ix_monthly_returns_month"), "monthly_returns", ["month", "state"])
    op.create_table(
        "return_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("known_event", sa.Integer(), nullable=False),
        sa.CheckConstraint("act IN ('submitted', 'approved', 'returned', 'recalled')",
                           name=op.f("ck_return_steps_act")),
        sa.ForeignKeyConstraint(["return_id"], ["monthly_returns.id"], name=op.f("fk_return_steps_return_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_return_steps_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_steps")),
    )
    op.create_index(op.f("ix_return_steps_return_id"), "return_steps", ["return_id"])
    op.create_table(
        "issued_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("known_at", _MOMENT, nullable=False),
        sa.Column("known_event", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by"], ["users.id"], name=op.f("fk_issued_reports_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_reports")),
        sa.UniqueConstraint("month", "number", name=op.f("uq_issued_reports_month_number")),
    )


def downgrade() -> None:
    """Take the revision back."""
    for table in ("issued_reports", "return_steps", "monthly_returns"):
        op.drop_table(table)
