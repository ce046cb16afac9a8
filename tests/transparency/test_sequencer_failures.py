"""The sequencer when something fails: a document, a source, the database, the clock, the log itself, the process."""

import gc
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.foundation.data import clock, db
from app.foundation.work import work_until_idle
from app.transparency import (
    LogDamaged,
)
from app.transparency.log.figures import REFUSED
from app.transparency.log.sequencer import sequence
from tests.transparency.conftest import OFFICE
from tests.transparency.forest_office import (
    FLOAT,
    GOOD,
    NO_KEY,
    NOT_PLACED,
    OLD,
    OTHER_ISSUER,
    as_owner,
    counts,
    fates,
    findings,
    hooked,
    office,
    retire,
    write_draft,
)


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (FLOAT, "content_cannot_be_signed"),
        (OTHER_ISSUER, "content_cannot_be_signed"),
        (OLD, "content_cannot_be_signed"),
        (NO_KEY, "issuer_has_no_key"),
        (NOT_PLACED, "signed_document_not_taken"),
    ],
)
def test_one_bad_document_goes_back_with_its_reason_and_its_neighbours_go_on(log, does, reason):
    drafts = [write_draft(kind) for kind in (GOOD, does, GOOD, GOOD, does)]

    assert work_until_idle() > 0

    found = fates()
    assert [found[draft] for draft in drafts if found[draft] == reason] == [reason] * 2
    assert [found[drafts[number]] for number in (0, 2, 3)] == ["7", "8", "9"]
    assert counts()["document"] == 3
    assert findings() == []


def test_a_source_that_fails_does_not_hold_up_the_others(log, caplog):
    def broken(*_):
        raise RuntimeError("a bug upstairs")

    hooked(log, "transparency.documents")["a.broken"] = replace(office(), waiting=broken)
    draft = write_draft()

    assert sequence() == 2
    assert fates()[draft] == "3"
    assert "transparency.sequencer.source_failed" in caplog.text


def test_a_refusal_that_the_source_cannot_note_does_not_make_the_loop_spin(log):
    def broken(*_):
        raise RuntimeError("a bug upstairs")

    hooked(log, "transparency.documents")[OFFICE] = replace(office(), refuse=broken)
    write_draft(FLOAT)

    assert [sequence(), sequence()] == [1, 0]


def test_trouble_of_the_database_is_no_documents_fault(log):
    def locked(*_):
        raise OperationalError("SELECT", {}, Exception("lock not available"))

    draft = write_draft()
    hooked(log, "transparency.documents")[OFFICE] = office(place_breaks=locked)
    before = counts()

    with pytest.raises(OperationalError):
        sequence()

    assert (counts(), fates()) == (before, {draft: None})


STEPS = (
    "INSERT INTO transparency_leaf",
    "INSERT INTO transparency_document",
    "UPDATE foundation_task",
    "INSERT INTO transparency_node",
    "INSERT INTO transparency_checkpoint",
    "DELETE FROM transparency_waiting",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_all_or_nothing(log, step):
    draft = write_draft()
    retire()
    before = counts()

    def crash(connection, cursor, statement, *_):
        if statement.startswith(step):
            raise KeyboardInterrupt  # Nothing in the product catches it, as nothing catches a kill.

    crashed = False
    event.listen(db.engine, "after_cursor_execute", crash)
    try:
        sequence()
    except KeyboardInterrupt:
        crashed = True
    finally:
        event.remove(db.engine, "after_cursor_execute", crash)
    gc.collect()  # The dead process's connection: a traceback that is kept would keep it open.

    assert crashed
    assert (counts(), fates()) == (before, {draft: None})
    assert sequence() == 3
    assert findings() == []


def test_a_clock_behind_the_log_signs_nothing_and_loses_nothing(log, caplog):
    retire()
    before, alarms = counts(), REFUSED.labels("clock_behind")._value.get()

    with clock.standing_at(clock.now() - timedelta(seconds=5)), caplog.at_level(logging.ERROR):
        assert sequence() == 0

    assert counts() == before
    assert "transparency.sequencer.clock_behind" in caplog.text
    assert REFUSED.labels("clock_behind")._value.get() == alarms + 1
    assert sequence() == 1


def test_two_batches_within_a_second_are_no_clock_behind(log):
    with clock.standing_at((clock.now() + timedelta(minutes=1)).replace(microsecond=900_000)) as hands:
        retire()
        assert sequence() == 1
        hands.move(timedelta(milliseconds=-800))
        retire()
        assert sequence() == 1


def test_without_the_logs_key_everything_waits(alone):
    retire(3)

    assert sequence() == 0
    assert counts()["waiting"] == 3


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("transparency_leaf", "UPDATE transparency_leaf SET leaf_hash = ? WHERE leaf_index = 2"),
        ("transparency_node", "UPDATE transparency_node SET hash = ? WHERE level = 1"),
        ("transparency_node", "DELETE FROM transparency_node WHERE hash <> ?"),
    ],
)
def test_nothing_is_signed_over_a_log_that_does_not_lead_to_its_last_head(log, server, table, statement):
    retire()
    sequence()
    as_owner(server, table, statement, bytes(32))
    retire()

    with pytest.raises(LogDamaged, match="do not lead to the signed root of 3 leaves"):
        sequence()

    assert counts()["checkpoint"] == 2


def test_a_damaged_log_is_no_documents_fault(log, server):
    draft = write_draft()
    sequence()
    as_owner(server, "transparency_checkpoint", "DELETE FROM transparency_checkpoint WHERE size > ?", 3)
    other = write_draft()

    with pytest.raises(LogDamaged):
        sequence()

    assert fates() == {draft: "3", other: None}
