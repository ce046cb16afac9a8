"""A member of staff finds who holds or held a number. They see masked answers, and each look is on record with its reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.foundation.data import new_id, transaction
from app.foundation.proof import Actor, record
from app.identity.entrance.errors import PhoneNotSupported
from app.identity.people import queries
from app.identity.people.desk.models import LookupRow
from app.identity.people.models import PhoneEnd
from app.identity.people.rules.masking import masked_name, masked_phone
from app.identity.people.rules.phones import e164_of

SHOWN_MAX = 20


@dataclass(frozen=True, kw_only=True)
class Hold:
    """That a number is or was a resident's. It tells no number but the one that was asked for, masked."""

    person_id: UUID
    name_masked: str
    phone_masked: str
    present_phone_masked: str | None  # The number this resident holds now, whichever it is.
    held_from: datetime
    held_until: datetime | None
    ended_because: PhoneEnd | None


def look_up(phone_text: str, *, reason: str, staff: Actor, now: datetime) -> list[Hold]:
    """Return who holds and who held a number, latest first, at most twenty.

    Raises:
        PhoneNotSupported: the number is no mainland mobile number.
    """
    phone = e164_of(phone_text)
    if phone is None:
        raise PhoneNotSupported()
    with transaction() as session:
        rows = queries.list_holds_of(session, phone, limit=SHOWN_MAX)
        person_ids = list(dict.fromkeys(row.person_id for row in rows))
        looks: list[UUID | None] = [*person_ids] or [None]
        for person_id in looks:
            look = LookupRow(id=new_id(), staff_id=staff.id, person_id=person_id, reason=reason, at=now)
            session.add(look)
            record(
                session,
                action="identity.person_looked_up",
                object_kind="identity.person" if person_id is not None else "identity.lookup",
                object_id=person_id or look.id,
                actor=staff,
                after={"lookup": str(look.id), "reason": reason},
            )
        people = queries.people_by_ids(session, person_ids)
        present = queries.phones_of(session, person_ids)
        return [
            Hold(
                person_id=row.person_id,
                name_masked=masked_name(people[row.person_id].display_name),
                phone_masked=masked_phone(row.phone),
                present_phone_masked=masked_phone(present[row.person_id]) if row.person_id in present else None,
                held_from=row.held_from,
                held_until=row.held_until,
                ended_because=row.ended_because,
            )
            for row in rows
        ]
