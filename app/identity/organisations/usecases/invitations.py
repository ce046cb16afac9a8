"""Owners invite by a code that one person uses once; an agency does so for an organisation without an owner."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import new_id, reading, transaction
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor, ActorKind
from app.identity.events import tell
from app.identity.invitation_codes import ORGANISATION_CODES
from app.identity.organisations import events, queries
from app.identity.organisations.directory import require_member
from app.identity.organisations.errors import (
    InvitationNotFound,
    MemberAlready,
    OrganisationNotFound,
    OwnedAlready,
    OwnImport,
    TooManyInvitations,
)
from app.identity.organisations.models import OrganisationInvitationRow, OrganisationMemberRow, OrganisationRow
from app.identity.organisations.rules.invitations import CODE_LIFE, OPEN_MAX
from app.identity.organisations.rules.kinds import MemberRole
from app.identity.organisations.rules.states import ACTIVE
from app.identity.organisations.usecases.check import is_in_charge
from app.identity.organisations.usecases.moves import lock_own, note
from app.identity.staffing.directory import count_as_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A code that one person can use; the code itself is told once, to who made it."""

    id: UUID
    organisation_id: UUID
    role: MemberRole
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeInvitation(Invitation):
    """An invitation with its code."""

    code: str


def invite(organisation_id: UUID, role: MemberRole, *, owner: Actor, now: datetime) -> MadeInvitation:
    """Make a code with which one person joins in a role, within seven days.

    Raises:
        OrganisationNotFound: there is none, it is over, or the caller is no owner of it.
        TooManyInvitations: so many are open.
    """
    with transaction() as session:
        row = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        return _make(session, row, role, host=owner, now=now)


def invite_owner(organisation_id: UUID, *, staff: Actor, now: datetime) -> MadeInvitation:
    """Make a code for the first owner of an organisation that its agency has entered itself.

    Raises:
        OrganisationNotFound: there is none, it is over, or the caller's agency is not in charge of it.
        OwnedAlready: there is an owner, who invites.
        OwnImport: the caller, or somebody in whose place the caller stands, has entered facts of it.
        TooManyInvitations: so many are open.
    """
    with transaction() as session:
        row = queries.lock_organisation(session, organisation_id)
        if not is_in_charge(row, staff):
            raise OrganisationNotFound()
        if queries.count_owners(session, row.id):
            raise OwnedAlready()
        if _has_entered(session, row.id, staff.id, now):
            raise OwnImport()
        return _make(session, row, MemberRole.OWNER, host=staff, now=now)


def list_invitations(organisation_id: UUID, query: PageQuery, *, owner: Actor, now: datetime) -> Page[Invitation]:
    """Return a page of the codes that can still be used, without the codes.

    Raises:
        OrganisationNotFound: there is none, or the caller is no owner of it.
    """
    with reading() as session:
        require_member(session, owner, organisation_id, MemberRole.OWNER)
        page = page_of(
            session,
            queries.select_invitations(organisation_id, now),
            at=OrganisationInvitationRow.created_at,
            id=OrganisationInvitationRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(organisation_id),
        )
        return Page([_shown(row) for row in page.items], page.next_cursor)


def withdraw(organisation_id: UUID, invitation_id: UUID, *, owner: Actor, now: datetime) -> Invitation:
    """Make a code useless.

    Raises:
        OrganisationNotFound: there is no such organisation, or the caller is no owner of it.
        InvitationNotFound: no such code can be used.
    """
    with transaction() as session:
        organisation = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        row = queries.find_invitation(session, organisation_id, invitation_id, now)
        if row is None:
            raise InvitationNotFound()
        row.withdrawn_at = now
        session.flush()
        note(session, organisation, "invitation_withdrawn", actor=owner, after={"invitation": str(row.id)})
        return _shown(row)


def join(code: str, *, person: Actor, now: datetime) -> UUID:
    """Become a member by a code, and return the organisation's id.

    Raises:
        InvitationNotFound: no invitation that can be used has this code.
        MemberAlready: the person is one.
    """
    mark = ORGANISATION_CODES.mark_of(code)
    with transaction() as session:
        found = queries.find_invitation_by_code(session, mark, now)
        if found is None:
            raise InvitationNotFound()
        organisation = queries.lock_organisation(session, found.organisation_id)
        # Again under the lock: of two who use a code at once the second finds it used.
        row = queries.find_invitation_by_code(session, mark, now)
        if row is None or organisation.state not in ACTIVE or not _still_holds(session, row, now):
            raise InvitationNotFound()
        if queries.find_membership(session, organisation.id, person.id) is not None:
            raise MemberAlready()
        row.used_at, row.used_by = now, person.id
        member = OrganisationMemberRow(
            id=new_id(),
            organisation_id=organisation.id,
            person_id=person.id,
            role=row.role,
            joined_at=now,
            left_at=None,
            ended_because=None,
            version=1,
        )
        session.add(member)
        session.flush()
        after = {"member": str(member.id), "role": member.role.value, "invitation": str(row.id)}
        note(session, organisation, "member_joined", actor=person, after=after)
        ids = {"organisation_id": organisation.id, "member_id": member.id, "person_id": person.id}
        tell(session, events.MEMBER_JOINED, member.id, **ids)
        return organisation.id


def _has_entered(session: Session, organisation_id: UUID, staff_id: UUID, now: datetime) -> bool:
    """Return whether a member of staff counts as one with somebody who has entered an organisation from a register."""
    imports = queries.imports_of(session, organisation_id)
    return any(
        each.staff_id == staff_id or count_as_one(session, each.staff_id, staff_id, each.checked_at, now)
        for each in imports
    )


def _still_holds(session: Session, row: OrganisationInvitationRow, now: datetime) -> bool:
    """Return whether an agency's code is still for a first owner, and of somebody who has entered nothing since."""
    if row.invited_by_staff is None:
        return True
    if queries.count_owners(session, row.organisation_id):
        return False
    return not _has_entered(session, row.organisation_id, row.invited_by_staff, now)


def _make(
    session: Session, organisation: OrganisationRow, role: MemberRole, *, host: Actor, now: datetime
) -> MadeInvitation:
    if organisation.state not in ACTIVE:
        raise OrganisationNotFound()
    if queries.count_invitations(session, organisation.id, now) >= OPEN_MAX:
        raise TooManyInvitations(open_max=OPEN_MAX)
    invitation_id = new_id()
    code = ORGANISATION_CODES.code_of(invitation_id)
    is_staff = host.kind is ActorKind.STAFF
    row = OrganisationInvitationRow(
        id=invitation_id,
        organisation_id=organisation.id,
        role=role,
        code_mark=ORGANISATION_CODES.mark_of(code),
        invited_by_person=None if is_staff else host.id,
        invited_by_staff=host.id if is_staff else None,
        created_at=now,
        expires_at=now + CODE_LIFE,
        used_at=None,
        used_by=None,
        withdrawn_at=None,
    )
    session.add(row)
    session.flush()
    note(session, organisation, "invited", actor=host, after={"invitation": str(row.id), "role": role.value})
    return MadeInvitation(
        id=row.id,
        organisation_id=organisation.id,
        role=role,
        created_at=now,
        expires_at=row.expires_at,
        code=code,
    )


def _shown(row: OrganisationInvitationRow) -> Invitation:
    return Invitation(
        id=row.id,
        organisation_id=row.organisation_id,
        role=row.role,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
