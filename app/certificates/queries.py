"""Reads and locks of certificates, claims, status lists and revocations."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.orm import Session

from app.certificates.issuing.commitments import Commitment
from app.certificates.models import (
    CertificateRow,
    ClaimRow,
    CommitmentRow,
    IssuedOnDayRow,
    RevocationRow,
    StatusListRow,
)
from app.certificates.rules import CERTIFICATE, CertificateKind, CertificateState, HeldReason
from app.foundation.data import insert_once, rows_written
from app.transparency import EntryKind, subjects_told


def find_certificate(session: Session, number: str) -> CertificateRow | None:
    """Return the certificate with this number, as it is stored now, or None."""
    query = select(CertificateRow).where(CertificateRow.number == number)
    return session.scalar(query.execution_options(populate_existing=True))


def lock_certificate(session: Session, number: str) -> CertificateRow | None:
    """Return the certificate with this number for a change, or None."""
    query = select(CertificateRow).where(CertificateRow.number == number)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def certificates_by_ids(session: Session, ids: Collection[UUID]) -> dict[UUID, CertificateRow]:
    """Return certificates by id; an unknown id is left out."""
    rows = session.scalars(select(CertificateRow).where(CertificateRow.id.in_(set(ids))))
    return {row.id: row for row in rows}


def certificates_of_subjects(session: Session, subject_kind: str, ids: Iterable[UUID]) -> dict[UUID, CertificateRow]:
    """Return the certificate of each subject that has one; of one that was replaced, its successor."""
    query = select(CertificateRow).where(
        CertificateRow.subject_kind == subject_kind,
        CertificateRow.subject_id.in_(set(ids)),
        CertificateRow.superseded_by.is_(None),
    )
    return {row.subject_id: row for row in session.scalars(query)}


def select_own(holder_id: UUID) -> Select[CertificateRow]:
    """Return the query of a holder's certificates."""
    return select(CertificateRow).where(CertificateRow.holder_id == holder_id)


def is_any_issuing(session: Session, now: datetime) -> bool:
    """Return whether a certificate waits for its signature. A look without a lock: most seconds there is none."""
    return session.scalar(select(CertificateRow.id).where(*_ready(now)).limit(1)) is not None


