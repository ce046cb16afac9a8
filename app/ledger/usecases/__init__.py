"""Use cases of the ledger, by subject. All take the session and never commit."""

from app.ledger.usecases.accounts import (
    CITY_ID,
    ensure_account,
    ensure_accounts,
    ensure_asset,
    lock_accounts,
)
from app.ledger.usecases.expiry import expire_due
from app.ledger.usecases.points import Granted, PointsGrant, ensure_points, grant_many, grant_points
from app.ledger.usecases.reversal import reverse
from app.ledger.usecases.transfers import Cause, Move, post_hold, post_hold_part, post_move, post_moves, void_hold

__all__ = [
    "CITY_ID",
    "Cause",
    "Granted",
    "Move",
    "PointsGrant",
    "ensure_account",
    "ensure_accounts",
    "ensure_asset",
    "ensure_points",
    "expire_due",
    "grant_many",
    "grant_points",
    "lock_accounts",
    "post_hold",
    "post_hold_part",
    "post_move",
    "post_moves",
    "reverse",
    "void_hold",
]
