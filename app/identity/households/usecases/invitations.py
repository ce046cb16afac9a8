"""Invitations: a code that the head hands on, good once and for a week."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, delete_in_batches, new_id, reading, transaction
from app.foundation.http import Page, PageQuery, page_of
from app.foundation.proof import Actor, record
from app.identity.events import tell
from app.identity.households import queries, rules
from app.identity.households.errors import HouseholdClosed, InvitationNotFound, TooManyInvitations
from app.identity.households.events import INVITED
from app.identity.households.models import InvitationRow
from app.identity.households.usecases.reading import require_head
from app.identity.invitation_codes import HOUSEHOLD_CODES

INVITATION = "identity.household_invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """An invitation with its code, which nobody can read again later."""

    id: UUID
    code: str
    created_at: datetime
    expires_at: datetime


def invite(household_id: UUID, *, actor: Actor, now: datetime) -> NewInvitation:
    """Make a code with which one person can join.

    Raises:
        HouseholdNotFound, HeadOnly: the caller is not the head.
        HouseholdClosed: nobody can join any more.
        TooManyInvitations: as many are open as may be.
    """
    with transaction() as session:
        household = queries.lock_household(session, household_id)
        require_head(household, queries.memberships_of(session, household_id), actor)
        if household.closed_on is not None:
            raise HouseholdClosed()
        if queries.count_open_invitations(session, household_id, now) >= rules.INVITATIONS_OPEN_MAX:
            raise TooManyInvitations(invitations_max=rules.INVITATIONS_OPEN_MAX)
        invitation_id = new_id()
        code = HOUSEHOLD_CODES.code_of(invitation_id)
        expires_at = now + rules.INVITATION_LIFE
        session.add(
            InvitationRow(
                id=invitation_id,
                household_id=household_id,
                code_mac=HOUSEHOLD_CODES.mark_of(code),
                created_at=now,
                expires_at=expires_at,
            )
        )
        session.flush()
        record(session, action=INVITED, object_kind=INVITATION, object_id=invitation_id, actor=actor)
        ids = {"household_id": household_id, "invitation_id": invitation_id, "person_id": actor.id}
        tell(session, INVITED, invitation_id, **ids)
        return NewInvitation(id=invitation_id, code=code, created_at=now, expires_at=expires_at)


def list_invitations(household_id: UUID, query: PageQuery, *, actor: Actor, now: datetime) -> Page[InvitationRow]:
    """List the open invitations of a household, newest first.

    Raises:
        HouseholdNotFound, HeadOnly: the caller is not the head.
    """
    with reading() as session:
        require_head_of(session, household_id, actor)
        return page_of(
            session,
            select(InvitationRow).where(InvitationRow.household_id == household_id, InvitationRow.expires_at > now),
            at=InvitationRow.created_at,
            id=InvitationRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )


def withdraw_invitation(household_id: UUID, invitation_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Make a code useless.

    Raises:
        HouseholdNotFound, HeadOnly: the caller is not the head.
        InvitationNotFound: it was used, withdrawn or is too old.
    """
    with transaction() as session:
        require_head_of(session, household_id, actor)
        if not queries.take_invitation(session, invitation_id, household_id, now):
            raise InvitationNotFound()
        record(
            session,
            action="identity.household_invitation_withdrawn",
            object_kind=INVITATION,
            object_id=invitation_id,
            actor=actor,
        )


def require_head_of(session: Session, household_id: UUID, actor: Actor) -> None:
    """Let only the head of a household on.

    Raises:
        HouseholdNotFound: it is not the caller's household.
        HeadOnly: the caller is a member.
    """
    household = queries.find_household(session, household_id)
    require_head(household, queries.memberships_of(session, household_id), actor)


def forget_invitations(_: Session, __: datetime) -> None:
    """Delete invitations that can no longer be used, once the job is noted."""
    after_commit(delete_in_batches, InvitationRow, InvitationRow.expires_at <= clock.now())
