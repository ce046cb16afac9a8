"""The sandbox: nothing is sent, the code is shown in the answer. Refused in production (SECURITY E3)."""


class SandboxSender:
    """A sender for laptops, demos and tests."""

    name = "sandbox"
    reveals_code = True

    def send_code(self, phone: str, code: str, *, life_min: int) -> None:
        """Send nothing."""
