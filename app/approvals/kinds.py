"""Kinds of proposals: the room whose business it is says who approves, what would change, and what then happens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

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
