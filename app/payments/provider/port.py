"""What the room asks of a payment provider, in words that belong to none of them.

A provider is called outside transactions only, and every call that changes something carries a key that stays the same when it
is repeated. It gets ids and amounts, and nothing about a person: it may sit abroad (SECURITY 1.1).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.payments.rules import DisputeState, RefundState


class ProviderUnavailable(Exception):
    """The provider did not answer, or not sensibly: it may or may not have acted. Ask again with the same key."""


class ProviderRefused(Exception):
    """The provider says no, and would say it again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderKeyUsed(Exception):
    """The provider has seen this key with another content, such as under older settings."""


class ProviderStatus(StrEnum):
    """Where a payment stands at the provider."""

    WAITING = "waiting"  # For the payer, or for the payer's bank.
    FAILED = "failed"  # The last attempt was refused; another may follow.
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """What the provider says of a payment.

    `payment_id` is our own id as it was given to the provider; None when the object is not of our making.
    """

    ref: str
    payment_id: UUID | None
    status: ProviderStatus
    amount_fen: int
    received_fen: int
    currency: str
    is_live: bool
    client_payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRefund:
    """What the provider says of a refund."""

    ref: str
    refund_id: UUID | None
    payment_ref: str
    state: RefundState  # SENT, SUCCEEDED or FAILED.
    amount_fen: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDispute:
    """What the provider says of a dispute."""

    ref: str
    payment_ref: str
    state: DisputeState
    amount_fen: int
    currency: str


class Subject(StrEnum):
    """What a message is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    REFUNDS_OF_PAYMENT = "refunds_of_payment"
    DISPUTE = "dispute"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """A message whose signature was good, cut down to what is used.

    Args:
        payload: enough to read the fact again; ids, amounts and states only.
        payment: the fact itself, when the message tells one about a payment.
        is_final: the fact cannot change any more at the provider.
    """

    id: str
    type: str
    created_at: datetime
    is_live: bool
    subject: Subject
    ref: str
    payment_ref: str | None
    payment_id: UUID | None
    refund_id: UUID | None
    payload: dict[str, Any]
    payment: ProviderPayment | None
    is_final: bool


class Provider(Protocol):
    """A payment provider. Every method but the two that read messages may raise ProviderUnavailable."""

    name: str
    is_live: bool
    takes_data_abroad: bool  # What it is given leaves China: a payer has agreed to that before (PIPL, art. 39).

    def open(self, payment_id: UUID, *, attempt: int, amount_fen: int, purpose: str) -> ProviderPayment:
        """Open a payment, or return the one that was opened with the same arguments before.

        Raises:
            ProviderRefused: it does not take this payment.
            ProviderKeyUsed: the attempt's key was used with other arguments.
        """
        ...

    def retrieve(self, ref: str) -> ProviderPayment:
        """Return a payment as it stands now."""
        ...

    def cancel(self, ref: str) -> ProviderPayment:
        """Cancel a payment, and return how it stands then: it may have succeeded just before."""
        ...

    def refund(self, ref: str, *, refund_id: UUID, amount_fen: int) -> ProviderRefund:
        """Send a refund, or return the one that was sent under this id before.

        Raises:
            ProviderRefused: it cannot be refunded, or not so much.
        """
        ...

    def retrieve_refund(self, ref: str) -> ProviderRefund:
        """Return a refund as it stands now."""
        ...

    def find_refund(self, payment_ref: str, refund_id: UUID) -> ProviderRefund | None:
        """Return the refund of a payment that carries our id, or None: for keys that are too old to be trusted."""
        ...

    def retrieve_dispute(self, ref: str) -> ProviderDispute:
        """Return a dispute as it stands now."""
        ...

    def verified(self, body: bytes, signature: str, *, now: datetime) -> ProviderEvent | None:
        """Return the message in a body if it comes from the provider just now, else None; no body makes it raise."""
        ...

    def missed_events(self) -> list[ProviderEvent]:
        """Return messages that the provider could not deliver, newest first."""
        ...

    def event_of(self, payload: dict[str, Any]) -> ProviderEvent:
        """Return the message that was kept as `payload`."""
        ...
