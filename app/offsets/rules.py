"""What an order may become, what kilograms cost with the fee, and how much a sum of money buys."""

from bisect import bisect_right
from datetime import timedelta
from enum import StrEnum

from app.credits import kg_for, price_fen

# DESIGN 5: kilograms are reserved for 15 minutes while a resident pays.
RESERVED_FOR = timedelta(minutes=15)
# [P] Long enough to read a quote and decide; as long as the reservation that follows.
QUOTE_VALID_FOR = timedelta(minutes=15)
# [P] Reserving costs nothing, so nobody may lock up the city's kilograms by reserving again and again.
UNPAID_ORDERS_MAX = 5
NAME_LENGTH_MAX = 40
MILLE = 1_000


class OrderState(StrEnum):
    """Where an order stands."""

    RESERVED = "reserved"  # Kilograms are set aside and the payment is open.
    PAID = "paid"  # The money is where it belongs; the kilograms are about to be retired.
    FULFILLED = "fulfilled"  # Retired for good.
    CLOSED = "closed"  # Ended without a retirement; what was paid goes back.
    EXPIRED = "expired"  # Not paid in time.


class OrderPurpose(StrEnum):
    """For whom a resident buys."""

    SELF = "self"
    GIFT = "gift"


class Reason(StrEnum):
    """Why an order ended as it did, for its buyer."""

    TIME_OVER = "time_over"
    CANCELED = "canceled"
    PAYMENT_ENDED = "payment_ended"  # The provider does not take the payment, or the payer ended it there.
    PAID_TOO_LATE = "paid_too_late"  # Batch or price are gone: the money goes back.
    PAID_AFTER_CANCEL = "paid_after_cancel"  # Who cancels does not want the kilograms: the money goes back.
    REFUND_ASKED = "refund_asked"
    NOT_RETIRED = "not_retired"  # The register refused: the money goes back.
    CHARGED_BACK = "charged_back"  # The payer's bank took the money back; what is retired stays retired.


class LineKind(StrEnum):
    """What a line of a quote is for."""

    CREDITS = "credits"
    FEE = "fee"


_S = OrderState
MOVES: dict[OrderState, frozenset[OrderState]] = {
    _S.RESERVED: frozenset({_S.PAID, _S.CLOSED, _S.EXPIRED}),
    _S.EXPIRED: frozenset({_S.PAID, _S.CLOSED}),  # Money that comes late is never denied: it buys, or it goes back.
    _S.PAID: frozenset({_S.FULFILLED, _S.CLOSED}),
    _S.FULFILLED: frozenset(),
    _S.CLOSED: frozenset(),
}
# The kilograms of these are set aside.
HOLDING = frozenset({_S.RESERVED, _S.PAID})
ENDED = frozenset({_S.FULFILLED, _S.CLOSED, _S.EXPIRED})


def may_move(before: OrderState, after: OrderState) -> bool:
    """Return whether an order may go from one state to another. Staying is no move."""
    return after in MOVES[before]


def fee_fen(credits_fen: int, *, per_mille: int) -> int:
    """Return the fee on a price, rounded down: nobody pays more than the rate says.

    >>> fee_fen(1_999, per_mille=10)
    19
    """
    return credits_fen * per_mille // MILLE


def total_fen(kg: int, *, price_fen_per_t: int, per_mille: int) -> int:
    """Return what kilograms cost together with the fee."""
    credits_fen = price_fen(kg, price_fen_per_t=price_fen_per_t)
    return credits_fen + fee_fen(credits_fen, per_mille=per_mille)


def most_kg(amount_fen: int, *, price_fen_per_t: int, per_mille: int) -> int:
    """Return the most kilograms that cost no more than an amount, the fee included.

    >>> most_kg(8, price_fen_per_t=7_519, per_mille=0), most_kg(1_000, price_fen_per_t=100_000, per_mille=100)
    (1, 9)
    """
    # Without a fee it is `kg_for`; with one it is less, and the total never falls as kilograms rise.
    upper = kg_for(amount_fen, price_fen_per_t=price_fen_per_t)
    return bisect_right(
        range(1, upper + 1),
        amount_fen,
        key=lambda kg: total_fen(kg, price_fen_per_t=price_fen_per_t, per_mille=per_mille),
    )
