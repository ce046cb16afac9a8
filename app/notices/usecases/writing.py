"""What a delivery says, and to which address, at the moment it leaves. Numbers are read here, and kept nowhere."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import identity
from app.foundation.data import public_id
from app.notices import queries, rules
from app.notices.channels import Address, Outgoing, Platform
from app.notices.kinds import kinds, title_of
from app.notices.models import DeliveryRow, NoticeRow, PushTargetRow, WechatAccountRow
from app.notices.rules import Channel
from app.notices.texts import group_text

CHINESE = "zh-CN"
DIGEST = "digest"


class NotNeeded(Exception):
    """Nothing has to leave. The reason is a code."""

    def __init__(self, reason: str) -> None:
        """Keep the reason for the delivery's row."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Ready:
    """A message and where it goes."""

    address: Address
    message: Outgoing


def ready(session: Session, delivery_id: UUID, *, now: datetime) -> Ready:
    """Return what leaves for a delivery.

    Raises:
        NotNeeded: it was read, switched off or overtaken by time, or there is nowhere to send it.
    """
    row = session.get_one(DeliveryRow, delivery_id)
    if now - row.due_at > rules.STALE_AFTER:
        raise NotNeeded("too_late")
    address = _ADDRESSES[row.channel](session, row, now)
    language = _language_of(session, row)
    with force_locale("zh" if language == CHINESE else "en"):
        return Ready(
            address, _digest(session, row, language) if row.notice_id is None else _single(session, row, language)
        )


def _single(session: Session, row: DeliveryRow, language: str) -> Outgoing:
    notice = session.get_one(NoticeRow, row.notice_id)
    # A group that is off for the inbox is read at once, and still leaves where it is on.
    if notice.read_at is not None and notice.read_at > notice.created_at:
        raise NotNeeded("read")
    group = kinds.handler(notice.kind).group
    switched = queries.preferences_of(session, queries.recipient_of(row)).switched
    if not rules.is_on(group, row.channel, switched):
        raise NotNeeded("switched_off")
    return Outgoing(
        id=public_id("dlv", row.id),
        notice_id=public_id("not", notice.id),
        kind=notice.kind,
        group=group,
        title=title_of(notice.kind),
        language=language,
        created_at=notice.created_at,
    )


def _digest(session: Session, row: DeliveryRow, language: str) -> Outgoing:
    recipient = queries.recipient_of(row)
    switched = queries.preferences_of(session, recipient).switched
    since, until = rules.digest_window(row.due_at)
    notices = queries.unread_between(session, recipient, since, until)
    kinds_told = [kind for kind in (kinds.handler(each.kind) for each in notices) if not kind.is_urgent]
    counts = Counter(
        kind.group
        for kind in kinds_told
        if row.channel in kind.channels and rules.is_on(kind.group, row.channel, switched)
    )
    if not counts:
        raise NotNeeded("read")
    told = " · ".join(
        _("%(group)s: %(count)s", group=group_text(group), count=count) for group, count in sorted(counts.items())
    )
    return Outgoing(
        id=public_id("dlv", row.id),
        notice_id=None,
        kind=DIGEST,
        group=DIGEST,
        title=_("New notices: %(counts)s", counts=told),
        language=language,
        created_at=row.due_at,
    )


def _language_of(session: Session, row: DeliveryRow) -> str:
    return CHINESE if row.person_id is None else identity.language_of(session, row.person_id)


def _phone(session: Session, row: DeliveryRow, now: datetime) -> Address:
    phone = identity.phone_of(session, row.person_id) if row.person_id is not None else None
    if phone is None:
        raise NotNeeded("no_address")
    return Address(phone)


def _openid(session: Session, row: DeliveryRow, now: datetime) -> Address:
    account = session.get(WechatAccountRow, row.person_id)
    if account is None:
        raise NotNeeded("no_address")
    return Address(account.openid)


def _device(session: Session, row: DeliveryRow, now: datetime) -> Address:
    target = session.get(PushTargetRow, UUID(row.target))
    if target is None or not identity.devices_signed_in(session, [target.device_id], now):
        raise NotNeeded("no_address")
    return Address(target.token, Platform(target.platform))


_ADDRESSES = {Channel.SMS: _phone, Channel.WECHAT: _openid, Channel.PUSH: _device}
