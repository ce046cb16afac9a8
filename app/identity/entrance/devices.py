"""What other rooms may know of devices: which one a session is on, and where somebody is signed in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.entrance.models import SessionRow
from app.identity.entrance.queries import is_open


def device_of_session(session: Session, session_id: UUID) -> UUID | None:
    """Return the device of a session; None where the sign-in named none."""
    return session.scalar(select(SessionRow.device_id).where(SessionRow.id == session_id))


def devices_signed_in(session: Session, device_ids: Collection[UUID], now: datetime) -> frozenset[UUID]:
    """Return those of some devices on which somebody is signed in."""
    found = session.scalars(select(SessionRow.device_id).where(SessionRow.device_id.in_(set(device_ids)), is_open(now)))
    return frozenset(each for each in found if each is not None)
