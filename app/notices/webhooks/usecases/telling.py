"""What happened to an organisation becomes a message, and a delivery for each endpoint that wants it; the worker does it."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, public_id
from app.foundation.http import instant_json
from app.foundation.work import Message, publish
from app.notices.webhooks import queries, rules
from app.notices.webhooks.models import EndpointRow, MessageRow, WebhookDeliveryRow
from app.notices.webhooks.rules import WebhookState, WebhookTopic

TOLD = "notices.webhook_told"


def tell_organisation(
    session: Session, organisation_id: UUID, topic: WebhookTopic, *, key: str, ids: Mapping[str, str], now: datetime
) -> None:
    """Tell an organisation's own servers that something happened, in the transaction of the fact.

    Args:
        key: the id of what happened, unique in the topic; telling it twice is a conflict.
        ids: public ids and codes alone, never a name: it leaves the city's machines.
    """
    payload = {"organisation_id": str(organisation_id), "topic": topic.value, "ids": dict(ids), "at": instant_json(now)}
    publish(session, TOLD, f"{topic.value}:{key}", payload)


def write_messages(session: Session, messages: list[Message]) -> None:
    """Write what was told for the endpoints that want it."""
    for each in messages:
        organisation_id = UUID(each.payload["organisation_id"])
        _write(session, organisation_id, each.payload["topic"], each.key, each.payload["ids"], each.payload["at"])


def write_checked(session: Session, messages: list[Message]) -> None:
    """Write that an agency has looked at an organisation, which identity tells."""
    for each in messages:
        organisation_id = UUID(each.payload["organisation_id"])
        ids = {"about": each.payload["about"], "act": each.payload["act"]}
        topic = WebhookTopic.ORGANISATION_CHECKED.value
        _write(session, organisation_id, topic, f"{topic}:{each.key}", ids, instant_json(each.created_at))


def write_test(session: Session, endpoint: EndpointRow, *, now: datetime) -> WebhookDeliveryRow:
    """Write a message that tells of nothing, for one endpoint."""
    message_id = _message(
        session,
        endpoint.organisation_id,
        rules.TEST,
        str(new_id()),
        {"endpoint_id": public_id("whe", endpoint.id)},
        instant_json(now),
    )
    return _deliver(session, message_id, endpoint.id, now=now)


def _write(session: Session, organisation_id: UUID, topic: str, key: str, ids: Mapping[str, str], at: str) -> None:
    wanted = queries.endpoints_told(session, organisation_id, topic)
    if not wanted:
        return
    message_id = _message(session, organisation_id, topic, key, ids, at)
    for endpoint in wanted:
        _deliver(session, message_id, endpoint.id, now=clock.now())


def _message(session: Session, organisation_id: UUID, topic: str, key: str, ids: Mapping[str, str], at: str) -> UUID:
    data = {"organisation_id": public_id("org", organisation_id), **ids}
    body = json.dumps(rules.message_body(topic, at, data), separators=(",", ":"), ensure_ascii=False)
    message_id = new_id()
    session.add(
        MessageRow(
            id=message_id,
            organisation_id=organisation_id,
            topic=topic,
            key=key,
            body=body,
            created_at=clock.now(),
        )
    )
    session.flush()
    return message_id


def _deliver(session: Session, message_id: UUID, endpoint_id: UUID, *, now: datetime) -> WebhookDeliveryRow:
    row = WebhookDeliveryRow(
        id=new_id(),
        endpoint_id=endpoint_id,
        message_id=message_id,
        state=WebhookState.WAITING,
        tries=0,
        next_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row
