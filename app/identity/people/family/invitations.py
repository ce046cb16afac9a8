"""A child with an account of their own names a guardian's number; whoever signs in with it accepts or declines.

Whether anybody is known under the number is not looked at when it is named, so naming numbers tells nothing of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.proof import Actor, record
from app.identity.entrance.errors import PhoneNotSupported
from app.identity.people import queries as people
from app.identity.people.family import queries
from app.identity.people.family.errors import (
    HasGuardian,
    InvitationNotFound,
    NoInvitation,
    OwnNumber,
    TooManyInvitations,
)
from app.identity.people.family.linking import link, require_child
from app.identity.people.family.models import GuardianInvitationRow, InvitationEnd, Relation
from app.identity.people.rules.masking import masked_name, masked_phone
from app.identity.people.rules.phones import e164_of

OPEN_FOR = timedelta(days=14)
INVITATIONS_A_DAY_MAX = 3
SHOWN_MAX = 20


@dataclass(frozen=True, kw_only=True)
class Guardian:
    """Who answers for the caller, and whom the caller has invited to; either may be missing."""

    guardian_name: str | None  # Masked.
    relation: Relation | None
    until_on: date | None  # The caller's 14th birthday.
    invited_phone_masked: str | None
    invitation_expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An invitation as the guardian to be sees it."""

    id: UUID
    child_name: str  # Masked.
    invited_at: datetime
    expires_at: datetime


def invite_guardian(phone_text: str, *, child: Actor, now: datetime) -> Guardian:
    """Name the number of a guardian; an earlier invitation gives way to the new one.

    Raises:
        PhoneNotSupported, OwnNumber: the number cannot be a guardian's.
        NotAChild: the caller has no birth date under 14 on record.
        HasGuardian: somebody answers for the caller.
        TooManyInvitations: the caller has named several today.
    """
    phone = e164_of(phone_text)
    if phone is None:
        raise PhoneNotSupported()
    today = clock.civil_day(now)
    with transaction() as session:
        people.get_person_for_change(session, child.id)
        require_child(queries.find_birth_date(session, child.id), today)
        if queries.find_guardianship(session, child.id, today) is not None:
            raise HasGuardian()
        own = people.find_phone_of(session, child.id)
        if own is not None and own.phone == phone:
            raise OwnNumber()
        if queries.count_invitations(session, child.id, now - timedelta(days=1)) >= INVITATIONS_A_DAY_MAX:
            raise TooManyInvitations(retry_after_s=int(timedelta(days=1).total_seconds()))
        earlier = queries.lock_open_invitation(session, child.id)
        if earlier is not None:
            _close(session, earlier, InvitationEnd.REPLACED, now)
        row = GuardianInvitationRow(
            id=new_id(), child_id=child.id, phone=phone, invited_at=now, expires_at=now + OPEN_FOR
        )
        session.add(row)
        session.flush()
        _note(session, "identity.guardian_invited", row, child)
        return _guardian(session, child.id, now)


def my_guardian(child: Actor, *, now: datetime) -> Guardian:
    """Return who answers for the caller, and whom they have invited."""
    with reading() as session:
        return _guardian(session, child.id, now)


def withdraw_invitation(*, child: Actor, now: datetime) -> None:
    """Take one's invitation back.

    Raises:
        NoInvitation: there is none that nobody has answered.
    """
    with transaction() as session:
        row = queries.lock_open_invitation(session, child.id)
        if row is None or row.expires_at <= now:
            raise NoInvitation()
        _close(session, row, InvitationEnd.WITHDRAWN, now)
        _note(session, "identity.guardian_invitation_withdrawn", row, child)


def my_invitations(guardian: Actor, *, now: datetime) -> list[Invitation]:
    """Return the open invitations to the caller's present number, newest first, at most twenty."""
    with reading() as session:
        own = people.find_phone_of(session, guardian.id)
        rows = queries.list_invitations_to(session, own.phone, now, limit=SHOWN_MAX) if own is not None else []
        names = people.people_by_ids(session, [row.child_id for row in rows])
        return [
            Invitation(
                id=row.id,
                child_name=masked_name(names[row.child_id].display_name),
                invited_at=row.invited_at,
                expires_at=row.expires_at,
            )
            for row in rows
        ]


