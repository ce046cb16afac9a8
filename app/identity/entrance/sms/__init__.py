"""The port through which codes leave as text messages, and its two adapters: the sandbox and Tencent Cloud."""

from app.identity.entrance.sms.choose import UnknownSmsProvider, chosen_sender
from app.identity.entrance.sms.port import CodeSender, SmsFailed

__all__ = ["CodeSender", "SmsFailed", "UnknownSmsProvider", "chosen_sender"]