def lock_issuing(session: Session, now: datetime, *, limit: int) -> Sequence[CertificateRow]:
    """Return certificates that wait for their signature, the oldest first; one that its holder is changing comes next time."""
    query = select(CertificateRow).where(*_ready(now))
    query = query.order_by(CertificateRow.created_at, CertificateRow.id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()


def _ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_due = or_(CertificateRow.retry_at.is_(None), CertificateRow.retry_at <= now)
    return CertificateRow.state == CertificateState.ISSUING, is_due


def hold_all(session: Session, reason: HeldReason, *, limit: int) -> list[CertificateRow]:
    """Note on waiting certificates, at most `limit` of them, why they wait; return those that did not say so yet."""
    is_other = or_(CertificateRow.held_reason.is_(None), CertificateRow.held_reason != reason)
    found = select(CertificateRow.id).where(CertificateRow.state == CertificateState.ISSUING, is_other).limit(limit)
    statement = update(CertificateRow).where(CertificateRow.id.in_(found.scalar_subquery()), is_other)
    noted = statement.values(held_reason=reason, version=CertificateRow.version + 1).returning(CertificateRow)
    return list(session.scalars(noted, execution_options={"populate_existing": True}))


def claim_of(session: Session, retirement_id: UUID) -> UUID | None:
    """Return the certificate that a retirement serves, or None."""
    return claims_of(session, [retirement_id]).get(retirement_id)


def claims_of(session: Session, retirement_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the certificate that each retirement serves; one that serves none is left out."""
    query = select(ClaimRow.retirement_id, ClaimRow.certificate_id)
    return {row[0]: row[1] for row in session.execute(query.where(ClaimRow.retirement_id.in_(set(retirement_ids))))}


def pass_claims_on(session: Session, *, before: UUID, after: UUID) -> None:
    """Let what serves one certificate serve its successor."""
    rows_written(session, update(ClaimRow).where(ClaimRow.certificate_id == before).values(certificate_id=after))


def find_commitment(session: Session, certificate_id: UUID) -> Commitment | None:
    """Return what a certificate's commitment was made of, or None once it is deleted."""
    row = session.get(CommitmentRow, certificate_id, populate_existing=True)
    return Commitment(row.salt, row.name, row.account_id) if row is not None else None


def delete_commitment(session: Session, certificate_id: UUID) -> bool:
    """Delete salt and name, and return whether they were there."""
    statement = delete(CommitmentRow).where(CommitmentRow.certificate_id == certificate_id)
    return rows_written(session, statement) == 1


def issued_on(session: Session, issuer: str, kind: CertificateKind, day: date) -> int:
    """Return how many certificates of a kind an issuer has signed on a civil day."""
    row = session.get(IssuedOnDayRow, (issuer, kind, day), populate_existing=True)
    return row.count if row is not None else 0


def count_issued(session: Session, issuer: str, kind: CertificateKind, day: date, count: int) -> None:
    """Add to the certificates signed on a civil day."""
    insert_once(session, IssuedOnDayRow, issuer=issuer, kind=kind, day=day, count=0)
    mine: tuple[ColumnElement[bool], ...] = (
        IssuedOnDayRow.issuer == issuer,
        IssuedOnDayRow.kind == kind,
        IssuedOnDayRow.day == day,
    )
    rows_written(session, update(IssuedOnDayRow).where(*mine).values(count=IssuedOnDayRow.count + count))


def find_list(session: Session, issuer: str, number: int) -> StatusListRow | None:
    """Return a status list, as it is stored now, or None."""
    query = select(StatusListRow).where(StatusListRow.issuer == issuer, StatusListRow.number == number)
    return session.scalar(query.execution_options(populate_existing=True))


def latest_list(session: Session, issuer: str) -> StatusListRow | None:
    """Return an issuer's newest status list, or None."""
    query = select(StatusListRow).where(StatusListRow.issuer == issuer).order_by(StatusListRow.number.desc()).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def lists_by_ids(session: Session, ids: Collection[UUID]) -> dict[UUID, StatusListRow]:
    """Return status lists by id; an unknown id is left out."""
    rows = session.scalars(select(StatusListRow).where(StatusListRow.id.in_(set(ids))))
    return {row.id: row for row in rows}


def lock_lists_due(session: Session, *, signed_before: datetime, now: datetime, limit: int) -> Sequence[StatusListRow]:
    """Return the status lists that must be signed: never, not lately, or not since something was revoked.

    They are locked before the revocations are read, so one that commits meanwhile finds the list signed without it, and makes
    it due again.
    """
    is_due = or_(StatusListRow.is_dirty, StatusListRow.signed_at.is_(None), StatusListRow.signed_at <= signed_before)
    query = select(StatusListRow).where(is_due, or_(StatusListRow.retry_at.is_(None), StatusListRow.retry_at <= now))
    query = query.order_by(StatusListRow.signed_at.is_not(None), StatusListRow.signed_at, StatusListRow.id).limit(limit)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def mark_list_dirty(session: Session, issuer: str, number: int) -> None:
    """Let a status list be signed anew; whoever signs it at this moment is waited for."""
    mine = (StatusListRow.issuer == issuer, StatusListRow.number == number)
    rows_written(session, update(StatusListRow).where(*mine).values(is_dirty=True, retry_at=None))


def taken_among(session: Session, issuer: str, number: int, indexes: Iterable[int]) -> set[int]:
    """Return which of these places in a status list belong to a certificate."""
    query = select(CertificateRow.list_index).where(
        CertificateRow.issuer == issuer,
        CertificateRow.list_number == number,
        CertificateRow.list_index.in_(set(indexes)),
    )
    return {index for index in session.scalars(query) if index is not None}


def revoked_indexes(session: Session, issuer: str, number: int) -> list[int]:
    """Return the bits that must be set in a status list: of every revocation, and of every one that the log tells of.

    Whoever makes a revocation disappear from the database does not make it disappear from the log, nor from the next list.
    """
    revoked = select(RevocationRow.list_index).where(
        RevocationRow.issuer == issuer, RevocationRow.list_number == number
    )
    told = select(CertificateRow.list_index).where(
        CertificateRow.issuer == issuer,
        CertificateRow.list_number == number,
        CertificateRow.id.in_(subjects_told(session, kind=EntryKind.REVOKE, subject_kind=CERTIFICATE)),
    )
    indexes = {*session.scalars(revoked), *session.scalars(told)}
    return sorted(index for index in indexes if index is not None)


def find_revocation(session: Session, certificate_id: UUID) -> RevocationRow | None:
    """Return how a certificate was revoked, or None."""
    return session.get(RevocationRow, certificate_id, populate_existing=True)
