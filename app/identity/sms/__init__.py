"""The port through which codes leave as text messages, and its two adapters: the sandbox and Tencent Cloud."""

from app.identity.sms.choose import UnknownSmsProvider, chosen_sender
from app.identity.sms.port import CodeSender, SmsFailed

__all__ = ["CodeSender", "SmsFailed", "UnknownSmsProvider", "chosen_sender"]
