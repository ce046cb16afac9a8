"""What `flask ledger audit` asks of orders: kilograms and money stand where an order's state says.

Each check is one statement that counts what is wrong.
"""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ledger import AUDIT_CHECKS

CHECKS: dict[str, str] = {
    "offsets_ended_with_kilograms_held": """
        SELECT count(*) FROM offsets_order orders
        WHERE state IN ('fulfilled', 'closed', 'expired')
            AND NOT EXISTS (SELECT 1 FROM ledger_transfer ends WHERE ends.hold_id = orders.hold_id)
    """,
    "offsets_open_without_kilograms": """
        SELECT count(*) FROM offsets_order orders
        WHERE state IN ('reserved', 'paid')
            AND EXISTS (SELECT 1 FROM ledger_transfer ends WHERE ends.hold_id = orders.hold_id)
    """,
    "offsets_retired_not_as_ordered": """
        SELECT count(*) FROM offsets_order orders
        LEFT JOIN ledger_transfer ends ON ends.hold_id = orders.hold_id AND ends.kind = 'post'
        WHERE (orders.state = 'fulfilled') <> (ends.id IS NOT NULL) OR ends.amount <> orders.kg
    """,
    # What was bought was paid, each line once and in full.
    "offsets_money_not_as_ordered": """
        SELECT count(*) FROM (
            SELECT id FROM (
                SELECT id, total_fen AS amount FROM offsets_order WHERE state IN ('paid', 'fulfilled')
                UNION ALL
                SELECT moved.source_id, -moved.amount FROM ledger_transfer moved
                JOIN offsets_order orders ON orders.id = moved.source_id AND orders.state IN ('paid', 'fulfilled')
                WHERE moved.source_kind = 'offsets.order' AND moved.leg IN ('credits', 'fee')
            ) parts
            GROUP BY id HAVING sum(amount) <> 0
        ) wrong
    """,
}


def register_checks(app: Flask) -> None:
    """Add the checks to the ledger's audit."""
    for name, statement in CHECKS.items():
        AUDIT_CHECKS.register(app, name, _counting(statement))


def _counting(statement: str) -> Callable[[Session], int]:
    def count(session: Session) -> int:
        return int(session.scalar(text(statement)) or 0)

    return count
