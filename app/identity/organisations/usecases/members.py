"""Who acts for an organisation: listed, given another role, removed, and leaving by themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import reading, transaction
from app.foundation.http import Page, PageQuery, check_version, page_of
from app.foundation.proof import Actor
from app.identity.events import tell
from app.identity.organisations import events, queries
from app.identity.organisations.changes import organisation_gone
from app.identity.organisations.directory import require_member
from app.identity.organisations.errors import OrganisationMemberNotFound, OwnerNeeded
from app.identity.organisations.models import OrganisationMemberRow, OrganisationRow
from app.identity.organisations.rules.kinds import MemberRole, MembershipEnd
from app.identity.organisations.rules.states import OrganisationState
from app.identity.organisations.usecases.moves import lock_own, note
from app.identity.people.directory import people_by_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member as the other members see them: by the name they appear under, without a number."""

    id: UUID
    display_name: str | None
    role: MemberRole
    joined_at: datetime
    is_me: bool
    version: int


def list_members(organisation_id: UUID, query: PageQuery, *, reader: Actor) -> Page[Member]:
    """Return a page of an organisation's members to one of them, in the order of joining.

    Raises:
        OrganisationNotFound: there is none, or the caller is no member.
    """
    with reading() as session:
        require_member(session, reader, organisation_id)
        page = page_of(
            session,
            queries.select_members(organisation_id),
            at=OrganisationMemberRow.joined_at,
            id=OrganisationMemberRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(organisation_id),
            newest_first=False,
        )
        return Page(_shown(session, list(page.items), reader), page.next_cursor)


def show_member(organisation_id: UUID, member_id: UUID, *, reader: Actor) -> Member:
    """Return a member to another one.

    Raises:
        OrganisationNotFound: there is no such organisation, or the caller is no member.
        OrganisationMemberNotFound: nobody has this id.
    """
    with reading() as session:
        require_member(session, reader, organisation_id)
        row = _get(session, organisation_id, member_id)
        return _shown(session, [row], reader)[0]


def require_owner_of_member(organisation_id: UUID, member_id: UUID, *, owner: Actor) -> None:
    """Pass for an owner of an organisation with such a member.

    Raises:
        OrganisationNotFound, OrganisationMemberNotFound: the caller is none, or nobody has this id.
    """
    with reading() as session:
        require_member(session, owner, organisation_id, MemberRole.OWNER)
        _get(session, organisation_id, member_id)


def change_role(
    organisation_id: UUID,
    member_id: UUID,
    role: MemberRole,
    *,
    seen: Callable[[int], bool],
    owner: Actor,
    now: datetime,
) -> None:
    """Make a member an owner, or an owner a member; the codes that the one has made are good for nothing then.

    Raises:
        OrganisationNotFound, OrganisationMemberNotFound: the caller is no owner, or nobody has this id.
        VersionStale: it has changed since the caller read it.
        OwnerNeeded: there would be no owner.
    """
    with transaction() as session:
        organisation = lock_own(session, organisation_id, owner, MemberRole.OWNER)
        row = _get(session, organisation_id, member_id)
        check_version(seen, row.version)
        if row.role is role:
            return
        _require_other_owner(session, row)
        before, row.role = row.role, role
        row.version += 1
        session.flush()
        withdrawn = _end_ownership(session, row, now) if before is MemberRole.OWNER else 0
        _note(session, organisation, row, "role_changed", owner, before={"role": before}, withdrawn=withdrawn)


def end_membership(
    organisation_id: UUID, member_id: UUID, *, seen: Callable[[int], bool], actor: Actor, now: datetime
) -> None:
    """Remove a member, or leave. The next request of whoever it is finds no grant any more, and no code they made lets them back.

    Raises:
        OrganisationNotFound: there is no such organisation, or the caller is no member.
        OrganisationMemberNotFound: nobody has this id; or it is somebody else's, and the caller no owner.
        VersionStale: it has changed since the caller read it.
        OwnerNeeded: it is the last owner.
    """
    with transaction() as session:
        organisation = lock_own(session, organisation_id, actor)
        row = _get(session, organisation_id, member_id)
        is_own = row.person_id == actor.id
        mine = queries.find_membership(session, organisation_id, actor.id)
        if not is_own and (mine is None or mine.role is not MemberRole.OWNER):
            raise OrganisationMemberNotFound()
        check_version(seen, row.version)
        if organisation.state is not OrganisationState.CLOSED:
            _require_other_owner(session, row)
        row.left_at, row.ended_because = now, MembershipEnd.LEFT if is_own else MembershipEnd.REMOVED
        row.version += 1
        session.flush()
        organisation_gone(session, row)
        withdrawn = _end_ownership(session, row, now) if row.role is MemberRole.OWNER else 0
        _note(session, organisation, row, "member_left" if is_own else "member_removed", actor, withdrawn=withdrawn)
        ids = {"organisation_id": organisation_id, "member_id": row.id, "person_id": row.person_id}
        tell(session, events.MEMBER_REMOVED, row.id, **ids)


def _get(session: Session, organisation_id: UUID, member_id: UUID) -> OrganisationMemberRow:
    row = queries.find_member(session, organisation_id, member_id)
    if row is None:
        raise OrganisationMemberNotFound()
    return row


def _require_other_owner(session: Session, row: OrganisationMemberRow) -> None:
    if row.role is MemberRole.OWNER and queries.count_owners(session, row.organisation_id) <= 1:
        raise OwnerNeeded()


def _end_ownership(session: Session, row: OrganisationMemberRow, now: datetime) -> int:
    """Make the codes of who is owner no more useless, and return how many there were. The caller holds the organisation's lock."""
    ids = {"organisation_id": row.organisation_id, "member_id": row.id, "person_id": row.person_id}
    tell(session, events.OWNER_ENDED, f"{row.id}:{row.version}", **ids)
    return queries.withdraw_invitations_of(session, row.organisation_id, row.person_id, now)


def _note(
    session: Session,
    organisation: OrganisationRow,
    row: OrganisationMemberRow,
    what: str,
    actor: Actor,
    before: dict[str, str] | None = None,
    withdrawn: int = 0,
) -> None:
    after = {"member": str(row.id), "role": row.role.value, "invitations_withdrawn": withdrawn}
    note(session, organisation, what, actor=actor, before=before, after=after)


def _shown(session: Session, rows: list[OrganisationMemberRow], reader: Actor) -> list[Member]:
    people = people_by_ids(session, [row.person_id for row in rows])
    return [
        Member(
            id=row.id,
            display_name=people[row.person_id].display_name if row.person_id in people else None,
            role=row.role,
            joined_at=row.joined_at,
            is_me=row.person_id == reader.id,
            version=row.version,
        )
        for row in rows
    ]
