"""Certificates: drafts under their numbers, claims on retirements, status lists, renderings.

New tables only; the release before it notices nothing.
"""

import sqlalchemy as sa
from alembic import op

from app.foundation.data import ddl, types

revision = "0016"
down_revision = "0015"

GRANTS = {
    "certificates_certificate": "SELECT, INSERT, UPDATE (state, held_reason, retry_at, refused_reason, issuer, mandate_document_id, list_number, list_index, document_id, valid_from, visibility, superseded_by, version)",
    "certificates_claim": "SELECT, INSERT, UPDATE (certificate_id)",
    "certificates_commitment": "SELECT, INSERT, DELETE",
    "certificates_issued_on_day": "SELECT, INSERT, UPDATE (count)",
    "certificates_rendering": "SELECT, INSERT",
    "certificates_revocation": "SELECT, INSERT",
    "certificates_status_list": "SELECT, INSERT, UPDATE (document_id, signed_at, is_dirty, retry_at, allotted)",
}
APPEND_ONLY = ("certificates_rendering", "certificates_revocation")
SQL = {
    "certificates": ("01_kept",),
}
FUNCTIONS = (
    "certificates_certificate_kept",
    "certificates_certificate_revoked",
    "certificates_certificate_superseded",
    "certificates_claim_kept",
    "certificates_revocation_approved",
)
SQLITE_TRIGGERS = (
    "certificates_certificate_comes_issuing",
    "certificates_certificate_kept",
    "certificates_certificate_no_delete",
    "certificates_certificate_revoked",
    "certificates_certificate_superseded",
    "certificates_claim_kept",
    "certificates_claim_no_delete",
    "certificates_revocation_approved",
)


