"""The hook `identity.open_work`: what a member of staff has taken and not finished, and how it passes to somebody else.

Rooms above register their kind of work; approvals lies below and is answered for here. Handlers run in the order of their
kinds, which is the product's order of locks: approvals first, cases after.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import kinds, open_proposals_of, withdraw_proposals_of
from app.foundation.data import clock
from app.foundation.proof import Actor, Hook
from app.foundation.work import open_task

PROPOSALS = "approvals.proposal"
PROPOSE_ANEW = "identity.propose_anew"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that somebody has taken."""

    kind: str
    id: UUID
    agency_id: UUID | None
    county: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How a room takes part when somebody leaves.

    Args:
        list: what this member of staff has open.
        hand_over: (session, staff, successor or None, actor, now): gives each thing to the successor, who must be able to hold
            it, or puts it back where it came from; returns how many went to the successor.
        prefix: of the things' public ids.
    """

    list: Callable[[Session, UUID], list[WorkItem]]
    hand_over: Callable[[Session, UUID, UUID | None, Actor, datetime], int]
    prefix: str = ""


open_work: Hook[OpenWork] = Hook("identity.open_work")


def _list_proposals(session: Session, staff_id: UUID) -> list[WorkItem]:
    return [
        WorkItem(PROPOSALS, each.id, each.agency_id, each.county, each.expires_at)
        for each in open_proposals_of(session, staff_id, clock.now())
    ]


def _withdraw_proposals(session: Session, staff_id: UUID, _: UUID | None, actor: Actor, now: datetime) -> int:
    """Take back what the leaver proposed, for both people on a proposal must be active, and ask colleagues to propose it anew."""
    for each in open_proposals_of(session, staff_id, now):
        open_task(
            session,
            kind=PROPOSE_ANEW,
            subject_kind=PROPOSALS,
            subject_id=each.id,
            role=kinds.handler(each.kind).approver_role,
            agency_id=each.agency_id,
            county=each.county,
        )
    withdraw_proposals_of(session, staff_id, actor=actor, now=now)
    return 0  # Nobody inherits a proposal: the successor makes a new one.


PROPOSALS_OF_STAFF = OpenWork(list=_list_proposals, hand_over=_withdraw_proposals, prefix="apv")
