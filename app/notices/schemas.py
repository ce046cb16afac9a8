"""Shape of notices, of preferences, and of where somebody can be reached."""

from datetime import time
from typing import Any

from marshmallow import fields, post_load

from app.foundation.http import (
    Choice,
    Flag,
    Instant,
    Many,
    Nested,
    PageQuery,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)
from app.notices.channels import Platform
from app.notices.rules import UNREAD_COUNTED_MAX, Channel, NoticeGroup
from app.notices.usecases.inbox import Listed
from app.notices.usecases.preferences import Choices

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_TIME_SAID = {"description": "A time of day in Lishui.", "example": "22:00"}


class NoticeQuerySchema(PageQuerySchema):
    """Which notices, and how many."""

    state = Choice(Listed, load_default=Listed.ALL)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> tuple[Listed, PageQuery]:
        """Return filter and page apart."""
        return data.pop("state"), PageQuery(**data)


class NoticeSchema(Schema):
    """Something one is told. `href` leads to the thing, where there is one to see."""

    id = PrefixedId("not", required=True)
    kind = fields.String(required=True)
    group = Choice(NoticeGroup, required=True)
    is_urgent = Flag(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    href = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, metadata={"description": "From when on it is deleted."})


class UnreadSchema(Schema):
    """How many notices are unread. Nobody counts further than 99; `unread_text` then says `99+`."""

    unread_count = WholeNumber(min=0, max=UNREAD_COUNTED_MAX, required=True, attribute="unread.count")
    unread_is_more = Flag(required=True, attribute="unread.is_more")
    unread_text = fields.String(required=True, attribute="unread.text")


class InboxSchema(UnreadSchema):
    """A page of notices, and how many are unread in all."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReadUpToSchema(Schema):
    """The newest notice that was read; all that are older count as read too."""

    up_to = PrefixedId("not", required=True)


class MarkedReadSchema(UnreadSchema):
    """How many notices were unread before, and what is unread now."""

    read_count = WholeNumber(min=0, required=True)


class SwitchesSchema(Schema):
    """A group, and its channels on or off."""

    group = Choice(NoticeGroup, required=True)
    inbox = Flag(load_default=True)
    push = Flag(load_default=True)
    wechat = Flag(load_default=True)
    sms = Flag(load_default=True)


class ChoicesSchema(Schema):
    """How one wants to be told. A group that is not named has all its channels on."""

    groups = Many(Nested(SwitchesSchema), max=len(NoticeGroup), required=True)
    quiet_from = Text(max=5, pattern=_TIME, required=True, metadata=_TIME_SAID)
    quiet_until = Text(
        max=5,
        pattern=_TIME,
        required=True,
        metadata={**_TIME_SAID, "description": "A time of day in Lishui; the same as `quiet_from` for no quiet hours."},
    )
    digest_hour = WholeNumber(
        min=0,
        max=23,
        required=True,
        allow_none=True,
        metadata={"description": "The hour at which the day's push messages leave as one; null: each by itself."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Choices:
        """Return what was chosen."""
        switches = {
            each["group"]: {channel: each[channel.value] for channel in Channel if not each[channel.value]}
            for each in data["groups"]
        }
        return Choices(
            switches={group: off for group, off in switches.items() if off},
            quiet_from=time.fromisoformat(data["quiet_from"]),
            quiet_until=time.fromisoformat(data["quiet_until"]),
            digest_hour=data["digest_hour"],
        )


class ShownChannelSchema(Schema):
    """A channel, and whether this service sends over it."""

    channel = Choice(Channel, required=True)
    text = fields.String(required=True)
    is_available = Flag(required=True, metadata={"description": "Whether this service sends over it at all."})


class ShownGroupSchema(Schema):
    """A group with its switches; `locked` names the channels that cannot be switched off."""

    group = Choice(NoticeGroup, required=True)
    text = fields.String(required=True)
    inbox = Flag(required=True)
    push = Flag(required=True)
    wechat = Flag(required=True)
    sms = Flag(required=True)
    locked = Many(Choice(Channel), max=len(Channel), required=True)
    ignores_quiet_hours = Many(Choice(Channel), max=len(Channel), required=True)
    wechat_left_count = WholeNumber(
        min=0, required=True, metadata={"description": "WeChat messages that one still allows; each takes one."}
    )


class PreferencesSchema(Schema):
    """How one is told, group by group, and what can be chosen."""

    channels = Many(fields.Nested(ShownChannelSchema), max=len(Channel), required=True)
    groups = Many(fields.Nested(ShownGroupSchema), max=len(NoticeGroup), required=True)
    quiet_from = fields.String(required=True)
    quiet_until = fields.String(required=True)
    digest_hour = WholeNumber(min=0, max=23, required=True, allow_none=True)


class NewPushTargetSchema(Schema):
    """Where this device takes push messages."""

    platform = Choice(Platform, required=True)
    token = Text(max=4096, min=8, pattern=r"[\x21-\x7e]+", required=True, metadata={"example": "IQAAAACy0example"})


class PushTargetSchema(Schema):
    """Where the device of this session takes push messages; the token is not shown again."""

    device_id = PrefixedId("dev", required=True)
    platform = Choice(Platform, required=True)
    renewed_at = Instant(required=True)


class NewWechatGrantSchema(Schema):
    """What somebody has just allowed in WeChat, one message a group, with a fresh code of `wx.login`."""

    code = Text(max=128, pattern=r"[\x21-\x7e]+", required=True, metadata={"example": "0d1a2b3c4d5e6f"})
    groups = Many(Choice(NoticeGroup), min=1, max=len(NoticeGroup), required=True)


class WechatGrantSchema(Schema):
    """How many WeChat messages of a group somebody still allows."""

    group = Choice(NoticeGroup, required=True)
    left_count = WholeNumber(min=0, required=True)


class WechatGrantsSchema(Schema):
    """How many WeChat messages somebody still allows, by group."""

    items = Many(fields.Nested(WechatGrantSchema), max=len(NoticeGroup), required=True)
