"""Sheets know their month, the colleague they wait for and what the school must take again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = "'accepted', 'corrected', 'picked', 'illegible', {}'undone'"
_ASKED = sa.text("asked_of IS NOT NULL")  # else it would tempt the planner for all the others
_MONTHS = {
    "sqlite": "UPDATE sheets SET counts_in = date(created_at, '+8 hours', 'start of month')",
    "postgresql": "UPDATE sheets SET counts_in = date_trunc('month', created_at AT TIME ZONE 'Asia/Shanghai')",
}


def upgrade() -> None:
    """Apply the revision."""
    with op.batch_alter_table("sheets") as table:
        table.add_column(sa.Column("return_box", sa.JSON(), nullable=True))
        table.add_column(sa.Column("counts_in", sa.Date(), nullable=True))
        table.add_column(sa.Column("asked_of", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_sheets_asked_of"), "users", ["asked_of"], ["id"])
    op.execute(_MONTHS[op.get_bind().dialect.name])
    with op.batch_alter_table("sheets") as table:
        table.alter_column("counts_in", nullable=False)
    op.create_index(op.f("ix_sheets_asked_of"), "sheets", ["asked_of", "state", "created_at", "id"],
                    sqlite_where=_ASKED, postgresql_where=_ASKED)
    op.create_index(op.f("ix_sheets_signed_by"), "sheets", ["signed_by", "signed_at"])
    op.create_index("ix_sheets_state_counts_in", "sheets", ["state", "counts_in", "created_at", "id"])
    op.create_index("ix_sheets_state_unit_id", "sheets", ["state", "unit_id", "created_at", "id"])
    _allow("'image', ")
    op.create_index(op.f("ix_decisions_user_id"), "decisions", ["user_id", "decided_at"])
    _notes()


def downgrade() -> None:
    """Take the revision back; a field left as its image becomes one that nobody can read."""
    op.drop_table("sheet_notes")
    op.drop_index(op.f("ix_decisions_user_id"), "decisions")
    op.execute("UPDATE decisions SET kind = 'illegible' WHERE kind = 'image'")
    _allow("")
    for name in ("ix_sheets_asked_of", "ix_sheets_signed_by", "ix_sheets_state_counts_in",
                 "ix_sheets_state_unit_id"):
        op.drop_index(name, "sheets")
    with op.batch_alter_table("sheets") as table:
        table.drop_constraint(op.f("fk_sheets_asked_of"), type_="foreignkey")
        for name in ("asked_of", "counts_in", "return_box"):
            table.drop_column(name)


def _allow(more: str) -> None:
    """The kinds a decision may have."""
    with op.batch_alter_table("decisions") as table:
        table.drop_constraint(op.f("ck_decisions_kind"), type_="check")
        table.create_check_constraint(op.f("ck_decisions_kind"), f"kind IN ({_KINDS.format(more)})")


def _notes() -> None:
    op.create_table(
        "sheet_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_of", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('skipped', 'asked')", name=op.f("ck_sheet_notes_kind")),
        sa.ForeignKeyConstraint(["asked_of"], ["users.id"], name=op.f("fk_sheet_notes_asked_of")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_sheet_notes_sheet_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sheet_notes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_notes")),
    )
    op.create_index(op.f("ix_sheet_notes_sheet_id"), "sheet_notes", ["sheet_id"])
