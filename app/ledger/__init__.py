"""The ledger: points, credits and money as append-only double entry that sums to zero in the database itself.

Other rooms name a cause and an amount; what may move, what is free and what expires is decided here (LEDGER).
"""

from datetime import timedelta

from flask import Flask

from app.foundation.work import schedule, subscribe
from app.ledger.audit import AUDIT_CHECKS, AuditCheck, audit, audit_seals_broken, ledger_seals_broken
from app.ledger.cli import ledger
from app.ledger.errors import (
    AmountOutOfRange,
    AssetMismatch,
    ExpiryWrong,
    HoldMismatch,
    HoldResolved,
    InsufficientFunds,
    PurposeUnknown,
    ReplayConflict,
    ReversalExceeds,
    ReversalRefused,
    TransferNotFound,
)
from app.ledger.models import AssetKind, LotRule, TransferKind
from app.ledger.person_data import accounts_of_owner, entries_of_owner
from app.ledger.queries import (
    Account,
    AccountName,
    Asset,
    Balance,
    Entry,
    Lot,
    PurposeTotal,
    Transfer,
    accounts_by_ids,
    balance_as_of,
    balance_of,
    balance_of_owner,
    find_accounts,
    find_asset,
    get_transfer,
    page_of_entries,
    reversals_of,
    totals_by_purpose,
    transfer_by_id,
    transfers_by_ids,
)
from app.ledger.rules import expires_on, transfer_id
from app.ledger.seals import LEDGER_STREAM, leaves_of_parts
from app.ledger.usecases import (
    CITY_ID,
    Cause,
    Granted,
    Move,
    PointsGrant,
    ensure_account,
    ensure_accounts,
    ensure_asset,
    ensure_points,
    expire_due,
    grant_many,
    grant_points,
    lock_accounts,
    post_hold,
    post_hold_part,
    post_move,
    post_moves,
    reverse,
    void_hold,
)
from app.ledger.usecases.expiry_run import EXPIRY_GOES_ON, go_on_expiring, start_expiry
from app.ledger.usecases.seal import take_parts
from app.transparency import STREAMS, Stream

__all__ = [
    "AUDIT_CHECKS",
    "CITY_ID",
    "Account",
    "AccountName",
    "AmountOutOfRange",
    "Asset",
    "AssetKind",
    "AssetMismatch",
    "AuditCheck",
    "Balance",
    "Cause",
    "Entry",
    "ExpiryWrong",
    "Granted",
    "HoldMismatch",
    "HoldResolved",
    "InsufficientFunds",
    "Lot",
    "LotRule",
    "Move",
    "PointsGrant",
    "PurposeTotal",
    "PurposeUnknown",
    "ReplayConflict",
    "ReversalExceeds",
    "ReversalRefused",
    "Transfer",
    "TransferKind",
    "TransferNotFound",
    "accounts_by_ids",
    "accounts_of_owner",
    "audit",
    "balance_as_of",
    "balance_of",
    "balance_of_owner",
    "ensure_account",
    "ensure_accounts",
    "ensure_asset",
    "ensure_points",
    "entries_of_owner",
    "expire_due",
    "expires_on",
    "find_accounts",
    "find_asset",
    "get_transfer",
    "grant_many",
    "grant_points",
    "lock_accounts",
    "page_of_entries",
    "post_hold",
    "post_hold_part",
    "post_move",
    "post_moves",
    "reversals_of",
    "reverse",
    "totals_by_purpose",
    "transfer_by_id",
    "transfer_id",
    "transfers_by_ids",
    "void_hold",
]

# Points expire at midnight in Lishui, a whole hour of UTC; in between, the end of a hold may leave some.
_EXPIRY_LOOKED_FOR = timedelta(hours=1)


def register(app: Flask) -> None:
    """Add the commands, the run that takes expired points, and what the log keeps of the ledger."""
    app.cli.add_command(ledger)
    STREAMS.register(app, LEDGER_STREAM, Stream(take=take_parts, leaves_of=leaves_of_parts))
    AUDIT_CHECKS.register(app, "ledger_seals_do_not_recompute", ledger_seals_broken)
    AUDIT_CHECKS.register(app, "audit_seals_do_not_recompute", audit_seals_broken)
    schedule(app, name="ledger.expire_points", period=_EXPIRY_LOOKED_FOR, run=start_expiry)
    subscribe(app, topic=EXPIRY_GOES_ON, name="ledger.go_on_expiring", handle=go_on_expiring)
