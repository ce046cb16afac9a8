"""What payments are for: the rooms above say what follows when one is paid, refunded, charged back or comes to nothing.

These are facts. A handler runs in the transaction that writes the fact, under the payment's lock, and cannot refuse it: a
DomainError from it takes back what the handler did, keeps the fact, and puts a task before the finance people.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.proof import Hook
from app.payments.models import PaymentRow
from app.payments.queries import Dispute, Payment, Refund


def _nothing(*_: object) -> None:
    """Let a fact pass that the room has nothing to say to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPurpose:
    """What the room of a purpose brings.

    Args:
        paid: the money stands in suspense: take it with `take_from_suspense`, or ask for a refund with `refund_by_system`. The
            flag says that the success is late: what was reserved for it may be gone.
        refundable_fen: how much of the payment is not used yet and may go back.
        canceled: nothing can be paid any more: release what was reserved.
        failed: an attempt was refused; the payer may try again until the payment is canceled.
        refunded: a refund has reached the payer; what was taken has gone back by itself.
        refund_failed: a refund came back; a person pays it otherwise.
        charged_back: a dispute was lost.
        collects: the money of several payments may wait in suspense until the room takes or refunds it.
    """

    paid: Callable[[Session, Payment, bool, datetime], None]
    refundable_fen: Callable[[Session, Payment], int]
    canceled: Callable[[Session, Payment, datetime], None] = _nothing
    failed: Callable[[Session, Payment, datetime], None] = _nothing
    refunded: Callable[[Session, Payment, Refund, datetime], None] = _nothing
    refund_failed: Callable[[Session, Payment, Refund, datetime], None] = _nothing
    charged_back: Callable[[Session, Payment, Dispute, datetime], None] = _nothing
    collects: bool = False


def _stored_purposes(session: Session) -> Iterable[str]:
    return session.scalars(select(PaymentRow.purpose).distinct())


purposes: Hook[PaymentPurpose] = Hook("payments.purposes", stored_kinds=_stored_purposes)
