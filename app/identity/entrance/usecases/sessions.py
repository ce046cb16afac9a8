"""Sessions: who is behind an access token, the list of one's own, and their end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.foundation.data import clock, reading, transaction
from app.foundation.http import Page, PageQuery, mapped, page_of
from app.foundation.proof import Actor, ActorKind, record
from app.identity.entrance import queries
from app.identity.entrance.errors import SessionEnded, SessionNotFound
from app.identity.entrance.models import SessionEnd, SessionRow
from app.identity.entrance.queries import Holder
from app.identity.entrance.tokens import session_of
from app.identity.entrance.usecases.opening import actor_of, end, end_sessions_of
from app.identity.people.roles import roles_of_resident


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A line of the list of sessions."""

    id: UUID
    device_id: UUID | None
    device_name: str | None
    opened_at: datetime
    last_used_at: datetime  # Opened or refreshed.
    expires_at: datetime
    is_current: bool
    is_assisted: bool  # A member of staff enters for the resident.


def authenticate(token: str) -> Actor:
    """Return who stands behind an access token. Indexed reads, so a session or a membership that ended anywhere is over at once.

    Raises:
        TokenInvalid, TokenExpired: the token is not good.
        SessionEnded: its session is over, or the account was disabled.
    """
    session_id = session_of(token)
    now = clock.now()
    with reading() as session:
        rows = queries.find_signed_in(session, session_id, now)
        if rows is None:
            raise SessionEnded()
        person_id = rows.session.person_id
        # Whoever enters for somebody at a desk does not act for their organisations too.
        if person_id is None or rows.assisted_by is not None:
            return actor_of(rows.session, rows.roles, assisted_by=rows.assisted_by)
        held = roles_of_resident(session, person_id, now)
    return actor_of(rows.session, rows.roles, resident_roles=held)


def list_sessions(actor: Actor, query: PageQuery, now: datetime) -> Page[OpenSession]:
    """List the caller's open sessions, newest first."""
    with reading() as session:
        page = page_of(
            session,
            queries.open_sessions(holder_of(actor), now),
            at=SessionRow.opened_at,
            id=SessionRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )
        names = queries.device_names(session, [row.device_id for row in page.items if row.device_id is not None])
        assisted = queries.assisted_sessions(session, [row.id for row in page.items])
    return mapped(page, lambda row: _line(row, names, assisted, actor))


def end_session(session_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Sign out a session of one's own, this one or another.

    Raises:
        SessionNotFound: the caller has no open session of this id.
    """
    with transaction() as session:
        row = next(
            (each for each in queries.lock_open_sessions(session, holder_of(actor), now) if each.id == session_id),
            None,
        )
        if row is None:
            raise SessionNotFound()
        is_this = session_id == actor.session_id
        end(row, SessionEnd.SIGNED_OUT if is_this else SessionEnd.SIGNED_OUT_REMOTELY, now)
        record(session, action="identity.session_ended", object_kind="identity.session", object_id=row.id, actor=actor)


def end_other_sessions(*, actor: Actor, now: datetime) -> int:
    """Sign out everywhere but here, and return how many sessions ended."""
    with transaction() as session:
        ended = end_sessions_of(session, holder_of(actor), SessionEnd.SIGNED_OUT_REMOTELY, now, but=actor.session_id)
        if ended:
            record(
                session,
                action="identity.other_sessions_ended",
                object_kind="identity.person" if actor.kind == ActorKind.RESIDENT else "identity.staff",
                object_id=actor.id,
                actor=actor,
                after={"ended": ended},
            )
    return ended


def sign_out(actor: Actor, *, now: datetime) -> None:
    """End the caller's session; one that another request has just ended stays ended."""
    with transaction() as session:
        row = queries.lock_session(session, actor.session_id) if actor.session_id is not None else None
        if row is not None and row.ended_at is None:
            end(row, SessionEnd.SIGNED_OUT, now)


def holder_of(actor: Actor) -> Holder:
    """Return whose devices and sessions an actor's are."""
    return Holder(person_id=actor.id) if actor.kind == ActorKind.RESIDENT else Holder(staff_id=actor.id)


def _line(row: SessionRow, names: dict[UUID, str | None], assisted: set[UUID], actor: Actor) -> OpenSession:
    return OpenSession(
        id=row.id,
        device_id=row.device_id,
        device_name=names.get(row.device_id) if row.device_id is not None else None,
        opened_at=row.opened_at,
        last_used_at=row.refreshed_at,
        expires_at=row.refresh_expires_at,
        is_current=row.id == actor.session_id,
        is_assisted=row.id in assisted,
    )
