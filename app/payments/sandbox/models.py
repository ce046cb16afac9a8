"""The sandbox provider's own books. Nothing outside the sandbox reads them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class SandboxIntentRow(Base):
    """A PaymentIntent."""

    __tablename__ = "payments_sandbox_intent"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (CheckConstraint("amount_received IN (0, amount)", name="payments_sandbox_intent_received"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]  # Fen.
    amount_received: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str]
    last_error: Mapped[str | None]
    client_secret: Mapped[str]
    details: Mapped[dict[str, Any]]  # The metadata.
    created_at: Mapped[datetime]


class SandboxRefundRow(Base):
    """A refund of an intent."""

    __tablename__ = "payments_sandbox_refund"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (Index("payments_sandbox_refund_intent_idx", "intent_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    intent_id: Mapped[str] = mapped_column(ForeignKey("payments_sandbox_intent.id"))
    amount: Mapped[int]
    status: Mapped[str]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class SandboxDisputeRow(Base):
    """A dispute about an intent."""

    __tablename__ = "payments_sandbox_dispute"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (Index("payments_sandbox_dispute_intent_idx", "intent_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    intent_id: Mapped[str] = mapped_column(ForeignKey("payments_sandbox_intent.id"))
    amount: Mapped[int]
    status: Mapped[str]
    created_at: Mapped[datetime]


class SandboxEventRow(Base):
    """A message, as it was when it happened; it is signed when it is sent."""

    __tablename__ = "payments_sandbox_event"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (Index("payments_sandbox_event_missed_idx", "is_delivered", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    told: Mapped[dict[str, Any]]
    is_delivered: Mapped[bool]
    created_at: Mapped[datetime]


class SandboxKeyRow(Base):
    """An idempotency key with the answer that was given under it."""

    __tablename__ = "payments_sandbox_key"
    __grants__ = "SELECT, INSERT, UPDATE"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[str | None]
    created_at: Mapped[datetime]


class SandboxBalanceRow(Base):
    """A line of the provider's account with us: what came in, went back, or was taken by a dispute. Fen, signed."""

    __tablename__ = "payments_sandbox_balance"
    __grants__ = "SELECT, INSERT"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # charge, refund, refund_failure, adjustment
    source: Mapped[str]
    amount: Mapped[int]
    created_at: Mapped[datetime]
