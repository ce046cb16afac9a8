"""No question that a request asks of the register reads a whole table, and no account's blocks are sorted."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from app.credits import Purpose, hold_kg, queries, retire_held
from app.foundation.data import clock, transaction
from app.foundation.proof import SYSTEM
from tests.credits.people import CELL, cause, somebody
from tests.ledger.test_plans import plans_of

QUESTIONS = {
    "blocks of an account": lambda s, b, r: list(queries.blocks_of(s, b.sale_account_id)),
    "block of a serial": lambda s, b, r: queries.find_block_with(s, b.id, 7),
    "step of a history": lambda s, b, r: queries.find_move_with(s, r.transfer_id, 7),
    "serials of transfers": lambda s, b, r: queries.moves_of(s, [r.transfer_id, uuid4()]),
    "retirement by its public id": lambda s, b, r: queries.find_retirement(s, r.public_id),
    "retirement of a transfer": lambda s, b, r: queries.find_retirement_by_transfer(s, r.transfer_id),
    "batch of a code": lambda s, b, r: queries.find_batch_with_code(s, b.code),
    "batch of an asset": lambda s, b, r: queries.find_batch_of_asset(s, b.asset_id),
    "prices": lambda s, b, r: queries.prices_of(s, [b.id, uuid4()]),
    "projects around a place": lambda s, b, r: queries.projects_with_cells(s, [CELL, "8641948b7ffffff"]),
    "batches for sale": lambda s, b, r: list(s.scalars(queries.select_for_sale().limit(50))),
}
SORTED_BY_INDEX = {"blocks of an account", "block of a serial", "batches for sale"}


@pytest.fixture
def busy(register):
    """Batches with a few retirements."""
    batches = [register.batch(100, project_id=register.project(boundary_cells=(CELL,))) for _ in range(5)]
    with transaction() as session:
        for batch in batches * 3:
            held = hold_kg(session, batch.id, 3, cause=cause(), until=None, now=clock.now())
            said = {"beneficiary": somebody(), "purpose": Purpose.SELF, "actor": SYSTEM, "now": clock.now()}
            retirement = retire_held(session, held.id, cause=cause(), **said)
    return batches[-1], retirement


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_is_answered_through_an_index(busy, name):
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            # Small tables are read whole by right; this leaves that way only where there is no index.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plans = plans_of(session, lambda: QUESTIONS[name](session, *busy))

    assert plans
    for plan in plans:
        assert "Seq Scan on credits" not in plan, plan
        scans = [line for line in plan.splitlines() if line.startswith("SCAN credits") and " USING INDEX " not in line]
        assert scans == [], plan
        if name in SORTED_BY_INDEX:
            assert "Sort" not in plan, plan
            assert "TEMP B-TREE" not in plan, plan
