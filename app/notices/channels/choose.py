"""Which providers the settings name. A provider's library is imported only when the provider is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.notices.channels.port import Sender, WechatSender
from app.notices.channels.push_gateway import GatewaySender
from app.notices.channels.sandbox import SandboxSender
from app.notices.channels.sms_tencent import TencentSms
from app.notices.channels.wechat import WechatSubscription
from app.notices.rules import Channel


class UnknownProvider(Exception):
    """A setting names no adapter."""


@dataclass
class Channels:
    """The sender of each channel, None where it is off."""

    sms: Sender | None
    wechat: WechatSender | None
    push: Sender | None

    def of(self, channel: Channel) -> Sender | None:
        """Return the sender of a channel, or None."""
        senders: dict[Channel, Sender | None] = {
            Channel.SMS: self.sms,
            Channel.WECHAT: self.wechat,
            Channel.PUSH: self.push,
        }
        return senders.get(channel)


def chosen_channels(config: Mapping[str, Any]) -> Channels:
    """Return the senders that LINTAN_NOTICES_SMS, _WECHAT and _PUSH name.

    Raises:
        UnknownProvider: there is none of this name.
        ModuleNotFoundError: an optional extra is not installed.
    """
    return Channels(sms=_sms(config), wechat=_wechat(config), push=_push(config))


def _sms(config: Mapping[str, Any]) -> Sender | None:
    match config["LINTAN_NOTICES_SMS"]:
        case "off":
            return None
        case "sandbox":
            return SandboxSender()
        case "tencent":
            return TencentSms(config)
        case other:
            raise UnknownProvider(f"LINTAN_NOTICES_SMS={other}: use off, sandbox or tencent")


def _wechat(config: Mapping[str, Any]) -> WechatSender | None:
    match config["LINTAN_NOTICES_WECHAT"]:
        case "off":
            return None
        case "sandbox":
            return SandboxSender()
        case "wechat":
            return WechatSubscription(config)
        case other:
            raise UnknownProvider(f"LINTAN_NOTICES_WECHAT={other}: use off, sandbox or wechat")


def _push(config: Mapping[str, Any]) -> Sender | None:
    match config["LINTAN_NOTICES_PUSH"]:
        case "off":
            return None
        case "sandbox":
            return SandboxSender()
        case "gateway":
            return GatewaySender(config)
        case other:
            raise UnknownProvider(f"LINTAN_NOTICES_PUSH={other}: use off, sandbox or gateway")
