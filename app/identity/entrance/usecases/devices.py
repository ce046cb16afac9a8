"""Devices: those somebody signed in on, and how one is forgotten."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.foundation.data import reading, rows_written, transaction
from app.foundation.http import Page, PageQuery, mapped, page_of
from app.foundation.proof import Actor, record
from app.identity.entrance import queries
from app.identity.entrance.errors import DeviceNotFound
from app.identity.entrance.models import DeviceRow, SessionEnd, SessionRow
from app.identity.entrance.usecases.opening import end
from app.identity.entrance.usecases.sessions import holder_of


@dataclass(frozen=True, kw_only=True)
class KnownDevice:
    """A line of the list of devices."""

    id: UUID
    name: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    open_sessions: int


def list_devices(actor: Actor, query: PageQuery, *, now: datetime) -> Page[KnownDevice]:
    """List the devices the caller has signed in on, newest first."""
    with reading() as session:
        page = page_of(
            session,
            queries.devices_of(holder_of(actor)),
            at=DeviceRow.first_seen_at,
            id=DeviceRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )
        open_on = queries.count_open_sessions_on(session, [row.id for row in page.items], now)
    return mapped(
        page,
        lambda row: KnownDevice(
            id=row.id,
            name=row.name,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            open_sessions=open_on.get(row.id, 0),
        ),
    )


def forget_device(device_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Sign out what is signed in on a device, this one or another, and forget it: a later sign-in there counts as a new device.

    Raises:
        DeviceNotFound: the caller has no device of this id.
    """
    with transaction() as session:
        # Sessions before the device, as a sign-in on the same device takes them.
        opened = queries.lock_open_sessions(session, holder_of(actor), now)
        row = queries.lock_device(session, holder_of(actor), device_id)
        if row is None:
            raise DeviceNotFound()
        for each in opened:
            if each.device_id == device_id:
                is_this = each.id == actor.session_id
                end(each, SessionEnd.SIGNED_OUT if is_this else SessionEnd.SIGNED_OUT_REMOTELY, now)
        session.flush()
        rows_written(session, update(SessionRow).where(SessionRow.device_id == device_id).values(device_id=None))
        session.delete(row)
        record(
            session,
            action="identity.device_forgotten",
            object_kind="identity.device",
            object_id=device_id,
            actor=actor,
        )
