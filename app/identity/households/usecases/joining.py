"""Joining with a code, from today or a day not long ago."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.events import tell
from app.identity.households import queries, rules
from app.identity.households.changes import household_changed
from app.identity.households.errors import (
    HouseholdClosed,
    HouseholdFull,
    InvitationRefused,
    JoinedOnOutOfRange,
    MemberElsewhere,
    MemberUnknown,
)
from app.identity.households.events import JOINED
from app.identity.households.models import MEMBERSHIP, HouseholdRow, MembershipRow
from app.identity.households.rules import MemberInterval
from app.identity.invitation_codes import HOUSEHOLD_CODES
from app.identity.people.desk.assisting import note_assistance
from app.identity.people.family.consent_age import acts_for, require_guardian
from app.identity.people.queries import lock_person

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMembership:
    """With which code, from which day (None: today), and who (None: the caller)."""

    code: str
    joined_on: date | None
    person_id: UUID | None


def join_household(new: NewMembership, *, actor: Actor, now: datetime) -> MembershipRow:
    """Take an invitation and count as a member from a day on. The code is used up only if that succeeds.

    Raises:
        MemberUnknown: the caller does not act for that person, or they are being forgotten.
        GuardianNeeded: a child under 14 does not join alone.
        InvitationRefused: the code is not good.
        HouseholdClosed, HouseholdFull: nobody can join.
        JoinedOnOutOfRange: ahead, too far back, or before the household.
        MemberElsewhere: the person counts in a household on one of these days.
    """
    with transaction() as session:
        person_id = new.person_id or actor.id
        if not acts_for(session, actor, person_id):
            raise MemberUnknown()
        require_guardian(session, actor, person_id)
        household = _take(session, new.code, now)
        today = clock.civil_day(now)
        joined_on = new.joined_on or today
        first, last = rules.join_days(household.opened_on, today=today)
        if not first <= joined_on <= last:
            raise JoinedOnOutOfRange(earliest=first.isoformat(), latest=last.isoformat())
        if lock_person(session, person_id) is None:  # After the household, as everywhere.
            raise MemberUnknown()
        _require_free(session, person_id, joined_on)
        _require_room(session, household, MemberInterval(person_id, joined_on, None))
        row = MembershipRow(
            id=new_id(),
            household_id=household.id,
            person_id=person_id,
            joined_on=joined_on,
            left_on=None,
            created_at=now,
        )
        session.add(row)
        note_assistance(session, actor, MEMBERSHIP, row.id)
        household.version += 1
        household_changed(session, household.id)
        record(
            session,
            action=JOINED,
            object_kind=MEMBERSHIP,
            object_id=row.id,
            actor=actor,
            after={"household": str(household.id), "person": str(person_id), "joined_on": joined_on.isoformat()},
        )
        ids = {"household_id": household.id, "membership_id": row.id, "person_id": person_id}
        tell(session, JOINED, row.id, **ids, head_id=household.head_id)
        after_commit(log.info, JOINED, household_id=str(household.id), membership_id=str(row.id))
        return row


def _take(session: Session, code: str, now: datetime) -> HouseholdRow:
    invitation = queries.find_invitation(session, HOUSEHOLD_CODES.mark_of(code), now)
    if invitation is None:
        raise InvitationRefused()
    household = queries.lock_household(session, invitation.household_id)
    if household.closed_on is not None:
        raise HouseholdClosed()
    if not queries.take_invitation(session, invitation.id, household.id, now):  # Somebody else was faster.
        raise InvitationRefused()
    return household


def _require_free(session: Session, person_id: UUID, joined_on: date) -> None:
    own = [queries.interval_of(row) for row in queries.own_memberships(session, person_id)]
    until = rules.last_day_taken(own, joined_on)
    if until is not None:
        raise MemberElsewhere(free_from=None if until == date.max else until.isoformat())


def _require_room(session: Session, household: HouseholdRow, joining: MemberInterval) -> None:
    members = [queries.interval_of(row) for row in queries.memberships_of(session, household.id)]
    if rules.crowd_max([*members, joining], joining.joined_on) > rules.MEMBERS_MAX:
        raise HouseholdFull(members_max=rules.MEMBERS_MAX)
