"""The table of answers that are given again when the same request comes again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base


class IdempotencyRow(Base):
    """One Idempotency-Key of one caller for one operation, and its answer once there is one."""

    __tablename__ = "foundation_idempotency"
    __table_args__ = (Index("foundation_idempotency_started_idx", "started_at"),)

    principal: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)  # Method and route template.
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    started_at: Mapped[datetime]
    status: Mapped[int | None]  # None while the first request is being answered.
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[str | None]
