"""The audit: does every figure follow from the transfers (LEDGER 5.4).

Each check is one statement that counts what is wrong, so on PostgreSQL it sees one moment even while payments go on.
No table is held in memory: the database sorts and spills, and the ids are read through in pages.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.foundation.data import ddl, missing_guards
from app.foundation.proof import Hook
from app.ledger import rules
from app.ledger.models import TransferRow
from app.ledger.seals import LEDGER_STREAM, part_findings, select_part_count
from app.transparency import audit_seal_findings, seal_findings

AuditCheck = Callable[[Session], int]
"""Returns how many findings there are; 0 when all is well."""

# Later rooms add what they know: block lengths, suspense of settled payments, seals.
AUDIT_CHECKS: Hook[AuditCheck] = Hook("ledger.audit_checks")

TRANSFERS = "transfers"  # The one value of the audit's answer that is a size and not a finding.
PAGE = 5_000

APPEND_ONLY = ("ledger_asset", "ledger_account", "ledger_transfer", "ledger_entry", "ledger_seal")

CHECKS: dict[str, str] = {
    "assets_not_zero": """
        SELECT count(*) FROM (SELECT asset_id FROM ledger_balance GROUP BY asset_id HAVING sum(posted) <> 0) wrong
    """,
    "entries_not_as_transferred": """
        SELECT count(*) FROM (
            SELECT transfer_id FROM (
                SELECT id AS transfer_id, debit_account AS account_id, debit_bucket AS bucket,
                    CASE WHEN kind IN ('move', 'post') THEN -amount ELSE 0 END AS amount, 1 AS line
                FROM ledger_transfer
                UNION ALL
                SELECT id, credit_account, credit_bucket, amount, 1 FROM ledger_transfer WHERE kind IN ('move', 'post')
                UNION ALL
                SELECT transfer_id, account_id, bucket, -amount, -1 FROM ledger_entry
            ) sides
            GROUP BY transfer_id, account_id, bucket HAVING sum(line) <> 0 OR sum(amount) <> 0
        ) wrong
    """,
    "numbers_with_gaps": """
        SELECT count(*) FROM (
            SELECT balance.account_id
            FROM ledger_balance balance
            LEFT JOIN ledger_entry entry ON entry.account_id = balance.account_id AND entry.bucket = balance.bucket
            GROUP BY balance.account_id, balance.bucket, balance.version
            HAVING count(entry.seq) <> balance.version OR coalesce(max(entry.seq), 0) <> balance.version
        ) wrong
    """,
    "entries_without_balance": """
        SELECT count(*) FROM (
            SELECT entry.account_id FROM ledger_entry entry
            LEFT JOIN ledger_balance balance ON balance.account_id = entry.account_id AND balance.bucket = entry.bucket
            WHERE balance.account_id IS NULL OR entry.seq NOT BETWEEN 1 AND balance.version
        ) wrong
    """,
    "running_balances_wrong": """
        SELECT count(*) FROM (
            SELECT balance_after - amount AS before, created_at,
                lag(balance_after, 1, 0) OVER line AS previous, lag(created_at) OVER line AS previous_at
            FROM ledger_entry WINDOW line AS (PARTITION BY account_id, bucket ORDER BY seq)
        ) entries WHERE before <> previous OR created_at < previous_at
    """,
    "last_entries_not_balances": """
        SELECT count(*) FROM ledger_balance balance
        LEFT JOIN ledger_entry entry ON entry.account_id = balance.account_id AND entry.bucket = balance.bucket
            AND entry.seq = balance.version
        WHERE balance.posted <> coalesce(entry.balance_after, 0) OR balance.held <> coalesce(entry.held_after, 0)
    """,
    "holds_not_open_holds": """
        SELECT count(*) FROM (
            SELECT account_id FROM (
                SELECT account_id, bucket, -held AS amount FROM ledger_balance
                UNION ALL
                SELECT debit_account, debit_bucket, amount FROM ledger_transfer WHERE kind = 'hold'
                UNION ALL
                SELECT hold.debit_account, hold.debit_bucket, -hold.amount
                FROM ledger_transfer ending JOIN ledger_transfer hold ON hold.id = ending.hold_id
            ) parts
            GROUP BY account_id, bucket HAVING sum(amount) <> 0
        ) wrong
    """,
    "holds_ended_wrongly": """
        SELECT count(*) FROM ledger_transfer ending LEFT JOIN ledger_transfer hold ON hold.id = ending.hold_id
        WHERE ending.kind IN ('post', 'void') AND (
            hold.id IS NULL OR hold.kind <> 'hold' OR hold.asset_id <> ending.asset_id OR ending.amount > hold.amount
            OR hold.debit_account <> ending.debit_account OR hold.debit_bucket <> ending.debit_bucket
            OR hold.credit_account <> ending.credit_account OR hold.credit_bucket <> ending.credit_bucket
        )
    """,
    "lots_not_balances": """
        SELECT count(*) FROM (
            SELECT account_id FROM (
                SELECT account_id, posted AS amount FROM ledger_balance WHERE lot_rule = 'keeps'
                UNION ALL
                SELECT account_id, -remaining FROM ledger_lot
            ) parts
            GROUP BY account_id HAVING sum(amount) <> 0
        ) wrong
    """,
    "reversals_above_original": """
        SELECT count(*) FROM (
            SELECT original.id FROM ledger_transfer reversal
            LEFT JOIN ledger_transfer original ON original.id = reversal.reverses
            WHERE reversal.reverses IS NOT NULL
            GROUP BY reversal.reverses, original.id, original.amount
            HAVING original.id IS NULL OR sum(reversal.amount) > original.amount
        ) wrong
    """,
    "transfers_across_assets": """
        SELECT count(*) FROM ledger_transfer transfer
        LEFT JOIN ledger_balance debit
            ON debit.account_id = transfer.debit_account AND debit.bucket = transfer.debit_bucket
        LEFT JOIN ledger_balance credit
            ON credit.account_id = transfer.credit_account AND credit.bucket = transfer.credit_bucket
        WHERE coalesce(debit.asset_id = transfer.asset_id AND credit.asset_id = transfer.asset_id, FALSE) = FALSE
    """,
    "balances_not_as_purposed": """
        SELECT count(*) FROM (
            SELECT account.id
            FROM ledger_account account
            JOIN ledger_asset asset ON asset.id = account.asset_id
            LEFT JOIN ledger_purpose purpose ON purpose.asset_kind = asset.kind
                AND purpose.owner_kind = account.owner_kind AND purpose.purpose = account.purpose
            LEFT JOIN ledger_balance balance ON balance.account_id = account.id
                AND balance.asset_id = account.asset_id AND balance.lot_rule = purpose.lot_rule
                AND coalesce(balance.floor, -1) = coalesce(purpose.floor, -1)
            GROUP BY account.id, purpose.buckets
            HAVING purpose.buckets IS NULL OR count(balance.account_id) <> purpose.buckets
        ) wrong
    """,
    "debts_above_zero": """
        SELECT count(*) FROM ledger_account account JOIN ledger_balance balance ON balance.account_id = account.id
        WHERE account.purpose = 'debt' AND balance.posted > 0
    """,
    "waiting_not_current": """
        SELECT count(*) FROM ledger_waiting waiting
        LEFT JOIN ledger_balance balance ON balance.account_id = waiting.account_id AND balance.bucket = waiting.bucket
        WHERE balance.version IS NULL OR balance.version <> waiting.version
    """,
    "unsealed_not_waiting": """
        SELECT count(*) FROM ledger_balance balance
        LEFT JOIN ledger_waiting waiting ON waiting.account_id = balance.account_id AND waiting.bucket = balance.bucket
        LEFT JOIN (
            SELECT account_id, bucket, max(to_seq) AS to_seq FROM ledger_seal GROUP BY account_id, bucket
        ) sealed ON sealed.account_id = balance.account_id AND sealed.bucket = balance.bucket
        WHERE balance.version > coalesce(sealed.to_seq, 0) AND waiting.account_id IS NULL
    """,
}


# A day's lot = what was granted for it - what the entries of spends took from it.
_LOTS = """
    SELECT count(*) FROM (
        SELECT account_id FROM (
            SELECT credit_account AS account_id, {granted_day} AS day, amount FROM ledger_transfer
            WHERE expires_on IS NOT NULL
            UNION ALL
            SELECT entry.account_id, taken.key, -{taken} FROM ledger_entry entry, {each}(entry.lots) taken
            WHERE entry.lots IS NOT NULL
            UNION ALL
            SELECT account_id, {granted_day}, -remaining FROM ledger_lot
        ) parts
        GROUP BY account_id, day HAVING sum(amount) <> 0
    ) wrong
