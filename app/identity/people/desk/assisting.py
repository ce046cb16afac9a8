"""Accounts of residents without a telephone, and which records a member of staff has entered for somebody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, insert_once, new_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.people.desk.errors import CountyUnknown
from app.identity.people.desk.models import AssistedPersonRow, AssistedRecordRow
from app.identity.people.errors import PersonNotFound
from app.identity.people.family.birth_dates import write_birth_date
from app.identity.people.family.errors import GuardianNeeded
from app.identity.people.models import PersonRow
from app.identity.people.rules.ages import GUARDED_UNTIL_AGE, is_under
from app.identity.staffing.directory import count_as_one
from app.places import DivisionKind, find_division

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewAssistedPerson:
    """Somebody without a telephone, as they stand at the desk."""

    display_name: str
    county: str
    reason: str
    birth_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class AssistedPerson:
    """The account that was opened. The name is the resident's to see, and nobody's at a desk without a reason."""

    id: UUID
    county: str
    opened_at: datetime


def open_assisted_person(new: NewAssistedPerson, *, staff: Actor, now: datetime) -> AssistedPerson:
    """Open an account for a resident who has no telephone.

    Raises:
        CountyUnknown: the county is none of the nine.
        BirthDateImplausible: nobody alive was born on this day.
        GuardianNeeded: a child under 14 gets an account through a guardian.
    """
    division = find_division(new.county)
    if division is None or division.kind is not DivisionKind.COUNTY:
        raise CountyUnknown()
    with transaction() as session:
        person = PersonRow(id=new_id(), display_name=new.display_name, opened_at=now, version=1)
        session.add(person)
        session.flush()
        if new.birth_date is not None:
            write_birth_date(session, person.id, new.birth_date, actor=staff, now=now)
            if is_under(GUARDED_UNTIL_AGE, new.birth_date, clock.civil_day(now)):
                raise GuardianNeeded()
        session.add(
            AssistedPersonRow(
                person_id=person.id, staff_id=staff.id, county=new.county, reason=new.reason, opened_at=now
            )
        )
        record(
            session,
            action="identity.assisted_person_opened",
            object_kind="identity.person",
            object_id=person.id,
            actor=staff,
            after={"county": new.county},
        )
        after_commit(log.info, "identity.assisted_person.opened", person_id=str(person.id), county=new.county)
        return AssistedPerson(id=person.id, county=new.county, opened_at=now)


def get_assisted_person(person_id: UUID) -> AssistedPerson:
    """Return an account that was opened at a desk.

    Raises:
        PersonNotFound: there is none of this id.
    """
    with reading() as session:
        row = session.get(AssistedPersonRow, person_id)
        if row is None:
            raise PersonNotFound()
        return AssistedPerson(id=row.person_id, county=row.county, opened_at=row.opened_at)


def note_assistance(session: Session, actor: Actor, subject_kind: str, subject_id: UUID) -> None:
    """Note which member of staff has entered a record for a resident; nothing where residents enter it themselves.

    Called in the transaction of the record, each time it is entered or handed in again.
    """
    if actor.assisted_by is None:
        return
    insert_once(
        session,
        AssistedRecordRow,
        subject_kind=subject_kind,
        subject_id=subject_id,
        staff_id=actor.assisted_by,
        person_id=actor.id,
        noted_at=clock.now(),
    )


def assistants_of(session: Session, subject_kind: str, subject_id: UUID) -> frozenset[UUID]:
    """Return the members of staff who have entered a record for its resident: none of them decides about it."""
    return assistants_of_many(session, subject_kind, [subject_id]).get(subject_id, frozenset())


def has_assisted(session: Session, staff_id: UUID, subject_kind: str, subject_id: UUID, now: datetime) -> bool:
    """Return whether a member of staff has entered a record for its resident, or somebody with whom they count as one since.

    Who stands in for a colleague, or is stood in for, looks with the same eyes.
    """
    rows = session.execute(
        select(AssistedRecordRow.staff_id, AssistedRecordRow.noted_at).where(
            AssistedRecordRow.subject_kind == subject_kind, AssistedRecordRow.subject_id == subject_id
        )
    ).all()
    return any(count_as_one(session, each.staff_id, staff_id, each.noted_at, now) for each in rows)


def assistants_of_many(
    session: Session, subject_kind: str, subject_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Return who has entered records for their residents, by record; one that its resident entered is left out."""
    rows = session.execute(
        select(AssistedRecordRow.subject_id, AssistedRecordRow.staff_id).where(
            AssistedRecordRow.subject_kind == subject_kind, AssistedRecordRow.subject_id.in_(set(subject_ids))
        )
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for subject_id, staff_id in rows:
        found[subject_id] = found.get(subject_id, frozenset()) | {staff_id}
    return found
