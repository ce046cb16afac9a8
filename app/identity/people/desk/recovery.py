"""A resident who has lost the number gets a new one at a desk: one member of staff proves it, another one approves.

The proposal names ids and a keyed, salted mark. The number and the salt stand in one row of its own, which is emptied of them when
the proposal is applied or its days are over; the masked numbers stand there too, and go with the account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, ProposalState, find_proposal, propose
from app.foundation.data import (
    after_commit,
    clock,
    new_id,
    parse_public_id,
    public_id,
    reading,
    rows_written,
    run_in_transaction,
)
from app.foundation.http import DomainError
from app.foundation.proof import Actor, logger, record
from app.identity import keys
from app.identity.entrance.errors import CodeRefused, PhoneNotSupported
from app.identity.entrance.models import CodePurpose, CodeUse, SessionEnd
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.codes import (
    Binding,
    CodeRequest,
    GivenCode,
    SentCode,
    request_code,
    spend_bound_codes,
)
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.events import tell
from app.identity.people import queries
from app.identity.people.desk.errors import RecoveryNotFound, RecoveryStale
from app.identity.people.desk.models import IdentityDocument, RecoveryRow
from app.identity.people.errors import PersonNotFound, PhoneTaken
from app.identity.people.events import PHONE_RECOVERED
from app.identity.people.rules.masking import masked_phone
from app.identity.people.rules.phones import e164_of
from app.identity.people.usecases.numbers import take_number

KIND = "identity.recovery"
# A proposal is open for seven days; a day more for clocks and jobs.
PHONE_KEPT = timedelta(days=8)

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class DeskCode:
    """For whom a code goes to the number that they say is theirs now."""

    person_id: UUID
    phone: str
    device_id: str | None = None
    captcha: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewRecovery:
    """Whose number is lost, why, what they have shown, and the code that came to the new number at the desk."""

    person_id: UUID
    reason: str
    document_kind: IdentityDocument
    challenge_id: UUID
    code: str


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """A recovery as members of staff see it."""

    id: UUID
    person_id: UUID
    approval_id: UUID
    state: ProposalState
    document_kind: IdentityDocument
    reason: str
    old_phone_masked: str | None
    new_phone_masked: str
    opened_at: datetime
    applied_at: datetime | None


def request_desk_code(asked: DeskCode, *, staff: Actor, address: str, now: datetime) -> SentCode:
    """Send a code to the number that a resident at the desk says is theirs now.

    Raises:
        PersonNotFound: there is no such resident.
        PhoneNotSupported, CaptchaNeeded, CodeTooSoon, AddressTooBusy, CodesPaused, CodeNotSent: as for every code.
    """
    phone = e164_of(asked.phone)
    if phone is None:
        raise PhoneNotSupported()
    with reading() as session:
        if asked.person_id not in queries.people_by_ids(session, [asked.person_id]):
            raise PersonNotFound()
    sent_to = CodeRequest(
        phone=phone, purpose=CodePurpose.CHANGE_PHONE, device_id=asked.device_id, captcha=asked.captcha
    )
    binding = Binding(person_id=asked.person_id, asked_by=staff.id, use=CodeUse.AT_A_DESK)
    return request_code(sent_to, address=address, now=now, bound_to=binding)


def open_recovery(new: NewRecovery, *, staff: Actor, now: datetime) -> Recovery:
    """Propose that a proved number becomes a resident's; another member of staff decides.

    What was tried is committed before it is refused.

    Raises:
        PersonNotFound: there is no such resident.
        CodeRefused: the code is not good, whatever the reason.
        PhoneTaken: it is this resident's number already.
    """

    def work(session: Session) -> Recovery | DomainError:
        person = queries.lock_person(session, new.person_id)
        if person is None:
            return PersonNotFound()
        given = [GivenCode(challenge_id=new.challenge_id, code=new.code, use=CodeUse.AT_A_DESK)]
        phones = spend_bound_codes(session, given, person_id=person.id, asked_by=staff.id, now=now)
        if phones is None:
            return CodeRefused()
        old = queries.find_phone_of(session, person.id)
        if old is not None and old.phone == phones[0]:
            return PhoneTaken()
        row = RecoveryRow(
            id=new_id(),
            person_id=person.id,
            phone=phones[0],
            phone_salt=keys.new_salt(),
            old_phone_masked=masked_phone(old.phone) if old is not None else None,
            new_phone_masked=masked_phone(phones[0]),
            old_phone_id=old.id if old is not None else None,
            person_version=person.version,
            document_kind=new.document_kind,
            reason=new.reason,
            opened_by=staff.id,
            opened_at=now,
        )
        session.add(row)
        session.flush()
        proposal = propose(
            session,
            kind=KIND,
            content=_content(row),
            title=f"Lost number: {public_id('per', person.id)}",
            proposer=staff,
            now=now,
            subject_id=person.id,
        )
        row.proposal_id = proposal.id
        session.flush()
        return _recovery(row, proposal, now)

    outcome = run_in_transaction(work)
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


def get_recovery(recovery_id: UUID, *, now: datetime) -> Recovery:
    """Return a recovery.

    Raises:
        RecoveryNotFound: there is none of this id.
    """
    with reading() as session:
        row = session.get(RecoveryRow, recovery_id)
        proposal = find_proposal(session, row.proposal_id) if row is not None and row.proposal_id else None
        if row is None or proposal is None:
            raise RecoveryNotFound()
        return _recovery(row, proposal, now)


def recovery_difference(session: Session, proposal: Proposal) -> list[Change]:
    """Return what the approver decides about: one masked number in the place of another, as long as the account is there."""
    content = proposal.content
    row = session.get(RecoveryRow, parse_public_id("rec", content["recovery_id"]))
    before, after = (row.old_phone_masked, row.new_phone_masked) if row is not None else (None, None)
    return [
        Change(member="/phone", before=before, after=after),
        Change(member="/person_id", before=content["person_id"], after=content["person_id"]),
        Change(member="/document_kind", before=content["document_kind"], after=content["document_kind"]),
    ]


def apply_recovery(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Give the resident the proved number, end all their sessions and what other apps signed them in.

    Raises:
        RecoveryStale: the person or their number has changed since, or the row is not what was proposed.
        PhoneTaken: somebody has begun to use the number in the meantime.
    """
    content = proposal.content
    row = session.get(RecoveryRow, parse_public_id("rec", content["recovery_id"]), with_for_update=True)
    if row is None or row.phone is None or _mark(row) != content["phone_mark"]:
        raise RecoveryStale()
    person = queries.lock_person(session, row.person_id)
    present = queries.lock_phone_of(session, row.person_id)
    present_id = present.id if present is not None else None
    if person is None or person.version != content["person_version"] or present_id != row.old_phone_id:
        raise RecoveryStale()
    taken = take_number(session, row.person_id, row.phone, now=now)
    row.phone, row.phone_salt, row.applied_at = None, None, now
    person.version += 1
    end_sessions_of(session, Holder(person_id=row.person_id), SessionEnd.CREDENTIALS_CHANGED, now)
    # Whoever has the lost telephone may have another app on it that would sign them in again.
    rows_written(session, delete(OutsideAccountRow).where(OutsideAccountRow.person_id == row.person_id))
    record(
        session,
        action="identity.phone_recovered",
        object_kind="identity.person",
        object_id=row.person_id,
        actor=approver,
        before={"phone_id": str(taken.old_id) if taken.old_id is not None else None},
        after={"phone_id": str(taken.new_id), "recovery": str(row.id), "proposal": str(proposal.id)},
    )
    tell(session, PHONE_RECOVERED, row.id, person_id=row.person_id)
    after_commit(log.info, "identity.phone.recovered", person_id=str(row.person_id), recovery_id=str(row.id))


