"""How somebody wants to be told: which groups over which channels, when it is quiet, and whether push messages are gathered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from app.foundation.data import insert_once, new_id, reading, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor
from app.notices import queries, rules
from app.notices.errors import SecurityStays
from app.notices.models import PreferencesRow
from app.notices.outlets import channels
from app.notices.queries import Preferences, Recipient
from app.notices.rules import LOCKED, UNDISTURBED_BY_QUIET, Channel, NoticeGroup
from app.notices.texts import channel_text, group_text
from app.notices.usecases.inbox import recipient_behind

Switches = Mapping[NoticeGroup, Mapping[Channel, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody chooses. Groups and channels that are not named stay on."""

    switches: Switches
    quiet_from: time
    quiet_until: time
    digest_hour: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelShown:
    """A channel, and whether this service sends over it."""

    channel: Channel
    text: str
    is_available: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShown:
    """A group with its switches; `locked` names the channels that cannot be switched off."""

    group: NoticeGroup
    text: str
    inbox: bool
    push: bool
    wechat: bool
    sms: bool
    locked: tuple[Channel, ...]
    ignores_quiet_hours: tuple[Channel, ...]
    wechat_left_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesShown:
    """Everything that somebody can choose, as it stands."""

    channels: tuple[ChannelShown, ...]
    groups: tuple[GroupShown, ...]
    quiet_from: str
    quiet_until: str
    digest_hour: int | None
    version: int


def my_preferences(actor: Actor) -> PreferencesShown:
    """Show how somebody is told."""
    with reading() as session:
        return _shown(session, recipient_behind(actor))


def choose(choices: Choices, *, actor: Actor, seen: Callable[[int], bool], now: datetime) -> PreferencesShown:
    """Change how somebody is told. What is already on its way asks again before it leaves.

    Raises:
        SecurityStays: a security notice would not reach the inbox.
        VersionStale: it was changed since the caller read it.
    """
    for group, channels_locked in LOCKED.items():
        if not all(choices.switches.get(group, {}).get(each, True) for each in channels_locked):
            raise SecurityStays()
    recipient = recipient_behind(actor)
    values = {
        "switched": {group: dict(switches) for group, switches in choices.switches.items()},
        "quiet_from_min": queries.minutes_of(choices.quiet_from),
        "quiet_until_min": queries.minutes_of(choices.quiet_until),
        "digest_hour": choices.digest_hour,
    }
    with transaction() as session:
        row = queries.find_preferences_row(session, recipient, lock=True)
        if row is None:
            check_version(seen, 0)
            if _insert(session, recipient, values):
                return _shown(session, recipient)
            row = queries.get_preferences_row(session, recipient)  # Another device of theirs was faster.
        check_version(seen, row.version)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        session.flush()
        return _shown(session, recipient)


def _insert(session: Session, recipient: Recipient, values: Mapping[str, object]) -> bool:
    whose = {"person_id": recipient.person_id, "staff_id": recipient.staff_id}
    return insert_once(session, PreferencesRow, id=new_id(), version=1, **whose, **values)


def _shown(session: Session, recipient: Recipient) -> PreferencesShown:
    chosen = queries.preferences_of(session, recipient)
    left = queries.grants_of(session, recipient.person_id) if recipient.person_id is not None else {}
    return PreferencesShown(
        channels=tuple(
            ChannelShown(channel=each, text=channel_text(each), is_available=_is_available(each, recipient))
            for each in Channel
        ),
        groups=tuple(_group(each, chosen, left.get(each, 0)) for each in NoticeGroup),
        quiet_from=chosen.quiet_from.strftime("%H:%M"),
        quiet_until=chosen.quiet_until.strftime("%H:%M"),
        digest_hour=chosen.digest_hour,
        version=chosen.version,
    )


def _is_available(channel: Channel, recipient: Recipient) -> bool:
    is_for_staff = channel in (Channel.INBOX, Channel.PUSH)
    return (channel is Channel.INBOX or channels().of(channel) is not None) and (
        is_for_staff or recipient.person_id is not None
    )


def _group(group: NoticeGroup, chosen: Preferences, wechat_left_count: int) -> GroupShown:
    on = {each: rules.is_on(group, each, chosen.switched) for each in Channel}
    return GroupShown(
        group=group,
        text=group_text(group),
        inbox=on[Channel.INBOX],
        push=on[Channel.PUSH],
        wechat=on[Channel.WECHAT],
        sms=on[Channel.SMS],
        locked=tuple(sorted(LOCKED.get(group, ()))),
        ignores_quiet_hours=tuple(sorted(UNDISTURBED_BY_QUIET.get(group, ()))),
        wechat_left_count=wechat_left_count,
    )
