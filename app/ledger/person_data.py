"""What the ledger keeps of an owner, for whoever may hand it out: identity, which lies above."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.models import AccountRow, AssetRow, BalanceRow, EntryRow, TransferRow


def accounts_of_owner(session: Session, owner_kind: str, owner_id: UUID) -> list[Mapping[str, Any]]:
    """Return an owner's accounts with what stands on them, in the asset's unit."""
    query = (
        select(
            AccountRow.id,
            AssetRow.code.label("asset"),
            AssetRow.unit,
            AccountRow.purpose,
            AccountRow.created_at,
            BalanceRow.posted,
            BalanceRow.held,
        )
        .join(AssetRow, AssetRow.id == AccountRow.asset_id)
        .join(BalanceRow, BalanceRow.account_id == AccountRow.id)
        .where(AccountRow.owner_kind == owner_kind, AccountRow.owner_id == owner_id)
        .order_by(AccountRow.created_at, AccountRow.id, BalanceRow.bucket)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def entries_of_owner(session: Session, owner_kind: str, owner_id: UUID) -> list[Mapping[str, Any]]:
    """Return every line of an owner's accounts, oldest first, in the asset's unit."""
    query = (
        select(
            EntryRow.account_id,
            EntryRow.seq,
            EntryRow.transfer_id,
            TransferRow.kind,
            EntryRow.amount,
            EntryRow.balance_after,
            EntryRow.held_after,
            EntryRow.created_at,
            TransferRow.source_kind,
            TransferRow.source_id,
            TransferRow.leg,
            TransferRow.expires_on,
        )
        .join(AccountRow, AccountRow.id == EntryRow.account_id)
        .join(TransferRow, TransferRow.id == EntryRow.transfer_id)
        .where(AccountRow.owner_kind == owner_kind, AccountRow.owner_id == owner_id)
        .order_by(EntryRow.account_id, EntryRow.bucket, EntryRow.seq)
    )
    return [dict(row) for row in session.execute(query).mappings()]
