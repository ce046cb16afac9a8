"""Endpoints: entered, changed, given a new secret and taken away by an owner of the organisation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.foundation.data import new_id, reading, rows_written, transaction
from app.foundation.http import Page, PageQuery, check_version, page_of
from app.foundation.proof import Actor, record
from app.identity import MemberRole, OrganisationNotFound, require_member
from app.notices.webhooks import queries, rules, signing
from app.notices.webhooks.errors import (
    EndpointNotFound,
    OrganisationNotVerified,
    TooManyEndpoints,
    WebhookAddressRefused,
)
from app.notices.webhooks.guard import AddressRefused, target_of
from app.notices.webhooks.models import EndpointRow, WebhookDeliveryRow
from app.notices.webhooks.rules import DisabledBecause

ENDPOINT = "notices.webhook_endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """Who wants to be told where, of what."""

    organisation_id: UUID
    url: str
    topics: tuple[str, ...]


def create_endpoint(new: NewEndpoint, *, actor: Actor, now: datetime) -> EndpointRow:
    """Enter an address to which an organisation is told.

    Raises:
        OrganisationNotFound: the caller does not own it.
        OrganisationNotVerified, TooManyEndpoints: it gets none, or no more.
        WebhookAddressRefused: the address cannot be one.
    """
    with transaction() as session:
        organisation = require_member(session, actor, new.organisation_id, MemberRole.OWNER)
        if not organisation.is_verified:
            raise OrganisationNotVerified()
        _check_address(new.url)
        if queries.count_endpoints(session, new.organisation_id) >= rules.ENDPOINTS_MAX:
            raise TooManyEndpoints(endpoints_max=rules.ENDPOINTS_MAX)
        row = EndpointRow(
            id=new_id(),
            organisation_id=new.organisation_id,
            url=new.url,
            topics=sorted(set(new.topics)),
            salt=signing.new_salt(),
            enabled_at=now,
            created_at=now,
            version=1,
        )
        session.add(row)
        session.flush()
        _note(session, "created", row, actor)
        return row


def change_endpoint(
    endpoint_id: UUID, change: Mapping[str, Any], *, actor: Actor, seen: Callable[[int], bool], now: datetime
) -> EndpointRow:
    """Change what is told, where, and whether at all. What waits while an endpoint is switched off is given up.

    Raises:
        EndpointNotFound: it is none of the caller's.
        VersionStale: it was changed since the caller read it.
        WebhookAddressRefused: the address cannot be one.
    """
    with transaction() as session:
        row = owned_endpoint(session, endpoint_id, actor, lock=True)
        check_version(seen, row.version)
        if "url" in change:
            _check_address(change["url"])
            row.url = change["url"]
        if "topics" in change:
            row.topics = sorted(set(change["topics"]))
        if change.get("is_enabled") is True and row.disabled_at is not None:
            row.enabled_at, row.disabled_at, row.disabled_because = now, None, None
        elif change.get("is_enabled") is False and row.disabled_at is None:
            row.disabled_at, row.disabled_because = now, DisabledBecause.OWNER
        row.version += 1
        session.flush()
        _note(session, "changed", row, actor)
        return row


def renew_secret(endpoint_id: UUID, *, actor: Actor, now: datetime) -> EndpointRow:
    """Give an endpoint a new secret. The one before signs too for a day, so that a receiver changes over without a loss.

    Raises:
        EndpointNotFound: it is none of the caller's.
    """
    with transaction() as session:
        row = owned_endpoint(session, endpoint_id, actor, lock=True)
        row.old_salt, row.old_until = row.salt, now + rules.SECRET_OVERLAP
        row.salt = signing.new_salt()
        row.version += 1
        session.flush()
        _note(session, "secret_renewed", row, actor)
        return row


def delete_endpoint(endpoint_id: UUID, *, actor: Actor, seen: Callable[[int], bool]) -> None:
    """Take an endpoint away, with what was or was not delivered to it.

    Raises:
        EndpointNotFound: it is none of the caller's.
        VersionStale: it was changed since the caller read it.
    """
    with transaction() as session:
        row = owned_endpoint(session, endpoint_id, actor, lock=True)
        check_version(seen, row.version)
        _note(session, "deleted", row, actor)
        rows_written(session, delete(WebhookDeliveryRow).where(WebhookDeliveryRow.endpoint_id == row.id))
        rows_written(session, delete(EndpointRow).where(EndpointRow.id == row.id))


def get_endpoint(endpoint_id: UUID, *, actor: Actor) -> EndpointRow:
    """Return an endpoint of the caller's.

    Raises:
        EndpointNotFound: it is none of the caller's.
    """
    with reading() as session:
        return owned_endpoint(session, endpoint_id, actor)


def list_endpoints(organisation_id: UUID, query: PageQuery, *, actor: Actor) -> Page[EndpointRow]:
    """List the endpoints of an organisation, newest first.

    Raises:
        OrganisationNotFound: the caller does not own it.
    """
    with reading() as session:
        require_member(session, actor, organisation_id, MemberRole.OWNER)
        return page_of(
            session,
            select(EndpointRow).where(EndpointRow.organisation_id == organisation_id),
            at=EndpointRow.created_at,
            id=EndpointRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(organisation_id),
        )


def owned_endpoint(session: Session, endpoint_id: UUID, actor: Actor, *, lock: bool = False) -> EndpointRow:
    """Return an endpoint to an owner of its organisation.

    Raises:
        EndpointNotFound: it is none of the caller's.
    """
    row = queries.find_endpoint(session, endpoint_id, lock=lock)
    if row is None:
        raise EndpointNotFound()
    try:
        require_member(session, actor, row.organisation_id, MemberRole.OWNER)
    except OrganisationNotFound:
        raise EndpointNotFound() from None
    return row


def _check_address(url: str) -> None:
    try:
        target_of(url)
    except AddressRefused as refusal:
        raise WebhookAddressRefused(reason=refusal.reason.value) from None


def _note(session: Session, what: str, row: EndpointRow, actor: Actor) -> None:
    after = {"url": row.url, "topics": row.topics, "enabled": row.disabled_at is None}
    record(
        session,
        action=f"notices.webhook_endpoint_{what}",
        object_kind=ENDPOINT,
        object_id=row.id,
        actor=actor,
        after=after,
    )