"""
LOTS_NOT_AS_GRANTED = {
    "postgresql": _LOTS.format(
        granted_day="CAST(expires_on AS text)", taken="CAST(taken.value AS bigint)", each="jsonb_each_text"
    ),
    "sqlite": _LOTS.format(granted_day="expires_on", taken="taken.value", each="json_each"),
}


def audit(session: Session) -> dict[str, int]:
    """Return the number of transfers, and for each check the number of findings; all of those must be 0.

    Reads everything: minutes for a city, so it is a command and not a request.
    """
    dialect = session.get_bind().dialect.name
    answer = {TRANSFERS: int(session.scalar(text("SELECT count(*) FROM ledger_transfer")) or 0)}
    for name, statement in {**CHECKS, "lots_not_as_granted": LOTS_NOT_AS_GRANTED[dialect]}.items():
        answer[name] = int(session.scalar(text(statement)) or 0)
    answer["ids_not_of_their_cause"] = ids_not_of_their_cause(session)
    answer["guards_missing"] = len(guards_missing(session))
    for name in AUDIT_CHECKS.kinds():
        answer[name] = AUDIT_CHECKS.handler(name)(session)
    return answer


def ledger_seal_findings(session: Session) -> Iterator[str]:
    """Yield what does not fit in the ledger and its seals, one line a finding. Reads the whole ledger, in pages."""
    yield from seal_findings(session, LEDGER_STREAM, rows_sealed=select_part_count())
    yield from part_findings(session)
    # Entries 1 to the last sealed one stand in the parts above, those up to the balance's last must wait, and there are no others.
    lost = int(session.scalar(text(CHECKS["unsealed_not_waiting"])) or 0)
    if lost:
        yield f"{lost} balances have entries that no seal covers, and do not wait for one"
    stray = int(session.scalar(text(CHECKS["entries_without_balance"])) or 0)
    if stray:
        yield f"{stray} entries stand outside the numbers of their balances"


def ledger_seals_broken(session: Session) -> int:
    """Return how many findings there are in the seals of the ledger."""
    return sum(1 for _ in ledger_seal_findings(session))


def audit_seals_broken(session: Session) -> int:
    """Return how many findings there are in the seals of the audit rows, which are the proof of who posted what."""
    return sum(1 for _ in audit_seal_findings(session))


def ids_not_of_their_cause(session: Session) -> int:
    """Return how many transfers have another id than the one that follows from their cause."""
    wrong, after = 0, UUID(int=0)
    columns = (TransferRow.id, TransferRow.source_kind, TransferRow.source_id, TransferRow.leg)
    while True:
        page = session.execute(
            select(*columns).where(TransferRow.id > after).order_by(TransferRow.id).limit(PAGE)
        ).all()
        if not page:
            return wrong
        wrong += sum(row[0] != rules.transfer_id(row[1], row[2], row[3]) for row in page)
        after = page[-1][0]


def guards_missing(session: Session) -> list[str]:
    """Return the triggers and functions of the ledger that are gone, switched off, or other than the product's own."""
    dialect = session.get_bind().dialect.name
    statements = ddl.room_sql("ledger", dialect)
    if dialect == "postgresql":
        statements.append(ddl.REFUSE_CHANGE)
    for table in APPEND_ONLY:
        statements += ddl.append_only(table, dialect)
    return missing_guards(session, statements)
