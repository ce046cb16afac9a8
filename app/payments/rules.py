"""What a payment, a refund and a dispute may become, which amounts go, and when to ask a provider again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

CURRENCY = "cny"
# Eight digits at most: stripe-python 16.1.0, PaymentIntent.amount. The least amount is a setting, because Stripe's is not
# established for CNY (SECURITY 1.1).
AMOUNT_FEN_MAX = 99_999_999
# The shorter of the wallets' windows: Alipay 90 days, WeChat Pay 180 (SECURITY 1.1, from docs.stripe.com).
REFUND_WINDOW = timedelta(days=90)

# The request that opened a payment calls first; the worker comes after it.
FIRST_CALL_AFTER = timedelta(seconds=20)
# An open payment is looked at 10 minutes after it began, and then every 15 (SECURITY 1.4).
FIRST_LOOK_AFTER, LOOK_EVERY = timedelta(minutes=10), timedelta(minutes=15)
_BACK_OFF_FIRST, _BACK_OFF_MAX = timedelta(seconds=30), timedelta(minutes=10)
# A provider keeps the answer under a key for at least 24 hours (SECURITY 1.5); before that ends we look for what we asked for.
KEYS_TRUSTED_FOR = timedelta(hours=12)


class PaymentState(StrEnum):
    """Where a payment stands."""

    CREATED = "created"  # Written here; the provider has not answered yet.
    PENDING = "pending"  # The provider waits for the payer, or for the payer's bank.
    FAILED = "failed"  # An attempt was refused; the payer may try again until it is canceled.
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"  # A refund came back; a person pays it otherwise.
    DISPUTED = "disputed"


class RefundState(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"  # Waits for a second person.
    REFUSED = "refused"
    APPROVED = "approved"  # To be sent.
    SENT = "sent"  # The provider has it.
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


_P, _R = PaymentState, RefundState

OPEN_STATES = frozenset({_P.CREATED, _P.PENDING, _P.FAILED})
PAID_STATES = frozenset({_P.SUCCEEDED, _P.PART_REFUNDED, _P.REFUNDED, _P.REFUND_FAILED, _P.DISPUTED})
_AFTER_PAID = {
    _P.SUCCEEDED: frozenset({_P.PART_REFUNDED, _P.REFUNDED, _P.REFUND_FAILED, _P.DISPUTED}),
    _P.PART_REFUNDED: frozenset({_P.REFUNDED, _P.REFUND_FAILED, _P.DISPUTED}),
    _P.REFUNDED: frozenset({_P.REFUND_FAILED, _P.DISPUTED}),  # Banks send refunds back days after they arrived.
    _P.REFUND_FAILED: frozenset({_P.REFUNDED, _P.DISPUTED}),
    # A won dispute ends; the payment is again what its refunds make it.
    _P.DISPUTED: frozenset({_P.SUCCEEDED, _P.PART_REFUNDED, _P.REFUNDED, _P.REFUND_FAILED}),
}
PAYMENT_MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    _P.CREATED: frozenset({_P.PENDING, _P.FAILED, _P.SUCCEEDED, _P.CANCELED}),
    _P.PENDING: frozenset({_P.FAILED, _P.SUCCEEDED, _P.CANCELED}),
    _P.FAILED: frozenset({_P.SUCCEEDED, _P.CANCELED}),
    # Money that came is never denied: a success after a cancelation is a late one.
    _P.CANCELED: frozenset({_P.SUCCEEDED}),
    **_AFTER_PAID,
}
REFUND_MOVES: dict[RefundState, frozenset[RefundState]] = {
    _R.REQUESTED: frozenset({_R.APPROVED, _R.REFUSED}),
    _R.REFUSED: frozenset(),
    _R.APPROVED: frozenset({_R.SENT, _R.SUCCEEDED, _R.FAILED}),
    _R.SENT: frozenset({_R.SUCCEEDED, _R.FAILED}),
    _R.SUCCEEDED: frozenset({_R.FAILED}),
    _R.FAILED: frozenset(),
}
DISPUTE_MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
}


def may_move(before: PaymentState, after: PaymentState) -> bool:
    """Return whether a payment may go from one state to another. Staying is no move."""
    return after in PAYMENT_MOVES[before]


def refund_may_move(before: RefundState, after: RefundState) -> bool:
    """Return whether a refund may go from one state to another."""
    return after in REFUND_MOVES[before]


def dispute_may_move(before: DisputeState, after: DisputeState) -> bool:
    """Return whether a dispute may go from one state to another."""
    return after in DISPUTE_MOVES[before]


def state_once_paid(
    *, paid_fen: int, refunded_fen: int, refund_failed: bool, disputes: Iterable[DisputeState] = ()
) -> PaymentState:
    """Return the state that follows from what happened to a paid payment, whatever the order it was heard of in.

    Args:
        refunded_fen: refunds that have reached the payer.
        refund_failed: at least one refund came back or was refused by the provider.
    """
    if any(state is not DisputeState.WON for state in disputes):
        return PaymentState.DISPUTED
    if refunded_fen == paid_fen:
        return PaymentState.REFUNDED
    if refund_failed:
        return PaymentState.REFUND_FAILED
    return PaymentState.PART_REFUNDED if refunded_fen else PaymentState.SUCCEEDED


def back_off(tries: int) -> timedelta:
    """Return how long to wait after the n-th unanswered call: 30 s, 60 s, ... 10 minutes, so that all is final soon after a fault.

    >>> [int(back_off(tries).total_seconds()) for tries in (1, 2, 9)]
    [30, 60, 600]
    """
    return min(_BACK_OFF_FIRST * (1 << min(tries - 1, 10)), _BACK_OFF_MAX)


def within_refund_window(paid_at: datetime, *, now: datetime) -> bool:
    """Return whether wallets still take a refund of a payment made at `paid_at`."""
    return now - paid_at < REFUND_WINDOW


def is_late(*, was: PaymentState, expires_at: datetime, canceling: bool, now: datetime) -> bool:
    """Return whether a success is late: what was reserved for it may be gone."""
    return was is PaymentState.CANCELED or canceling or now >= expires_at


def split_return(amount_fen: int, *, takes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return how much of each take goes back when `amount_fen` leaves again, the first take first.

    Whoever keeps a fee takes the fee last.

    Args:
        takes: pairs of what was taken and what of it went back before, in fen.

    Returns:
        Pairs of the take's place and the amount, without zeros.

    Raises:
        ValueError: less than that was taken.

    >>> split_return(700, takes=[(500, 100), (500, 0)])
    [(0, 400), (1, 300)]
    """
    parts = []
    for place, (taken_fen, returned_fen) in enumerate(takes):
        part = min(amount_fen, taken_fen - returned_fen)
        if part > 0:
            parts.append((place, part))
            amount_fen -= part
    if amount_fen:
        raise ValueError(f"{amount_fen} fen more than was taken")
    return parts
