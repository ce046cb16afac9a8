"""What `flask ledger audit` asks of the register: serials and balances tell the same, and nothing is retired twice.

Each check is one statement that counts what is wrong. Assets of kilograms that are no batch are the ledger's business.
"""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ledger import AUDIT_CHECKS

CHECKS: dict[str, str] = {
    # Per account: length of its blocks = what is posted. The issuer's account runs below zero and has no blocks.
    "credits_blocks_not_balances": """
        SELECT count(*) FROM (
            SELECT account_id FROM (
                SELECT account_id, last - first + 1 AS kg FROM credits_block
                UNION ALL
                SELECT balance.account_id, -balance.posted FROM ledger_balance balance
                JOIN credits_batch batch ON batch.asset_id = balance.asset_id
                JOIN ledger_account account ON account.id = balance.account_id AND account.purpose <> 'issuer'
            ) parts
            GROUP BY account_id HAVING sum(kg) <> 0
        ) wrong
    """,
    "credits_blocks_overlapping": """
        SELECT count(*) FROM (
            SELECT first, lag(last) OVER (ORDER BY first, last) AS previous FROM credits_block
        ) blocks WHERE previous >= first
    """,
    # Every serial of a batch has a holder, and every block is of a batch.
    "credits_batches_not_covered": """
        SELECT count(*) FROM (
            SELECT batch_id FROM (
                SELECT id AS batch_id, kg FROM credits_batch
                UNION ALL
                SELECT block.batch_id, -(block.last - block.first + 1)
                FROM credits_block block LEFT JOIN credits_batch batch
                    ON batch.id = block.batch_id AND batch.first <= block.first AND batch.last >= block.last
                WHERE batch.id IS NOT NULL
                UNION ALL
                SELECT block.batch_id, -1
                FROM credits_block block LEFT JOIN credits_batch batch
                    ON batch.id = block.batch_id AND batch.first <= block.first AND batch.last >= block.last
                WHERE batch.id IS NULL
            ) parts
            GROUP BY batch_id HAVING sum(kg) <> 0
        ) wrong
    """,
    "credits_blocks_not_as_moved": """
        SELECT count(*) FROM credits_block block
        LEFT JOIN credits_block_move move ON move.transfer_id = block.transfer_id
            AND move.first <= block.first AND move.last >= block.last AND move.to_account = block.account_id
        WHERE move.transfer_id IS NULL
    """,
    # What the ledger moved was moved in serials too, all of it, between the same accounts.
    "credits_moves_not_as_transferred": """
        SELECT count(*) FROM (
            SELECT transfer_id FROM (
                SELECT transfer.id AS transfer_id, debit_account AS from_account, credit_account AS to_account, amount AS kg
                FROM ledger_transfer transfer JOIN credits_batch batch ON batch.asset_id = transfer.asset_id
                WHERE transfer.kind IN ('move', 'post')
                UNION ALL
                SELECT transfer_id, from_account, to_account, -(last - first + 1) FROM credits_block_move
            ) parts
            GROUP BY transfer_id, from_account, to_account HAVING sum(kg) <> 0
        ) wrong
    """,
    "credits_retired_not_as_retirements": """
        SELECT count(*) FROM (
            SELECT batch_id FROM (
                SELECT batch.id AS batch_id, balance.posted AS kg FROM ledger_balance balance
                JOIN credits_batch batch ON batch.retired_account_id = balance.account_id
                UNION ALL
                SELECT batch_id, -kg FROM credits_retirement
            ) parts
            GROUP BY batch_id HAVING sum(kg) <> 0
        ) wrong
    """,
    "credits_external_without_cancellation": """
        SELECT count(*) FROM credits_retirement retirement
        JOIN credits_batch batch ON batch.id = retirement.batch_id AND batch.custody = 'external'
        LEFT JOIN credits_cancellation cancellation ON cancellation.retirement_id = retirement.id
        WHERE cancellation.retirement_id IS NULL
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
