"""What somebody sees and changes of themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import public_id, reading, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, ActorKind, record
from app.identity.households.changes import member_changed
from app.identity.people import queries
from app.identity.people.changes import profile_changed
from app.identity.people.contact import language_of
from app.identity.people.errors import LanguageOfResidents
from app.identity.people.family.consent_age import birth_date_of
from app.identity.people.models import Language, LanguageRow, PersonRow
from app.identity.people.rules.masking import masked_phone
from app.identity.staffing.directory import staff_by_ids
from app.identity.staffing.models import StaffRow


@dataclass(frozen=True, kw_only=True)
class RoleHeld:
    """A role, for which agency and in which counties."""

    role: str
    agency_id: UUID | None
    counties: tuple[str, ...]
    deputy_for_id: UUID | None = None  # The colleague in whose place it is held.
    deputy_for_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A resident or member of staff as they see themselves."""

    id: str
    kind: ActorKind
    display_name: str | None
    language: str | None  # None: staff, whose browser says it.
    birth_date: date | None
    phone_masked: str | None
    username: str | None
    roles: tuple[RoleHeld, ...]
    created_at: datetime
    version: int


def my_profile(actor: Actor) -> Profile:
    """Return the caller's own profile."""
    with reading() as session:
        return _profile(session, actor, _row(session, actor))


def change_me(change: Mapping[str, Any], *, actor: Actor, seen: Callable[[int], bool], now: datetime) -> Profile:
    """Change the name under which the caller appears, None for none, or the language in which the city speaks to them.

    Args:
        change: `display_name`, `language` or both.

    Raises:
        VersionStale: the profile was changed since the caller read it.
        LanguageOfResidents: a member of staff chooses a language.
    """
    with transaction() as session:
        row = _row(session, actor, lock=True)
        check_version(seen, row.version)
        if "display_name" in change and row.display_name != change["display_name"]:
            row.display_name = change["display_name"]
            row.version += 1
            record(
                session,
                action="identity.renamed",
                object_kind="identity.person" if actor.kind == ActorKind.RESIDENT else "identity.staff",
                object_id=actor.id,
                actor=actor,
            )  # No hash of the names: there are so few that it would tell which ones they are.
            if actor.kind == ActorKind.RESIDENT:
                member_changed(session, actor.id)
        if "language" in change:
            _choose_language(session, actor, row, change["language"], now)
        if actor.kind == ActorKind.RESIDENT:
            profile_changed(session, actor.id)
        return _profile(session, actor, row)


def _choose_language(
    session: Session, actor: Actor, row: PersonRow | StaffRow, language: Language, now: datetime
) -> None:
    if actor.kind != ActorKind.RESIDENT:
        raise LanguageOfResidents()
    if language_of(session, actor.id) == language:
        return
    chosen = session.get(LanguageRow, actor.id) or LanguageRow(person_id=actor.id)
    chosen.language, chosen.chosen_at = language, now
    session.add(chosen)
    row.version += 1
    record(
        session,
        action="identity.language_chosen",
        object_kind="identity.person",
        object_id=actor.id,
        actor=actor,
        after={"language": language},
    )


def _row(session: Session, actor: Actor, *, lock: bool = False) -> PersonRow | StaffRow:
    if actor.kind == ActorKind.RESIDENT:
        return session.get_one(PersonRow, actor.id, with_for_update=lock or None)
    return session.get_one(StaffRow, actor.id, with_for_update=lock or None)


def _profile(session: Session, actor: Actor, row: PersonRow | StaffRow) -> Profile:
    if isinstance(row, PersonRow):
        return profile_of(session, row, roles=actor.roles)
    return Profile(
        id=public_id("stf", row.id),
        kind=actor.kind,
        display_name=row.display_name,
        language=None,
        birth_date=None,
        phone_masked=None,
        username=row.username,
        roles=_roles_of(session, actor),
        created_at=row.created_at,
        version=row.version,
    )


def profile_of(session: Session, row: PersonRow, *, roles: frozenset[str]) -> Profile:
    """Return a resident as they see themselves, with the roles they hold now."""
    phone = queries.find_phone_of(session, row.id)
    return Profile(
        id=public_id("per", row.id),
        kind=ActorKind.RESIDENT,
        display_name=row.display_name,
        language=language_of(session, row.id),
        birth_date=birth_date_of(session, row.id),
        phone_masked=masked_phone(phone.phone) if phone is not None else None,
        username=None,
        roles=tuple(RoleHeld(role=role, agency_id=None, counties=()) for role in sorted(roles)),
        created_at=row.opened_at,
        version=row.version,
    )


def _roles_of(session: Session, actor: Actor) -> tuple[RoleHeld, ...]:
    colleagues = staff_by_ids(session, [grant.deputy_for for grant in actor.grants if grant.deputy_for is not None])
    return tuple(
        RoleHeld(
            role=grant.role,
            agency_id=grant.agency_id,
            counties=grant.counties,
            deputy_for_id=grant.deputy_for,
            deputy_for_name=colleagues[grant.deputy_for].display_name if grant.deputy_for in colleagues else None,
        )
        for grant in actor.grants
    )
