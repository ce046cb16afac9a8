"""Reads and locks of households."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.foundation.data import rows_written
from app.identity.households.errors import HouseholdNotFound
from app.identity.households.models import HouseholdNameRow, HouseholdRow, InvitationRow, MembershipRow
from app.identity.households.rules import MemberInterval


def find_household(session: Session, household_id: UUID) -> HouseholdRow | None:
    """Return a household, or None."""
    return session.get(HouseholdRow, household_id)


def lock_household(session: Session, household_id: UUID) -> HouseholdRow:
    """Return a household for a change of itself, its members or its invitations.

    Raises:
        HouseholdNotFound: there is none of this id.
    """
    row = session.scalar(
        select(HouseholdRow)
        .where(HouseholdRow.id == household_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise HouseholdNotFound()
    return row


def name_of(session: Session, household_id: UUID) -> str | None:
    """Return what a household is called; None when the name was erased."""
    return session.scalar(select(HouseholdNameRow.name).where(HouseholdNameRow.household_id == household_id))


def memberships_of(session: Session, household_id: UUID) -> Sequence[MembershipRow]:
    """Return all memberships of a household, past ones too, in the order of joining."""
    return session.scalars(
        select(MembershipRow)
        .where(MembershipRow.household_id == household_id)
        .order_by(MembershipRow.joined_on, MembershipRow.id)
        .execution_options(populate_existing=True)
    ).all()


def memberships_by_households(session: Session, household_ids: Sequence[UUID]) -> dict[UUID, list[MembershipRow]]:
    """Return all memberships of several households."""
    found: dict[UUID, list[MembershipRow]] = {each: [] for each in household_ids}
    rows = session.scalars(
        select(MembershipRow)
        .where(MembershipRow.household_id.in_(household_ids))
        .order_by(MembershipRow.joined_on, MembershipRow.id)
    )
    for row in rows:
        found[row.household_id].append(row)
    return found


def names_by_households(session: Session, household_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of several households."""
    rows = session.scalars(select(HouseholdNameRow).where(HouseholdNameRow.household_id.in_(household_ids)))
    return {row.household_id: row.name for row in rows}


def own_memberships(session: Session, person_id: UUID) -> Sequence[MembershipRow]:
    """Return all memberships of a person, in the order of joining."""
    return session.scalars(
        select(MembershipRow).where(MembershipRow.person_id == person_id).order_by(MembershipRow.joined_on)
    ).all()


def interval_of(row: MembershipRow) -> MemberInterval:
    """Return the days of a membership."""
    return MemberInterval(row.person_id, row.joined_on, row.left_on)


def membership_intervals(session: Session, household_id: UUID, first: date, until: date) -> list[MemberInterval]:
    """Return who counts in a household on some day of [first, until), with the whole interval of each."""
    if first >= until:
        return []
    rows = session.scalars(
        select(MembershipRow)
        .where(
            MembershipRow.household_id == household_id,
            MembershipRow.joined_on < until,
            or_(MembershipRow.left_on.is_(None), MembershipRow.left_on > first),
            or_(MembershipRow.left_on.is_(None), MembershipRow.left_on > MembershipRow.joined_on),
        )
        .order_by(MembershipRow.joined_on, MembershipRow.id)
    )
    return [interval_of(row) for row in rows]


def household_of(session: Session, person_id: UUID, on: date) -> UUID | None:
    """Return the household in which a person counts on a day, or None."""
    return session.scalar(
        select(MembershipRow.household_id).where(
            MembershipRow.person_id == person_id,
            MembershipRow.joined_on <= on,
            or_(MembershipRow.left_on.is_(None), MembershipRow.left_on > on),
        )
    )


def heads_any(person_id: UUID, today: date) -> ColumnElement[bool]:
    """Return the condition that a person is head of a household, for a statement of the caller's."""
    return exists().where(
        HouseholdRow.head_id == person_id, or_(HouseholdRow.closed_on.is_(None), HouseholdRow.closed_on > today)
    )


def find_invitation(session: Session, code_mac: str, now: datetime) -> InvitationRow | None:
    """Return the open invitation of a code, or None."""
    return session.scalar(
        select(InvitationRow).where(InvitationRow.code_mac == code_mac, InvitationRow.expires_at > now)
    )


def count_open_invitations(session: Session, household_id: UUID, now: datetime) -> int:
    """Return how many invitations of a household are open; a named limit bounds them."""
    statement = select(func.count()).where(InvitationRow.household_id == household_id, InvitationRow.expires_at > now)
    return session.scalar(statement) or 0


def forget_invitations_of(session: Session, household_id: UUID) -> None:
    """Take all invitations of a household away: who made them is its head no more, and would come back by one."""
    rows_written(session, delete(InvitationRow).where(InvitationRow.household_id == household_id))


def take_invitation(session: Session, invitation_id: UUID, household_id: UUID, now: datetime) -> bool:
    """Take an open invitation away, and return whether it was there."""
    statement = delete(InvitationRow).where(
        InvitationRow.id == invitation_id, InvitationRow.household_id == household_id, InvitationRow.expires_at > now
    )
    return rows_written(session, statement) == 1
