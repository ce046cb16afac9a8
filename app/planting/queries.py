"""Reads and locks of planting claims."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session, aliased

from app.planting.errors import PlantingNotFound
from app.planting.models import PlantingClaim
from app.planting.rules.claims import ClaimState
from app.planting.rules.duplicates import DAYS_NEAR

# How many claims of a cell, on each side in time, are looked at. A school on Arbor Day fills it, and then the nearest in
# time are compared: the cost of a doubt stays the same however many plant there.
CLAIMS_A_CELL = 20
HISTORY_SHOWN = 5


def get_own(session: Session, claim_id: UUID, *, person_id: UUID) -> PlantingClaim:
    """Return a resident's own claim.

    Raises:
        PlantingNotFound: no such claim, or somebody else's.
    """
    row = session.get(PlantingClaim, claim_id)
    if row is None or row.person_id != person_id:
        raise PlantingNotFound
    return row


def get_claim(session: Session, claim_id: UUID) -> PlantingClaim:
    """Return a claim for those who need not be asked whose it is.

    Raises:
        PlantingNotFound: no such claim.
    """
    row = session.get(PlantingClaim, claim_id)
    if row is None:
        raise PlantingNotFound
    return row


def lock_claim(session: Session, claim_id: UUID) -> PlantingClaim:
    """Lock and return a claim as it stands now; its case, if any, is locked before (DESIGN 4)."""
    statement: Select[Any] = select(PlantingClaim).where(PlantingClaim.id == claim_id).with_for_update()
    row: PlantingClaim = session.scalars(statement.execution_options(populate_existing=True)).one()
    return row


def find_by_client_id(session: Session, person_id: UUID, client_id: UUID) -> PlantingClaim | None:
    """Return the claim that a resident's app made under this id, or None."""
    return session.scalar(
        select(PlantingClaim).where(PlantingClaim.person_id == person_id, PlantingClaim.client_id == client_id)
    )


def claims_by_ids(session: Session, claim_ids: Sequence[UUID]) -> dict[UUID, PlantingClaim]:
    """Return claims by id; unknown ids are left out."""
    rows = session.scalars(select(PlantingClaim).where(PlantingClaim.id.in_(claim_ids)))
    return {row.id: row for row in rows}


def own_claims(person_id: UUID) -> Select[Any]:
    """Return the statement that lists a resident's claims."""
    return select(PlantingClaim).where(PlantingClaim.person_id == person_id)


def list_earlier(session: Session, claim: PlantingClaim) -> list[PlantingClaim]:
    """Return what the same person recorded and submitted before, newest first."""
    statement = own_claims(claim.person_id).where(
        PlantingClaim.received_at < claim.received_at, PlantingClaim.submitted_at.is_not(None)
    )
    ordered = statement.order_by(PlantingClaim.received_at.desc(), PlantingClaim.id.desc())
    return list(session.scalars(ordered.limit(HISTORY_SHOWN)))


def list_neighbours(session: Session, claim: PlantingClaim, cells: Sequence[str]) -> list[PlantingClaim]:
    """Return claims of these cells that were submitted and planted around the same time, in no order.

    One stretch of the index for each cell and side, each cut off after `CLAIMS_A_CELL` rows.
    """
    parts = [_stretch(claim, cell, earlier=earlier) for cell in cells for earlier in (True, False)]
    found = aliased(PlantingClaim, union_all(*parts).subquery("neighbours"))
    return list(session.scalars(select(found).where(found.id != claim.id, found.state == ClaimState.SUBMITTED)))


def _stretch(claim: PlantingClaim, cell: str, *, earlier: bool) -> Select[Any]:
    at, reach = PlantingClaim.captured_at, timedelta(days=DAYS_NEAR + 1)
    stretch = select(PlantingClaim).where(PlantingClaim.cell == cell, PlantingClaim.submitted_at.is_not(None))
    if earlier:
        stretch = stretch.where(at <= claim.captured_at, at >= claim.captured_at - reach)
        stretch = stretch.order_by(at.desc(), PlantingClaim.id.desc())
    else:
        stretch = stretch.where(at > claim.captured_at, at <= claim.captured_at + reach)
        stretch = stretch.order_by(at, PlantingClaim.id)
    # A part of a UNION takes no LIMIT of its own on SQLite; a subquery does.
    return select(aliased(PlantingClaim, stretch.limit(CLAIMS_A_CELL).subquery()))
