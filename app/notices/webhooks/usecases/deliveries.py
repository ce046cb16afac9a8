"""What was delivered to an endpoint, sent once more, or sent to try it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import public_id, reading, transaction
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor, record
from app.notices.webhooks import queries
from app.notices.webhooks.errors import DeliveryWaiting, EndpointDisabled, WebhookDeliveryNotFound
from app.notices.webhooks.models import EndpointRow, WebhookDeliveryRow
from app.notices.webhooks.rules import WebhookState
from app.notices.webhooks.usecases.endpoints import owned_endpoint
from app.notices.webhooks.usecases.telling import write_test


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery with what it carries."""

    id: UUID
    message_id: str  # As the receiver sees it in `webhook-id`.
    topic: str
    state: WebhookState
    tries: int
    status: int | None
    reason: str | None
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None  # None once nothing more is tried.
    settled_at: datetime | None


def list_deliveries(endpoint_id: UUID, query: PageQuery, *, actor: Actor) -> Page[Delivery]:
    """List what went or goes to an endpoint, newest first; it is kept for 30 days.

    Raises:
        EndpointNotFound: it is none of the caller's.
    """
    with reading() as session:
        owned_endpoint(session, endpoint_id, actor)
        page = page_of(
            session,
            select(WebhookDeliveryRow).where(WebhookDeliveryRow.endpoint_id == endpoint_id),
            at=WebhookDeliveryRow.created_at,
            id=WebhookDeliveryRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )
        return Page(_shown(session, page.items), page.next_cursor)


def replay_delivery(endpoint_id: UUID, delivery_id: UUID, *, actor: Actor, now: datetime) -> Delivery:
    """Send a message once more, under the id and with the bytes it had; a receiver that has it knows it by the id.

    Raises:
        EndpointNotFound, WebhookDeliveryNotFound: it is none of the caller's.
        EndpointDisabled: nothing is sent there.
        DeliveryWaiting: it is on its way.
    """
    with transaction() as session:
        _enabled(session, endpoint_id, actor)
        row = queries.lock_delivery(session, endpoint_id, delivery_id)
        if row is None:
            raise WebhookDeliveryNotFound()
        if row.state is WebhookState.WAITING:
            raise DeliveryWaiting()
        row.state, row.settled_at, row.tries, row.next_at = WebhookState.WAITING, None, 0, now
        session.flush()
        _note(session, "replayed", row, actor)
        return _shown(session, [row])[0]


def send_test(endpoint_id: UUID, *, actor: Actor, now: datetime) -> Delivery:
    """Send a message of the kind `webhook.test` to an endpoint.

    Raises:
        EndpointNotFound: it is none of the caller's.
        EndpointDisabled: nothing is sent there.
    """
    with transaction() as session:
        row = write_test(session, _enabled(session, endpoint_id, actor), now=now)
        _note(session, "tested", row, actor)
        return _shown(session, [row])[0]


def _enabled(session: Session, endpoint_id: UUID, actor: Actor) -> EndpointRow:
    endpoint = owned_endpoint(session, endpoint_id, actor)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled()
    return endpoint


def _shown(session: Session, rows: Sequence[WebhookDeliveryRow]) -> list[Delivery]:
    messages = queries.messages_by_ids(session, [row.message_id for row in rows])
    return [
        Delivery(
            id=row.id,
            message_id=public_id("msg", row.message_id),
            topic=messages[row.message_id].topic,
            state=row.state,
            tries=row.tries,
            status=row.status,
            reason=row.reason,
            created_at=row.created_at,
            tried_at=row.tried_at,
            next_at=row.next_at if row.state is WebhookState.WAITING else None,
            settled_at=row.settled_at,
        )
        for row in rows
    ]


def _note(session: Session, what: str, row: WebhookDeliveryRow, actor: Actor) -> None:
    record(
        session,
        action=f"notices.webhook_{what}",
        object_kind="notices.webhook_delivery",
        object_id=row.id,
        actor=actor,
    )
