"""Opening a session, and who acts in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import new_id, public_id
from app.foundation.proof import Actor, ActorKind, Grant, record
from app.identity import keys
from app.identity.entrance import queries
from app.identity.entrance.models import DeviceRow, SessionEnd, SessionRow
from app.identity.entrance.queries import Holder
from app.identity.entrance.tokens import access_token_for
from app.identity.events import tell
from app.identity.people.events import NEW_DEVICE
from app.identity.people.models import PersonRow
from app.identity.people.roles import roles_of_resident
from app.identity.settings import days, number
from app.identity.staffing.models import StaffRoleRow, StaffRow
from app.identity.staffing.queries import list_roles
from app.identity.staffing.rules.roles import Role


@dataclass(frozen=True, kw_only=True)
class Device:
    """An installation of an app, as it names itself."""

    id: str
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignedInActor:
    """Who somebody is, as the app is told at sign-in."""

    id: str  # The public id: `per_…` or `stf_…`.
    kind: ActorKind
    display_name: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """What a sign-in and each refresh answer."""

    access_token: str
    refresh_token: str
    expires_at: datetime  # Of the access token.
    actor: SignedInActor


def open_session(session: Session, holder: Holder, device: Device | None, now: datetime) -> SignedIn:
    """Open a session for somebody who has proved who they are; an older one on the same device ends.

    The caller knows that nobody is told the tokens before the commit.
    """
    device_row = _device_row(session, holder, device, now) if device is not None else None
    if device_row is not None:
        for older in queries.lock_open_sessions(session, holder, now):
            if older.device_id == device_row.id:
                end(older, SessionEnd.REPLACED, now)
    life_max = (
        days("LINTAN_SESSION_DAYS_MAX") if holder.person_id else timedelta(hours=number("LINTAN_STAFF_SESSION_HOURS"))
    )
    session_id, salt = new_id(), keys.new_salt()
    refresh_token = keys.refresh_token(session_id, salt=salt, number=1)
    row = SessionRow(
        id=session_id,
        person_id=holder.person_id,
        staff_id=holder.staff_id,
        device_id=device_row.id if device_row is not None else None,
        opened_at=now,
        expires_at=now + life_max,
        refresh_salt=salt,
        refresh_number=1,
        refresh_hash=keys.token_hash(refresh_token),
        refreshed_at=now,
        refresh_expires_at=min(now + life_max, now + days("LINTAN_SESSION_DAYS_IDLE")),
    )
    session.add(row)
    session.flush()
    _note_opened(session, row)
    return signed_in(session, row, refresh_token, now)


def _note_opened(session: Session, row: SessionRow) -> None:
    record(
        session,
        action="identity.session_opened",
        object_kind="identity.session",
        object_id=row.id,
        actor=actor_of(row, ()),
        after={"device_id": str(row.device_id) if row.device_id is not None else None},
    )


def end(row: SessionRow, because: SessionEnd, now: datetime) -> None:
    """End a session; nothing of it works from the commit on."""
    row.ended_at, row.ended_because = now, because


def end_sessions_of(
    session: Session, holder: Holder, because: SessionEnd, now: datetime, *, but: UUID | None = None
) -> int:
    """End a holder's open sessions, `but` one, and return how many: after a change of password or number, or for good."""
    ended = [row for row in queries.lock_open_sessions(session, holder, now) if row.id != but]
    for row in ended:
        end(row, because, now)
    return len(ended)


def signed_in(session: Session, row: SessionRow, refresh_token: str, now: datetime) -> SignedIn:
    """Return what the holder of a session is told, with a fresh access token."""
    staff_ids = [row.staff_id] if row.staff_id is not None else []
    held = roles_of_resident(session, row.person_id, now) if row.person_id is not None else frozenset()
    actor = actor_of(row, list_roles(session, staff_ids, now), resident_roles=held)
    is_resident = actor.kind == ActorKind.RESIDENT
    holder = session.get_one(PersonRow, actor.id) if is_resident else session.get_one(StaffRow, actor.id)
    holder_id = public_id("per" if is_resident else "stf", actor.id)
    token = access_token_for(holder_id, row.id)
    told = SignedInActor(
        id=holder_id, kind=actor.kind, display_name=holder.display_name, roles=tuple(sorted(actor.roles))
    )
    return SignedIn(access_token=token.text, refresh_token=refresh_token, expires_at=token.expires_at, actor=told)


def actor_of(
    row: SessionRow,
    roles: Sequence[StaffRoleRow],
    *,
    resident_roles: frozenset[Role] = frozenset(),
    assisted_by: UUID | None = None,
) -> Actor:
    """Return who acts in a session, given the roles held now.

    Args:
        resident_roles: what a resident is for organisations and a household; none where it does not matter.
        assisted_by: the member of staff who enters for the resident.
    """
    if row.person_id is not None:
        return Actor(
            id=row.person_id,
            kind=ActorKind.RESIDENT,
            roles=frozenset({Role.RESIDENT}) | resident_roles,
            session_id=row.id,
            assisted_by=assisted_by,
        )
    return Actor(
        id=cast(UUID, row.staff_id),  # The database holds that one of the two is there.
        kind=ActorKind.STAFF,
        roles=frozenset({Role.STAFF, *(role.role for role in roles)}),
        session_id=row.id,
        grants=tuple(Grant(role.role, role.agency_id, tuple(role.counties), role.deputy_for) for role in roles),
    )


def _device_row(session: Session, holder: Holder, device: Device, now: datetime) -> DeviceRow:
    fingerprint = keys.blinded("device", device.id)
    row = queries.find_device(session, holder, fingerprint)
    if row is None:
        row = DeviceRow(
            id=new_id(),
            person_id=holder.person_id,
            staff_id=holder.staff_id,
            fingerprint=fingerprint,
            first_seen_at=now,
            last_seen_at=now,
        )
        session.add(row)
        if holder.person_id is not None and queries.has_other_device(session, holder, row.id):
            tell(session, NEW_DEVICE, row.id, person_id=holder.person_id)
    row.name, row.last_seen_at = device.name, now
    session.flush()
    return row
