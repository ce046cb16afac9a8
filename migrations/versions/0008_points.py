"""Awards, their parts, what was used of each cap, and the budget of a year.

Triggers allow a part only the states that follow each other.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0008"
down_revision = "0007"

GRANTS = {
    "points_award": "SELECT, INSERT",
    "points_budget": "SELECT, INSERT, UPDATE",
    "points_part": "SELECT, INSERT, UPDATE (state, points, posted_at, transfer_id, repayment_id, repaid_points)",
    "points_usage": "SELECT, INSERT, UPDATE",
}
APPEND_ONLY = ("points_award",)
SQL = ("01_parts",)
FUNCTIONS = ("points_part_guard",)


def upgrade() -> None:
    op.create_table(
        "points_budget",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND budget", name="points_budget_kept"),
        sa.PrimaryKeyConstraint("year", name=op.f("points_budget_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "points_usage",
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column(
            "period_kind",
            sa.Enum("day", "month", "year", name="periodkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("points >= 0", name="points_usage_not_negative"),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("points_usage_person_id_fkey")),
        sa.PrimaryKeyConstraint("person_id", "act", "period_kind", "period", name=op.f("points_usage_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "points_award",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("document_id", types.Identifier(), nullable=False),
        sa.Column("rule_version", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("points_now", sa.BigInteger(), nullable=False),
        sa.Column("points_later", sa.BigInteger(), nullable=False),
        sa.Column("later_on", sa.Date(), nullable=True),
        sa.Column("expires_after_months", sa.BigInteger(), nullable=False),
        sa.Column("arithmetic", types.Document(), nullable=False),
        sa.Column("decided_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("decided_by", types.Identifier(), nullable=False),
        sa.CheckConstraint("(later_on IS NOT NULL) = (points_later > 0)", name="points_award_later_dated"),
        sa.CheckConstraint("points = points_now + points_later", name="points_award_parts_add_up"),
        sa.CheckConstraint("points_now >= 0 AND points_later >= 0", name="points_award_parts_not_negative"),
        sa.CheckConstraint("quantity >= 0", name="points_award_quantity"),
        sa.ForeignKeyConstraint(["document_id"], ["rulebook_document.id"], name=op.f("points_award_document_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["identity_person.id"], name=op.f("points_award_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("points_award_pkey")),
        sa.UniqueConstraint("subject_kind", "subject_id", "person_id", name="points_award_once"),
        sqlite_strict=True,
    )
    op.create_index("points_award_person_idx", "points_award", ["person_id", "decided_at", "id"], unique=False)
    op.create_table(
        "points_part",
        sa.Column("award_id", types.Identifier(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("now", "later", name="partkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting_result",
                "decided",
                "waiting_budget",
                "posted",
                "forfeited",
                "reversed",
                name="partstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("posted_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("transfer_id", types.Identifier(), nullable=True),
        sa.Column("repayment_id", types.Identifier(), nullable=True),
        sa.Column("repaid_points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("posted_at IS NULL OR state IN ('posted', 'reversed')", name="points_part_not_posted"),
        sa.CheckConstraint("state <> 'posted' OR posted_at IS NOT NULL", name="points_part_posted"),
        sa.CheckConstraint(
            "(posted_at IS NOT NULL) = (transfer_id IS NOT NULL OR repayment_id IS NOT NULL)",
            name="points_part_transfer_named",
        ),
        sa.CheckConstraint("(repayment_id IS NOT NULL) = (repaid_points > 0)", name="points_part_repayment_named"),
        sa.CheckConstraint(
            "(transfer_id IS NOT NULL) = (posted_at IS NOT NULL AND repaid_points < points)",
            name="points_part_rest_transferred",
        ),
        sa.CheckConstraint("points > 0", name="points_part_positive"),
        sa.CheckConstraint("repaid_points BETWEEN 0 AND points", name="points_part_repaid"),
        sa.ForeignKeyConstraint(["award_id"], ["points_award.id"], name=op.f("points_part_award_id_fkey")),
        sa.ForeignKeyConstraint(["repayment_id"], ["ledger_transfer.id"], name=op.f("points_part_repayment_id_fkey")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfer.id"], name=op.f("points_part_transfer_id_fkey")),
        sa.PrimaryKeyConstraint("award_id", "kind", name=op.f("points_part_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("points_part_person_idx", "points_part", ["person_id", "state"], unique=False)
    op.create_index(
        "points_part_queue_idx",
        "points_part",
        ["award_id", "kind"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting_budget'"),
        postgresql_where=sa.text("state = 'waiting_budget'"),
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    op.drop_table("points_part")
    op.drop_table("points_award")
    op.drop_table("points_usage")
    op.drop_table("points_budget")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
    ddl.run(connection, ddl.room_sql("points", dialect, *SQL))
