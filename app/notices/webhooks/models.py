"""Tables of webhooks: who wants to be told where, of what, and what became of each message."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.data import Base
from app.notices.webhooks.guard import URL_MAX
from app.notices.webhooks.rules import DisabledBecause, WebhookState

_WAITING = text("state = 'waiting'")


class EndpointRow(Base):
    """An address of an organisation's own. No person stands in it; who entered it stands in the audit."""

    __tablename__ = "notices_webhook_endpoint"
    __table_args__ = (
        CheckConstraint(f"length(url) BETWEEN 1 AND {URL_MAX}", name="notices_webhook_endpoint_url_length"),
        CheckConstraint(
            "(disabled_at IS NULL) = (disabled_because IS NULL)", name="notices_webhook_endpoint_disabled_with_reason"
        ),
        CheckConstraint("(old_salt IS NULL) = (old_until IS NULL)", name="notices_webhook_endpoint_old_secret_ends"),
        CheckConstraint("version >= 1", name="notices_webhook_endpoint_version_positive"),
        Index("notices_webhook_endpoint_organisation_idx", "organisation_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("identity_organisation.id"))
    url: Mapped[str]
    topics: Mapped[list[Any]]
    salt: Mapped[str]  # With a key outside the database it makes the secret.
    old_salt: Mapped[str | None]  # Of the secret before, which signs too until then.
    old_until: Mapped[datetime | None]
    enabled_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[DisabledBecause | None]
    delivered_at: Mapped[datetime | None]  # When a message was taken last.
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class MessageRow(Base):
    """What one organisation is told, as it is signed: the same bytes in every try and replay."""

    __tablename__ = "notices_webhook_message"
    __grants__ = "SELECT, INSERT, DELETE"
    __table_args__ = (UniqueConstraint("topic", "key", name="notices_webhook_message_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID]
    topic: Mapped[str]
    key: Mapped[str]  # Of what happened: told once.
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)


class WebhookDeliveryRow(Base):
    """One message on its way to one endpoint."""

    __tablename__ = "notices_webhook_delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "endpoint_id", name="notices_webhook_delivery_once"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="notices_webhook_delivery_settled"),
        CheckConstraint("tries >= 0", name="notices_webhook_delivery_tries_not_negative"),
        Index("notices_webhook_delivery_listed_idx", "endpoint_id", "created_at", "id"),
        Index("notices_webhook_delivery_due_idx", "next_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("notices_webhook_endpoint.id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("notices_webhook_message.id"))
    state: Mapped[WebhookState]
    tries: Mapped[int]  # Failures since it was sent or replayed last.
    next_at: Mapped[datetime]  # Not before then. A lease moves it on, and its value is the lease's token.
    tried_at: Mapped[datetime | None]
    status: Mapped[int | None]  # Of the last answer.
    reason: Mapped[str | None]  # Of the last failure: a code.
    created_at: Mapped[datetime] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
