"""Finding rows of the audit: by the thing they are about, or by who acted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.foundation.proof.audit import AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """What somebody looks for in the audit: at least the thing or the actor.

    Args:
        since, until: instants; `until` is the first one that does not count.
    """

    object_id: UUID | None = None
    actor_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """A statement for rows of the audit, and the two columns that order them."""

    select: Select[Any]
    at: Any
    id: Any


def audit_query(search: AuditSearch) -> AuditQuery:
    """Return the statement for a search; an index on the thing or on the actor answers it.

    Raises:
        ValueError: neither is named, and nothing short of the whole audit would do.
    """
    if search.object_id is None and search.actor_id is None:
        raise ValueError("a search of the audit names a thing or an actor")
    statement = select(AuditRow)
    for column, value in (
        (AuditRow.object_id, search.object_id),
        (AuditRow.actor_id, search.actor_id),
        (AuditRow.action, search.action),
    ):
        statement = statement if value is None else statement.where(column == value)
    if search.since is not None:
        statement = statement.where(AuditRow.at >= search.since)
    if search.until is not None:
        statement = statement.where(AuditRow.at < search.until)
    return AuditQuery(select=statement, at=AuditRow.at, id=AuditRow.id)
