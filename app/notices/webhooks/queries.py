"""Reads and locks of webhooks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.notices.webhooks.models import EndpointRow, MessageRow, WebhookDeliveryRow
from app.notices.webhooks.rules import WebhookState


def find_endpoint(session: Session, endpoint_id: UUID, *, lock: bool = False) -> EndpointRow | None:
    """Return an endpoint, for a change if asked, or None."""
    statement = select(EndpointRow).where(EndpointRow.id == endpoint_id)
    return session.scalar(statement.with_for_update().execution_options(populate_existing=True) if lock else statement)


def count_endpoints(session: Session, organisation_id: UUID) -> int:
    """Return how many endpoints an organisation has; a named limit bounds them."""
    return session.scalar(select(func.count()).where(EndpointRow.organisation_id == organisation_id)) or 0


def endpoints_told(session: Session, organisation_id: UUID, topic: str) -> list[EndpointRow]:
    """Return the endpoints of an organisation that are on and want a topic."""
    rows = session.scalars(
        select(EndpointRow).where(EndpointRow.organisation_id == organisation_id, EndpointRow.disabled_at.is_(None))
    )
    return [row for row in rows if topic in row.topics]


def find_message(session: Session, message_id: UUID) -> MessageRow | None:
    """Return a message, or None."""
    return session.get(MessageRow, message_id)


def messages_by_ids(session: Session, message_ids: Sequence[UUID]) -> dict[UUID, MessageRow]:
    """Return messages by id."""
    rows = session.scalars(select(MessageRow).where(MessageRow.id.in_(message_ids)))
    return {row.id: row for row in rows}


def lock_delivery(session: Session, endpoint_id: UUID, delivery_id: UUID) -> WebhookDeliveryRow | None:
    """Return a delivery of an endpoint for a change, or None."""
    return session.scalar(
        select(WebhookDeliveryRow)
        .where(WebhookDeliveryRow.id == delivery_id, WebhookDeliveryRow.endpoint_id == endpoint_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def is_any_due(session: Session, now: datetime) -> bool:
    """Return whether a delivery is due."""
    statement = select(WebhookDeliveryRow.id).where(*_due(now)).limit(1)
    return session.scalar(statement) is not None


def lease_due(session: Session, now: datetime, *, until: datetime, limit: int) -> Sequence[WebhookDeliveryRow]:
    """Take some of the deliveries that are due, oldest first, and keep others away from them for a while."""
    rows = session.scalars(
        select(WebhookDeliveryRow)
        .where(*_due(now))
        .order_by(WebhookDeliveryRow.next_at, WebhookDeliveryRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.next_at = until
    return rows


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return WebhookDeliveryRow.state == WebhookState.WAITING, WebhookDeliveryRow.next_at <= now