def forget_old_numbers(session: Session, _: datetime) -> None:
    """Empty recoveries whose proposal can no longer be approved of their number."""
    old = (RecoveryRow.phone.is_not(None), RecoveryRow.opened_at < clock.now() - PHONE_KEPT)
    rows_written(session, update(RecoveryRow).where(*old).values(phone=None, phone_salt=None))


def _content(row: RecoveryRow) -> dict[str, Any]:
    return {
        "recovery_id": public_id("rec", row.id),
        "person_id": public_id("per", row.person_id),
        "person_version": row.person_version,
        "document_kind": str(row.document_kind),
        "phone_mark": _mark(row),
    }


def _mark(row: RecoveryRow) -> str:
    # Without the salt, which goes with the number, there are as many numbers as one likes for a mark.
    return keys.blinded("recovery", f"{row.phone_salt}:{row.person_id}:{row.phone}")


def _recovery(row: RecoveryRow, proposal: Proposal, now: datetime) -> Recovery:
    return Recovery(
        id=row.id,
        person_id=row.person_id,
        approval_id=proposal.id,
        state=proposal.state_at(now),
        document_kind=row.document_kind,
        reason=row.reason,
        old_phone_masked=row.old_phone_masked,
        new_phone_masked=row.new_phone_masked,
        opened_at=row.opened_at,
        applied_at=row.applied_at,
    )
