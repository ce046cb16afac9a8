"""Residents sign in through another app. The app is asked outside any transaction; what it says is then used in one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, insert_once, new_id, reading, run_in_transaction, transaction
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import SYSTEM, Actor, logger, record
from app.identity import keys
from app.identity.entrance.errors import CodeRefused
from app.identity.entrance.outside import queries
from app.identity.entrance.outside.errors import (
    OutsideAccountNotFound,
    OutsideRefused,
    PhoneNeeded,
    ProviderFailed,
    ProviderOff,
)
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.outside.port import OutsideDoor, OutsideFailed, OutsideProvider, OutsideRefusal
from app.identity.entrance.providers import SIGN_INS, providers
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.opening import Device, SignedIn, open_session
from app.identity.entrance.usecases.sign_in import person_holding
from app.identity.events import tell
from app.identity.people.events import OUTSIDE_LINKED
from app.identity.people.models import PersonRow
from app.identity.people.rules.phones import e164_of

_RETRY_AFTER_S = 60

log = logger(__name__)
Told = TypeVar("Told")


@dataclass(frozen=True, kw_only=True)
class OutsideSignIn:
    """What an app sends to sign in through another one."""

    provider: OutsideProvider
    proof: str  # WeChat's code, 浙里办's ticket.
    device: Device
    phone_proof: str | None = None  # WeChat's second code, for the number.


def sign_in_outside(given: OutsideSignIn, *, now: datetime) -> SignedIn:
    """Open a session for whoever the other app says it is.

    A linked account signs its person in until they change their number. The first time the number that the app proves finds or
    opens the person, as a code to that number would, and the account is linked.

    Raises:
        ProviderOff: there is no door to this app.
        ProviderFailed: the app could not say.
        OutsideRefused: the app does not accept the proof.
        PhoneNeeded: the account is not linked, and no number was proved.
    """
    door = providers().doors.get(given.provider)
    if door is None:
        raise ProviderOff()
    who = _asked(door, lambda: door.identify(given.proof))
    mark = keys.blinded(f"outside.{given.provider}", who.subject)
    with reading() as session:
        is_linked = queries.find_person_linked(session, given.provider, mark) is not None
    phone = None if is_linked else e164_of(who.phone or _phone_behind(door, given.phone_proof) or "")

    def work(session: Session) -> SignedIn:
        person_id = queries.find_person_linked(session, given.provider, mark)
        if person_id is None:
            if phone is None:
                raise PhoneNeeded()
            person_id = _link(session, given, mark, person_holding(session, phone, given.device, now), now)
        return open_session(session, Holder(person_id=person_id), given.device, now)

    try:
        signed_in = run_in_transaction(work)
    except PhoneNeeded:
        SIGN_INS.labels(given.provider, "phone_needed").inc()
        raise
    except CodeRefused:
        raise OutsideRefused() from None  # The number was given up in the moment in which it was proved.
    SIGN_INS.labels(given.provider, "accepted").inc()
    return signed_in


def list_accounts(actor: Actor, query: PageQuery) -> Page[OutsideAccountRow]:
    """List the accounts elsewhere that sign the caller in, newest first."""
    with reading() as session:
        return page_of(
            session,
            queries.accounts_of(actor.id),
            at=OutsideAccountRow.linked_at,
            id=OutsideAccountRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )


def unlink_account(account_id: UUID, *, actor: Actor) -> None:
    """End that an account elsewhere signs the caller in. Open sessions stay; the number signs in as before.

    Raises:
        OutsideAccountNotFound: the caller has no linked account of this id.
    """
    with transaction() as session:
        if not queries.delete_account(session, account_id, actor.id):
            raise OutsideAccountNotFound()
        record(
            session,
            action="identity.outside_account_unlinked",
            object_kind="identity.outside_account",
            object_id=account_id,
            actor=actor,
        )
        after_commit(log.info, "identity.outside_account.unlinked", account_id=str(account_id))


def _phone_behind(door: OutsideDoor, proof: str | None) -> str | None:
    return None if proof is None else _asked(door, lambda: door.phone_of(proof))


def _asked(door: OutsideDoor, question: Callable[[], Told]) -> Told:
    """Return what the app told, or raise our own error: what it wrote goes to nobody, its code into the log."""
    try:
        return question()
    except OutsideRefusal as refusal:
        SIGN_INS.labels(door.provider, "refused").inc()
        log.info("identity.outside.refused", provider=door.provider, reason=refusal.reason)
        raise OutsideRefused() from None
    except OutsideFailed as failure:
        SIGN_INS.labels(door.provider, "failed").inc()
        log.error("identity.outside.failed", provider=door.provider, reason=failure.reason)
        raise ProviderFailed(retry_after_s=_RETRY_AFTER_S) from None


def _link(session: Session, given: OutsideSignIn, mark: str, person_id: UUID, now: datetime) -> UUID:
    """Link an account to a person and return whom it signs in: the one of another first sign-in that came before."""
    account_id = new_id()
    values = {"provider": given.provider, "subject_mark": mark, "person_id": person_id, "linked_at": now}
    if not insert_once(session, OutsideAccountRow, id=account_id, **values):
        return queries.find_person_linked(session, given.provider, mark) or person_id
    record(
        session,
        action="identity.outside_account_linked",
        object_kind="identity.outside_account",
        object_id=account_id,
        actor=SYSTEM,
        after={"provider": given.provider, "person_id": str(person_id)},
    )
    if session.get_one(PersonRow, person_id).opened_at < now:  # Somebody was here before this account, and has to know.
        tell(session, OUTSIDE_LINKED, account_id, person_id=person_id)
    after_commit(
        log.info,
        "identity.outside_account.linked",
        account_id=str(account_id),
        person_id=str(person_id),
        provider=given.provider,
    )
    return person_id
