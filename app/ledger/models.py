"""Tables of the ledger. The application writes assets, accounts and transfers only; triggers do the rest.

There are no foreign keys from transfers and entries to accounts: the triggers find both balances by their keys or
refuse, and a foreign key would make every payment share a lock on the city's own account row.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import JSON_INTEGER_MAX, AppendOnly, Base


class AssetKind(StrEnum):
    """What is counted, and in which unit."""

    POINTS = "points"
    CO2E_KG = "co2e_kg"
    CNY_FEN = "cny_fen"


class TransferKind(StrEnum):
    """What a transfer does to the two balances."""

    MOVE = "move"
    HOLD = "hold"
    POST = "post"
    VOID = "void"


class LotRule(StrEnum):
    """How an account stands to the months in which points expire."""

    NONE = "none"
    KEEPS = "keeps"  # Every point in it has a day on which it expires.
    EXPIRES = "expires"  # It takes from keepers, and only what is due.


class AssetRow(AppendOnly, Base):
    """One thing that is counted. Each credit batch is an asset of its own: vintages are not fungible."""

    __tablename__ = "ledger_asset"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    unit: Mapped[str]
    kind: Mapped[AssetKind]


class PurposeRow(Base):
    """What an account of an owner is for, and what follows for its balance rows. Written by migrations only."""

    __tablename__ = "ledger_purpose"
    __grants__ = "SELECT"
    __table_args__ = (
        CheckConstraint("buckets BETWEEN 1 AND 64", name="ledger_purpose_buckets"),
        # The bucket follows from the other side: what came into one bucket leaves by another, below any floor.
        CheckConstraint("buckets = 1 OR (floor IS NULL AND lot_rule <> 'keeps')", name="ledger_purpose_bucket_floor"),
    )

    asset_kind: Mapped[AssetKind] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    floor: Mapped[int | None]  # Lowest `posted - held`; none for issuers and clearing accounts.
    buckets: Mapped[int] = mapped_column(SmallInteger)
    lot_rule: Mapped[LotRule]


class AccountRow(AppendOnly, Base):
    """One owner's account in one asset. A trigger makes its balance rows."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id", "asset_id", "purpose", name="ledger_account_owner_key"),
        Index("ledger_account_asset_idx", "asset_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_asset.id"))
    owner_kind: Mapped[str]
    owner_id: Mapped[UUID]
    purpose: Mapped[str]
    created_at: Mapped[datetime]


class BalanceRow(Base):
    """What stands on an account, or on one bucket of a busy one. No index on the numbers: updates stay HOT."""

    __tablename__ = "ledger_balance"
    __grants__ = "SELECT"
    __table_args__ = (
        CheckConstraint("held >= 0", name="ledger_balance_held"),
        CheckConstraint("floor IS NULL OR posted - held >= floor", name="ledger_balance_funds"),
        CheckConstraint(
            f"posted BETWEEN -{JSON_INTEGER_MAX} AND {JSON_INTEGER_MAX} AND held <= {JSON_INTEGER_MAX}",
            name="ledger_balance_range",
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[UUID]
    posted: Mapped[int]  # Credits minus debits.
    held: Mapped[int]
    version: Mapped[int]  # The number of entries, and the `seq` of the last.
    floor: Mapped[int | None]
    lot_rule: Mapped[LotRule]


class TransferRow(AppendOnly, Base):
    """One amount from a debit side to a credit side. Its id follows from its cause, so it cannot be posted twice."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        CheckConstraint(f"amount BETWEEN 1 AND {JSON_INTEGER_MAX}", name="ledger_transfer_amount"),
        CheckConstraint("debit_account <> credit_account", name="ledger_transfer_two_accounts"),
        CheckConstraint("(hold_id IS NOT NULL) = (kind IN ('post', 'void'))", name="ledger_transfer_hold_named"),
        CheckConstraint("hold_until IS NULL OR kind = 'hold'", name="ledger_transfer_hold_until"),
        CheckConstraint("expires_on IS NULL OR kind IN ('move', 'post')", name="ledger_transfer_expires_on"),
        CheckConstraint("reverses IS NULL OR kind = 'move'", name="ledger_transfer_reverses"),
        Index(
            "ledger_transfer_hold_resolves_once",
            "hold_id",
            unique=True,
            sqlite_where=text("hold_id IS NOT NULL"),
            postgresql_where=text("hold_id IS NOT NULL"),
        ),
        Index(
            "ledger_transfer_reverses_idx",
            "reverses",
            sqlite_where=text("reverses IS NOT NULL"),
            postgresql_where=text("reverses IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TransferKind]
    asset_id: Mapped[UUID]
    debit_account: Mapped[UUID]
    debit_bucket: Mapped[int] = mapped_column(SmallInteger)
    credit_account: Mapped[UUID]
    credit_bucket: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[int]
    hold_id: Mapped[UUID | None]
    hold_until: Mapped[datetime | None]  # A due date for the worker; the hold itself lasts until it is voided.
    expires_on: Mapped[date | None]  # First day on which points credited here are no longer good.
    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    leg: Mapped[str]
    reverses: Mapped[UUID | None]
    actor_id: Mapped[UUID]
    created_at: Mapped[datetime]


class EntryRow(AppendOnly, Base):
    """One line of an account: what a transfer changed, and what stood there after. Written by the triggers only."""

    __tablename__ = "ledger_entry"
    __grants__ = "SELECT"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transfer_id: Mapped[UUID]
    amount: Mapped[int]
    balance_after: Mapped[int]
    held_after: Mapped[int]
    created_at: Mapped[datetime]  # Never before the entry above it, whatever the clock did.
    lots: Mapped[dict[str, Any] | None]  # {"2027-04-01": 30}: the days a spend took its points from.


class LotRow(Base):
    """Points of one account that expire on one day. A drained lot is deleted: the index holds only what can fall due."""

    __tablename__ = "ledger_lot"
    __grants__ = "SELECT"
    __table_args__ = (
        CheckConstraint("remaining >= 0", name="ledger_lot_remaining"),
        Index("ledger_lot_due_idx", "expires_on", "account_id"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    remaining: Mapped[int]


class WaitingRow(Base):
    """A balance that changed since the last seal. The sealer takes rows with SKIP LOCKED, so it waits for no payment."""

    __tablename__ = "ledger_waiting"
    __grants__ = "SELECT, UPDATE, DELETE"  # A row lock needs UPDATE.

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    version: Mapped[int]


class SealPartRow(AppendOnly, Base):
    """The entries of one balance that one seal covers. The parts of a balance follow each other without a gap, from entry 1.

    No foreign key to the seal: its own row is written after these, and the verification looks for what is gone.
    """

    __tablename__ = "ledger_seal"
    __table_args__ = (
        UniqueConstraint("seal_id", "account_id", "bucket", name="ledger_seal_once"),
        CheckConstraint("from_seq >= 1 AND to_seq >= from_seq", name="ledger_seal_range"),
        CheckConstraint("length(sha256) = 32", name="ledger_seal_sha256_size"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    from_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    to_seq: Mapped[int]
    seal_id: Mapped[UUID]
    sha256: Mapped[bytes]  # Of the entries, their transfers and their account, as they were spelled when sealed.
