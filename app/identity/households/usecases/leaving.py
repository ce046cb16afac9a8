"""Leaving by a day, and who is head."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.events import tell
from app.identity.households import queries, rules
from app.identity.households.changes import household_changed, household_gone
from app.identity.households.errors import (
    HeadOnly,
    HouseholdNotFound,
    LeftOnOutOfRange,
    MembershipEnded,
    MembershipNotFound,
    OutlastsHead,
    SuccessorNeeded,
    SuccessorUnfit,
)
from app.identity.households.events import LEFT
from app.identity.households.models import MEMBERSHIP, HouseholdRow, MembershipRow
from app.identity.households.queries import interval_of
from app.identity.households.usecases.opening import HOUSEHOLD
from app.identity.households.usecases.reading import own_of, require_head
from app.identity.people.family.consent_age import acts_for, is_under_14, require_guardian

log = logger(__name__)


def leave_household(
    household_id: UUID,
    membership_id: UUID,
    left_on: date,
    *,
    successor_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> MembershipRow:
    """End a membership by a day: the first on which the person counts no more. A day ahead announces it, and can be changed.

    When the head leaves and others stay, the membership `successor_id` names the next head, at once, and open invitations end.
    With the last member the household closes.

    Raises:
        HouseholdNotFound, MembershipNotFound: not the caller's household, or no member of it.
        HeadOnly: it is somebody else's membership, and the caller is not the head.
        GuardianNeeded: a child under 14 does not leave alone.
        MembershipEnded: they have left.
        LeftOnOutOfRange: before the day of joining, or too far ahead.
        SuccessorNeeded, SuccessorUnfit, OutlastsHead: the head would not be the last to leave.
    """
    with transaction() as session:
        household = queries.lock_household(session, household_id)
        rows = queries.memberships_of(session, household_id)
        row = _membership(session, household, rows, membership_id, actor)
        if household.head_id != actor.id:
            require_guardian(session, actor, row.person_id)
        today = clock.civil_day(now)
        if row.left_on is not None and row.left_on <= today:
            raise MembershipEnded(left_on=row.left_on.isoformat())
        first, last = rules.leave_days(row.joined_on, today=today)
        if not first <= left_on <= last:
            raise LeftOnOutOfRange(earliest=first.isoformat(), latest=last.isoformat())
        before = {"left_on": row.left_on and row.left_on.isoformat()}
        row.left_on = left_on
        if row.person_id == household.head_id:
            queries.forget_invitations_of(session, household_id)
        _settle_head(session, household, rows, row, successor_id=successor_id, today=today)
        household.closed_on = rules.closes_on([interval_of(each) for each in rows])
        household.version += 1
        household_changed(session, household.id)
        if left_on <= today:
            household_gone(session, row)
        record(
            session,
            action=LEFT,
            object_kind=MEMBERSHIP,
            object_id=row.id,
            actor=actor,
            before=before,
            after={"left_on": left_on.isoformat(), "head": str(household.head_id)},
        )
        ids = {"household_id": household.id, "membership_id": row.id, "person_id": row.person_id}
        tell(session, LEFT, f"{row.id}:{household.version}", **ids, head_id=household.head_id)
        after_commit(log.info, LEFT, household_id=str(household.id), membership_id=str(row.id))
        return row


def change_head(household_id: UUID, membership_id: UUID, *, actor: Actor, now: datetime) -> MembershipRow:
    """Make another present member the head, and return their membership. Open invitations of the head before end.

    Raises:
        HouseholdNotFound, HeadOnly: the caller is not the head.
        SuccessorUnfit: no present member, a child under 14, or one who leaves before others do.
    """
    with transaction() as session:
        household = queries.lock_household(session, household_id)
        rows = queries.memberships_of(session, household_id)
        require_head(household, rows, actor)
        today = clock.civil_day(now)
        chosen = _fit_head(session, rows, membership_id, after=today, today=today)
        before, household.head_id = household.head_id, chosen.person_id
        if chosen.person_id != before:
            queries.forget_invitations_of(session, household_id)
        household.version += 1
        household_changed(session, household.id)
        record(
            session,
            action="identity.household_head_changed",
            object_kind=HOUSEHOLD,
            object_id=household_id,
            actor=actor,
            before={"head": str(before)},
            after={"head": str(chosen.person_id)},
        )
        return chosen


def require_may_end(session: Session, household_id: UUID, membership_id: UUID, actor: Actor) -> None:
    """Let on who may end a membership: the member, who acts for them, and the head.

    Raises:
        HouseholdNotFound, MembershipNotFound, HeadOnly: as when leaving.
    """
    household = queries.find_household(session, household_id)
    if household is None:
        raise HouseholdNotFound()
    _membership(session, household, queries.memberships_of(session, household_id), membership_id, actor)


def _membership(
    session: Session, household: HouseholdRow, rows: Sequence[MembershipRow], membership_id: UUID, actor: Actor
) -> MembershipRow:
    if not own_of(session, rows, actor):
        raise HouseholdNotFound()
    row = next((each for each in rows if each.id == membership_id), None)
    if row is None:
        raise MembershipNotFound()
    if household.head_id != actor.id and not acts_for(session, actor, row.person_id):
        raise HeadOnly()
    return row


def _settle_head(
    session: Session,
    household: HouseholdRow,
    rows: Sequence[MembershipRow],
    leaving: MembershipRow,
    *,
    successor_id: UUID | None,
    today: date,
) -> None:
    """See to it that the head is the last to leave."""
    left_on = interval_of(leaving).until
    others = [each for each in rows if each.id != leaving.id]
    staying = rules.stay_after([interval_of(each) for each in others], left_on, today=today)
    if leaving.person_id == household.head_id:
        if staying and successor_id is None:
            raise SuccessorNeeded()
        if successor_id is not None:
            after = max(left_on, today)
            household.head_id = _fit_head(session, others, successor_id, after=after, today=today).person_id
        return
    if successor_id is not None:
        raise SuccessorUnfit()
    head_until = max(interval_of(each).until for each in rows if each.person_id == household.head_id)
    if left_on > max(head_until, today):
        raise OutlastsHead(head_leaves_on=head_until.isoformat())


def _fit_head(
    session: Session, rows: Sequence[MembershipRow], membership_id: UUID, *, after: date, today: date
) -> MembershipRow:
    staying = rules.stay_after([interval_of(each) for each in rows], after, today=today)
    chosen = next((each for each in rows if each.id == membership_id), None)
    if chosen is None or interval_of(chosen) not in staying or not rules.may_head(interval_of(chosen), staying):
        raise SuccessorUnfit()
    if is_under_14(session, chosen.person_id, today):  # A child answers for nobody.
        raise SuccessorUnfit()
    return chosen
