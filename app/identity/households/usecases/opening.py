"""A household is opened, and called something else."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.foundation.data import after_commit, clock, new_id, rows_written, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, logger, record
from app.identity.entrance.errors import SessionEnded
from app.identity.households import queries
from app.identity.households.changes import household_changed
from app.identity.households.errors import MemberElsewhere
from app.identity.households.models import MEMBERSHIP, HouseholdNameRow, HouseholdRow, MembershipRow
from app.identity.households.rules import last_day_taken
from app.identity.households.usecases.reading import require_head
from app.identity.people.desk.assisting import note_assistance
from app.identity.people.family.consent_age import require_guardian
from app.identity.people.queries import lock_person

HOUSEHOLD = "identity.household"

log = logger(__name__)


def open_household(name: str, *, actor: Actor, now: datetime) -> UUID:
    """Open a household with the caller as head and first member, from today on, and return its id.

    Raises:
        GuardianNeeded: a child under 14 opens none.
        SessionEnded: the caller is being forgotten.
        MemberElsewhere: the caller counts in a household today, or has not left it yet.
    """
    with transaction() as session:
        require_guardian(session, actor, actor.id)
        if lock_person(session, actor.id) is None:
            raise SessionEnded()
        today = clock.civil_day(now)
        own = [queries.interval_of(row) for row in queries.own_memberships(session, actor.id)]
        if last_day_taken(own, today) is not None:
            raise MemberElsewhere()
        household_id = new_id()
        session.add(HouseholdRow(id=household_id, opened_on=today, opened_at=now, head_id=actor.id, version=1))
        session.flush()
        session.add(HouseholdNameRow(household_id=household_id, name=name))
        own_row = MembershipRow(
            id=new_id(), household_id=household_id, person_id=actor.id, joined_on=today, created_at=now
        )
        session.add(own_row)
        note_assistance(session, actor, MEMBERSHIP, own_row.id)
        household_changed(session, household_id)
        record(session, action="identity.household_opened", object_kind=HOUSEHOLD, object_id=household_id, actor=actor)
        after_commit(log.info, "identity.household.opened", household_id=str(household_id))
        return household_id


def rename_household(household_id: UUID, name: str, *, actor: Actor, seen: Callable[[int], bool]) -> None:
    """Call a household something else.

    Raises:
        HouseholdNotFound, HeadOnly: the caller is not its head.
        VersionStale: it was changed since the caller read it.
    """
    with transaction() as session:
        row = queries.lock_household(session, household_id)
        require_head(row, queries.memberships_of(session, household_id), actor)
        check_version(seen, row.version)
        if queries.name_of(session, household_id) == name:
            return
        renamed = update(HouseholdNameRow).where(HouseholdNameRow.household_id == household_id).values(name=name)
        if rows_written(session, renamed) == 0:  # It was erased.
            session.add(HouseholdNameRow(household_id=household_id, name=name))
        row.version += 1
        household_changed(session, household_id)
        record(session, action="identity.household_renamed", object_kind=HOUSEHOLD, object_id=household_id, actor=actor)
