"""What a guardian does for children: open an account without a telephone, read, correct and end it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, record
from app.identity.households.changes import member_changed
from app.identity.people import queries as people
from app.identity.people.changes import profile_changed
from app.identity.people.family import queries
from app.identity.people.family.birth_dates import require_plausible, write_birth_date
from app.identity.people.family.errors import ChildNotFound, NotAChild
from app.identity.people.family.linking import end, link
from app.identity.people.family.models import GuardianshipEnd, GuardianshipRow, Relation
from app.identity.people.models import PersonRow
from app.identity.people.rules.ages import GUARDED_UNTIL_AGE, birthday, is_under
from app.identity.people.rules.masking import masked_phone


@dataclass(frozen=True, kw_only=True)
class NewChild:
    """A child as the guardian describes them. That the caller is the guardian was declared."""

    display_name: str
    birth_date: date
    relation: Relation


@dataclass(frozen=True, kw_only=True)
class Child:
    """A child as the guardian sees them."""

    id: UUID
    display_name: str | None
    birth_date: date
    relation: Relation
    began_at: datetime
    until_on: date  # The 14th birthday.
    phone_masked: str | None
    version: int


def open_child(new: NewChild, *, guardian: Actor, now: datetime) -> Child:
    """Open an account for a child under 14 who has no telephone.

    Raises:
        BirthDateImplausible, NotAChild: the birth date is no child's.
        NotOfFullAge, TooManyChildren: the caller cannot be the guardian.
    """
    with transaction() as session:
        person = PersonRow(id=new_id(), display_name=new.display_name, opened_at=now, version=1)
        session.add(person)
        session.flush()
        record(
            session,
            action="identity.person_opened",
            object_kind="identity.person",
            object_id=person.id,
            actor=guardian,
        )
        write_birth_date(session, person.id, new.birth_date, actor=guardian, now=now)
        row = link(session, person.id, guardian, new.relation, now=now)
        return children_of(session, [row])[0]


def my_children(guardian: Actor, *, now: datetime) -> list[Child]:
    """Return the children the caller answers for today, oldest link first."""
    today = clock.civil_day(now)
    with reading() as session:
        return children_of(session, queries.list_guardianships_of(session, guardian.id, today))


def my_child(child_id: UUID, *, guardian: Actor, now: datetime) -> Child:
    """Return one child.

    Raises:
        ChildNotFound: the caller does not answer for a child of this id.
    """
    with reading() as session:
        today = clock.civil_day(now)
        return children_of(session, [_own(session, child_id, guardian, today)])[0]


def change_child(
    child_id: UUID, change: Mapping[str, Any], *, guardian: Actor, seen: Callable[[int], bool], now: datetime
) -> Child:
    """Correct a child's name or birth date.

    Args:
        change: `display_name`, `birth_date` or both.

    Raises:
        ChildNotFound: the caller does not answer for a child of this id.
        VersionStale: the child's profile was changed since it was read.
        BirthDateImplausible: nobody alive was born on this day.
        NotAChild: by the new date the child would be 14 or older; the guardian ends the guardianship instead.
    """
    today = clock.civil_day(now)
    with transaction() as session:
        _own(session, child_id, guardian, today)
        person = people.get_person_for_change(session, child_id)
        row = _lock_own(session, child_id, guardian, today)
        check_version(seen, person.version)
        if "birth_date" in change:
            born_on: date = change["birth_date"]
            require_plausible(born_on, now)
            if not is_under(GUARDED_UNTIL_AGE, born_on, today):
                raise NotAChild()
            write_birth_date(session, child_id, born_on, actor=guardian, now=now)
            row.until_on = birthday(born_on, GUARDED_UNTIL_AGE)
        if "display_name" in change and change["display_name"] != person.display_name:
            person.display_name = change["display_name"]
            record(
                session,
                action="identity.renamed",
                object_kind="identity.person",
                object_id=child_id,
                actor=guardian,
            )
            member_changed(session, child_id)
        person.version += 1
        session.flush()
        profile_changed(session, child_id)
        return children_of(session, [row])[0]


def end_guardianship(child_id: UUID, *, guardian: Actor, seen: Callable[[int], bool], now: datetime) -> None:
    """Stop answering for a child. The account stays; without a number it is reached at a desk only.

    Raises:
        ChildNotFound: the caller does not answer for a child of this id.
        VersionStale: the child's profile was changed since it was read.
    """
    today = clock.civil_day(now)
    with transaction() as session:
        _own(session, child_id, guardian, today)
        person = people.get_person_for_change(session, child_id)
        row = _lock_own(session, child_id, guardian, today)
        check_version(seen, person.version)
        person.version += 1
        end(session, row, GuardianshipEnd.ENDED_BY_GUARDIAN, actor=guardian, now=now)


def require_own_child(child_id: UUID, *, guardian: Actor, now: datetime) -> None:
    """Refuse a child that the caller does not answer for.

    Raises:
        ChildNotFound: so it is.
    """
    with reading() as session:
        _own(session, child_id, guardian, clock.civil_day(now))


def _own(session: Session, child_id: UUID, guardian: Actor, today: date) -> GuardianshipRow:
    row = queries.find_guardianship(session, child_id, today)
    if row is None or row.guardian_id != guardian.id:
        raise ChildNotFound()
    return row


def _lock_own(session: Session, child_id: UUID, guardian: Actor, today: date) -> GuardianshipRow:
    row = queries.lock_open_guardianship(session, child_id)
    if row is None or row.guardian_id != guardian.id or row.until_on <= today:
        raise ChildNotFound()
    return row


def children_of(session: Session, rows: Sequence[GuardianshipRow]) -> list[Child]:
    """Return the children of guardianships as their guardian sees them."""
    ids = [row.child_id for row in rows]
    people_by_id = people.people_by_ids(session, ids)
    born = queries.birth_dates(session, ids)
    phones = people.phones_of(session, ids)
    return [
        Child(
            id=row.child_id,
            display_name=people_by_id[row.child_id].display_name,
            birth_date=born[row.child_id],
            relation=row.relation,
            began_at=row.began_at,
            until_on=row.until_on,
            phone_masked=masked_phone(phones[row.child_id]) if row.child_id in phones else None,
            version=people_by_id[row.child_id].version,
        )
        for row in rows
    ]
