"""Four eyes: proposals with the hash of their content, and the second person.

Triggers keep a proposal's content and outcome as they were written.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0002"
down_revision = "0001"

GRANTS = {
    "approvals_proposal": "SELECT, INSERT, UPDATE",
}
SQL = ("01_kept",)
FUNCTIONS = ("approvals_proposal_kept",)


def upgrade() -> None:
    op.create_table(
        "approvals_proposal",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=True),
        sa.Column("agency_id", types.Identifier(), nullable=True),
        sa.Column("county", sa.Text(), nullable=True),
        sa.Column("content", types.Document(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "refused",
                "withdrawn",
                "expired",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposer_kind",
            sa.Enum(
                "resident", "staff", "system", name="actorkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", types.Identifier(), nullable=False),
        sa.Column("proposed_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("expires_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("decided_by", types.Identifier(), nullable=True),
        sa.Column("decided_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="approvals_proposal_end_dated"),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="approvals_proposal_refused_with_reason"),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)", name="approvals_proposal_decider_known"
        ),
        sa.CheckConstraint("proposer_kind <> 'system'", name="approvals_proposal_by_person"),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_at < expires_at", name="approvals_proposal_approved_in_time"
        ),
        sa.CheckConstraint("county IS NULL OR agency_id IS NOT NULL", name="approvals_proposal_county_of_agency"),
        sa.CheckConstraint("decided_by <> proposed_by", name="approvals_proposal_second_person"),
        sa.CheckConstraint("expires_at > proposed_at", name="approvals_proposal_forward"),
        sa.CheckConstraint("length(content_sha256) = 64", name="approvals_proposal_hashed"),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name="approvals_proposal_titled"),
        sa.CheckConstraint("version >= 1", name="approvals_proposal_version_positive"),
        sa.PrimaryKeyConstraint("id", name=op.f("approvals_proposal_pkey")),
        sqlite_strict=True,
    )
    op.create_index("approvals_proposal_expiry_idx", "approvals_proposal", ["state", "expires_at"], unique=False)
    op.create_index("approvals_proposal_listed_idx", "approvals_proposal", ["proposed_at", "id"], unique=False)
    op.create_index("approvals_proposal_proposer_idx", "approvals_proposal", ["proposed_by", "state"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    op.drop_table("approvals_proposal")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    ddl.run(connection, ddl.room_sql("approvals", dialect, *SQL))
