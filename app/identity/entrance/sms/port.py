"""What every provider of text messages can do."""

from typing import Protocol


class SmsFailed(Exception):
    """The provider did not take the message. The reason is the provider's code, without number or text."""

    def __init__(self, reason: str) -> None:
        """Keep the provider's code for the log."""
        super().__init__(reason)
        self.reason = reason


class CodeSender(Protocol):
    """Sends a code to a number."""

    name: str
    reveals_code: bool  # True only for the sandbox, whose answer shows the code instead of sending it.

    def send_code(self, phone: str, code: str, *, life_min: int) -> None:
        """Send the code, within seconds.

        Args:
            phone: in E.164.
            life_min: for how many minutes the message says that the code is good.

        Raises:
            SmsFailed: the provider refused, or could not be reached in time.
        """
        ...
