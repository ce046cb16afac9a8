"""Reads and locks of birth dates, guardianships and invitations."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.identity.people.family.models import BirthDateRow, GuardianInvitationRow, GuardianshipRow


def find_birth_date(session: Session, person_id: UUID) -> BirthDateRow | None:
    """Return a person's birth date, or None."""
    return session.get(BirthDateRow, person_id)


def birth_dates(session: Session, person_ids: Collection[UUID]) -> dict[UUID, date]:
    """Return the birth dates on record, by person."""
    rows = session.scalars(select(BirthDateRow).where(BirthDateRow.person_id.in_(set(person_ids))))
    return {row.person_id: row.born_on for row in rows}


def find_guardianship(session: Session, child_id: UUID, on: date) -> GuardianshipRow | None:
    """Return a child's guardianship of a day, or None."""
    return session.scalar(
        select(GuardianshipRow).where(
            GuardianshipRow.child_id == child_id, GuardianshipRow.ended_at.is_(None), GuardianshipRow.until_on > on
        )
    )


def lock_open_guardianship(session: Session, child_id: UUID) -> GuardianshipRow | None:
    """Return a child's guardianship that nobody has closed yet, its days over or not."""
    return session.scalar(
        select(GuardianshipRow)
        .where(GuardianshipRow.child_id == child_id, GuardianshipRow.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def guarded_until(session: Session, child_id: UUID) -> date | None:
    """Return the latest 14th birthday that a guardianship of this person rested on, or None."""
    return session.scalar(select(func.max(GuardianshipRow.until_on)).where(GuardianshipRow.child_id == child_id))


def list_guardianships_of(session: Session, guardian_id: UUID, on: date) -> list[GuardianshipRow]:
    """Return the guardianships somebody holds on a day, oldest first."""
    statement = select(GuardianshipRow).where(
        GuardianshipRow.guardian_id == guardian_id, GuardianshipRow.ended_at.is_(None), GuardianshipRow.until_on > on
    )
    return list(session.scalars(statement.order_by(GuardianshipRow.began_at, GuardianshipRow.id)))


def lock_guardianships_with(session: Session, person_id: UUID) -> list[GuardianshipRow]:
    """Return the guardianships that nobody has closed yet in which somebody is the child or the guardian."""
    either = or_(GuardianshipRow.child_id == person_id, GuardianshipRow.guardian_id == person_id)
    statement = select(GuardianshipRow).where(either, GuardianshipRow.ended_at.is_(None)).order_by(GuardianshipRow.id)
    return list(session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def lock_due_guardianships(session: Session, today: date, *, limit: int) -> list[GuardianshipRow]:
    """Return guardianships whose child is 14 and that are still open, and leave out those that somebody else holds."""
    statement = select(GuardianshipRow).where(GuardianshipRow.ended_at.is_(None), GuardianshipRow.until_on <= today)
    ordered = statement.order_by(GuardianshipRow.until_on, GuardianshipRow.id).limit(limit)
    return list(session.scalars(ordered.with_for_update(skip_locked=True)))


def find_waiting_invitation(session: Session, child_id: UUID, now: datetime) -> GuardianInvitationRow | None:
    """Return the invitation that a child has made and nobody has answered, or None."""
    return session.scalar(
        select(GuardianInvitationRow).where(
            GuardianInvitationRow.child_id == child_id,
            GuardianInvitationRow.closed_at.is_(None),
            GuardianInvitationRow.expires_at > now,
        )
    )


def lock_open_invitation(session: Session, child_id: UUID) -> GuardianInvitationRow | None:
    """Return a child's invitation that is not closed, its days over or not."""
    return session.scalar(
        select(GuardianInvitationRow)
        .where(GuardianInvitationRow.child_id == child_id, GuardianInvitationRow.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def count_invitations(session: Session, child_id: UUID, since: datetime) -> int:
    """Return how many invitations a child has made since an instant."""
    statement = select(func.count()).where(
        GuardianInvitationRow.child_id == child_id, GuardianInvitationRow.invited_at > since
    )
    return session.scalar(statement) or 0


def list_invitations_to(session: Session, phone: str, now: datetime, *, limit: int) -> list[GuardianInvitationRow]:
    """Return the open invitations to a number, newest first."""
    statement = select(GuardianInvitationRow).where(
        GuardianInvitationRow.phone == phone,
        GuardianInvitationRow.closed_at.is_(None),
        GuardianInvitationRow.expires_at > now,
    )
    newest_first = statement.order_by(GuardianInvitationRow.invited_at.desc(), GuardianInvitationRow.id.desc())
    return list(session.scalars(newest_first.limit(limit)))


def find_invitation(session: Session, invitation_id: UUID) -> GuardianInvitationRow | None:
    """Return an invitation, or None."""
    return session.get(GuardianInvitationRow, invitation_id)


def lock_invitation(session: Session, invitation_id: UUID) -> GuardianInvitationRow | None:
    """Return an invitation for an answer, or None."""
    return session.scalar(
        select(GuardianInvitationRow)
        .where(GuardianInvitationRow.id == invitation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock_expired_invitations(session: Session, now: datetime, *, limit: int) -> list[GuardianInvitationRow]:
    """Return open invitations whose days are over."""
    statement = select(GuardianInvitationRow).where(
        GuardianInvitationRow.closed_at.is_(None), GuardianInvitationRow.expires_at <= now
    )
    return list(
        session.scalars(
            statement.order_by(GuardianInvitationRow.expires_at).limit(limit).with_for_update(skip_locked=True)
        )
    )
