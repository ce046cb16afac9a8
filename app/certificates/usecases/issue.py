"""What the sequencer asks: which certificates and status lists are to be signed, and takes back: they are signed, or refused.

All three run in its one transaction, so nothing here is seen by anybody before the log's new head is signed.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.changes import certificate_changed
from app.certificates.checking import invariants
from app.certificates.issuing.completion import Refused, checked_subject, completed, facts_of, give_places
from app.certificates.issuing.mandates import Mandate, mandate_for
from app.certificates.issuing.status_lists import lists_waiting, open_list, place_list
from app.certificates.models import CertificateRow
from app.certificates.rules import CERTIFICATE, SOURCE, CertificateKind, CertificateState, HeldReason, RefusedReason
from app.certificates.usecases.telling import ISSUED, tell_holder
from app.foundation.data import after_commit, clock
from app.foundation.proof import SYSTEM, logger, record
from app.foundation.work import end_task, open_task
from app.identity import Role
from app.transparency import Draft, Leaf, Refusal, Signed, find_issuer

WAITING_TASK, REFUSED_TASK = "certificates.waiting", "certificates.refused"
# Where nothing in the database tells that the obstacle is gone: a key's file on another machine, a fault of the program.
RETRY_AFTER = timedelta(seconds=30)
HELD_AT_ONCE = 1_000
_KIND = CertificateKind.RETIREMENT  # The one kind that is issued under a standing mandate so far.
# One task for all that wait for the same thing; tasks are about something with an id.
_WAITING_SUBJECT = uuid.uuid5(uuid.NAMESPACE_URL, f"certificates:{_KIND.value}")

Result = TypeVar("Result")

log = logger(__name__)


class _NotLoggedBefore(Exception):
    """The log does not tell of a retirement before its certificate."""


def waiting(session: Session, now: datetime, limit: int) -> list[Draft]:
    """Return the status lists that are due and the certificates that the mandate allows, lists first."""
    mandate, left = _allowed(session, now) if queries.is_any_issuing(session, now) else (None, 0)
    lists = lists_waiting(session, now, limit)
    room = min(left, limit - len(lists))
    if mandate is None or room <= 0:
        return lists
    return [*lists, *_certificates(session, mandate, now, limit=room)]


def _certificates(session: Session, mandate: Mandate, now: datetime, *, limit: int) -> list[Draft]:
    """Return the oldest drafts, checked and completed: a handful of reads for all of them, and one write."""
    rows = queries.lock_issuing(session, now, limit=limit)
    facts = facts_of(session, rows)
    subjects = _made(session, rows, lambda row: checked_subject(row, facts), now)
    checked = [row for row in rows if row.id in subjects]
    give_places(session, checked, mandate, now)
    drafts = _made(session, checked, lambda row: completed(row, subjects[row.id], mandate, now), now)
    session.flush()
    return list(drafts.values())


def _made(
    session: Session, rows: Iterable[CertificateRow], make: Callable[[CertificateRow], Result], now: datetime
) -> dict[UUID, Result]:
    """Return what is made of each row; one that must not be signed is refused, and one that fails comes again later."""
    made: dict[UUID, Result] = {}
    for row in rows:
        try:
            made[row.id] = make(row)
        except Refused as refusal:
            _refuse(session, row, refusal.reason)
        except Exception as error:
            log.error("certificates.not_ready", certificate_id=str(row.id), error=type(error).__name__, exc_info=error)
            row.retry_at = now + RETRY_AFTER
    return made


def _allowed(session: Session, now: datetime) -> tuple[Mandate | None, int]:
    """Return the mandate and how many may still be signed today; note on those that wait why they do."""
    mandate = mandate_for(session, _KIND, now)
    if not isinstance(mandate, Mandate):
        _hold_all(session, mandate)
        return None, 0
    # Its first certificate is not shown before there is a list that can say "not revoked".
    open_list(session, mandate.issuer.slug, now)
    left = mandate.daily_limit - queries.issued_on(session, mandate.issuer.slug, _KIND, clock.civil_day(now))
    if left <= 0:
        _hold_all(session, HeldReason.DAILY_LIMIT)
    return mandate, max(0, left)


def place(session: Session, signed: list[Signed], now: datetime) -> None:
    """Take signed documents: certificates become valid, lists the current ones.

    Raises:
        _NotLoggedBefore: a retirement has no entry before its certificate; the certificate is refused.
    """
    lists = queries.lists_by_ids(session, [each.id for each in signed])
    certificates = queries.certificates_by_ids(session, [each.id for each in signed])
    leaves = invariants.retirement_leaves(session, [row.subject_id for row in certificates.values()])
    for each in signed:
        if each.id in lists:
            place_list(lists[each.id], each.document_id, now)
        else:
            row = certificates[each.id]
            _place_certificate(session, row, each, leaves.get(row.subject_id), now)
    session.flush()
    by_issuer = Counter(row.issuer for row in certificates.values() if row.issuer is not None)
    for issuer, count in by_issuer.items():
        queries.count_issued(session, issuer, _KIND, clock.civil_day(now), count)
    if by_issuer:
        end_task(session, kind=WAITING_TASK, subject_kind=SOURCE, subject_id=_WAITING_SUBJECT)


def refuse(session: Session, draft_id: UUID, reason: str, now: datetime) -> None:
    """Take back what could not be signed: without a key it waits and is tried again, for any other reason it is refused."""
    lists = queries.lists_by_ids(session, [draft_id])
    if draft_id in lists:
        lists[draft_id].retry_at = now + RETRY_AFTER
        session.flush()
        after_commit(log.error, "certificates.list_not_signed", list_id=str(draft_id), reason=reason)
        return
    row = queries.certificates_by_ids(session, [draft_id])[draft_id]
    if reason == Refusal.NO_KEY:
        row.held_reason, row.retry_at = HeldReason.NO_KEY, now + RETRY_AFTER
        row.version += 1
        session.flush()
        certificate_changed(session, row)
        _open_waiting_task(session, row.issuer)
    else:
        _refuse(session, row, RefusedReason.NOT_LOGGED if reason == Refusal.PLACE else RefusedReason.SIGNING)


def _place_certificate(session: Session, row: CertificateRow, signed: Signed, leaf: Leaf | None, now: datetime) -> None:
    if leaf is None or leaf.index >= signed.leaf_index or not invariants.tells_of(leaf, row.draft):
        raise _NotLoggedBefore(str(row.id))
    row.state, row.held_reason, row.retry_at = CertificateState.VALID, None, None
    row.document_id, row.valid_from = signed.document_id, now
    row.version += 1
    certificate_changed(session, row)
    tell_holder(session, row, ISSUED, now)
    record(
        session,
        action="certificates.issued",
        object_kind=CERTIFICATE,
        object_id=row.id,
        actor=SYSTEM,
        after={"sha256": signed.sha256.hex(), "mandate": str(row.mandate_document_id), "method": signed.method},
    )
    after_commit(log.info, "certificates.issued", certificate_id=str(row.id), leaf_index=signed.leaf_index)


def _refuse(session: Session, row: CertificateRow, reason: RefusedReason) -> None:
    row.state, row.refused_reason, row.held_reason, row.retry_at = CertificateState.REFUSED, reason, None, None
    row.version += 1
    session.flush()
    certificate_changed(session, row)
    issuer = find_issuer(session, row.issuer) if row.issuer is not None else None
    open_task(
        session,
        kind=REFUSED_TASK,
        subject_kind=CERTIFICATE,
        subject_id=row.id,
        role=Role.ISSUER,
        agency_id=issuer.agency_id if issuer is not None else None,
    )
    record(
        session,
        action="certificates.refused",
        object_kind=CERTIFICATE,
        object_id=row.id,
        actor=SYSTEM,
        after={"reason": reason.value},
    )
    after_commit(log.error, "certificates.refused", certificate_id=str(row.id), reason=reason.value)


def _hold_all(session: Session, reason: HeldReason) -> None:
    held = queries.hold_all(session, reason, limit=HELD_AT_ONCE)
    for row in held:
        certificate_changed(session, row)
    if held:
        _open_waiting_task(session, None)
        after_commit(log.info, "certificates.held", reason=reason.value)


def _open_waiting_task(session: Session, issuer_slug: str | None) -> None:
    issuer = find_issuer(session, issuer_slug) if issuer_slug is not None else None
    open_task(
        session,
        kind=WAITING_TASK,
        subject_kind=SOURCE,
        subject_id=_WAITING_SUBJECT,
        role=Role.ISSUER,
        agency_id=issuer.agency_id if issuer is not None else None,
    )
