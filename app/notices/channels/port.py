"""What every provider of messages can do, and how it fails."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Platform(StrEnum):
    """Whose push service a device listens to."""

    HUAWEI = "huawei"
    HONOR = "honor"
    XIAOMI = "xiaomi"
    OPPO = "oppo"
    VIVO = "vivo"
    MEIZU = "meizu"
    APNS = "apns"


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a message goes: a number in E.164, an openid, or a device's token. It has no `repr`, so that no log can show it."""

    value: str
    platform: Platform | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message. It names a kind of event and nobody's affairs: the words for them are read in the inbox.

    Args:
        id: the same in every try, so that who gets it twice can tell.
        group: a `NoticeGroup`, or `digest`.
        language: `zh-CN` or `en`, that of the title.
    """

    id: str
    notice_id: str | None
    kind: str
    group: str
    title: str
    language: str
    created_at: datetime


class ChannelAway(Exception):
    """The provider could not be asked, or cannot take it now; the message is tried again. The reason is a code of its own."""

    def __init__(self, reason: str) -> None:
        """Keep the provider's code for the log."""
        super().__init__(reason)
        self.reason = reason


class ChannelRefused(Exception):
    """The provider will never take this message. The reason is a code, without address or text."""

    def __init__(self, reason: str, *, address_is_gone: bool = False) -> None:
        """Keep the provider's code for the log.

        Args:
            address_is_gone: nothing can be sent there any more.
        """
        super().__init__(reason)
        self.reason = reason
        self.address_is_gone = address_is_gone


class NotGranted(ChannelRefused):
    """Its receiver has taken back the permission to send."""


class Sender(Protocol):
    """Sends messages over one channel; called outside every transaction."""

    name: str

    def takes(self, group: str) -> bool:
        """Return whether messages of a group can be sent at all: some providers want a template for each."""
        ...

    def send(self, to: Address, message: Outgoing, *, now: datetime) -> str | None:
        """Send a message within seconds, and return the provider's own reference if it gives one.

        Raises:
            ChannelAway: to be tried again.
            ChannelRefused: never to be tried again.
        """
        ...


class WechatSender(Sender, Protocol):
    """The sender of WeChat subscription messages also learns whom a sign-in code of the mini program belongs to."""

    def openid_of(self, code: str, *, now: datetime) -> str:
        """Return the id under which WeChat knows the person behind a fresh code.

        Raises:
            ChannelAway, ChannelRefused: it could not be asked; the code is not good.
        """
        ...
