"""What is kept of somebody who acts for an organisation. The organisation itself is no person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.foundation.data import rows_written
from app.identity.events import tell
from app.identity.organisations.events import OWNER_ENDED
from app.identity.organisations.models import (
    OrganisationContactRow,
    OrganisationInvitationRow,
    OrganisationMemberRow,
    OrganisationRow,
)
from app.identity.organisations.queries import lock_organisation, withdraw_invitations_of
from app.identity.organisations.rules.kinds import MemberRole, MembershipEnd
from app.identity.organisations.rules.states import OrganisationState
from app.identity.people.models import PersonRow, PhoneRow
from app.identity.rights.parts import Blocked, Erasure, Held, Kept, PersonData, Progress
from app.identity.rights.rows import copies
from app.identity.rights.rules import Law


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    ids = {"organisation_id": "org", "person_id": "per", "created_by": "per"}
    mine = select(OrganisationMemberRow.organisation_id).where(OrganisationMemberRow.person_id == person_id)
    return {
        "memberships": copies(session, OrganisationMemberRow, OrganisationMemberRow.person_id == person_id, ids),
        "organisations": copies(
            session,
            OrganisationRow,
            OrganisationRow.id.in_(mine),  # Whoever signed it up is, or was, its first member.
            {"id": "org", **ids},
            but=("proposed", "entered_by", "agency_id"),
        ),
        "invitations": copies(
            session,
            OrganisationInvitationRow,
            or_(
                OrganisationInvitationRow.invited_by_person == person_id, OrganisationInvitationRow.used_by == person_id
            ),
            ids,
            but=("code_mark", "invited_by_staff"),
        ),
    }


def _blocks(session: Session, person_id: UUID, _now: datetime) -> tuple[Blocked, ...]:
    other = aliased(OrganisationMemberRow)
    owners = (
        select(func.count())
        .select_from(other)
        .where(
            other.organisation_id == OrganisationMemberRow.organisation_id,
            other.left_at.is_(None),
            other.role == MemberRole.OWNER,
        )
        .scalar_subquery()
    )
    alone = (
        select(OrganisationMemberRow.id)
        .join(OrganisationRow, OrganisationRow.id == OrganisationMemberRow.organisation_id)
        .where(
            OrganisationMemberRow.person_id == person_id,
            OrganisationMemberRow.left_at.is_(None),
            OrganisationMemberRow.role == MemberRole.OWNER,
            OrganisationRow.state != OrganisationState.CLOSED,
            owners <= 1,
        )
        .limit(1)
    )
    if session.scalar(alone) is None:
        return ()
    text = _("You are the only owner of an organisation. Make another member owner, or close it first.")
    return (Blocked("organisation_owned", text),)


def lock_owned(session: Session, person_id: UUID) -> None:
    """Lock the organisations of which somebody is an owner: who else goes, leaves or is made owner there waits, or came first."""
    mine = select(OrganisationMemberRow.organisation_id).where(
        OrganisationMemberRow.person_id == person_id,
        OrganisationMemberRow.left_at.is_(None),
        OrganisationMemberRow.role == MemberRole.OWNER,
    )
    owned = select(OrganisationRow.id).where(OrganisationRow.id.in_(mine)).order_by(OrganisationRow.id)
    session.scalars(owned.with_for_update()).all()


def leave_all(session: Session, person_id: UUID, now: datetime) -> None:
    """End what somebody may do for organisations, and let those ask somebody else whom they named as their contact."""
    name = session.scalar(select(PersonRow.display_name).where(PersonRow.id == person_id))
    phones = {_digits(each) for each in session.scalars(select(PhoneRow.phone).where(PhoneRow.person_id == person_id))}
    mine = select(OrganisationMemberRow.organisation_id).where(OrganisationMemberRow.person_id == person_id)
    spelled = [form for each in phones for form in (each, f"86{each}", f"+86{each}")]
    # Two questions, each with its index: one for both would read the whole table.
    for near in (OrganisationContactRow.organisation_id.in_(mine), OrganisationContactRow.phone.in_(spelled)):
        for contact in session.scalars(select(OrganisationContactRow).where(near)).all():
            if _digits(contact.phone) in phones or (name is not None and contact.name == name):
                session.delete(contact)
        session.flush()
    session.flush()
    present = (OrganisationMemberRow.person_id == person_id, OrganisationMemberRow.left_at.is_(None))
    owned = select(OrganisationMemberRow).where(*present, OrganisationMemberRow.role == MemberRole.OWNER)
    for row in session.scalars(owned.order_by(OrganisationMemberRow.organisation_id)).all():
        lock_organisation(session, row.organisation_id)  # Nobody joins by one of these codes at this moment.
        withdraw_invitations_of(session, row.organisation_id, person_id, now)
        ids = {"organisation_id": row.organisation_id, "member_id": row.id, "person_id": person_id}
        tell(session, OWNER_ENDED, f"{row.id}:{row.version + 1}", **ids)
    rows_written(
        session,
        update(OrganisationMemberRow)
        .where(*present)
        .values(left_at=now, ended_because=MembershipEnd.LEFT, version=OrganisationMemberRow.version + 1),
    )


def _digits(phone: str) -> str:
    """Return a number without what people put between its digits, and without China's prefix."""
    return "".join(filter(str.isdecimal, phone)).removeprefix("86")


def _erase(session: Session, erasure: Erasure) -> Progress:
    leave_all(session, erasure.person_id, erasure.at)
    return Progress(is_done=True, kept=(Kept("memberships", None, Law.ANONYMOUS),))


ORGANISATIONS = PersonData(
    held=(
        Held(
            "identity_organisation_member",
            "who acts for an organisation, and since when",
            "what is done in its name has somebody behind it",
            "for ever; after an erasure the id leads to nobody",
        ),
        Held("identity_organisation", "who signed an organisation up", "as above", "as above"),
        Held("identity_organisation_invitation", "who invited and who joined", "as above", "as above"),
        Held(
            "identity_organisation_contact",
            "whom the agency asks",
            "questions about the organisation",
            "until changed or closed, or until the account with that number, or of a member of that name, goes",
        ),
    ),
    export=_export,
    erase=_erase,
    blocks=_blocks,
    not_personal={
        "identity_organisation_check": "what an agency decided about an organisation; its reason is about no person",
        "identity_organisation_profile": "facts of an organisation",
        "identity_station_reach": "which animals a station takes where",
        "identity_organisation_waiting": "that an agency has to check something",
    },
)
