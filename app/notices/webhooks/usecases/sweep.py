"""Messages and deliveries are kept for 30 days: long enough to replay what was missed."""

from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, delete_in_batches
from app.notices.webhooks.models import MessageRow, WebhookDeliveryRow
from app.notices.webhooks.rules import KEPT, WebhookState


def sweep_webhooks(_: Session, __: datetime) -> None:
    """Delete what is older, once the job is noted; deliveries first, which name their messages."""
    after_commit(_sweep)


def _sweep() -> None:
    before = clock.now() - KEPT
    settled = (WebhookDeliveryRow.created_at < before) & (WebhookDeliveryRow.state != WebhookState.WAITING)
    delete_in_batches(WebhookDeliveryRow, settled)
    on_its_way = exists().where(WebhookDeliveryRow.message_id == MessageRow.id)
    delete_in_batches(MessageRow, (MessageRow.created_at < before) & ~on_its_way)
