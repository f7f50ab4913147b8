"""Lists that offices hand in, what was wrong in them, and the entries that stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "list_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sealed_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("look", sa.Text(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(length=400), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('to_look', 'to_map', 'to_check', 'to_confirm', 'to_store', 'stored', 'failed', 'discarded')",
            name=op.f("ck_list_imports_state"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_list_imports_unit_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_list_imports_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_imports")),
    )
    op.create_index(op.f("ix_list_imports_state"), "list_imports", ["state", "id"])
    op.create_index(op.f("ix_list_imports_unit_id"), "list_imports", ["unit_id", "created_at"])
    op.create_table(
        "list_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=2), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("id_number_mark", sa.String(length=64), nullable=True),
        sa.Column("student_number", sa.Text(), nullable=True),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("grade_class", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ended_by"], ["list_imports.id"], name=op.f("fk_list_entries_ended_by")),
        sa.ForeignKeyConstraint(["import_id"], ["list_imports.id"], name=op.f("fk_list_entries_import_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_list_entries_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_list_entries_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entries")),
    )
    op.create_index(
        "ix_list_entries_current",
        "list_entries",
        ["kind", "key"],
        unique=True,
        sqlite_where=sa.text("ended_by IS NULL"),
        postgresql_where=sa.text("ended_by IS NULL"),
    )
    op.create_index(op.f("ix_list_entries_ended_by"), "list_entries", ["ended_by"])
    op.create_index(op.f("ix_list_entries_import_id"), "list_entries", ["import_id"])
    op.create_index(
        "ix_list_entries_student",
        "list_entries",
        ["student_id"],
        sqlite_where=sa.text("student_id IS NOT NULL"),
        postgresql_where=sa.text("student_id IS NOT NULL"),
    )
    op.create_index(
        "ix_list_entries_unit",
        "list_entries",
        ["kind", "unit_id"],
        sqlite_where=sa.text("ended_by IS NULL"),
        postgresql_where=sa.text("ended_by IS NULL"),
    )
    op.create_table(
        "list_problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=True),
        sa.CheckConstraint("severity IN ('error', 'warning')", name=op.f("ck_list_problems_severity")),
        sa.ForeignKeyConstraint(["import_id"], ["list_imports.id"], name=op.f("fk_list_problems_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_problems")),
    )
    op.create_index(op.f("ix_list_problems_import_id"), "list_problems", ["import_id", "severity", "row"])


def downgrade() -> None:
    """Take the revision back."""
    op.drop_index(op.f("ix_list_problems_import_id"), table_name="list_problems")
    op.drop_table("list_problems")
    op.drop_index(
        "ix_list_entries_unit",
        table_name="list_entries",
        sqlite_where=sa.text("ended_by IS NULL"),
        postgresql_where=sa.text("ended_by IS NULL"),
    )
    op.drop_index(
        "ix_list_entries_student",
        table_name="list_entries",
        sqlite_where=sa.text("student_id IS NOT NULL"),
        postgresql_where=sa.text("student_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_list_entries_import_id"), table_name="list_entries")
    op.drop_index(op.f("ix_list_entries_ended_by"), table_name="list_entries")
    op.drop_index(
        "ix_list_entries_current",
        table_name="list_entries",
        sqlite_where=sa.text("ended_by IS NULL"),
        postgresql_where=sa.text("ended_by IS NULL"),
    )
    op.drop_table("list_entries")
    op.drop_index(op.f("ix_list_imports_unit_id"), table_name="list_imports")
    op.drop_index(op.f("ix_list_imports_state"), table_name="list_imports")
    op.drop_table("list_imports")
