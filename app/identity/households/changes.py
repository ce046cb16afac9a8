"""Telling the telephones of those who live together that something of their household changed."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.foundation.sync import changed, gone
from app.identity.households import queries
from app.identity.households.models import MembershipRow
from app.identity.rights.queries import forgotten_people

COLLECTION = "households"
# The job comes every day; what it missed while no worker ran is made up for within a week.
_LOOKED_BACK = timedelta(days=7)


def household_changed(session: Session, household_id: UUID, *, but: UUID | None = None) -> None:
    """Tell everybody who counts in a household today.

    Args:
        but: whose account is being erased; they are told nothing any more.
    """
    session.flush()
    today = clock.civil_day(clock.now())
    for row in queries.memberships_of(session, household_id):
        if queries.interval_of(row).until > today and row.person_id != but:
            changed(session, row.person_id, COLLECTION, household_id)


def household_gone(session: Session, row: MembershipRow) -> None:
    """Tell who has left that the household is not theirs any more."""
    gone(session, row.person_id, COLLECTION, row.household_id)


def member_changed(session: Session, person_id: UUID, *, but: UUID | None = None) -> None:
    """Tell the households in which a person is listed that they are called otherwise now."""
    for household_id in {row.household_id for row in queries.own_memberships(session, person_id)}:
        household_changed(session, household_id, but=but)


def tell_who_left(session: Session, _: datetime) -> None:
    """Let households go from the telephones of those whose announced day of leaving has come."""
    today = clock.civil_day(clock.now())
    left = select(MembershipRow).where(MembershipRow.left_on > today - _LOOKED_BACK, MembershipRow.left_on <= today)
    rows = session.scalars(left).all()
    forgotten = forgotten_people(session, [row.person_id for row in rows])
    for row in rows:
        is_back = queries.household_of(session, row.person_id, today) == row.household_id
        if row.person_id not in forgotten and not is_back:
            household_gone(session, row)
