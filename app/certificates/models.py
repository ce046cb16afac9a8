"""Tables of certificates. What was signed lies in the room below, transparency; here is whose it is and how it stands."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.certificates.rules import (
    LIST_FULL_AT,
    LIST_LENGTH,
    CertificateKind,
    CertificateState,
    HeldReason,
    HolderKind,
    RefusedReason,
    RevocationReason,
    Visibility,
)
from app.foundation.data import AppendOnly, Base

_ISSUING = text("state = 'issuing'")


class CertificateRow(Base):
    """A certificate, from its draft on. What was said with it never changes; triggers keep that (sql/01_kept)."""

    __tablename__ = "certificates_certificate"
    __grants__ = (
        "SELECT, INSERT, UPDATE (state, held_reason, retry_at, refused_reason, issuer, mandate_document_id, list_number,"
        " list_index, document_id, valid_from, visibility, superseded_by, version)"
    )
    __table_args__ = (
        UniqueConstraint("number", name="certificates_certificate_number_key"),
        UniqueConstraint("issuer", "list_number", "list_index", name="certificates_certificate_index_key"),
        UniqueConstraint("document_id", name="certificates_certificate_document_key"),
        CheckConstraint("length(number) = 20", name="certificates_certificate_number_whole"),
        CheckConstraint(
            f"list_index BETWEEN 0 AND {LIST_LENGTH - 1} AND list_number >= 1",
            name="certificates_certificate_index_range",
        ),
        CheckConstraint(
            "(issuer IS NULL) = (list_index IS NULL) AND (issuer IS NULL) = (list_number IS NULL)"
            " AND (issuer IS NULL) = (mandate_document_id IS NULL)",
            name="certificates_certificate_issuer_whole",
        ),
        CheckConstraint(
            "(state IN ('valid', 'revoked')) = (document_id IS NOT NULL)"
            " AND (document_id IS NULL) = (valid_from IS NULL) AND (document_id IS NULL OR issuer IS NOT NULL)",
            name="certificates_certificate_signed",
        ),
        CheckConstraint("state = 'issuing' OR held_reason IS NULL", name="certificates_certificate_held"),
        CheckConstraint("(state = 'refused') = (refused_reason IS NOT NULL)", name="certificates_certificate_refused"),
        CheckConstraint("version >= 1", name="certificates_certificate_version_positive"),
        # Of one subject there is one certificate of a kind; one that was replaced makes room for its successor.
        Index(
            "certificates_certificate_subject_key",
            "subject_kind",
            "subject_id",
            "kind",
            unique=True,
            postgresql_where=text("superseded_by IS NULL"),
            sqlite_where=text("superseded_by IS NULL"),
        ),
        Index("certificates_certificate_holder_idx", "holder_id", "created_at", "id"),
        Index(
            "certificates_certificate_issuing_idx",
            "created_at",
            "id",
            postgresql_where=_ISSUING,
            sqlite_where=_ISSUING,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    kind: Mapped[CertificateKind]
    holder_kind: Mapped[HolderKind]
    holder_id: Mapped[UUID]  # Who may see it as theirs; of a gift, the giver.
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]  # What it certifies, such as a retirement.
    draft: Mapped[dict[str, Any]]  # The subject's facts as they will be signed; a person's name in it is masked.
    state: Mapped[CertificateState]
    held_reason: Mapped[HeldReason | None]
    retry_at: Mapped[datetime | None]  # Not before then, where nothing in the database tells that the reason is gone.
    refused_reason: Mapped[RefusedReason | None]
    # Named by the mandate when the turn to sign comes, together with a random free place in that issuer's status list.
    issuer: Mapped[str | None]
    mandate_document_id: Mapped[UUID | None] = mapped_column(ForeignKey("rulebook_document.id"))
    list_number: Mapped[int | None]
    list_index: Mapped[int | None]
    document_id: Mapped[UUID | None]
    valid_from: Mapped[datetime | None]
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.LINK)
    superseded_by: Mapped[
        UUID | None
    ]  # The certificate that took its place; no foreign key: it is written before that one.
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ClaimRow(Base):
    """Which certificate a retirement serves. The key is the retirement, so the database itself lets it serve one only."""

    __tablename__ = "certificates_claim"
    __grants__ = "SELECT, INSERT, UPDATE (certificate_id)"  # To the successor of a certificate that is replaced.

    retirement_id: Mapped[UUID] = mapped_column(ForeignKey("credits_retirement.id"), primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates_certificate.id"), index=True)


class CommitmentRow(Base):
    """What the holder needs to prove that a masked certificate is theirs. Personal data: deleting it ends the link for good."""

    __tablename__ = "certificates_commitment"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (CheckConstraint("length(salt) = 16", name="certificates_commitment_salt_whole"),)

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates_certificate.id"), primary_key=True)
    salt: Mapped[bytes]
    name: Mapped[str]  # In full, as it was hashed.
    account_id: Mapped[UUID]


class StatusListRow(Base):
    """A status list of an issuer: which signed document is the current one, and whether it tells everything."""

    __tablename__ = "certificates_status_list"
    __grants__ = "SELECT, INSERT, UPDATE (document_id, signed_at, is_dirty, retry_at, allotted)"
    __table_args__ = (
        UniqueConstraint("issuer", "number", name="certificates_status_list_key"),
        CheckConstraint("number >= 1", name="certificates_status_list_number_positive"),
        CheckConstraint("(document_id IS NULL) = (signed_at IS NULL)", name="certificates_status_list_signed"),
        CheckConstraint(f"allotted BETWEEN 0 AND {LIST_FULL_AT}", name="certificates_status_list_allotted_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    number: Mapped[int]
    document_id: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    is_dirty: Mapped[bool]  # A revocation waits to be told.
    retry_at: Mapped[datetime | None]  # Not before then, after a signature that failed.
    allotted: Mapped[int] = mapped_column(default=0)  # Places that belong to a certificate.
    created_at: Mapped[datetime]


class RevocationRow(AppendOnly, Base):
    """A certificate that was revoked, by two people. Bits of status lists come from these rows and from nothing else."""

    __tablename__ = "certificates_revocation"
    __table_args__ = (
        UniqueConstraint("proposal_id", name="certificates_revocation_proposal_key"),
        Index("certificates_revocation_list_idx", "issuer", "list_number", "list_index"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates_certificate.id"), primary_key=True)
    issuer: Mapped[str]
    list_number: Mapped[int]
    list_index: Mapped[int]
    reason: Mapped[RevocationReason]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("approvals_proposal.id"))
    revoked_at: Mapped[datetime]


class IssuedOnDayRow(Base):
    """How many certificates of a kind an issuer has signed on a civil day, so that the mandate's limit costs no counting."""

    __tablename__ = "certificates_issued_on_day"
    __grants__ = "SELECT, INSERT, UPDATE (count)"
    __table_args__ = (CheckConstraint("count >= 0", name="certificates_issued_on_day_not_negative"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[CertificateKind] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


# ---- Renderings: files made of a certificate once, and kept as they were first made. ----


class RenderingRow(AppendOnly, Base):
    """What the PDF of a signed document is made of, fixed when it was first asked for. Its credential is the document."""

    __tablename__ = "certificates_rendering"
    __table_args__ = (
        CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name="certificates_rendering_revocation_whole"
        ),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("transparency_document.id"), primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates_certificate.id"), index=True)
    did: Mapped[str]  # The issuer's DID document, canonical.
    status_document_id: Mapped[UUID] = mapped_column(ForeignKey("transparency_document.id"))
    log_proof: Mapped[str]  # C2SP tlog-proof under the first checkpoint that covers the document.
    revoked_at: Mapped[datetime | None]  # Of a certificate that was revoked before anybody asked for its PDF.
    revocation_reason: Mapped[RevocationReason | None]
    created_at: Mapped[datetime]
