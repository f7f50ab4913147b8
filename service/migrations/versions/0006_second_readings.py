"""Places on paper are read a second time, by somebody who does not see what the first one said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "second_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("first_value", sa.Text(), nullable=False),
        sa.Column("first_illegible", sa.Boolean(), nullable=False),
        sa.Column("first_user_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("for_user_id", sa.Integer(), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('required', 'spot', 'known')", name=op.f("ck_second_readings_kind")),
        sa.CheckConstraint("state IN ('open', 'third', 'closed')", name=op.f("ck_second_readings_state")),
        sa.CheckConstraint("outcome IN ('', 'agreed', 'first_wrong', 'second_wrong', 'all_differ')",
                           name=op.f("ck_second_readings_outcome")),
        *(sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_second_readings_{name}"))
          for name in ("first_user_id", "for_user_id", "claimed_by")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_second_readings_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_readings")),
    )
    op.create_index(op.f("ix_second_readings_sheet_id"), "second_readings", ["sheet_id", "row", "field"])
    op.create_index(op.f("ix_second_readings_state"), "second_readings", ["state", "kind", "id"])
    op.create_index(op.f("ix_second_readings_for_user_id"), "second_readings", ["for_user_id"])
    op.create_index(op.f("ix_second_readings_closed_at"), "second_readings", ["closed_at"])
    op.create_table(
        "second_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("second_reading_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("illegible", sa.Boolean(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["second_reading_id"], ["second_readings.id"],
                                name=op.f("fk_second_entries_second_reading_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_entries")),
        sa.UniqueConstraint("second_reading_id", "user_id",
                            name=op.f("uq_second_entries_second_reading_id_user_id")),
    )
    op.create_index(op.f("ix_second_entries_user_id"), "second_entries", ["user_id"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_table("second_entries")
    op.drop_table("second_readings")
