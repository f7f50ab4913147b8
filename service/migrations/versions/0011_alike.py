"""What looks like one child, one paper or a child gone missing, and what was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "chores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('duplicates', 'crosscheck')", name=op.f("ck_chores_kind")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_chores_state")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_chores_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chores")),
    )
    op.create_index(op.f("ix_chores_state"), "chores", ["state", "id"])
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'different', 'merged')", name=op.f("ck_duplicate_pairs_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_duplicate_pairs_decided_by")),
        sa.ForeignKeyConstraint(["one_id"], ["students.id"], name=op.f("fk_duplicate_pairs_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["students.id"], name=op.f("fk_duplicate_pairs_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_duplicate_pairs_one_id_other_id")),
    )
    op.create_index(op.f("ix_duplicate_pairs_other_id"), "duplicate_pairs", ["other_id"])
    op.create_index(op.f("ix_duplicate_pairs_state"), "duplicate_pairs", ["state", "score"])
    op.create_table(
        "student_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", sa.Text(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["students.id"], name=op.f("fk_student_merges_kept_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["students.id"], name=op.f("fk_student_merges_merged_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_student_merges_undone_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_student_merges_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_merges")),
    )
    op.create_index(op.f("ix_student_merges_kept_id"), "student_merges", ["kept_id"])
    op.create_index(op.f("ix_student_merges_merged_id"), "student_merges", ["merged_id"])
    op.create_table(
        "suspects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=2), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'dismissed', 'resolved')", name=op.f("ck_suspects_state")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_suspects_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_suspects_decided_by")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_suspects_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_suspects_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspects")),
    )
    op.create_index(op.f("ix_suspects_state"), "suspects", ["state", "unit_id", "id"])
    op.create_index(op.f("ix_suspects_student_id"), "suspects", ["student_id"])
    op.create_table(
        "sheet_twins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'same', 'different')", name=op.f("ck_sheet_twins_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_sheet_twins_decided_by")),
        sa.ForeignKeyConstraint(["one_id"], ["sheets.id"], name=op.f("fk_sheet_twins_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["sheets.id"], name=op.f("fk_sheet_twins_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_twins")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_sheet_twins_one_id_other_id")),
    )
    op.create_index(op.f("ix_sheet_twins_other_id"), "sheet_twins", ["other_id"])
    with op.batch_alter_table("students") as students:
        students.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        students.create_foreign_key("fk_students_merged_into", "students", ["merged_into"], ["id"])
        students.create_index("ix_students_merged_into", ["merged_into"])


def downgrade() -> None:
    """Take the revision back."""
    with op.batch_alter_table("students") as students:
        students.drop_index("ix_students_merged_into")
        students.drop_constraint("fk_students_merged_into", type_="foreignkey")
        students.drop_column("merged_into")
    op.drop_index(op.f("ix_sheet_twins_other_id"), table_name="sheet_twins")
    op.drop_table("sheet_twins")
    op.drop_index(op.f("ix_suspects_student_id"), table_name="suspects")
    op.drop_index(op.f("ix_suspects_state"), table_name="suspects")
    op.drop_table("suspects")
    op.drop_index(op.f("ix_student_merges_merged_id"), table_name="student_merges")
    op.drop_index(op.f("ix_student_merges_kept_id"), table_name="student_merges")
    op.drop_table("student_merges")
    op.drop_index(op.f("ix_duplicate_pairs_state"), table_name="duplicate_pairs")
    op.drop_index(op.f("ix_duplicate_pairs_other_id"), table_name="duplicate_pairs")
    op.drop_table("duplicate_pairs")
    op.drop_index(op.f("ix_chores_state"), table_name="chores")
    op.drop_table("chores")