def require_invitation(invitation_id: UUID, *, guardian: Actor, now: datetime) -> None:
    """Refuse what is no open invitation to the caller, and none they have just accepted: the answer may have been lost.

    Raises:
        InvitationNotFound: so it is.
    """
    with reading() as session:
        row = queries.find_invitation(session, invitation_id)
        if row is not None and row.closed_because is InvitationEnd.ACCEPTED:
            present = queries.find_guardianship(session, row.child_id, clock.civil_day(now))
            if present is not None and present.guardian_id == guardian.id:
                return
        _require_theirs(session, row, guardian, now)


def require_declinable(invitation_id: UUID, *, guardian: Actor, now: datetime) -> None:
    """Refuse what is no open invitation to the caller. A declined one no longer says whose it was, and its answer may be lost.

    Raises:
        InvitationNotFound: so it is.
    """
    with reading() as session:
        row = queries.find_invitation(session, invitation_id)
        if row is None or row.closed_because is not InvitationEnd.DECLINED:
            _require_theirs(session, row, guardian, now)


def accept_invitation(invitation_id: UUID, relation: Relation, *, guardian: Actor, now: datetime) -> UUID:
    """Become the guardian of the child who invited, and return the child's id. That the caller is one was declared.

    Raises:
        InvitationNotFound: there is no open invitation of this id to the caller's present number.
        NotAChild, NotOfFullAge, HasGuardian, TooManyChildren: the caller cannot be the guardian.
    """
    with transaction() as session:
        seen = _require_theirs(session, queries.find_invitation(session, invitation_id), guardian, now)
        # People before their rows, in one order for everybody who changes both.
        for person_id in sorted((seen.child_id, guardian.id)):
            people.get_person_for_change(session, person_id)
        row = _require_theirs(session, queries.lock_invitation(session, invitation_id), guardian, now)
        link(session, row.child_id, guardian, relation, now=now)
        _close(session, row, InvitationEnd.ACCEPTED, now)
        people.get_person_for_change(session, row.child_id).version += 1
        return row.child_id


def decline_invitation(invitation_id: UUID, *, guardian: Actor, now: datetime) -> None:
    """Refuse to be the guardian of the child who invited.

    Raises:
        InvitationNotFound: there is no open invitation of this id to the caller's present number.
    """
    with transaction() as session:
        row = _require_theirs(session, queries.lock_invitation(session, invitation_id), guardian, now)
        _close(session, row, InvitationEnd.DECLINED, now)
        _note(session, "identity.guardian_invitation_declined", row, guardian)


def _require_theirs(
    session: Session, row: GuardianInvitationRow | None, guardian: Actor, now: datetime
) -> GuardianInvitationRow:
    own = people.find_phone_of(session, guardian.id)
    is_open = row is not None and row.closed_at is None and row.expires_at > now
    if row is None or not is_open or own is None or row.phone != own.phone:
        raise InvitationNotFound()
    return row


def _close(session: Session, row: GuardianInvitationRow, because: InvitationEnd, now: datetime) -> None:
    row.phone, row.closed_at, row.closed_because = None, now, because
    session.flush()


def _note(session: Session, action: str, row: GuardianInvitationRow, actor: Actor) -> None:
    record(
        session,
        action=action,
        object_kind="identity.person",
        object_id=row.child_id,
        actor=actor,
        after={"invitation": str(row.id)},
    )


def _guardian(session: Session, child_id: UUID, now: datetime) -> Guardian:
    link_row = queries.find_guardianship(session, child_id, clock.civil_day(now))
    invitation = queries.find_waiting_invitation(session, child_id, now)
    name = None
    if link_row is not None:
        name = masked_name(people.people_by_ids(session, [link_row.guardian_id])[link_row.guardian_id].display_name)
    return Guardian(
        guardian_name=name,
        relation=link_row.relation if link_row is not None else None,
        until_on=link_row.until_on if link_row is not None else None,
        invited_phone_masked=masked_phone(invitation.phone) if invitation is not None else None,
        invitation_expires_at=invitation.expires_at if invitation is not None else None,
    )
