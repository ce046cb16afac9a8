"""Calculations with the factor rows that they used, kept as they were."""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0010"
down_revision = "0009"

GRANTS = {
    "footprint_calculation": "SELECT, INSERT",
}
APPEND_ONLY = ("footprint_calculation",)


def upgrade() -> None:
    op.create_table(
        "footprint_calculation",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", types.Identifier(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("method_version", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("inputs", types.Document(), nullable=False),
        sa.Column("lines", types.Document(), nullable=False),
        sa.Column("co2_g", sa.BigInteger(), nullable=False),
        sa.Column("co2e_g", sa.BigInteger(), nullable=False),
        sa.Column("life_cycle_g", sa.BigInteger(), nullable=False),
        sa.Column("total_g", sa.BigInteger(), nullable=False),
        sa.Column("calculated_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "co2_g >= 0 AND co2e_g >= 0 AND life_cycle_g >= 0", name="footprint_calculation_not_negative"
        ),
        sa.CheckConstraint("method_version >= 1", name="footprint_calculation_method_numbered"),
        sa.CheckConstraint("total_g = co2_g + co2e_g + life_cycle_g", name="footprint_calculation_adds_up"),
        sa.PrimaryKeyConstraint("id", name=op.f("footprint_calculation_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        "footprint_calculation_owner_idx",
        "footprint_calculation",
        ["owner_kind", "owner_id", "calculated_at", "id"],
        unique=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    op.drop_table("footprint_calculation")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
