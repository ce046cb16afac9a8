"""What households keep of a resident: the days of membership, and a name that goes with the last member."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id, rows_written
from app.foundation.proof import SYSTEM, record
from app.identity.households import queries, rules
from app.identity.households.changes import household_changed, household_gone
from app.identity.households.events import LEFT
from app.identity.households.models import MEMBERSHIP, HouseholdNameRow, HouseholdRow, InvitationRow, MembershipRow
from app.identity.households.queries import interval_of
from app.identity.people.family.consent_age import is_under_14
from app.identity.rights.parts import Erasure, Held, Kept, PersonData, Progress
from app.identity.rights.rows import copies
from app.identity.rights.rules import Law

_IDS = {"id": "mbr", "household_id": "hh", "person_id": "per"}


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    mine = select(MembershipRow.household_id).where(MembershipRow.person_id == person_id)
    names = session.scalars(select(HouseholdNameRow).where(HouseholdNameRow.household_id.in_(mine)))
    headed = session.scalars(select(HouseholdRow.id).where(HouseholdRow.head_id == person_id))
    return {
        "household_memberships": copies(session, MembershipRow, MembershipRow.person_id == person_id, _IDS),
        "household_names": [{"household_id": public_id("hh", row.household_id), "name": row.name} for row in names],
        "households_headed": [{"household_id": public_id("hh", each)} for each in headed],
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    """End the membership today; of those of 14 or over who stays longest, and has been there longest, becomes head.

    Children stay no longer than the head, so where nobody else is left the household closes. There are few rows.
    """
    today = clock.civil_day(erasure.at)
    for own in queries.own_memberships(session, erasure.person_id):
        household = queries.lock_household(session, own.household_id)
        rows = queries.memberships_of(session, household.id)
        if interval_of(own).until > today:
            own.left_on = max(own.joined_on, today)
            if household.head_id == erasure.person_id:
                queries.forget_invitations_of(session, household.id)
                _succeed(session, household, [each for each in rows if each is not own], today=today)
            household.closed_on = rules.closes_on([interval_of(each) for each in rows])
            household.version += 1
            household_changed(session, household.id, but=erasure.person_id)
            record(
                session,
                action=LEFT,
                object_kind=MEMBERSHIP,
                object_id=own.id,
                actor=SYSTEM,
            )
        if household.closed_on is not None and household.closed_on <= today:
            for model in (HouseholdNameRow, InvitationRow):
                rows_written(session, delete(model).where(model.household_id == household.id))
    session.flush()
    return Progress(is_done=True, kept=(Kept("household_days", None, Law.ANONYMOUS),))


def _succeed(session: Session, household: HouseholdRow, others: list[MembershipRow], *, today: date) -> None:
    """Let somebody of 14 or over be head, and nobody stay longer than the head."""
    staying = [each for each in others if interval_of(each).until > today]
    fit = [each for each in staying if not is_under_14(session, each.person_id, today)]
    last = today
    if fit:
        head = max(fit, key=lambda each: interval_of(each).until)
        household.head_id, last = head.person_id, interval_of(head).until
    for each in staying:
        if interval_of(each).until <= last:
            continue
        each.left_on = max(each.joined_on, last)
        if last <= today:
            household_gone(session, each)
        record(session, action=LEFT, object_kind=MEMBERSHIP, object_id=each.id, actor=SYSTEM)


HOUSEHOLDS = PersonData(
    held=(
        Held(
            "identity_household",
            "who is head of a household, by id",
            "one of the members speaks for all",
            "the next head takes the place; the id of the last one leads to nobody",
        ),
        Held(
            "identity_household_membership",
            "from which day to which somebody counts in a household",
            "figures of households",
            "ends with the account; the days stay under an id that leads to nobody",
        ),
        Held("identity_household_name", "what the members call it", "the household in the app", "with the last member"),
    ),
    export=_export,
    erase=_erase,
    not_personal={"identity_household_invitation": "a mark of a code and its last day; it names nobody"},
)
