"""What somebody sees and changes of themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import public_id, reading, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, ActorKind, record
from app.identity.people import queries
from app.identity.people.models import PersonRow
from app.identity.people.rules.masking import masked_phone
from app.identity.staffing.models import StaffRow


@dataclass(frozen=True, kw_only=True)
class RoleHeld:
    """A role, for which agency and in which counties."""

    role: str
    agency_id: UUID | None
    counties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A resident or member of staff as they see themselves."""

    id: str
    kind: ActorKind
    display_name: str | None
    phone_masked: str | None
    username: str | None
    roles: tuple[RoleHeld, ...]
    created_at: datetime
    version: int


def my_profile(actor: Actor) -> Profile:
    """Return the caller's own profile."""
    with reading() as session:
        return _profile(session, actor, _row(session, actor))


def rename_me(display_name: str | None, *, actor: Actor, seen: Callable[[int], bool]) -> Profile:
    """Change the name under which the caller appears; None takes it away.

    Raises:
        VersionStale: the profile was changed since the caller read it.
    """
    with transaction() as session:
        row = _row(session, actor, lock=True)
        check_version(seen, row.version)
        if row.display_name != display_name:
            before, row.display_name = row.display_name, display_name
            row.version += 1
            record(
                session,
                action="identity.renamed",
                object_kind="identity.person" if actor.kind == ActorKind.RESIDENT else "identity.staff",
                object_id=actor.id,
                actor=actor,
                before={"display_name": before},
                after={"display_name": display_name},
            )
        return _profile(session, actor, row)


def _row(session: Session, actor: Actor, *, lock: bool = False) -> PersonRow | StaffRow:
    if actor.kind == ActorKind.RESIDENT:
        return session.get_one(PersonRow, actor.id, with_for_update=lock or None)
    return session.get_one(StaffRow, actor.id, with_for_update=lock or None)


def _profile(session: Session, actor: Actor, row: PersonRow | StaffRow) -> Profile:
    if isinstance(row, PersonRow):
        phone = queries.find_phone_of(session, row.id)
        return Profile(
            id=public_id("per", row.id),
            kind=actor.kind,
            display_name=row.display_name,
            phone_masked=masked_phone(phone.phone) if phone is not None else None,
            username=None,
            roles=tuple(RoleHeld(role=role, agency_id=None, counties=()) for role in sorted(actor.roles)),
            created_at=row.opened_at,
            version=row.version,
        )
    return Profile(
        id=public_id("stf", row.id),
        kind=actor.kind,
        display_name=row.display_name,
        phone_masked=None,
        username=row.username,
        roles=tuple(
            RoleHeld(role=grant.role, agency_id=grant.agency_id, counties=grant.counties) for grant in actor.grants
        ),
        created_at=row.created_at,
        version=row.version,
    )
