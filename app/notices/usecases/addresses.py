"""Where somebody can be reached besides their number: the devices that take push messages, and their account in WeChat."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app import identity
from app.foundation.data import insert_once, new_id, reading, rows_written, run_in_transaction, transaction
from app.foundation.proof import Actor
from app.notices import queries
from app.notices.channels import ChannelAway, ChannelRefused, Platform
from app.notices.errors import ChannelOff, DeviceNeeded, WechatAway, WechatRefused
from app.notices.models import PushTargetRow, WechatAccountRow, WechatGrantRow
from app.notices.outlets import channels
from app.notices.rules import NoticeGroup
from app.notices.usecases.inbox import recipient_behind

# An app that asks for more than a person reads in a year only fills the table.
GRANTS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PushTarget:
    """Where this device takes push messages; the token itself is not shown again."""

    device_id: UUID
    platform: Platform
    renewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How many WeChat messages of a group somebody allows."""

    group: NoticeGroup
    left_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What somebody allows in WeChat."""

    items: tuple[Grant, ...]


def put_push_target(platform: Platform, token: str, *, actor: Actor, now: datetime) -> PushTarget:
    """Let the device of the caller's session take push messages, until nobody is signed in on it.

    Raises:
        ChannelOff: this service sends no push messages.
        DeviceNeeded: the session knows no device.
    """
    if channels().push is None:
        raise ChannelOff()
    token_sha256 = hashlib.sha256(token.encode()).hexdigest()
    recipient = recipient_behind(actor)
    with transaction() as session:
        device_id = _device_of(session, actor)
        is_other = (PushTargetRow.device_id == device_id) | (
            (PushTargetRow.platform == platform) & (PushTargetRow.token_sha256 == token_sha256)
        )
        rows_written(session, delete(PushTargetRow).where(is_other))
        # Of two requests at once the second finds the row of the first, which says the same.
        insert_once(
            session,
            PushTargetRow,
            id=new_id(),
            person_id=recipient.person_id,
            staff_id=recipient.staff_id,
            device_id=device_id,
            platform=platform,
            token=token,
            token_sha256=token_sha256,
            renewed_at=now,
        )
    return PushTarget(device_id=device_id, platform=platform, renewed_at=now)


def remove_push_target(*, actor: Actor) -> None:
    """Let the device of the caller's session take no push messages any more; without a target nothing happens."""
    with transaction() as session:
        device_id = identity.device_of_session(session, actor.session_id) if actor.session_id is not None else None
        if device_id is not None:
            rows_written(session, delete(PushTargetRow).where(PushTargetRow.device_id == device_id))


def allow_wechat(code: str, groups: Collection[NoticeGroup], *, actor: Actor, now: datetime) -> Grants:
    """Note that somebody has allowed one more WeChat message of each of some groups, and whose account it is.

    WeChat is asked before the transaction.

    Raises:
        ChannelOff: this service sends nothing through WeChat.
        WechatRefused, WechatAway: it does not accept the code; it could not be asked.
    """
    sender = channels().wechat
    if sender is None:
        raise ChannelOff()
    try:
        openid = sender.openid_of(code, now=now)
    except ChannelRefused:
        raise WechatRefused() from None
    except ChannelAway:
        raise WechatAway() from None
    return run_in_transaction(lambda session: _grant(session, actor.id, openid, groups, now))


def forget_wechat(*, actor: Actor) -> None:
    """Send somebody nothing through WeChat any more: account and permissions go."""
    with transaction() as session:
        for model in (WechatGrantRow, WechatAccountRow):
            rows_written(session, delete(model).where(model.person_id == actor.id))


def forget_addresses(session: Session, person_id: UUID, until: datetime) -> None:
    """Send somebody nothing any more to a telephone they lost before an instant; what they have named since stays."""
    for model, named_at in (
        (PushTargetRow, PushTargetRow.renewed_at),
        (WechatGrantRow, WechatGrantRow.granted_at),
        (WechatAccountRow, WechatAccountRow.proved_at),
    ):
        rows_written(session, delete(model).where(model.person_id == person_id, named_at <= until))


def my_grants(*, actor: Actor) -> Grants:
    """Show how many WeChat messages somebody allows."""
    with reading() as session:
        return _grants(session, actor.id)


def _grant(session: Session, person_id: UUID, openid: str, groups: Collection[NoticeGroup], now: datetime) -> Grants:
    if not insert_once(session, WechatAccountRow, person_id=person_id, openid=openid, proved_at=now):
        of_person = update(WechatAccountRow).where(WechatAccountRow.person_id == person_id)
        rows_written(session, of_person.values(openid=openid, proved_at=now))
    for group in sorted(groups):
        insert_once(session, WechatGrantRow, person_id=person_id, group=group, left_count=0, granted_at=now)
        mine = (WechatGrantRow.person_id == person_id, WechatGrantRow.group == group)
        one_more = update(WechatGrantRow).where(*mine, WechatGrantRow.left_count < GRANTS_MAX)
        rows_written(session, one_more.values(left_count=WechatGrantRow.left_count + 1, granted_at=now))
    return _grants(session, person_id)


def _grants(session: Session, person_id: UUID) -> Grants:
    left = queries.grants_of(session, person_id)
    return Grants(items=tuple(Grant(group=group, left_count=left[group]) for group in sorted(left)))


def _device_of(session: Session, actor: Actor) -> UUID:
    device_id = identity.device_of_session(session, actor.session_id) if actor.session_id is not None else None
    if device_id is None:
        raise DeviceNeeded()
    return device_id
