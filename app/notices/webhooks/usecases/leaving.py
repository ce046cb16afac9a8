"""An owner goes, and what they have set up is switched off until another owner has looked at it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.proof import AuditSearch, audit_query
from app.foundation.work import Message
from app.notices.webhooks.models import EndpointRow
from app.notices.webhooks.rules import DisabledBecause
from app.notices.webhooks.usecases.endpoints import ENDPOINT
from app.notices.webhooks.usecases.send import disable

_SET_UP = frozenset(f"{ENDPOINT}_{what}" for what in ("created", "changed", "secret_renewed"))


def look_again(session: Session, messages: list[Message]) -> None:
    """Switch off the endpoints for which somebody who owns the organisation no more has chosen the address or seen the secret."""
    for each in messages:
        _look_again(session, UUID(each.payload["organisation_id"]), UUID(each.payload["person_id"]))


def _look_again(session: Session, organisation_id: UUID, person_id: UUID) -> None:
    endpoints = session.scalars(
        select(EndpointRow)
        .where(EndpointRow.organisation_id == organisation_id, EndpointRow.disabled_at.is_(None))
        .order_by(EndpointRow.id)
        .with_for_update()
    ).all()
    for endpoint in endpoints:
        if _has_set_up(session, endpoint.id, person_id):
            disable(session, endpoint, DisabledBecause.LEFT, now=clock.now())


def _has_set_up(session: Session, endpoint_id: UUID, person_id: UUID) -> bool:
    """Return whether somebody did. An endpoint names no person; who set it up stands in the audit alone."""
    found = session.scalars(audit_query(AuditSearch(object_id=endpoint_id, actor_id=person_id)).select)
    return any(row.action in _SET_UP for row in found)
