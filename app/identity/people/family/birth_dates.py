"""A birth date is given, corrected and taken back.

Nothing asks for it by default. The rules that need one stand in `app/identity/people/rules/ages.py`.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, record
from app.identity.people import queries as people
from app.identity.people.changes import profile_changed
from app.identity.people.family import queries
from app.identity.people.family.errors import BirthDateImplausible, BirthDateLocked, GuardianOfFullAge
from app.identity.people.family.models import BirthDateRow
from app.identity.people.rules.ages import FULL_AGE, is_plausible, is_under, may_change_own


def give_birth_date(born_on: date, *, actor: Actor, seen: Callable[[int], bool], now: datetime) -> None:
    """Set or correct the caller's own birth date.

    Raises:
        VersionStale: the profile was changed since the caller read it.
        BirthDateImplausible: nobody alive was born on this day.
        BirthDateLocked: the date on record says that the caller is a child, and a guardian corrects it.
        GuardianOfFullAge: the caller answers for a child, and would be under 18.
    """
    with transaction() as session:
        person = people.get_person_for_change(session, actor.id)
        check_version(seen, person.version)
        _require_own(session, actor.id, now)
        require_plausible(born_on, now)
        _require_full_age_of_guardian(session, actor.id, born_on, now)
        write_birth_date(session, actor.id, born_on, actor=actor, now=now)
        person.version += 1


def forget_birth_date(*, actor: Actor, seen: Callable[[int], bool], now: datetime) -> None:
    """Delete the caller's own birth date; one that is not there stays so.

    Raises:
        VersionStale: the profile was changed since the caller read it.
        BirthDateLocked: the date on record says that the caller is a child.
    """
    with transaction() as session:
        person = people.get_person_for_change(session, actor.id)
        check_version(seen, person.version)
        _require_own(session, actor.id, now)
        row = queries.find_birth_date(session, actor.id)
        if row is not None:
            session.delete(row)
            person.version += 1
            profile_changed(session, actor.id)
            _note(session, "identity.birth_date_deleted", actor.id, actor)


def write_birth_date(session: Session, person_id: UUID, born_on: date, *, actor: Actor, now: datetime) -> None:
    """Write a birth date, whoever gives it; the caller has looked whether they may.

    Raises:
        BirthDateImplausible: nobody alive was born on this day.
    """
    require_plausible(born_on, now)
    row = queries.find_birth_date(session, person_id)
    if row is None:
        row = BirthDateRow(person_id=person_id, first_given_at=now)
        session.add(row)
    row.born_on, row.given_at, row.given_by = born_on, now, actor.assisted_by or actor.id
    session.flush()
    profile_changed(session, person_id)
    _note(session, "identity.birth_date_given", person_id, actor)


def require_plausible(born_on: date, now: datetime) -> None:
    """Refuse a day on which nobody alive was born.

    Raises:
        BirthDateImplausible: so it is.
    """
    if not is_plausible(born_on, clock.civil_day(now)):
        raise BirthDateImplausible()


def _require_full_age_of_guardian(session: Session, person_id: UUID, born_on: date, now: datetime) -> None:
    # The caller holds the person's lock, which whoever becomes a guardian takes too.
    today = clock.civil_day(now)
    if is_under(FULL_AGE, born_on, today) and queries.list_guardianships_of(session, person_id, today):
        raise GuardianOfFullAge(age_min=FULL_AGE)


def _require_own(session: Session, person_id: UUID, now: datetime) -> None:
    row = queries.find_birth_date(session, person_id)
    may = may_change_own(
        row.born_on if row is not None else None,
        first_given_at=row.first_given_at if row is not None else None,
        guarded_until=queries.guarded_until(session, person_id),
        today=clock.civil_day(now),
        now=now,
    )
    if not may:
        raise BirthDateLocked()


def _note(session: Session, action: str, person_id: UUID, actor: Actor) -> None:
    # No hash of the date: there are so few days that it would tell which one it is.
    record(session, action=action, object_kind="identity.person", object_id=person_id, actor=actor)
