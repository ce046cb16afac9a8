"""Photos: what was stored, what the camera wrote, and the one subject each is bound to.

A trigger binds a photo once; stray bytes are listed until they are deleted.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0006"
down_revision = "0005"

GRANTS = {
    "evidence_file": "SELECT, INSERT, UPDATE, DELETE",
    "evidence_stray": "SELECT, INSERT, UPDATE, DELETE",
}
SQL = ("01_bound_once",)
FUNCTIONS = ("evidence_file_bound_once",)


def upgrade() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("owner_id", types.Identifier(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("received", "bound", name="filestate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "media_type",
            sa.Enum(
                "image/jpeg",
                "image/png",
                "image/webp",
                name="mediatype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("width_px", sa.BigInteger(), nullable=False),
        sa.Column("height_px", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("perceptual_hash", sa.BigInteger(), nullable=False),
        sa.Column("hash_band_0", sa.BigInteger(), nullable=False),
        sa.Column("hash_band_1", sa.BigInteger(), nullable=False),
        sa.Column("hash_band_2", sa.BigInteger(), nullable=False),
        sa.Column("hash_band_3", sa.BigInteger(), nullable=False),
        sa.Column("exif_lat_e7", sa.BigInteger(), nullable=True),
        sa.Column("exif_lon_e7", sa.BigInteger(), nullable=True),
        sa.Column("exif_captured_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", types.Identifier(), nullable=True),
        sa.Column("bound_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("received_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("store_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'bound') = (subject_id IS NOT NULL) AND (subject_kind IS NULL) = (subject_id IS NULL) AND (bound_at IS NULL) = (subject_id IS NULL)",
            name="evidence_file_bound_is_whole",
        ),
        sa.CheckConstraint(
            "(exif_lat_e7 IS NULL) = (exif_lon_e7 IS NULL) AND (exif_lat_e7 IS NULL OR exif_lat_e7 BETWEEN -900000000 AND 900000000) AND (exif_lon_e7 IS NULL OR exif_lon_e7 BETWEEN -1800000000 AND 1800000000)",
            name="evidence_file_exif_on_earth",
        ),
        sa.CheckConstraint("byte_count > 0 AND width_px > 0 AND height_px > 0", name="evidence_file_sizes_positive"),
        sa.CheckConstraint(
            "hash_band_0 BETWEEN 0 AND 65535 AND hash_band_1 BETWEEN 0 AND 65535 AND hash_band_2 BETWEEN 0 AND 65535 AND hash_band_3 BETWEEN 0 AND 65535",
            name="evidence_file_bands_16_bits",
        ),
        sa.CheckConstraint("length(sha256) = 64 AND length(original_sha256) = 64", name="evidence_file_hashes_whole"),
        sa.PrimaryKeyConstraint("id", name=op.f("evidence_file_pkey")),
        sa.UniqueConstraint("store_key", name=op.f("evidence_file_store_key_key")),
        sqlite_strict=True,
    )
    op.create_index(
        "evidence_file_expiry_idx",
        "evidence_file",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NULL"),
        sqlite_where=sa.text("subject_id IS NULL"),
    )
    op.create_index(
        "evidence_file_hash_band_0_idx",
        "evidence_file",
        ["hash_band_0", "id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
        sqlite_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_index(
        "evidence_file_hash_band_1_idx",
        "evidence_file",
        ["hash_band_1", "id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
        sqlite_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_index(
        "evidence_file_hash_band_2_idx",
        "evidence_file",
        ["hash_band_2", "id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
        sqlite_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_index(
        "evidence_file_hash_band_3_idx",
        "evidence_file",
        ["hash_band_3", "id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
        sqlite_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_index(op.f("evidence_file_owner_id_idx"), "evidence_file", ["owner_id"], unique=False)
    op.create_index(
        "evidence_file_subject_idx",
        "evidence_file",
        ["subject_kind", "subject_id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
        sqlite_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_table(
        "evidence_stray",
        sa.Column("store_key", sa.Text(), nullable=False),
        sa.Column("delete_after", types.UtcInstant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("store_key", name=op.f("evidence_stray_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("evidence_stray_delete_after_idx"), "evidence_stray", ["delete_after"], unique=False)
    _beyond_tables()


def downgrade() -> None:
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    op.drop_table("evidence_stray")
    op.drop_table("evidence_file")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    ddl.run(connection, ddl.room_sql("evidence", dialect, *SQL))
