"""Kinds of proposals: the room whose business it is says who approves, what would change, and what then happens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import ProposalRow
from app.approvals.rules import Change, Proposal
from app.foundation.proof import Actor, Hook


def _anybody(_: Actor, __: Proposal) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalKind:
    """What the room of a kind brings.

    Args:
        approver_role: who decides, within the proposal's agency and county.
        difference: every member, before and after; the same answer for a decided proposal as for the open one.
        apply: makes it so, in the transaction of the approval. A DomainError takes the approval back, and the proposal
            stays open.
        may_approve: asks more than the role, such as a higher limit.
    """

    approver_role: str
    difference: Callable[[Session, Proposal], list[Change]]
    apply: Callable[[Session, Proposal, Actor, datetime], None]
    may_approve: Callable[[Actor, Proposal], bool] = _anybody


def _stored_kinds(session: Session) -> Iterable[str]:
    return session.scalars(select(ProposalRow.kind).distinct())


kinds: Hook[ProposalKind] = Hook("approvals.kinds", stored_kinds=_stored_kinds)

# Whether two members of staff count as one person about something that began at an instant, because one has acted for the other
# since. The room that knows who stands in for whom answers; ids of residents are nobody's deputies.
SamePerson = Callable[[Session, UUID, UUID, datetime, datetime], bool]
same_person: Hook[SamePerson] = Hook("approvals.same_person")

# Whether the proposer has meanwhile lost what they could propose as: left, or holds no role any more. The room that knows the
# roles answers, with one query; ids that it does not know are not its business.
HasGone = Callable[[Session, UUID, datetime], bool]
has_gone: Hook[HasGone] = Hook("approvals.has_gone")


def count_as_one(session: Session, one: UUID, other: UUID, *, since: datetime, now: datetime) -> bool:
    """Return whether two ids are the same person, or two who have acted for each other between `since` and `now`."""
    return one == other or any(is_same(session, one, other, since, now) for is_same in same_person.handlers())
