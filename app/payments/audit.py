"""What `flask ledger audit` asks of payments: rows and accounts tell the same, and nothing is left in suspense.

Each check is one statement that counts what is wrong.
"""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import Text, bindparam, text
from sqlalchemy.orm import Session

from app.ledger import AUDIT_CHECKS
from app.payments.purposes import purposes

# What stands on the suspense account of each payment; an account of no payment shows up with id NULL.
_STANDING = """
    SELECT payment.id, payment.state, payment.purpose, payment.suspense_fen, coalesce(sum(balance.posted), 0) AS posted
    FROM payments_payment payment
    LEFT JOIN ledger_account account
        ON account.owner_kind = 'payment' AND account.owner_id = payment.id AND account.purpose = 'suspense'
    LEFT JOIN ledger_balance balance ON balance.account_id = account.id
    GROUP BY payment.id, payment.state, payment.purpose, payment.suspense_fen
"""

_NOT_AS_NOTED = "SELECT count(*) FROM ({standing}) standing WHERE posted <> suspense_fen"

CHECKS: dict[str, str] = {
    "payments_suspense_not_as_noted": _NOT_AS_NOTED.format(standing=_STANDING),
    "payments_suspense_of_nobody": """
        SELECT count(*) FROM ledger_account account
        JOIN ledger_balance balance ON balance.account_id = account.id AND balance.posted <> 0
        LEFT JOIN payments_payment payment ON payment.id = account.owner_id
        WHERE account.owner_kind = 'payment' AND payment.id IS NULL
    """,
    "payments_paid_not_as_posted": """
        SELECT count(*) FROM (
            SELECT id FROM (
                SELECT id, paid_fen AS amount FROM payments_payment
                UNION ALL
                SELECT source_id, -amount FROM ledger_transfer
                WHERE source_kind = 'payments.payment' AND leg = 'paid'
            ) parts
            GROUP BY id HAVING sum(amount) <> 0
        ) wrong
    """,
    # What has once reached a payer is posted, even if it came back later.
    "payments_refunds_not_as_posted": """
        SELECT count(*) FROM (
            SELECT id FROM (
                SELECT id, amount_fen AS amount FROM payments_refund WHERE state = 'succeeded'
                UNION ALL
                SELECT source_id, CASE WHEN leg = 'back' THEN -amount ELSE amount END FROM ledger_transfer
                WHERE source_kind = 'payments.refund' AND leg IN ('back', 'came_back')
            ) parts
            GROUP BY id HAVING sum(amount) <> 0
        ) wrong
    """,
    "payments_refunds_owed_not_as_posted": """
        SELECT count(*) FROM (
            SELECT id FROM (
                SELECT id, amount_fen AS amount FROM payments_refund WHERE state = 'failed' AND provider_ref IS NOT NULL
                UNION ALL
                SELECT source_id, -amount FROM ledger_transfer
                WHERE source_kind = 'payments.refund' AND leg IN ('owed', 'came_back')
            ) parts
            GROUP BY id HAVING sum(amount) <> 0
        ) wrong
    """,
    "payments_refunds_above_paid": """
        SELECT count(*) FROM (
            SELECT payment.id FROM payments_payment payment
            JOIN payments_refund refund ON refund.payment_id = payment.id
                AND refund.state IN ('approved', 'sent', 'succeeded')
            GROUP BY payment.id, payment.paid_fen, payment.refunds_fen
            HAVING sum(refund.amount_fen) > payment.paid_fen OR sum(refund.amount_fen) > payment.refunds_fen
        ) wrong
    """,
    "payments_losses_not_as_posted": """
        SELECT count(*) FROM (
            SELECT id FROM (
                SELECT id, amount_fen AS amount FROM payments_dispute WHERE state = 'lost'
                UNION ALL
                SELECT source_id, -amount FROM ledger_transfer WHERE source_kind = 'payments.dispute'
            ) parts
            GROUP BY id HAVING sum(amount) <> 0
        ) wrong
    """,
}

# A payment is settled when nobody is at work on it: no refund under way or come back, no dispute open, and a purpose that does not
# collect shares first. Then its money is with whom it is for.
_SETTLED = """
    SELECT count(*) FROM ({standing}) standing
    WHERE posted <> 0 AND state <> 'refund_failed' AND purpose NOT IN :collecting
        AND NOT EXISTS (
            SELECT 1 FROM payments_refund refund
            WHERE refund.payment_id = standing.id AND refund.state IN ('requested', 'approved', 'sent')
        )
        AND NOT EXISTS (
            SELECT 1 FROM payments_dispute dispute WHERE dispute.payment_id = standing.id AND dispute.state = 'open'
        )
"""


SETTLED_WITH_SUSPENSE = _SETTLED.format(standing=_STANDING)


def register_checks(app: Flask) -> None:
    """Add the checks to the ledger's audit."""
    for name, statement in CHECKS.items():
        AUDIT_CHECKS.register(app, name, _counting(statement))
    AUDIT_CHECKS.register(app, "payments_settled_with_suspense", settled_with_suspense)


def settled_with_suspense(session: Session) -> int:
    """Return how many settled payments have something left in suspense."""
    collecting = [kind for kind in purposes.kinds() if purposes.handler(kind).collects]
    statement = text(SETTLED_WITH_SUSPENSE).bindparams(bindparam("collecting", type_=Text(), expanding=True))
    return int(session.scalar(statement, {"collecting": collecting}) or 0)


def _counting(statement: str) -> Callable[[Session], int]:
    def count(session: Session) -> int:
        return int(session.scalar(text(statement)) or 0)

    return count
