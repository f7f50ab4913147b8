"""The ledger's steps are kept ready, so that a month opens at once; case events are indexed for walking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.migrations import derived

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WALK = "ix_case_events_case_id"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "ledger_steps",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("out", sa.Integer(), nullable=False),
        sa.Column("was_out", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("closing", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_ledger_steps")),
    )
    for columns in (["case_id"], ["happened_on"], ["out", "next_on", "happened_on"], ["unit_id", "next_on"]):
        op.create_index(op.f(f"ix_ledger_steps_{columns[0]}"), "ledger_steps", columns)
    op.create_table(
        "ledger_marks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_marks")),
    )
    op.execute("INSERT INTO ledger_marks (id, up_to) VALUES (1, 0)")
    op.drop_index(_WALK, "case_events")
    op.create_index(_WALK, "case_events", ["case_id", "happened_on", "id", "kind", "unit_id"])
    for statement in derived.make(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take the revision back."""
    for statement in derived.drop(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index(_WALK, "case_events")
    op.create_index(_WALK, "case_events", ["case_id", "happened_on"])
    op.drop_table("ledger_marks")
    op.drop_table("ledger_steps")
