"""A child's file and a school's: the other papers, what is known of a child, who must do what by when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KINDS = "'opened', 'verified', 'visited', {}'returned', 'relapsed', 'closed', 'handed_over', 'note'"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "inspections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_inspections_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_inspections_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
    )
    op.create_index(op.f("ix_inspections_unit_id"), "inspections", ["unit_id", "inspected_on"])

    op.create_table(
        "school_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('file', 'written')", name=op.f("ck_school_plans_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_school_plans_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_school_plans_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_plans")),
    )
    op.create_index(op.f("ix_school_plans_unit_id"), "school_plans", ["unit_id", "year"])

    op.create_table(
        "case_duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("named_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('teacher', 'school_head', 'township_head', 'bureau', 'village')", name=op.f("ck_case_duties_role")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_duties_case_id")),
        sa.ForeignKeyConstraint(["named_by"], ["users.id"], name=op.f("fk_case_duties_named_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_case_duties_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_duties_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_duties")),
    )
    op.create_index(op.f("ix_case_duties_case_id"), "case_duties", ["case_id"])
    op.create_index(op.f("ix_case_duties_user_id"), "case_duties", ["user_id"])

    op.create_table(
        "case_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_case_tasks_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tasks_case_id")),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_case_tasks_done_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_case_tasks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_tasks")),
    )
    op.create_index(op.f("ix_case_tasks_case_id"), "case_tasks", ["case_id"])
    op.create_index(
        op.f("ix_case_tasks_unit_id"),
        "case_tasks",
        ["unit_id", "due_on"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )

    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("first_party", sa.String(length=100), nullable=False),
        sa.Column("second_party", sa.String(length=100), nullable=False),
        sa.Column("first_signer", sa.String(length=60), nullable=False),
        sa.Column("second_signer", sa.String(length=60), nullable=False),
        sa.Column("first_signature", sa.Boolean(), nullable=False),
        sa.Column("second_signature", sa.Boolean(), nullable=False),
        sa.Column("first_seal", sa.Boolean(), nullable=False),
        sa.Column("second_seal", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('bureau_township', 'township_school', 'school_teacher', 'school_parent', 'other')",
            name=op.f("ck_agreements_level"),
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_agreements_sheet_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_agreements_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("sheet_id", "row", name=op.f("uq_agreements_sheet_id_row")),
    )
    op.create_index(op.f("ix_agreements_unit_id"), "agreements", ["unit_id", "year"])

    op.create_table(
        "category_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_name", sa.String(length=120), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('poverty', 'poverty_lifted', 'poverty_watched', 'disabled', 'left_behind', 'migrant', 'orphan', "
            "'low_income', 'destitute', 'single_parent', 'illness', 'home_teaching', 'other')",
            name=op.f("ck_category_facts_kind"),
        ),
        sa.CheckConstraint("source IN ('paper', 'list', 'person')", name=op.f("ck_category_facts_source")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_category_facts_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_category_facts_student_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_category_facts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_facts")),
    )
    op.create_index(op.f("ix_category_facts_kind"), "category_facts", ["kind", "from_on"])
    op.create_index(op.f("ix_category_facts_sheet_id"), "category_facts", ["sheet_id"])
    op.create_index(op.f("ix_category_facts_student_id"), "category_facts", ["student_id", "kind"])

    op.create_table(
        "home_teaching",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("taught_on", sa.Date(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("hours", sa.String(length=40), nullable=False),
        sa.Column("teachers", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("guardian_signature", sa.Boolean(), nullable=False),
        sa.Column("teacher_signature", sa.Boolean(), nullable=False),
        sa.Column("school_seal", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("lessons >= 0", name=op.f("ck_home_teaching_lessons")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_home_teaching_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_home_teaching_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_home_teaching_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_teaching")),
        sa.UniqueConstraint("sheet_id", "row", name=op.f("uq_home_teaching_sheet_id_row")),
    )
    op.create_index(op.f("ix_home_teaching_student_id"), "home_teaching", ["student_id", "taught_on"])
    op.create_index(op.f("ix_home_teaching_unit_id"), "home_teaching", ["unit_id", "taught_on"])

    op.create_table(
        "household_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("is_guardian", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("situation", sa.Text(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("source_name", sa.String(length=120), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_household_members_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_household_members_student_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_household_members_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_members")),
    )
    op.create_index(op.f("ix_household_members_sheet_id"), "household_members", ["sheet_id"])
    op.create_index(op.f("ix_household_members_student_id"), "household_members", ["student_id"])

    op.create_table(
        "persuasions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("persuaded_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("persuaders", sa.String(length=120), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("grade_class", sa.String(length=40), nullable=False),
        sa.Column("whereabouts", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("school_on", sa.Date(), nullable=True),
        sa.Column("parent_on", sa.Date(), nullable=True),
        sa.Column("school_seal", sa.Boolean(), nullable=False),
        sa.Column("guardian_signature", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'agreed', 'returned', 'refused', 'not_found')", name=op.f("ck_persuasions_outcome")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_persuasions_case_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_persuasions_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_persuasions_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_persuasions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persuasions")),
        sa.UniqueConstraint("sheet_id", "row", name=op.f("uq_persuasions_sheet_id_row")),
    )
    op.create_index(op.f("ix_persuasions_case_id"), "persuasions", ["case_id"])
    op.create_index(op.f("ix_persuasions_student_id"), "persuasions", ["student_id"])
    op.create_index(op.f("ix_persuasions_unit_id"), "persuasions", ["unit_id", "persuaded_on"])

    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=2), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("id_number_mark", sa.String(length=64), nullable=True),
        sa.Column("student_number", sa.Text(), nullable=True),
        sa.Column("grade_class", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("other_school", sa.String(length=100), nullable=False),
        sa.Column("other_unit_id", sa.Integer(), nullable=True),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("guardian", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("receipt_on", sa.Date(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("suspected_on", sa.Date(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('out', 'in')", name=op.f("ck_transfers_direction")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_transfers_case_id")),
        sa.ForeignKeyConstraint(["other_unit_id"], ["units.id"], name=op.f("fk_transfers_other_unit_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["transfers.id"], name=op.f("fk_transfers_partner_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_transfers_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_transfers_student_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_transfers_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_transfers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_transfers_partner_id")),
        sa.UniqueConstraint("sheet_id", "row", "direction", name=op.f("uq_transfers_sheet_id_row_direction")),
    )
    op.create_index(op.f("ix_transfers_case_id"), "transfers", ["case_id"])
    op.create_index(op.f("ix_transfers_direction"), "transfers", ["direction", "partner_id", "moved_on"])
    op.create_index(op.f("ix_transfers_id_number_mark"), "transfers", ["id_number_mark"])
    op.create_index(op.f("ix_transfers_name"), "transfers", ["name"])
    op.create_index(op.f("ix_transfers_other_unit_id"), "transfers", ["other_unit_id"])
    op.create_index(op.f("ix_transfers_student_id"), "transfers", ["student_id"])
    op.create_index(op.f("ix_transfers_unit_id"), "transfers", ["unit_id", "moved_on"])

    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'accepted', 'returned', 'withdrawn')", name=op.f("ck_handovers_state")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_handovers_answered_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_handovers_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handovers_case_id")),
        sa.ForeignKeyConstraint(["event_id"], ["case_events.id"], name=op.f("fk_handovers_event_id")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["units.id"], name=op.f("fk_handovers_from_unit_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["units.id"], name=op.f("fk_handovers_to_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_case_id"), "handovers", ["case_id"])
    op.create_index(op.f("ix_handovers_from_unit_id"), "handovers", ["from_unit_id", "state"])
    op.create_index(op.f("ix_handovers_to_unit_id"), "handovers", ["to_unit_id", "state"])
    op.create_index(
        "uq_handovers_pending",
        "handovers",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "school_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("school", sa.String(length=100), nullable=False),
        sa.Column("grade_class", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("source_name", sa.String(length=120), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("transfer_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_school_periods_sheet_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_school_periods_student_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_school_periods_transfer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_school_periods_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_school_periods_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_periods")),
    )
    op.create_index(op.f("ix_school_periods_student_id"), "school_periods", ["student_id", "from_on"])

    op.create_table(
        "transfer_pairings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("out_id", sa.Integer(), nullable=False),
        sa.Column("in_id", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["in_id"], ["transfers.id"], name=op.f("fk_transfer_pairings_in_id")),
        sa.ForeignKeyConstraint(["out_id"], ["transfers.id"], name=op.f("fk_transfer_pairings_out_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_transfer_pairings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_pairings")),
    )
    op.create_index(op.f("ix_transfer_pairings_in_id"), "transfer_pairings", ["in_id"])
    op.create_index(op.f("ix_transfer_pairings_out_id"), "transfer_pairings", ["out_id"])

    with op.batch_alter_table("cases") as table:
        table.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("due_for", sa.String(length=40), nullable=True))
    op.execute("UPDATE cases SET due_for = ''")  # what is due, the upkeep finds out
    with op.batch_alter_table("cases") as table:
        table.alter_column("due_for", nullable=False)
    op.create_index("ix_cases_due_on", "cases", ["due_on", "unit_id"])
    _allow("'persuaded', ")

    with op.batch_alter_table("students") as table:
        table.add_column(sa.Column("student_number", sa.Text(), nullable=True))
        table.add_column(sa.Column("student_number_mark", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("register_unit_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("register_address", sa.Text(), nullable=True))
        table.create_index(op.f("ix_students_register_unit_id"), ["register_unit_id"], unique=False)
        table.create_index(op.f("ix_students_student_number_mark"), ["student_number_mark"], unique=False)
        table.create_foreign_key(op.f("fk_students_register_unit_id"), "units", ["register_unit_id"], ["id"])


def downgrade() -> None:
    """Take the revision back; persuasions that moved a case stay as notes."""
    op.execute("UPDATE case_events SET kind = 'note' WHERE kind = 'persuaded'")
    _allow("")
    with op.batch_alter_table("students") as table:
        table.drop_constraint(op.f("fk_students_register_unit_id"), type_="foreignkey")
        table.drop_index(op.f("ix_students_student_number_mark"))
        table.drop_index(op.f("ix_students_register_unit_id"))
        table.drop_column("register_address")
        table.drop_column("register_unit_id")
        table.drop_column("student_number_mark")
        table.drop_column("student_number")

    with op.batch_alter_table("cases") as table:
        table.drop_index("ix_cases_due_on")
        table.drop_column("due_for")
        table.drop_column("due_on")
    for name in (
        "transfer_pairings",
        "school_periods",
        "handovers",
        "transfers",
        "persuasions",
        "household_members",
        "home_teaching",
        "category_facts",
        "agreements",
        "case_tasks",
        "case_duties",
        "school_plans",
        "inspections",
    ):
        op.drop_table(name)


def _allow(more: str) -> None:
    """The kinds an event may have."""
    with op.batch_alter_table("case_events") as table:
        table.drop_constraint(op.f("ck_case_events_kind"), type_="check")
        table.create_check_constraint(op.f("ck_case_events_kind"), f"kind IN ({_KINDS.format(more)})")
