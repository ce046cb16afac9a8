"""What holders see of their certificates, and how much they show to others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.changes import certificate_changed
from app.certificates.errors import CertificateNotFound, NothingToForget, NotListed
from app.certificates.issuing.commitments import Commitment
from app.certificates.models import CertificateRow
from app.certificates.rules import (
    CERTIFICATE,
    CertificateState,
    HeldReason,
    HolderKind,
    PersonalVisibility,
    RefusedReason,
    Visibility,
    forgiven_number,
)
from app.certificates.usecases.verify import full_page
from app.certificates.views import CertificatePage
from app.foundation.data import after_commit, reading, transaction
from app.foundation.http import Page, PageQuery, check_version, page_of
from app.foundation.proof import Actor, logger, record
from app.identity import MemberRole, member_of, require_member

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCertificate:
    """A certificate as its holder sees it.

    Args:
        draft: what the subject says; the same as in the signed document.
        commitment: what proves that it is the holder's; None once it is deleted, and of an organisation's.
    """

    row: CertificateRow
    page: CertificatePage | None
    commitment: Commitment | None

    @property
    def held_reason(self) -> HeldReason | None:
        """Return why it waits, if it waits for somebody."""
        return self.row.held_reason if self.row.state is CertificateState.ISSUING else None

    @property
    def refused_reason(self) -> RefusedReason | None:
        """Return why it was not signed, if it was refused."""
        return self.row.refused_reason


def list_own(query: PageQuery, *, reader: Actor) -> Page[OwnCertificate]:
    """Return one page of a holder's certificates, newest first. They are listed, not checked."""
    with reading() as session:
        page = page_of(
            session,
            queries.select_own(reader.id),
            at=CertificateRow.created_at,
            id=CertificateRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(reader.id),
        )
        shown = [OwnCertificate(row=row, page=None, commitment=None) for row in page.items]
        return Page(shown, page.next_cursor)


def list_of_organisation(organisation_id: UUID, query: PageQuery, *, reader: Actor) -> Page[OwnCertificate]:
    """Return one page of an organisation's certificates to one of its members, newest first. They are listed, not checked.

    Raises:
        OrganisationNotFound: there is none, or the caller is no member.
    """
    with reading() as session:
        require_member(session, reader, organisation_id)
        page = page_of(
            session,
            queries.select_own(organisation_id),
            at=CertificateRow.created_at,
            id=CertificateRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(organisation_id),
        )
        shown = [OwnCertificate(row=row, page=None, commitment=None) for row in page.items]
        return Page(shown, page.next_cursor)


def require_own(number: str, *, reader: Actor) -> None:
    """Pass for who holds a certificate.

    Raises:
        CertificateNotFound: there is none of this number, or it is somebody else's.
    """
    with reading() as session:
        _find_own(session, number, reader)


def show_own(number: str, *, reader: Actor, now: datetime) -> OwnCertificate:
    """Return a certificate to its holder, checked now, with what proves that it is theirs.

    Raises:
        CertificateNotFound: there is none of this number, or it is somebody else's.
    """
    with reading() as session:
        return _own(session, _find_own(session, number, reader), now)


def change_visibility(
    number: str,
    visibility: Visibility | PersonalVisibility,
    *,
    seen: Callable[[int], bool],
    holder: Actor,
    now: datetime,
) -> OwnCertificate:
    """Let others see the certificate when they have its number, or its verdict alone.

    Raises:
        CertificateNotFound: there is none of this number, or it is somebody else's.
        VersionStale: it has changed since the holder read it.
        NotListed: a resident's own certificate stands in no public list.
    """
    with transaction() as session:
        row = _lock_own(session, number, holder)
        if row.holder_kind is HolderKind.RESIDENT and visibility.value not in list(PersonalVisibility):
            raise NotListed()
        check_version(seen, row.version)
        before, row.visibility = row.visibility, Visibility(visibility.value)
        row.version += 1
        session.flush()
        certificate_changed(session, row)
        record(
            session,
            action="certificates.visibility_changed",
            object_kind=CERTIFICATE,
            object_id=row.id,
            actor=holder,
            before={"visibility": before.value},
            after={"visibility": visibility.value},
        )
        return _own(session, row, now)


def forget_holder(number: str, *, holder: Actor) -> None:
    """Delete salt and name for good: from then on nothing public shows whose the certificate is. What was signed stays checkable.

    Raises:
        CertificateNotFound: there is none of this number, or it is somebody else's.
        NothingToForget: they are deleted already, or there never were any.
    """
    with transaction() as session:
        row = _lock_own(session, number, holder)
        if not queries.delete_commitment(session, row.id):
            raise NothingToForget()
        record(
            session,
            action="certificates.holder_forgotten",
            object_kind=CERTIFICATE,
            object_id=row.id,
            actor=holder,
        )
        after_commit(log.info, "certificates.holder_forgotten", certificate_id=str(row.id))


def _find_own(session: Session, number: str, reader: Actor) -> CertificateRow:
    row = queries.find_certificate(session, forgiven_number(number) or "")
    if row is None or not _is_theirs(session, row, reader):
        raise CertificateNotFound()
    return row


def _lock_own(session: Session, number: str, holder: Actor) -> CertificateRow:
    row = queries.lock_certificate(session, forgiven_number(number) or "")
    if row is None or not _is_theirs(session, row, holder, MemberRole.OWNER):
        raise CertificateNotFound()
    return row


def _is_theirs(session: Session, row: CertificateRow, actor: Actor, *roles: MemberRole) -> bool:
    """Return whether somebody holds a certificate, or is a member of the organisation that does, in one of these roles if named."""
    if row.holder_kind is not HolderKind.ORGANISATION:
        return row.holder_id == actor.id
    role = member_of(session, actor.id, row.holder_id)
    return role is not None and (not roles or role in roles)


def _own(session: Session, row: CertificateRow, now: datetime) -> OwnCertificate:
    return OwnCertificate(
        row=row, page=full_page(session, row, now), commitment=queries.find_commitment(session, row.id)
    )
