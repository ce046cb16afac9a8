"""Tables of issuers, public keys and DID documents. Rows are only added: the past of a key is what verifiers rely on.

Private keys stand in files outside the database (`files.py`).
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import AppendOnly, Base


class KeyEnd(StrEnum):
    """How a key ends."""

    EXPIRE = "expire"  # What it has signed stays good.
    REVOKE = "revoke"  # Somebody else may have it: nothing it signed counts by itself any more.


class IssuerRow(AppendOnly, Base):
    """An agency that signs under a DID of its own."""

    __tablename__ = "transparency_issuer"
    __table_args__ = (
        UniqueConstraint("slug", name="transparency_issuer_slug_key"),
        UniqueConstraint("did", name="transparency_issuer_did_key"),
        UniqueConstraint("agency_id", name="transparency_issuer_agency_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    did: Mapped[str]
    agency_id: Mapped[UUID]  # Of the room identity, which lies above.
    name_zh: Mapped[str]
    name_en: Mapped[str]
    site: Mapped[str | None]  # The agency's own pages, `alsoKnownAs` of the DID.
    opened_at: Mapped[datetime]


class KeyRow(AppendOnly, Base):
    """The public half of an Ed25519 key; it has one role, an issuer's or the log's, for ever."""

    __tablename__ = "transparency_key"
    __table_args__ = (
        UniqueConstraint("public", name="transparency_key_public_key"),
        CheckConstraint("length(public) = 32", name="transparency_key_public_size"),
        CheckConstraint("number > 0", name="transparency_key_number"),
        Index(
            "transparency_key_of_issuer",
            "issuer",
            "year",
            "number",
            unique=True,
            postgresql_where=text("issuer IS NOT NULL"),
            sqlite_where=text("issuer IS NOT NULL"),
        ),
        Index(
            "transparency_key_of_log",
            "year",
            "number",
            unique=True,
            postgresql_where=text("issuer IS NULL"),
            sqlite_where=text("issuer IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issuer: Mapped[str | None] = mapped_column(ForeignKey("transparency_issuer.slug"))  # None: the log's own.
    year: Mapped[int]
    number: Mapped[int]
    public: Mapped[bytes]
    is_demo: Mapped[bool]  # Made outside production, under a passphrase that others may know.
    added_at: Mapped[datetime]


class KeyEndRow(AppendOnly, Base):
    """A key has ended: after `at` it may not have signed anything. A revocation can follow an expiry, nothing undoes either."""

    __tablename__ = "transparency_key_end"

    key_id: Mapped[UUID] = mapped_column(ForeignKey("transparency_key.id"), primary_key=True)
    kind: Mapped[KeyEnd] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class DidDocumentRow(AppendOnly, Base):
    """A DID document as it was served from `at` on; the last version is the present one. did:web itself keeps no history."""

    __tablename__ = "transparency_did_document"
    __table_args__ = (CheckConstraint("length(sha256) = 32", name="transparency_did_document_sha256_size"),)

    issuer: Mapped[str] = mapped_column(ForeignKey("transparency_issuer.slug"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]
    sha256: Mapped[bytes]
    at: Mapped[datetime]
