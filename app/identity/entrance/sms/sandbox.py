"""The sandbox: nothing is sent, the code is shown in the answer. Refused in production, where it would let anybody in."""


class SandboxSender:
    """A sender for laptops, demos and tests."""

    name = "sandbox"
    reveals_code = True

    def send_code(self, phone: str, code: str, *, life_min: int) -> None:
        """Send nothing."""
