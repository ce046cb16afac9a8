"""What members, and those who were members, see of a household."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.data import clock, reading
from app.foundation.http import Page, PageQuery, mapped, page_of
from app.foundation.proof import Actor
from app.identity.households import queries, rules
from app.identity.households.errors import HeadOnly, HouseholdNotFound
from app.identity.households.models import MEMBERSHIP, HouseholdRow, MembershipRow
from app.identity.people.desk.assisting import assistants_of_many
from app.identity.people.directory import Person, people_by_ids
from app.identity.people.family.consent_age import acts_for
from app.identity.people.rules.masking import masked_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership as another member sees it: the names of others are masked."""

    id: UUID
    name: str
    is_me: bool
    is_head: bool
    joined_on: date
    left_on: date | None
    is_assisted: bool  # A member of staff has entered it at a desk.


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdView:
    """A household as somebody sees it. `seen_until` is the day a past member left: what came later is not shown."""

    id: UUID
    name: str | None
    opened_on: date
    closed_on: date | None
    seen_until: date | None
    is_head: bool
    members: tuple[Member, ...]
    version: int


def get_household(household_id: UUID, *, actor: Actor, now: datetime) -> HouseholdView:
    """Return a household of the caller's, present or past.

    Raises:
        HouseholdNotFound: the caller was never a member.
    """
    with reading() as session:
        household, rows = seen_household(session, household_id, actor)
        return _view(
            household,
            rows,
            own_of(session, rows, actor),
            name=queries.name_of(session, household_id),
            people=people_by_ids(session, {row.person_id for row in rows}),
            assisted=assistants_of_many(session, MEMBERSHIP, [row.id for row in rows]),
            viewer_id=actor.id,
            today=clock.civil_day(now),
        )


def list_households(query: PageQuery, *, actor: Actor, now: datetime) -> Page[HouseholdView]:
    """List the households that the caller is or was a member of, newest first."""
    with reading() as session:
        mine = select(MembershipRow.household_id).where(MembershipRow.person_id == actor.id)
        page = page_of(
            session,
            select(HouseholdRow).where(HouseholdRow.id.in_(mine)),
            at=HouseholdRow.opened_at,
            id=HouseholdRow.id,
            limit=query.limit,
            cursor=query.cursor,
        )
        views = views_of(session, page.items, viewer_id=actor.id, today=clock.civil_day(now))
        return mapped(page, lambda household: views[household.id])


def views_of(
    session: Session, households: Sequence[HouseholdRow], *, viewer_id: UUID, today: date
) -> dict[UUID, HouseholdView]:
    """Return households as somebody who is or was a member of each sees them."""
    ids = [row.id for row in households]
    memberships = queries.memberships_by_households(session, ids)
    names = queries.names_by_households(session, ids)
    people = people_by_ids(session, {row.person_id for rows in memberships.values() for row in rows})
    assisted = assistants_of_many(session, MEMBERSHIP, [row.id for rows in memberships.values() for row in rows])

    def view(household: HouseholdRow) -> HouseholdView:
        rows = memberships[household.id]
        own = [row for row in rows if row.person_id == viewer_id]
        name = names.get(household.id)
        return _view(
            household, rows, own, name=name, people=people, assisted=assisted, viewer_id=viewer_id, today=today
        )

    return {household.id: view(household) for household in households}


def seen_household(session: Session, household_id: UUID, actor: Actor) -> tuple[HouseholdRow, Sequence[MembershipRow]]:
    """Return a household of the caller's with all its memberships.

    Raises:
        HouseholdNotFound: the caller was never a member, and acts for none.
    """
    household = queries.find_household(session, household_id)
    if household is None:
        raise HouseholdNotFound()
    rows = queries.memberships_of(session, household_id)
    if not own_of(session, rows, actor):
        raise HouseholdNotFound()
    return household, rows


def own_of(session: Session, rows: Sequence[MembershipRow], actor: Actor) -> list[MembershipRow]:
    """Return the caller's own memberships among these, else those of a child for whom the caller acts."""
    own = [row for row in rows if row.person_id == actor.id]
    return own or [row for row in rows if acts_for(session, actor, row.person_id)]


def require_head(household: HouseholdRow | None, rows: Sequence[MembershipRow], actor: Actor) -> None:
    """Let only the head on.

    Raises:
        HouseholdNotFound: it is not the caller's household.
        HeadOnly: the caller is or was a member; of a household that has closed nobody is head.
    """
    if household is None or all(row.person_id != actor.id for row in rows):
        raise HouseholdNotFound()
    is_closed = household.closed_on is not None and household.closed_on <= clock.civil_day(clock.now())
    if household.head_id != actor.id or is_closed:
        raise HeadOnly()


def _view(
    household: HouseholdRow,
    rows: Sequence[MembershipRow],
    own: Sequence[MembershipRow],
    *,
    name: str | None,
    people: dict[UUID, Person],
    assisted: Collection[UUID],
    viewer_id: UUID,
    today: date,
) -> HouseholdView:
    limit = rules.seen_until([queries.interval_of(row) for row in own], today=today)

    def as_seen(day: date | None) -> date | None:
        return day if day is None or limit is None or day <= limit else None

    return HouseholdView(
        id=household.id,
        name=name,
        opened_on=household.opened_on,
        closed_on=as_seen(household.closed_on),
        seen_until=limit,
        is_head=limit is None and household.head_id == viewer_id,
        members=tuple(
            Member(
                id=row.id,
                name=shown_name(people.get(row.person_id), viewer_id),
                is_me=row.person_id == viewer_id,
                is_head=limit is None
                and row.person_id == household.head_id
                and row.left_on in (None, household.closed_on),
                joined_on=row.joined_on,
                left_on=as_seen(row.left_on),
                is_assisted=row.id in assisted,
            )
            for row in rows
            if limit is None or row.joined_on < limit or row in own
        ),
        version=household.version,
    )


def shown_name(person: Person | None, viewer_id: UUID) -> str:
    """Return a member's name: one's own in full, another's masked, an empty text where there is none."""
    if person is None or person.display_name is None:
        return ""
    return person.display_name if person.id == viewer_id else masked_name(person.display_name)
