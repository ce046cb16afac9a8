"""Projects, batches, serial blocks and their moves, retirements.

Blocks of one batch never overlap: an exclusion constraint on PostgreSQL, a trigger on SQLite.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0011"
down_revision = "0010"

GRANTS = {
    "credits_batch": "SELECT, INSERT",
    "credits_block": "SELECT",
    "credits_block_move": "SELECT, INSERT",
    "credits_cancellation": "SELECT, INSERT, UPDATE (reference, cancelled_on, proof_file_id, proved_by, proved_at)",
    "credits_dedication": "SELECT, INSERT, DELETE",
    "credits_price": "SELECT, INSERT",
    "credits_project": "SELECT, INSERT, UPDATE (state, version)",
    "credits_project_cell": "SELECT, INSERT",
    "credits_retirement": "SELECT, INSERT",
    "credits_serial_space": "SELECT, UPDATE (next_serial)",
}
APPEND_ONLY = ("credits_batch", "credits_block_move", "credits_price", "credits_project_cell", "credits_retirement")
SQL = ("01_blocks", "02_proven")
FUNCTIONS = (
    "credits_apply_move",
    "credits_check_approved",
    "credits_check_batch_accounts",
    "credits_check_retirement",
    "credits_count_on",
    "credits_keep_proof",
    "credits_keep_retired",
)


def upgrade() -> None:
    op.create_table(
        "credits_block",
        sa.Column("batch_id", types.Identifier(), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.Column("transfer_id", types.Identifier(), nullable=False),
        sa.CheckConstraint("first <= last", name="credits_block_forward"),
        sa.PrimaryKeyConstraint("batch_id", "first", name=op.f("credits_block_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("credits_block_account_idx", "credits_block", ["account_id", "first"], unique=False)
    op.create_table(
        "credits_serial_space",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_serial", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="credits_serial_space_one"),
        sa.CheckConstraint("next_serial BETWEEN 1 AND 9007199254740991", name="credits_serial_space_range"),
        sa.PrimaryKeyConstraint("id", name=op.f("credits_serial_space_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "credits_block_move",
        sa.Column("transfer_id", types.Identifier(), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("from_account", types.Identifier(), nullable=False),
        sa.Column("to_account", types.Identifier(), nullable=False),
        sa.Column("from_first", sa.BigInteger(), nullable=True),
        sa.Column("from_last", sa.BigInteger(), nullable=True),
        sa.Column("from_transfer_id", types.Identifier(), nullable=True),
        sa.CheckConstraint(
            "(from_first IS NULL) = (from_last IS NULL) AND (from_first IS NULL) = (from_transfer_id IS NULL) AND (from_first IS NULL OR from_first <= first AND last <= from_last)",
            name="credits_block_move_within",
        ),
        sa.CheckConstraint("first <= last", name="credits_block_move_forward"),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfer.id"], name=op.f("credits_block_move_transfer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "first", name=op.f("credits_block_move_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "credits_project",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column(
            "owner_kind",
            sa.Enum("organisation", "agency", name="ownerkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("owner_id", types.Identifier(), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "afforestation",
                "forest_management",
                "bamboo_management",
                "wetland",
                "energy",
                "other",
                name="projectkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("county", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("registry_name", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "closed", name="projectstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("agency_id", types.Identifier(), nullable=False),
        sa.Column("approval_id", types.Identifier(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("owner_kind <> 'agency' OR owner_id IS NOT NULL", name="credits_project_agency_known"),
        sa.CheckConstraint("owner_name <> '' AND name_zh <> '' AND name_en <> ''", name="credits_project_named"),
        sa.CheckConstraint("version >= 1", name="credits_project_version_positive"),
        sa.ForeignKeyConstraint(["agency_id"], ["identity_agency.id"], name=op.f("credits_project_agency_id_fkey")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals_proposal.id"], name=op.f("credits_project_approval_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("credits_project_pkey")),
        sa.UniqueConstraint("approval_id", name="credits_project_approval_key"),
        sqlite_strict=True,
    )
    op.create_index("credits_project_county_idx", "credits_project", ["county", "created_at", "id"], unique=False)
    op.create_index("credits_project_listed_idx", "credits_project", ["created_at", "id"], unique=False)
    op.create_table(
        "credits_retirement",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("batch_id", types.Identifier(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column(
            "beneficiary_kind",
            sa.Enum(
                "resident",
                "household",
                "organisation",
                "agency",
                name="beneficiarykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("beneficiary_id", types.Identifier(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "self",
                "gift",
                "household",
                "event",
                "office",
                "place",
                "sponsor",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("retired_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("transfer_id", types.Identifier(), nullable=False),
        sa.CheckConstraint("kg >= 1", name="credits_retirement_kg_positive"),
        sa.CheckConstraint("length(public_id) = 20", name="credits_retirement_public_whole"),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfer.id"], name=op.f("credits_retirement_transfer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("credits_retirement_pkey")),
        sa.UniqueConstraint("public_id", name="credits_retirement_public_key"),
        sa.UniqueConstraint("transfer_id", name="credits_retirement_transfer_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "credits_retirement_beneficiary_idx",
        "credits_retirement",
        ["beneficiary_kind", "beneficiary_id", "retired_at", "id"],
        unique=False,
    )
    op.create_table(
        "credits_batch",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("project_id", types.Identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("vintage", sa.BigInteger(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("registry_name", sa.Text(), nullable=False),
        sa.Column(
            "custody",
            sa.Enum("own", "external", name="custody", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("external_serials", sa.Text(), nullable=True),
        sa.Column("source_proof_reference", sa.Text(), nullable=True),
        sa.Column("source_proof_file_id", types.Identifier(), nullable=True),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", types.Identifier(), nullable=False),
        sa.Column("sale_account_id", types.Identifier(), nullable=False),
        sa.Column("retired_account_id", types.Identifier(), nullable=False),
        sa.Column("approval_id", types.Identifier(), nullable=False),
        sa.Column("issued_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "custody <> 'external' OR coalesce(external_serials, '') <> '' AND (coalesce(source_proof_reference, '') <> '' OR source_proof_file_id IS NOT NULL)",
            name="credits_batch_external_proven",
        ),
        sa.CheckConstraint(
            "custody <> 'own' OR external_serials IS NULL AND source_proof_reference IS NULL AND source_proof_file_id IS NULL",
            name="credits_batch_own_alone",
        ),
        sa.CheckConstraint("first >= 1 AND last - first + 1 = kg", name="credits_batch_serial_each_kg"),
        sa.CheckConstraint("kg BETWEEN 1 AND 1000000000", name="credits_batch_kg_range"),
        sa.CheckConstraint("vintage >= 2000", name="credits_batch_vintage_known"),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals_proposal.id"], name=op.f("credits_batch_approval_id_fkey")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["ledger_asset.id"], name=op.f("credits_batch_asset_id_fkey")),
        sa.ForeignKeyConstraint(["project_id"], ["credits_project.id"], name=op.f("credits_batch_project_id_fkey")),
        sa.ForeignKeyConstraint(
            ["source_proof_file_id"], ["evidence_file.id"], name=op.f("credits_batch_source_proof_file_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("credits_batch_pkey")),
        sa.UniqueConstraint("approval_id", name="credits_batch_approval_key"),
        sa.UniqueConstraint("asset_id", name="credits_batch_asset_key"),
        sa.UniqueConstraint("code", name="credits_batch_code_key"),
        sa.UniqueConstraint("first", name="credits_batch_first_key"),
        sqlite_strict=True,
    )
    op.create_index("credits_batch_listed_idx", "credits_batch", ["issued_at", "id"], unique=False)
    op.create_index("credits_batch_project_idx", "credits_batch", ["project_id", "issued_at", "id"], unique=False)
    op.create_table(
        "credits_cancellation",
        sa.Column("retirement_id", types.Identifier(), nullable=False),
        sa.Column("registry_name", sa.Text(), nullable=False),
        sa.Column("opened_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("proof_file_id", types.Identifier(), nullable=True),
        sa.Column("proved_by", types.Identifier(), nullable=True),
        sa.Column("proved_at", types.UtcInstant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(proved_at IS NULL) = (reference IS NULL) AND (proved_at IS NULL) = (cancelled_on IS NULL) AND (proved_at IS NULL) = (proved_by IS NULL) AND (proof_file_id IS NULL OR proved_at IS NOT NULL)",
            name="credits_cancellation_proof_whole",
        ),
        sa.ForeignKeyConstraint(
            ["proof_file_id"], ["evidence_file.id"], name=op.f("credits_cancellation_proof_file_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["retirement_id"], ["credits_retirement.id"], name=op.f("credits_cancellation_retirement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("retirement_id", name=op.f("credits_cancellation_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "credits_dedication",
        sa.Column("retirement_id", types.Identifier(), nullable=False),
        sa.Column("beneficiary_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["retirement_id"], ["credits_retirement.id"], name=op.f("credits_dedication_retirement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("retirement_id", name=op.f("credits_dedication_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "credits_project_cell",
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("project_id", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["credits_project.id"], name=op.f("credits_project_cell_project_id_fkey")
        ),
        sa.PrimaryKeyConstraint("cell", "project_id", name=op.f("credits_project_cell_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("credits_project_cell_project_idx", "credits_project_cell", ["project_id"], unique=False)
    op.create_table(
        "credits_price",
        sa.Column("batch_id", types.Identifier(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price_fen_per_t", sa.BigInteger(), nullable=True),
        sa.Column("approval_id", types.Identifier(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("price_fen_per_t BETWEEN 1 AND 100000000", name="credits_price_range"),
        sa.CheckConstraint("version >= 1", name="credits_price_version_positive"),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals_proposal.id"], name=op.f("credits_price_approval_id_fkey")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["credits_batch.id"], name=op.f("credits_price_batch_id_fkey")),
        sa.PrimaryKeyConstraint("batch_id", "version", name=op.f("credits_price_pkey")),
        sa.UniqueConstraint("approval_id", name="credits_price_approval_key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    op.drop_table("credits_price")
    op.drop_table("credits_project_cell")
    op.drop_table("credits_dedication")
    op.drop_table("credits_cancellation")
    op.drop_table("credits_batch")
    op.drop_table("credits_retirement")
    op.drop_table("credits_project")
    op.drop_table("credits_block_move")
    op.drop_table("credits_serial_space")
    op.drop_table("credits_block")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
    ddl.run(connection, ddl.room_sql("credits", dialect, *SQL))
