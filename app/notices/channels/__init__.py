"""The ways out of the house: text messages, WeChat subscription messages, push; each a port with its adapters."""

from app.notices.channels.choose import Channels, UnknownProvider, chosen_channels
from app.notices.channels.port import (
    Address,
    ChannelAway,
    ChannelRefused,
    NotGranted,
    Outgoing,
    Platform,
    Sender,
    WechatSender,
)

__all__ = [
    "Address",
    "ChannelAway",
    "ChannelRefused",
    "Channels",
    "NotGranted",
    "Outgoing",
    "Platform",
    "Sender",
    "UnknownProvider",
    "WechatSender",
    "chosen_channels",
]
