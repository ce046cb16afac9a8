"""Planting claims, one row for each record that a device made."""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0009"
down_revision = "0008"

GRANTS = {
    "planting_claim": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    op.create_table(
        "planting_claim",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("person_id", types.Identifier(), nullable=False),
        sa.Column("client_id", types.Identifier(), nullable=False),
        sa.Column("species_code", sa.Text(), nullable=False),
        sa.Column("tree_count", sa.BigInteger(), nullable=False),
        sa.Column("duty_form", sa.Text(), nullable=False),
        sa.Column("captured_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("received_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("lat_e7", sa.BigInteger(), nullable=False),
        sa.Column("lon_e7", sa.BigInteger(), nullable=False),
        sa.Column(
            "crs",
            sa.Enum("wgs84", "gcj02", name="crs", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "withdrawn",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name="planting_claim_submitted_at_known"
        ),
        sa.CheckConstraint(
            "lat_e7 BETWEEN -900000000 AND 900000000 AND lon_e7 BETWEEN -1800000000 AND 1800000000",
            name="planting_claim_on_earth",
        ),
        sa.CheckConstraint("length(content_sha256) = 64", name="planting_claim_hash_whole"),
        sa.CheckConstraint("tree_count > 0", name="planting_claim_trees_positive"),
        sa.PrimaryKeyConstraint("id", name=op.f("planting_claim_pkey")),
        sa.UniqueConstraint("person_id", "client_id", name="planting_claim_once"),
        sqlite_strict=True,
    )
    op.create_index(
        "planting_claim_cell_idx",
        "planting_claim",
        ["cell", "captured_at", "id"],
        unique=False,
        postgresql_where=sa.text("submitted_at IS NOT NULL"),
        sqlite_where=sa.text("submitted_at IS NOT NULL"),
    )
    op.create_index("planting_claim_own_idx", "planting_claim", ["person_id", "received_at", "id"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    op.drop_table("planting_claim")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
