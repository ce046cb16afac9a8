"""Which provider the settings name. A provider's library is imported only when the provider is chosen."""

from collections.abc import Mapping
from typing import Any

from app.identity.entrance.sms.port import CodeSender
from app.identity.entrance.sms.sandbox import SandboxSender
from app.identity.entrance.sms.tencent import TencentSender


class UnknownSmsProvider(Exception):
    """LINTAN_SMS_PROVIDER names no adapter."""


def chosen_sender(config: Mapping[str, Any]) -> CodeSender:
    """Return the sender that LINTAN_SMS_PROVIDER names.

    Raises:
        UnknownSmsProvider: there is none of this name.
        ModuleNotFoundError: its optional extra is not installed.
    """
    match config["LINTAN_SMS_PROVIDER"]:
        case "sandbox":
            return SandboxSender()
        case "tencent":
            return TencentSender(config)
        case other:
            raise UnknownSmsProvider(f"LINTAN_SMS_PROVIDER={other}: use sandbox or tencent")
