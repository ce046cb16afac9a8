"""Who a resident is: the last that goes. The person's id stays, as a number that leads to nobody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.foundation.data import clock, rows_written
from app.identity.households.changes import member_changed
from app.identity.people.changes import child_gone
from app.identity.people.desk.models import AssistedPersonRow, AssistedRecordRow, LookupRow, RecoveryRow
from app.identity.people.family.models import BirthDateRow, GuardianInvitationRow, GuardianshipRow
from app.identity.people.family.queries import list_guardianships_of
from app.identity.people.models import LanguageRow, PersonRow, PhoneRow
from app.identity.people.queries import phones_of
from app.identity.rights.parts import Blocked, Erasure, Held, Kept, PersonData, Progress
from app.identity.rights.queries import open_erasure
from app.identity.rights.rows import copies, delete_all
from app.identity.rights.rules import Law

_WITH = "with the account"
_IDS = {"person_id": "per", "child_id": "per", "guardian_id": "per", "staff_id": "stf", "opened_by": "stf"}


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    family = or_(GuardianshipRow.child_id == person_id, GuardianshipRow.guardian_id == person_id)
    return {
        "profile": copies(session, PersonRow, PersonRow.id == person_id, {"id": "per"}),
        "phones": copies(session, PhoneRow, PhoneRow.person_id == person_id, _IDS, but=("id",)),
        "language": copies(session, LanguageRow, LanguageRow.person_id == person_id, _IDS),
        "birth_date": copies(session, BirthDateRow, BirthDateRow.person_id == person_id, _IDS),
        "guardianships": copies(session, GuardianshipRow, family, _IDS),
        "guardian_invitations": copies(
            session, GuardianInvitationRow, GuardianInvitationRow.child_id == person_id, _IDS
        ),
        "recoveries": copies(session, RecoveryRow, RecoveryRow.person_id == person_id, _IDS),
        "looked_up": copies(session, LookupRow, LookupRow.person_id == person_id, _IDS),
        "opened_at_a_desk": copies(session, AssistedPersonRow, AssistedPersonRow.person_id == person_id, _IDS),
        "entered_by_staff": copies(session, AssistedRecordRow, AssistedRecordRow.person_id == person_id, _IDS),
    }


def _blocks(session: Session, person_id: UUID, now: datetime) -> tuple[Blocked, ...]:
    """A child whom nobody but this guardian can sign in for goes first, or gets another guardian."""
    children = [each.child_id for each in list_guardianships_of(session, person_id, clock.civil_day(now))]
    reachable = phones_of(session, children) if children else {}
    if all(child in reachable or open_erasure(session, child) is not None for child in children):
        return ()
    text = _(
        "A child you answer for has no telephone number. Let another guardian answer for it, or ask for its erasure too."
    )
    return (Blocked("child_alone", text),)


def _erase(session: Session, erasure: Erasure) -> Progress:
    person_id = erasure.person_id
    owned = (
        (PhoneRow, PhoneRow.person_id == person_id),
        (LanguageRow, LanguageRow.person_id == person_id),
        (BirthDateRow, BirthDateRow.person_id == person_id),
        (GuardianshipRow, or_(GuardianshipRow.child_id == person_id, GuardianshipRow.guardian_id == person_id)),
        (GuardianInvitationRow, GuardianInvitationRow.child_id == person_id),
        (RecoveryRow, RecoveryRow.person_id == person_id),
        (LookupRow, LookupRow.person_id == person_id),
        (AssistedPersonRow, AssistedPersonRow.person_id == person_id),
        (AssistedRecordRow, AssistedRecordRow.person_id == person_id),
    )
    for each in session.scalars(select(GuardianshipRow).where(GuardianshipRow.child_id == person_id)):
        child_gone(session, each)
    if not delete_all(session, owned, limit=erasure.limit):
        return Progress(is_done=False)
    rows_written(
        session,
        update(PersonRow)
        .where(PersonRow.id == person_id, PersonRow.display_name.is_not(None))
        .values(display_name=None, version=PersonRow.version + 1),
    )
    member_changed(session, person_id, but=person_id)
    return Progress(is_done=True, kept=(Kept("person_id", None, Law.ANONYMOUS),))


PEOPLE = PersonData(
    held=(
        Held("identity_person", "the name somebody appears under", "addressing people", f"{_WITH}; the id stays"),
        Held("identity_phone", "telephone numbers, and when they were held", "signing in", _WITH),
        Held("identity_language", "the chosen language", "speaking to people", _WITH),
        Held(
            "identity_birth_date",
            "the date of birth",
            "rules that ask for an age",
            "while a rule asks; else with the account",
        ),
        Held("identity_guardianship", "who answers for a child under 14", "consent for children", _WITH),
        Held("identity_guardian_invitation", "the number a child named", "finding the guardian", "until it is closed"),
        Held("identity_recovery", "a new number shown at a desk", "a lost telephone", _WITH),
        Held("identity_lookup", "who looked for somebody, and why", "looks at personal data are noted", _WITH),
        Held("identity_assisted_person", "that staff opened the account", "residents without a telephone", _WITH),
        Held("identity_assisted_record", "that staff entered a record", "who enters does not decide", _WITH),
    ),
    export=_export,
    erase=_erase,
    blocks=_blocks,
)
