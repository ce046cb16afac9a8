"""However long the log, nothing that a request or a batch asks of it reads a whole table or sorts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.foundation.data import clock, transaction
from app.transparency import (
    EntryKind,
    append_entry,
    consistency_proof,
    document_by_id,
    documents_of,
    entries,
    find_leaf,
    first_checkpoint_covering,
    latest_checkpoint,
    log_proof,
    log_state,
)
from app.transparency.checking.check import check_head
from app.transparency.log.sequencer import sequence
from app.transparency.sealing.seals import last_seal
from app.transparency.serving.tiles import Tile, read_tile
from tests.ledger.test_plans import plans_of
from tests.transparency.forest_office import append_retirement, hooked, write_draft

BIG_TABLES = ("waiting", "leaf", "node", "checkpoint", "document", "seal")


@pytest.fixture
def long(log):
    """A log with a few rows in each table."""
    for number in range(12):
        with transaction() as session:
            for _ in range(number):
                append_retirement(session, uuid4())
        write_draft()
        sequence()
    with transaction() as session:
        for _ in range(5):
            append_retirement(session, uuid4())
    hooked(log, "transparency.documents").clear()  # The invented office has no index.
    return log


def ask_to_append(session) -> None:
    append_entry(session, kind=EntryKind.LIST, content={}, subject_kind="test", subject_id=uuid4())


@pytest.mark.parametrize(
    "question",
    [
        lambda s: find_leaf(s, kind=EntryKind.RETIRE, subject_kind="credits.retirement", subject_id=uuid4()),
        lambda s: entries(s, 3, 9),
        latest_checkpoint,
        lambda s: first_checkpoint_covering(s, 9),
        lambda s: log_proof(s, 5),
        lambda s: consistency_proof(s, 5, 40),
        lambda s: document_by_id(s, uuid4()),
        lambda s: documents_of(s, uuid4()),
        log_state,
        check_head,
        lambda s: last_seal(s, "audit"),
        lambda s: read_tile(s, Tile(0, 0, 40)),
        lambda s: read_tile(s, Tile(None, 0, 40)),
        lambda s: read_tile(s, Tile(1, 0, 1)),
        ask_to_append,
    ],
)
def test_a_question_reads_by_key(long, question):
    with transaction() as session:
        plans = quick_plans(session, lambda: question(session))

    assert plans
    assert [plan for plan in plans if reads_all(plan) or sorts(plan)] == []


def test_a_batch_reads_by_key_too(long):
    with clock.standing_at(clock.now() + timedelta(seconds=1)), transaction() as session:
        plans = quick_plans(session, sequence)

    assert len(plans) > 5
    assert [plan for plan in plans if reads_all(plan) or sorts(plan)] == []


def test_this_would_see_a_question_without_an_index(long):
    with transaction() as session:
        plans = quick_plans(
            session, lambda: session.execute(text("SELECT size FROM transparency_checkpoint ORDER BY note"))
        )

    assert reads_all(plans[0])
    assert sorts(plans[0])


def quick_plans(session, ask) -> list[str]:
    if session.get_bind().dialect.name == "postgresql":
        # Small tables are read whole by right, and a short range is sorted; this leaves that only where there is no index.
        for way in ("seqscan", "bitmapscan"):
            session.execute(text(f"SET LOCAL enable_{way} = off"))
    return [plan for plan in plans_of(session, ask) if "transparency_" in plan]


def reads_all(plan: str) -> bool:
    whole = [f"{scan} transparency_{table}" for table in BIG_TABLES for scan in ("SCAN", "Seq Scan on")]
    lines = [line.lstrip("-> ") for line in plan.splitlines()]
    found = [line for line in lines if line.startswith(tuple(whole)) and " USING " not in line]
    # SQLite calls it a scan too when it takes the first row from the end of a table's own key.
    return bool(found) and plan != "SCAN transparency_checkpoint"


def sorts(plan: str) -> bool:
    return "TEMP B-TREE FOR ORDER BY" in plan or "Sort Key" in plan
