"""A role that sees counts and no child, and questions that people keep by name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ROLES = "'school', 'township', 'clerk', 'bureau', 'system_admin', 'security_admin', 'audit_admin'"


def upgrade() -> None:
    """Apply the revision."""
    _allow(f"{_ROLES}, 'viewer'")
    op.create_table(
        "saved_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_questions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_questions")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_questions_user_id_name")),
    )


def downgrade() -> None:
    """Take the revision back; who could only look becomes a clerk whose account is off."""
    op.drop_table("saved_questions")
    op.execute("UPDATE users SET role = 'clerk', disabled_at = CURRENT_TIMESTAMP WHERE role = 'viewer'")
    _allow(_ROLES)


def _allow(roles: str) -> None:
    """The roles an account may have."""
    with op.batch_alter_table("users") as table:
        table.drop_constraint(op.f("ck_users_role"), type_="check")
        table.create_check_constraint(op.f("ck_users_role"), f"role IN ({roles})")
