"""Residents change their number with a code to the new and one to the old; a guardian gives a child one with a code to it."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, reading, rows_written, run_in_transaction, transaction
from app.foundation.http import DomainError
from app.foundation.proof import Actor, logger, record
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
from app.identity.people.errors import NoPhone, OldCodeNeeded, PhoneMissing, PhoneTaken, SamePhone
from app.identity.people.events import PHONE_CHANGED
from app.identity.people.family.children import require_own_child
from app.identity.people.family.errors import ChildHasNumber, ChildNotFound
from app.identity.people.family.queries import find_guardianship
from app.identity.people.models import PersonRow
from app.identity.people.rules.phones import e164_of
from app.identity.people.usecases.numbers import NumberTaken, take_number

log = logger(__name__)


class Which(enum.StrEnum):
    """To which number a code goes."""

    NEW = "new"
    OLD = "old"


@dataclass(frozen=True, kw_only=True)
class ChangeCode:
    """What somebody sends to get one of the two codes."""

    which: Which
    phone: str | None = None  # The new number; the old one is known.
    device_id: str | None = None
    captcha: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChildsCode:
    """What a guardian sends to get a code to the number that a child is to have."""

    phone: str
    device_id: str | None = None
    captcha: str | None = None


@dataclass(frozen=True, kw_only=True)
class PhoneChange:
    """The codes of both numbers."""

    challenge_id: UUID
    code: str
    old_challenge_id: UUID | None = None
    old_code: str | None = None


def request_change_code(asked: ChangeCode, *, actor: Actor, address: str, now: datetime) -> SentCode:
    """Send a code to the caller's present or new number, in the paces and limits of codes for signing in.

    Raises:
        NoPhone: there is no present number.
        PhoneMissing, SamePhone: a new number is wanted, and is missing or is the present one.
        PhoneNotSupported, CaptchaNeeded, CodeTooSoon, AddressTooBusy, CodesPaused, CodeNotSent: as for every code.
    """
    with reading() as session:
        present = queries.find_phone_of(session, actor.id)
    if asked.which is Which.OLD:
        if present is None:
            raise NoPhone()
        phone, use = present.phone, CodeUse.OLD_NUMBER
    else:
        phone, use = _new_number(asked.phone), CodeUse.NEW_NUMBER
        if present is not None and present.phone == phone:
            raise SamePhone()
    sent_to = CodeRequest(
        phone=phone, purpose=CodePurpose.CHANGE_PHONE, device_id=asked.device_id, captcha=asked.captcha
    )
    binding = Binding(person_id=actor.id, asked_by=actor.id, use=use)
    return request_code(sent_to, address=address, now=now, bound_to=binding)


def change_phone(change: PhoneChange, *, actor: Actor, now: datetime) -> None:
    """Make the proved number the caller's; their other sessions end.

    What was tried is committed before it is refused.

    Raises:
        OldCodeNeeded: the caller holds a number, and its code is missing.
        CodeRefused: one of the codes is not good, whatever the reason.
        PhoneTaken: another person uses the number.
    """

    def work(session: Session) -> DomainError | None:
        person = queries.get_person_for_change(session, actor.id)
        given = [GivenCode(challenge_id=change.challenge_id, code=change.code, use=CodeUse.NEW_NUMBER)]
        if queries.find_phone_of(session, actor.id) is not None:
            if change.old_challenge_id is None or change.old_code is None:
                return OldCodeNeeded()
            given.append(GivenCode(challenge_id=change.old_challenge_id, code=change.old_code, use=CodeUse.OLD_NUMBER))
        phones = spend_bound_codes(session, given, person_id=actor.id, asked_by=actor.id, now=now)
        if phones is None:
            return CodeRefused()
        present = queries.find_phone_of(session, actor.id)
        if present is not None and phones[1] != present.phone:
            return CodeRefused()  # The number has changed since the code went to the one before.
        return _take(session, person, phones[0], actor=actor, now=now)

    _run(work)


def request_childs_code(asked: ChildsCode, child_id: UUID, *, guardian: Actor, address: str, now: datetime) -> SentCode:
    """Send a code to the number that a child is to have.

    Raises:
        ChildNotFound: the caller does not answer for a child of this id.
        ChildHasNumber: the child has one.
        PhoneNotSupported, CaptchaNeeded, CodeTooSoon, AddressTooBusy, CodesPaused, CodeNotSent: as for every code.
    """
    require_own_child(child_id, guardian=guardian, now=now)
    with reading() as session:
        if queries.find_phone_of(session, child_id) is not None:
            raise ChildHasNumber()
    sent_to = CodeRequest(
        phone=_new_number(asked.phone),
        purpose=CodePurpose.CHANGE_PHONE,
        device_id=asked.device_id,
        captcha=asked.captcha,
    )
    binding = Binding(person_id=child_id, asked_by=guardian.id, use=CodeUse.CHILDS_NUMBER)
    return request_code(sent_to, address=address, now=now, bound_to=binding)


def give_child_phone(challenge_id: UUID, code: str, child_id: UUID, *, guardian: Actor, now: datetime) -> None:
    """Give a child without a number the proved one, with which the child then signs in.

    Raises:
        ChildNotFound: the caller does not answer for a child of this id.
        ChildHasNumber: the child has one.
        CodeRefused: the code is not good, whatever the reason.
        PhoneTaken: another person uses the number.
    """
    require_own_child(child_id, guardian=guardian, now=now)

    def work(session: Session) -> DomainError | None:
        person = queries.get_person_for_change(session, child_id)
        link = find_guardianship(session, child_id, clock.civil_day(now))
        if link is None or link.guardian_id != guardian.id:
            return ChildNotFound()
        if queries.find_phone_of(session, child_id) is not None:
            return ChildHasNumber()
        given = [GivenCode(challenge_id=challenge_id, code=code, use=CodeUse.CHILDS_NUMBER)]
        phones = spend_bound_codes(session, given, person_id=child_id, asked_by=guardian.id, now=now)
        if phones is None:
            return CodeRefused()
        return _take(session, person, phones[0], actor=guardian, now=now)

    _run(work)


def _new_number(text: str | None) -> str:
    if text is None:
        raise PhoneMissing()
    phone = e164_of(text)
    if phone is None:
        raise PhoneNotSupported()
    return phone


def _take(session: Session, person: PersonRow, phone: str, *, actor: Actor, now: datetime) -> DomainError | None:
    try:
        with transaction():
            taken = take_number(session, person.id, phone, now=now, session_id=actor.session_id)
    except PhoneTaken as refusal:
        return refusal
    note_changed(session, person, taken, actor=actor, now=now)
    return None


def note_changed(session: Session, person: PersonRow, taken: NumberTaken, *, actor: Actor, now: datetime) -> None:
    """End the person's other sessions and what other apps signed them in, and tell of the new number without telling it."""
    person.version += 1
    end_sessions_of(session, Holder(person_id=person.id), SessionEnd.CREDENTIALS_CHANGED, now, but=actor.session_id)
    # They were linked by the number before: who holds it next, or held it first, may have linked one of their own.
    rows_written(session, delete(OutsideAccountRow).where(OutsideAccountRow.person_id == person.id))
    record(
        session,
        action="identity.phone_changed",
        object_kind="identity.person",
        object_id=person.id,
        actor=actor,
        before={"phone_id": str(taken.old_id) if taken.old_id is not None else None},
        after={"phone_id": str(taken.new_id)},
    )
    tell(session, PHONE_CHANGED, taken.new_id, person_id=person.id)
    after_commit(log.info, "identity.phone.changed", person_id=str(person.id))


def _run(work: Callable[[Session], DomainError | None]) -> None:
    """Commit what was tried, wrong codes too, and only then refuse."""
    refusal = run_in_transaction(work)
    if refusal is not None:
        raise refusal
