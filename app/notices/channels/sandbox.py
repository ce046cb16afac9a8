"""The sandbox of all three channels: nothing leaves, nothing is kept, everything is taken. Refused in production."""

import hashlib
from datetime import datetime

from app.notices.channels.port import Address, Outgoing


class SandboxSender:
    """A sender for laptops, demos and tests."""

    name = "sandbox"

    def takes(self, group: str) -> bool:
        """Take everything."""
        return True

    def send(self, to: Address, message: Outgoing, *, now: datetime) -> str | None:
        """Send nothing, and call it sent."""
        return f"sandbox:{message.id}"

    def openid_of(self, code: str, *, now: datetime) -> str:
        """Return an invented id, the same for the same code."""
        return f"sandbox-{hashlib.sha256(code.encode()).hexdigest()[:20]}"
