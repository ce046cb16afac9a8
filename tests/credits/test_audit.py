"""The audit finds each kind of wrong in the register."""

import pytest
from sqlalchemy import text

from app.credits import Purpose, hold_kg, retire_held
from app.credits.audit import CHECKS
from app.credits.rules import Custody
from app.foundation.data import clock, ddl, transaction
from app.foundation.proof import SYSTEM
from app.ledger import audit
from tests.credits.conftest import findings
from tests.credits.people import cause, somebody
from tests.ledger.test_guards import as_owner

A_BLOCK = "first = (SELECT min(first) FROM credits_block)"
THE_LAST_BLOCK = "first = (SELECT max(first) FROM credits_block)"
PLANTED = [
    ("credits_blocks_not_balances", f"UPDATE credits_block SET last = last - 1 WHERE {A_BLOCK}"),
    ("credits_blocks_not_balances", f"UPDATE credits_block SET account_id = batch_id WHERE {A_BLOCK}"),
    ("credits_blocks_overlapping", f"UPDATE credits_block SET last = last + 1 WHERE {A_BLOCK}"),
    ("credits_batches_not_covered", f"DELETE FROM credits_block WHERE {THE_LAST_BLOCK}"),
    ("credits_batches_not_covered", f"UPDATE credits_block SET last = last + 9 WHERE {THE_LAST_BLOCK}"),
    ("credits_blocks_not_as_moved", f"UPDATE credits_block SET transfer_id = batch_id WHERE {A_BLOCK}"),
    ("credits_blocks_not_as_moved", "DELETE FROM credits_block_move WHERE first = 1"),
    ("credits_moves_not_as_transferred", "DELETE FROM credits_block_move WHERE first = 1"),
    ("credits_moves_not_as_transferred", "UPDATE credits_block_move SET to_account = from_account WHERE first = 1"),
    ("credits_retired_not_as_retirements", "UPDATE credits_retirement SET kg = kg + 1"),
    ("credits_external_without_cancellation", "DELETE FROM credits_cancellation"),
]
TABLES = ("credits_block", "credits_block_move", "credits_retirement")


def test_every_check_is_tried_here():
    assert {name for name, _ in PLANTED} == CHECKS.keys()


def unguard(session) -> None:
    """Switch off what would refuse the plant."""
    if session.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        session.execute(text("ALTER TABLE credits_block DROP CONSTRAINT credits_block_no_overlap"))
        return
    for table in TABLES[1:]:
        for statement in ddl.append_only(table, "sqlite"):
            session.execute(text(f"DROP TRIGGER {statement.split()[2]}"))
    for name in ("credits_block_unchanged", "credits_block_retired"):
        session.execute(text(f"DROP TRIGGER {name}"))


@pytest.fixture
def story(register):
    """Twenty kilograms of another registry, of which 1-5 are retired."""
    batch = register.batch(20, custody=Custody.EXTERNAL, external_serials="CN-1", source_proof_reference="17")
    with transaction() as session:
        held = hold_kg(session, batch.id, 5, cause=cause(), until=None, now=clock.now())
        said = {"beneficiary": somebody(), "purpose": Purpose.SELF, "actor": SYSTEM, "now": clock.now()}
        retire_held(session, held.id, cause=cause(), **said)


def test_planted_wrong_is_found(story, server, engine_name):
    assert findings() == {}
    with transaction() as session, as_owner(server, engine_name, session) as owner:
        for name, plant in PLANTED:
            # Each wrong is planted in the same story, and taken out again.
            with owner.begin_nested() as planted:
                unguard(owner)
                changed = owner.execute(text(plant)).rowcount

                assert changed != 0, f"nothing to change: {plant}"
                assert audit(owner)[name] > 0, plant
                planted.rollback()
    assert findings() == {}
