"""Codes by text message: ask for one, spend one.

Sending is two-step: the challenge is committed, the provider is called outside any transaction, the outcome is committed
(docs/decisions/ tells why). The code itself is in no row, queue or log.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.foundation.data import insert_once, new_id, reading, rows_written, run_in_transaction, transaction
from app.foundation.proof import logger
from app.identity import keys
from app.identity.entrance import queries
from app.identity.entrance.errors import (
    AddressTooBusy,
    CaptchaNeeded,
    CodeNotSent,
    CodesPaused,
    CodeTooSoon,
    PhoneNotSupported,
)
from app.identity.entrance.models import (
    CodeBindingRow,
    CodeChallengeRow,
    CodePurpose,
    CodeUse,
    SendCountRow,
    SendScope,
)
from app.identity.entrance.providers import CODES, providers
from app.identity.entrance.rules import codes
from app.identity.entrance.sms import SmsFailed
from app.identity.people.rules.phones import e164_of
from app.identity.settings import number

# The city's messages of an hour are counted in several rows, so that no two requests need wait for each other.
CITY_COUNTERS = 16
_RETRY_AFTER_FAILURE_S = 60

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class CodeRequest:
    """What somebody sends to get a code."""

    phone: str
    purpose: CodePurpose
    device_id: str | None = None  # As the app made it.
    captcha: str | None = None


@dataclass(frozen=True, kw_only=True)
class SentCode:
    """A code on its way."""

    challenge_id: UUID
    expires_at: datetime
    sandbox_code: str | None  # Only the sandbox shows it; a real provider sends it.


@dataclass(frozen=True, kw_only=True)
class Binding:
    """For whom a code is asked for, by whom, and what it may prove: it is good for nothing and nobody else."""

    person_id: UUID
    asked_by: UUID
    use: CodeUse


def request_code(asked: CodeRequest, *, address: str, now: datetime, bound_to: Binding | None = None) -> SentCode:
    """Send a code to a number. Whether anybody is known under the number is not looked at.

    Args:
        address: where the request comes from.
        bound_to: for a change of number; a code for signing in is bound to nobody.

    Raises:
        PhoneNotSupported: the number is no mainland mobile number.
        CaptchaNeeded: many codes go to this address, and the proof is missing or wrong.
        CodeTooSoon, AddressTooBusy, CodesPaused: a limit is reached; each says when to try again.
        CodeNotSent: the provider refused; the challenge is void.
    """
    phone = e164_of(asked.phone)
    if phone is None:
        raise PhoneNotSupported()
    sender = providers().sender
    place = keys.blinded("address", codes.address_group(address))
    _ask_for_captcha(asked, place, now)
    code = keys.new_code(codes.CODE_DIGITS)
    try:
        challenge = run_in_transaction(
            lambda session: _open_challenge(session, asked, phone, code, place, now, bound_to)
        )
    except (CodeTooSoon, AddressTooBusy, CodesPaused) as limit:
        CODES.labels(limit.code).inc()
        if isinstance(limit, CodesPaused):  # Somebody must look: it costs money, and nobody can sign in.
            log.error("identity.codes.paused", per_hour_max=number("LINTAN_SMS_CITY_PER_HOUR"))
        raise
    try:
        sender.send_code(phone, code, life_min=int(codes.CODE_LIFE / timedelta(minutes=1)))
    except SmsFailed as failure:
        _settle(challenge.id, voided_at=now)
        CODES.labels(CodeNotSent.code).inc()
        log.error("identity.code.not_sent", provider=sender.name, reason=failure.reason, challenge_id=str(challenge.id))
        raise CodeNotSent(retry_after_s=_RETRY_AFTER_FAILURE_S) from None
    _settle(challenge.id, sent_at=now)
    CODES.labels("sent").inc()
    log.info("identity.code.sent", provider=sender.name, challenge_id=str(challenge.id))
    return SentCode(
        challenge_id=challenge.id, expires_at=challenge.expires_at, sandbox_code=code if sender.reveals_code else None
    )


def spend_code(session: Session, challenge_id: UUID, code: str, *, purpose: CodePurpose, now: datetime) -> str | None:
    """Use a code up and return the number it proves, or None when it is not good.

    A wrong try is counted in the caller's transaction: the caller commits it first and refuses afterwards.
    """
    challenge = queries.lock_challenge(session, challenge_id)
    if challenge is None or not _fits(challenge, code, purpose, now):
        return None
    challenge.used_at = now
    return challenge.phone


@dataclass(frozen=True, kw_only=True)
class GivenCode:
    """A code as somebody typed it, for the challenge it was sent for and what it is to prove."""

    challenge_id: UUID
    code: str
    use: CodeUse


def spend_bound_codes(
    session: Session, given: Sequence[GivenCode], *, person_id: UUID, asked_by: UUID, now: datetime
) -> list[str] | None:
    """Use codes for a change of number up, all or none, and return the numbers they prove in the order given.

    None when one of them is wrong, or was asked for by or for somebody else, or to prove something else. As with `spend_code`
    the caller commits first and refuses afterwards.
    """
    ids = [each.challenge_id for each in given]
    # In the order of their ids, so that two requests with the same two codes do not wait for each other.
    locked = {challenge_id: queries.lock_challenge(session, challenge_id) for challenge_id in sorted(ids)}
    bindings = queries.bindings_of(session, ids)
    good: list[CodeChallengeRow] = []
    for each in given:
        challenge, binding = locked[each.challenge_id], bindings.get(each.challenge_id)
        is_theirs = binding is not None and (binding.person_id, binding.asked_by, binding.use) == (
            person_id,
            asked_by,
            each.use,
        )
        if challenge is not None and is_theirs and _fits(challenge, each.code, CodePurpose.CHANGE_PHONE, now):
            good.append(challenge)
    if len(good) != len(given):
        return None
    for challenge in good:
        challenge.used_at = now
    return [challenge.phone for challenge in good]


def _fits(challenge: CodeChallengeRow, code: str, purpose: CodePurpose, now: datetime) -> bool:
    """Return whether a code is good; a wrong one is counted."""
    if challenge.purpose != purpose or not _is_usable(challenge, now):
        return False
    expected = keys.code_mac(challenge.id, purpose=purpose, phone=challenge.phone, code=code)
    if hmac.compare_digest(expected, challenge.code_mac):
        return True
    challenge.wrong_tries += 1
    if challenge.wrong_tries >= codes.WRONG_TRIES_MAX:
        challenge.voided_at = now
    return False


def _is_usable(challenge: CodeChallengeRow, now: datetime) -> bool:
    is_open = challenge.sent_at is not None and challenge.used_at is None and challenge.voided_at is None
    return is_open and challenge.created_at <= now < challenge.expires_at


def _ask_for_captcha(asked: CodeRequest, place: str, now: datetime) -> None:
    """Above the soft limit of an address, want proof of a person. The judge is asked outside any transaction."""
    captcha = providers().captcha
    if captcha is None:
        return
    with reading() as session:
        sent = queries.sent_in_hour(session, SendScope.ADDRESS, _hour_of(now), place)
    if sent >= number("LINTAN_SMS_ADDRESS_SOFT_PER_HOUR") and not (asked.captcha and captcha.is_solved(asked.captcha)):
        raise CaptchaNeeded()


def _open_challenge(
    session: Session,
    asked: CodeRequest,
    phone: str,
    code: str,
    place: str,
    now: datetime,
    bound_to: Binding | None,
) -> CodeChallengeRow:
    _take_turn(session, SendScope.PHONE, keys.blinded("phone", phone), now)
    if asked.device_id is not None:
        _take_turn(session, SendScope.DEVICE, keys.blinded("device", asked.device_id), now)
    hour = _hour_of(now)
    rest_of_hour_s = ceil((hour + timedelta(hours=1) - now).total_seconds())
    _count_send(session, SendScope.ADDRESS, place, hour)
    if queries.sent_in_hour(session, SendScope.ADDRESS, hour, place) > number("LINTAN_SMS_ADDRESS_HARD_PER_HOUR"):
        raise AddressTooBusy(retry_after_s=rest_of_hour_s)
    _count_send(session, SendScope.CITY, str(secrets.randbelow(CITY_COUNTERS)), hour)
    if queries.sent_in_hour(session, SendScope.CITY, hour) > number("LINTAN_SMS_CITY_PER_HOUR"):
        raise CodesPaused(retry_after_s=rest_of_hour_s)
    challenge_id = new_id()
    challenge = CodeChallengeRow(
        id=challenge_id,
        purpose=asked.purpose,
        phone=phone,
        code_mac=keys.code_mac(challenge_id, purpose=asked.purpose, phone=phone, code=code),
        created_at=now,
        expires_at=now + codes.CODE_LIFE,
        wrong_tries=0,
    )
    session.add(challenge)
    if bound_to is not None:
        session.add(
            CodeBindingRow(
                challenge_id=challenge_id,
                person_id=bound_to.person_id,
                asked_by=bound_to.asked_by,
                use=bound_to.use,
                created_at=now,
            )
        )
    return challenge


def _take_turn(session: Session, scope: SendScope, subject: str, now: datetime) -> None:
    """Count one message for a number or device, under its lock.

    Raises:
        CodeTooSoon: its limit is reached.
    """
    pace = queries.lock_send_pace(session, scope, subject, now)
    sent = [datetime.fromisoformat(each) for each in pace.sent_at]
    free_at = codes.may_send_at(sent, now)
    if free_at is not None:
        raise CodeTooSoon(retry_after_s=ceil((free_at - now).total_seconds()))
    pace.sent_at = [each.isoformat() for each in codes.sends_to_remember(sent, now)]
    pace.updated_at = now
    session.flush()


def _count_send(session: Session, scope: SendScope, subject: str, hour: datetime) -> None:
    insert_once(session, SendCountRow, scope=scope, subject=subject, hour=hour, sent=0)
    this_one = (SendCountRow.scope == scope, SendCountRow.subject == subject, SendCountRow.hour == hour)
    rows_written(session, update(SendCountRow).where(*this_one).values(sent=SendCountRow.sent + 1))


def _settle(challenge_id: UUID, **outcome: datetime) -> None:
    with transaction() as session:
        rows_written(session, update(CodeChallengeRow).where(CodeChallengeRow.id == challenge_id).values(**outcome))


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