def upgrade() -> None:
    op.create_table(
        "certificates_issued_on_day",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "LSE",
                "LSH",
                "LSO",
                "LSV",
                "LSR",
                "LSA",
                "LSP",
                "LSW",
                name="certificatekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("count >= 0", name="certificates_issued_on_day_not_negative"),
        sa.PrimaryKeyConstraint("issuer", "kind", "day", name=op.f("certificates_issued_on_day_pkey")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "certificates_status_list",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("document_id", types.Identifier(), nullable=True),
        sa.Column("signed_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("is_dirty", sa.Boolean(), nullable=False),
        sa.Column("retry_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column("allotted", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint("(document_id IS NULL) = (signed_at IS NULL)", name="certificates_status_list_signed"),
        sa.CheckConstraint("allotted BETWEEN 0 AND 98304", name="certificates_status_list_allotted_range"),
        sa.CheckConstraint("number >= 1", name="certificates_status_list_number_positive"),
        sa.PrimaryKeyConstraint("id", name=op.f("certificates_status_list_pkey")),
        sa.UniqueConstraint("issuer", "number", name="certificates_status_list_key"),
        sqlite_strict=True,
    )
    op.create_table(
        "certificates_certificate",
        sa.Column("id", types.Identifier(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "LSE",
                "LSH",
                "LSO",
                "LSV",
                "LSR",
                "LSA",
                "LSP",
                "LSW",
                name="certificatekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "holder_kind",
            sa.Enum(
                "resident",
                "organisation",
                "agency",
                name="holderkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("holder_id", types.Identifier(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", types.Identifier(), nullable=False),
        sa.Column("draft", types.Document(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "issuing",
                "valid",
                "refused",
                "revoked",
                name="certificatestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "held_reason",
            sa.Enum(
                "no_mandate",
                "mandate_ended",
                "mandate_not_own",
                "mandate_other_rule",
                "no_issuer",
                "no_key",
                "daily_limit",
                name="heldreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("retry_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "refused_reason",
            sa.Enum(
                "schema",
                "register",
                "quantity",
                "not_logged",
                "claim",
                "signing",
                name="refusedreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("mandate_document_id", types.Identifier(), nullable=True),
        sa.Column("list_number", sa.BigInteger(), nullable=True),
        sa.Column("list_index", sa.BigInteger(), nullable=True),
        sa.Column("document_id", types.Identifier(), nullable=True),
        sa.Column("valid_from", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "visibility",
            sa.Enum("listed", "link", "off", name="visibility", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("superseded_by", types.Identifier(), nullable=True),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'refused') = (refused_reason IS NOT NULL)", name="certificates_certificate_refused"
        ),
        sa.CheckConstraint(
            "(state IN ('valid', 'revoked')) = (document_id IS NOT NULL) AND (document_id IS NULL) = (valid_from IS NULL) AND (document_id IS NULL OR issuer IS NOT NULL)",
            name="certificates_certificate_signed",
        ),
        sa.CheckConstraint("state = 'issuing' OR held_reason IS NULL", name="certificates_certificate_held"),
        sa.CheckConstraint(
            "(issuer IS NULL) = (list_index IS NULL) AND (issuer IS NULL) = (list_number IS NULL) AND (issuer IS NULL) = (mandate_document_id IS NULL)",
            name="certificates_certificate_issuer_whole",
        ),
        sa.CheckConstraint("length(number) = 20", name="certificates_certificate_number_whole"),
        sa.CheckConstraint(
            "list_index BETWEEN 0 AND 131071 AND list_number >= 1", name="certificates_certificate_index_range"
        ),
        sa.CheckConstraint("version >= 1", name="certificates_certificate_version_positive"),
        sa.ForeignKeyConstraint(
            ["mandate_document_id"],
            ["rulebook_document.id"],
            name=op.f("certificates_certificate_mandate_document_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("certificates_certificate_pkey")),
        sa.UniqueConstraint("document_id", name="certificates_certificate_document_key"),
        sa.UniqueConstraint("issuer", "list_number", "list_index", name="certificates_certificate_index_key"),
        sa.UniqueConstraint("number", name="certificates_certificate_number_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "certificates_certificate_holder_idx",
        "certificates_certificate",
        ["holder_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "certificates_certificate_issuing_idx",
        "certificates_certificate",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'issuing'"),
        sqlite_where=sa.text("state = 'issuing'"),
    )
    op.create_index(
        "certificates_certificate_subject_key",
        "certificates_certificate",
        ["subject_kind", "subject_id", "kind"],
        unique=True,
        postgresql_where=sa.text("superseded_by IS NULL"),
        sqlite_where=sa.text("superseded_by IS NULL"),
    )
    op.create_table(
        "certificates_claim",
        sa.Column("retirement_id", types.Identifier(), nullable=False),
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates_certificate.id"], name=op.f("certificates_claim_certificate_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["retirement_id"], ["credits_retirement.id"], name=op.f("certificates_claim_retirement_id_fkey")
        ),
        sa.PrimaryKeyConstraint("retirement_id", name=op.f("certificates_claim_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("certificates_claim_certificate_id_idx"), "certificates_claim", ["certificate_id"], unique=False
    )
    op.create_table(
        "certificates_commitment",
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", types.Identifier(), nullable=False),
        sa.CheckConstraint("length(salt) = 16", name="certificates_commitment_salt_whole"),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates_certificate.id"],
            name=op.f("certificates_commitment_certificate_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("certificates_commitment_pkey")),
        sqlite_strict=True,
    )
    op.create_table(
        "certificates_rendering",
        sa.Column("document_id", types.Identifier(), nullable=False),
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("status_document_id", types.Identifier(), nullable=False),
        sa.Column("log_proof", sa.Text(), nullable=False),
        sa.Column("revoked_at", types.UtcInstant(timezone=True), nullable=True),
        sa.Column(
            "revocation_reason",
            sa.Enum(
                "error",
                "fraud",
                "superseded",
                "key-compromise",
                "holder-request",
                "payment-reversed",
                name="revocationreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("created_at", types.UtcInstant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name="certificates_rendering_revocation_whole"
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates_certificate.id"], name=op.f("certificates_rendering_certificate_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["transparency_document.id"], name=op.f("certificates_rendering_document_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["status_document_id"],
            ["transparency_document.id"],
            name=op.f("certificates_rendering_status_document_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("certificates_rendering_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("certificates_rendering_certificate_id_idx"), "certificates_rendering", ["certificate_id"], unique=False
    )
    op.create_table(
        "certificates_revocation",
        sa.Column("certificate_id", types.Identifier(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("list_number", sa.BigInteger(), nullable=False),
        sa.Column("list_index", sa.BigInteger(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "error",
                "fraud",
                "superseded",
                "key-compromise",
                "holder-request",
                "payment-reversed",
                name="revocationreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposal_id", types.Identifier(), nullable=False),
        sa.Column("revoked_at", types.UtcInstant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates_certificate.id"],
            name=op.f("certificates_revocation_certificate_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["approvals_proposal.id"], name=op.f("certificates_revocation_proposal_id_fkey")
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("certificates_revocation_pkey")),
        sa.UniqueConstraint("proposal_id", name="certificates_revocation_proposal_key"),
        sqlite_strict=True,
    )
    op.create_index(
        "certificates_revocation_list_idx",
        "certificates_revocation",
        ["issuer", "list_number", "list_index"],
        unique=False,
    )
    _beyond_tables()


def downgrade() -> None:
    ddl.refuse_to_lose(op.get_bind(), *APPEND_ONLY)
    ddl.run(op.get_bind(), ddl.drop_functions(FUNCTIONS, op.get_bind().dialect.name))
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
    op.drop_table("certificates_revocation")
    op.drop_table("certificates_rendering")
    op.drop_table("certificates_commitment")
    op.drop_table("certificates_claim")
    op.drop_table("certificates_certificate")
    op.drop_table("certificates_status_list")
    op.drop_table("certificates_issued_on_day")


def _beyond_tables() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for table, privileges in GRANTS.items():
        ddl.run(connection, ddl.grant(table, privileges, dialect))
    for table in APPEND_ONLY:
        ddl.run(connection, ddl.append_only(table, dialect))
    for room, names in SQL.items():
        ddl.run(connection, ddl.room_sql(room, dialect, *names))
