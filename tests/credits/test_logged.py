"""Every retirement stands in the public log under its own public id, and in nobody's name."""

import json

import pytest
from sqlalchemy import delete, select

from app.credits import (
    Beneficiary,
    BeneficiaryKind,
    Purpose,
    TooScattered,
    hold_kg,
    log_older_retirements,
    logged,
    retire_held,
)
from app.foundation.data import clock, run_in_transaction, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import set_up
from app.transparency import EntryKind
from app.transparency.models import WaitingRow
from tests.credits.people import cause


def retired(batch, kg, *, name="张小明"):
    def run(session):
        held = hold_kg(session, batch.id, kg, cause=cause(), until=None, now=clock.now())
        beneficiary = Beneficiary(kind=BeneficiaryKind.RESIDENT, name=name)
        said = {"beneficiary": beneficiary, "purpose": Purpose.GIFT, "actor": SYSTEM, "now": clock.now()}
        return retire_held(session, held.id, cause=cause(), **said)

    return run_in_transaction(run)


def waiting():
    with transaction() as session:
        rows = session.scalars(select(WaitingRow).where(WaitingRow.kind == EntryKind.RETIRE).order_by(WaitingRow.id))
        return [row.entry for row in rows]


def test_a_retirement_waits_for_the_log_with_just_what_it_may_say(register):
    batch = register.batch(5_000)
    retirement = retired(batch, 1_013)

    (entry,) = waiting()
    assert entry == json.dumps(json.loads(entry), separators=(",", ":"), sort_keys=True).encode()
    assert json.loads(entry) == {
        "id": f"http://localhost:8000/retirements/{retirement.public_id}",
        "kind": "retire",
        "quantity": "1.013",
        "serials": [{"block": batch.code, "first": 1, "last": 1_013}],
        "time": "2026-11-24T04:00:00Z",
        "unit": "tCO2e",
    }


def test_a_retirement_that_is_taken_back_leaves_nothing_for_the_log(register):
    batch = register.batch(100)

    def taken_back(_):
        retired(batch, 13)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run_in_transaction(taken_back)

    assert waiting() == []


def test_what_was_retired_before_there_was_a_log_is_told_by_the_set_up(register, monkeypatch):
    batch = register.batch(100)
    retirements = [retired(batch, kg) for kg in (1, 2, 3, 4, 5)]
    told = sorted(waiting())
    with transaction() as session:
        session.execute(delete(WaitingRow))
    monkeypatch.setattr(logged, "AT_ONCE", 2)

    assert "retirements in the log" in set_up()
    assert sorted(waiting()) == told
    assert len({json.loads(entry)["id"] for entry in told}) == len(retirements)
    log_older_retirements()
    assert sorted(waiting()) == told


def test_a_set_up_that_was_cut_off_goes_on(register, monkeypatch):
    batch = register.batch(100)
    for kg in (1, 2, 3, 4, 5):
        retired(batch, kg)
    told = sorted(waiting())
    with transaction() as session:
        session.execute(delete(WaitingRow))
    monkeypatch.setattr(logged, "AT_ONCE", 2)
    real, calls = logged.log_retirement, []

    def dies(session, retirement):
        calls.append(retirement.id)
        if len(calls) == 4:
            raise RuntimeError
        real(session, retirement)

    monkeypatch.setattr(logged, "log_retirement", dies)
    with pytest.raises(RuntimeError):
        log_older_retirements()
    assert len(waiting()) == 2

    monkeypatch.setattr(logged, "log_retirement", real)
    log_older_retirements()
    assert sorted(waiting()) == told


def test_more_ranges_than_an_entry_holds_are_refused_and_nothing_is_retired(register, monkeypatch):
    batch = register.batch(100)
    monkeypatch.setattr(logged, "RETIREMENT_RANGES_MAX", 0)

    with pytest.raises(TooScattered):
        retired(batch, 13)

    assert waiting() == []
