"""What the pure parts of the room refuse. No DomainError: none of this is an answer to a request by itself."""


class JsonRefused(ValueError):
    """The value has no canonical form, or the bytes are not JSON as we read it; the text says why."""


class ProofInvalid(Exception):
    """A document or a token does not prove what it claims. `reason` is a constant that can be counted and translated."""

    def __init__(self, reason: str) -> None:
        """Refuse for one reason, in one word."""
        super().__init__(reason)
        self.reason = reason


class KeysRefused(Exception):
    """An issuer or a key cannot be made, ended or read so; the text tells the operator why, and no secret."""
