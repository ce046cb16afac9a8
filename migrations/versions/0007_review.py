"""Cases and the decisions on them, which are only added."""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0007"
down_revision = "0006"

GRANTS = {
    "review_case": "SELECT, INSERT, UPDATE",
    "review_decision": "SELECT, INSERT",
    "review_flag": "SELECT, INSERT, DELETE",
}
APPEND_ONLY = ("review_decision",)


def upgrade() -> None:
    op.create_table(
        "review_case",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("submitter_id", types.Identifier(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "needs_more",
                "approved",
                "rejected",
                "withdrawn",
                name="casestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("decided_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="review_case_decided_is_closed"),
        sa.CheckConstraint("round >= 1", name="review_case_round_positive"),
        sa.ForeignKeyConstraint(["agency_id"], ["identity_agency.id"], name=op.f("review_case_agency_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("review_case_pkey")),
        sa.UniqueConstraint("subject_kind", "subject_id", name="review_case_once"),
        sqlite_strict=True,
    )
    op.create_index("review_case_agency_idx", "review_case", ["agency_id", "state", "due_at", "id"], unique=False)
    op.create_index("review_case_everywhere_idx", "review_case", ["state", "due_at", "id"], unique=False)
    op.create_index(
        "review_case_queue_idx", "review_case", ["agency_id", "county", "state", "due_at", "id"], unique=False
    )
    op.create_table(
        "review_decision",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("case_id", types.Identifier(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("verifier_id", types.Identifier(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "approve", "needs_more", "reject", name="verdict", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answers", types.Document(), nullable=False),
        sa.Column("decided_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(verdict = 'approve') = (reason_code IS NULL)", name="review_decision_reason_given"),
        sa.CheckConstraint(
            "reason_code IS NULL OR reason_code <> 'other' OR note IS NOT NULL", name="review_decision_other_explained"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"], name=op.f("review_decision_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("review_decision_pkey")),
        sa.UniqueConstraint("case_id", "round", "verifier_id", name="review_decision_once"),
        sqlite_strict=True,
    )
    op.create_table(
        "review_flag",
        sa.Column("case_id", types.Identifier(), nullable=False),
        sa.Column("flag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"], name=op.f("review_flag_case_id_fkey")),
        sa.PrimaryKeyConstraint("case_id", "flag", name=op.f("review_flag_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    op.drop_table("review_flag")
    op.drop_table("review_decision")
    op.drop_table("review_case")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
