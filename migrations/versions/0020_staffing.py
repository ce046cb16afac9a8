"""Staff over HTTP: enrolment, deputies, hand-over of open work.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0020"
down_revision = "0019"

GRANTS = {
    "identity_deputy": "SELECT, INSERT, DELETE",
    "identity_deputyship": "SELECT, INSERT, UPDATE, DELETE",
    "identity_staff_enrolment": "SELECT, INSERT, UPDATE",
    "identity_staff_leave": "SELECT, INSERT",
    "identity_staff_pending": "SELECT, INSERT, DELETE",
    "identity_staff_role_end": "SELECT, INSERT",
    "review_assignment": "SELECT, INSERT, UPDATE, DELETE",
    "review_decision_note": "SELECT, INSERT, DELETE",
    "review_move": "SELECT, INSERT",
    "review_move_note": "SELECT, INSERT, DELETE",
}
APPEND_ONLY = ("identity_staff_leave", "identity_staff_role_end", "review_move")


def upgrade() -> None:
    op.create_table(
        "identity_staff_pending",
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("proposed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("identity_staff_pending_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_staff_pending_proposed_at_idx"), "identity_staff_pending", ["proposed_at"], unique=False
    )
    op.create_table(
        "identity_deputyship",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("deputy_id", types.Identifier(), nullable=False),
        sa.Column("for_staff_id", types.Identifier(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("ends_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("proposed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("approved_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("ended_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint("deputy_id <> for_staff_id", name="identity_deputyship_two_people"),
        sa.CheckConstraint(
            "ended_at IS NULL OR approved_at IS NOT NULL", name="identity_deputyship_ended_was_approved"
        ),
        sa.CheckConstraint("ends_at > starts_at", name="identity_deputyship_forward"),
        sa.ForeignKeyConstraint(["deputy_id"], ["identity_staff.id"], name=op.f("identity_deputyship_deputy_id_fkey")),
        sa.ForeignKeyConstraint(
            ["for_staff_id"], ["identity_staff.id"], name=op.f("identity_deputyship_for_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_deputyship_pkey")),
        sqlite_strict=True,
    )
    op.create_index("identity_deputyship_deputy_idx", "identity_deputyship", ["deputy_id", "starts_at"], unique=False)
    op.create_index("identity_deputyship_for_idx", "identity_deputyship", ["for_staff_id", "starts_at"], unique=False)
    op.create_table(
        "identity_staff_enrolment",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum("new", "reset", name="enrolmentcause", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("proposed_by", types.Identifier(), nullable=False),
        sa.Column("approved_by", types.Identifier(), nullable=False),
        sa.Column("allowed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("code_expires_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_salt", sa.Text(), nullable=True),
        sa.Column("confirmed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("ended_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(code_hash IS NULL) = (code_expires_at IS NULL)", name="identity_staff_enrolment_code_runs_out"
        ),
        sa.CheckConstraint(
            "(password_hash IS NULL) = (totp_salt IS NULL)", name="identity_staff_enrolment_both_factors"
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR (code_hash IS NULL AND password_hash IS NULL)",
            name="identity_staff_enrolment_ended_keeps_nothing",
        ),
        sa.CheckConstraint("proposed_by <> approved_by", name="identity_staff_enrolment_two_admins"),
        sa.CheckConstraint(
            "staff_id <> proposed_by AND staff_id <> approved_by", name="identity_staff_enrolment_by_others"
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["identity_staff.id"], name=op.f("identity_staff_enrolment_approved_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["identity_staff.id"], name=op.f("identity_staff_enrolment_proposed_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["identity_staff.id"], name=op.f("identity_staff_enrolment_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_staff_enrolment_pkey")),
        sa.UniqueConstraint("code_hash", name="identity_staff_enrolment_code_key"),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("identity_staff_enrolment_staff_id_idx"), "identity_staff_enrolment", ["staff_id"], unique=False
    )
    op.create_table(
        "identity_staff_leave",
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("left_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("closed_by", types.Identifier(), nullable=False),
        sa.Column("successor_id", types.Identifier(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("identity_staff_leave_staff_id_fkey")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["identity_staff.id"], name=op.f("identity_staff_leave_successor_id_fkey")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("identity_staff_leave_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "review_assignment",
        sa.Column("case_id", types.Identifier(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("taken_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"], name=op.f("review_assignment_case_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("review_assignment_staff_id_fkey")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("review_assignment_pkey")),
        sqlite_strict=True,
    )
    op.create_index("review_assignment_staff_idx", "review_assignment", ["staff_id"], unique=False)
    op.create_table(
        "review_move",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("case_id", types.Identifier(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("from_agency_id", types.Identifier(), nullable=False),
        sa.Column("from_county", sa.Text(), nullable=False),
        sa.Column("to_agency_id", types.Identifier(), nullable=False),
        sa.Column("to_county", sa.Text(), nullable=False),
        sa.Column("staff_id", types.Identifier(), nullable=False),
        sa.Column("moved_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at_before", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("from_agency_id <> to_agency_id", name="review_move_elsewhere"),
        sa.CheckConstraint("place >= 1", name="review_move_counted_from_one"),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"], name=op.f("review_move_case_id_fkey")),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["identity_agency.id"], name=op.f("review_move_from_agency_id_fkey")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["identity_staff.id"], name=op.f("review_move_staff_id_fkey")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["identity_agency.id"], name=op.f("review_move_to_agency_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("review_move_pkey")),
        sa.UniqueConstraint("case_id", "place", name="review_move_in_order"),
        sqlite_strict=True,
    )
    op.create_table(
        "identity_deputy",
        sa.Column("role_id", types.Identifier(), nullable=False),
        sa.Column("of_role_id", types.Identifier(), nullable=False),
        sa.Column("for_staff_id", types.Identifier(), nullable=False),
        sa.Column("deputyship_id", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deputyship_id"], ["identity_deputyship.id"], name=op.f("identity_deputy_deputyship_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["for_staff_id"], ["identity_staff.id"], name=op.f("identity_deputy_for_staff_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["of_role_id"], ["identity_staff_role.id"], name=op.f("identity_deputy_of_role_id_fkey")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["identity_staff_role.id"], name=op.f("identity_deputy_role_id_fkey")),
        sa.PrimaryKeyConstraint("role_id", name=op.f("identity_deputy_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("identity_deputy_deputyship_id_idx"), "identity_deputy", ["deputyship_id"], unique=False)
    op.create_index(op.f("identity_deputy_of_role_id_idx"), "identity_deputy", ["of_role_id"], unique=False)
    op.create_table(
        "identity_staff_role_end",
        sa.Column("role_id", types.Identifier(), nullable=False),
        sa.Column("ended_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("ended_by", types.Identifier(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["identity_staff_role.id"], name=op.f("identity_staff_role_end_role_id_fkey")
        ),
        sa.PrimaryKeyConstraint("role_id", name=op.f("identity_staff_role_end_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "review_decision_note",
        sa.Column("decision_id", types.Identifier(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("note <> ''", name="review_decision_note_says_something"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decision.id"], name=op.f("review_decision_note_decision_id_fkey")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("review_decision_note_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "review_move_note",
        sa.Column("move_id", types.Identifier(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["move_id"], ["review_move.id"], name=op.f("review_move_note_move_id_fkey")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("review_move_note_pkey")),
        sqlite_strict=True,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    op.drop_table("review_move_note")
    op.drop_table("review_decision_note")
    op.drop_table("identity_staff_role_end")
    op.drop_table("identity_deputy")
    op.drop_table("review_move")
    op.drop_table("review_assignment")
    op.drop_table("identity_staff_leave")
    op.drop_table("identity_staff_enrolment")
    op.drop_table("identity_deputyship")
    op.drop_table("identity_staff_pending")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
