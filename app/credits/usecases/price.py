"""The price of a batch changes, or its sale ends: one registrar proposes, another approves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, changes_between, propose
from app.credits import queries
from app.credits.errors import BatchNotFound, PriceMoved
from app.credits.models import PriceRow
from app.credits.queries import Batch, Price, Project
from app.credits.usecases.scope import runs
from app.foundation.data import after_commit, insert_once, parse_public_id, public_id, reading, transaction
from app.foundation.proof import Actor, logger, record

PRICE_KIND = "credits.price"

log = logger(__name__)


def require_own(batch_id: UUID, *, proposer: Actor) -> None:
    """Refuse a batch that is not the proposer's to price.

    Raises:
        BatchNotFound: there is none, or the proposer is no registrar of its project's agency and county.
    """
    with reading() as session:
        _own_batch(session, batch_id, proposer)


def propose_price(batch_id: UUID, price_fen_per_t: int | None, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose the next price of a batch; None takes it off sale. Orders already made keep their price.

    Raises:
        BatchNotFound: there is none, or the proposer is no registrar of its project's agency and county.
    """
    with transaction() as session:
        batch, project = _own_batch(session, batch_id, proposer)
        former = queries.prices_of(session, [batch_id])[batch_id]
        return propose(
            session,
            kind=PRICE_KIND,
            content=_content(batch_id, batch.code, Price(former.version + 1, price_fen_per_t)),
            title=batch.code,
            proposer=proposer,
            now=now,
            subject_id=batch_id,
            agency_id=project.agency_id,
            county=project.county,
        )


def _own_batch(session: Session, batch_id: UUID, proposer: Actor) -> tuple[Batch, Project]:
    batch = queries.get_batch(session, batch_id)
    project = queries.find_project(session, batch.project_id)
    if project is None or not runs(proposer, project):
        raise BatchNotFound()
    return batch, project


def _content(batch_id: UUID, code: str, price: Price) -> dict[str, Any]:
    return {
        "batch_id": public_id("bat", batch_id),
        "code": code,
        "version": price.version,
        "price_fen_per_t": price.price_fen_per_t,
    }


def price_difference(session: Session, proposal: Proposal) -> list[Change]:
    """Return a proposed price beside the one it follows."""
    said = proposal.content
    batch_id = parse_public_id("bat", said["batch_id"])
    former = queries.find_price(session, batch_id, said["version"] - 1)
    before = None if former is None else _content(batch_id, said["code"], former)
    return changes_between(before, said)


def apply_price(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Put an approved price in force.

    Raises:
        PriceMoved: another price was approved first; the difference that both people read is no longer true.
    """
    said = proposal.content
    batch_id = parse_public_id("bat", said["batch_id"])
    if queries.prices_of(session, [batch_id])[batch_id].version != said["version"] - 1:
        raise PriceMoved()
    is_first = insert_once(
        session,
        PriceRow,
        batch_id=batch_id,
        version=said["version"],
        price_fen_per_t=said["price_fen_per_t"],
        approval_id=proposal.id,
        created_at=now,
    )
    if not is_first:
        raise PriceMoved()
    record(
        session,
        action="credits.price_set",
        object_kind="credits.batch",
        object_id=batch_id,
        actor=approver,
        after=said,
    )
    after_commit(log.info, "credits.price.set", batch_id=str(batch_id), version=said["version"])
