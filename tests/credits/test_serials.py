"""A printed serial tells its whole story, whatever splits its neighbours went through."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from app.credits import (
    Beneficiary,
    BeneficiaryKind,
    Holder,
    HolderKind,
    Purpose,
    deliver_held,
    hold_kg,
    projects_at,
    queries,
    retire,
    retire_held,
    transfer_kg,
)
from app.foundation.data import clock, db, transaction
from app.foundation.proof import SYSTEM
from app.places import cell_centre
from tests.credits.conftest import findings
from tests.credits.people import CELL, cause, organisation, somebody


def tell(client, batch, number):
    answer = client.get(f"/v1/serials/{batch.code}-{number}")
    assert answer.status_code == 200, answer.json
    return answer.json


def story(told):
    return [(each["kind"], each["first"], each["last"]) for each in told["events"]]


@pytest.fixture
def travelled(register, hands):
    """A hundred kilograms: 1-5 retired at once; 6-45 to a company, of which 6-35 to another, of which 6-10 retired."""
    batch, one, other = register.batch(100), organisation(), organisation()
    with transaction() as session:
        hands.move(timedelta(hours=1))
        held = hold_kg(session, batch.id, 5, cause=cause(), until=None, now=clock.now())
        gift = Beneficiary(kind=BeneficiaryKind.RESIDENT, name="王小明")
        said = {"actor": SYSTEM, "now": clock.now()}
        first = retire_held(session, held.id, beneficiary=gift, purpose=Purpose.GIFT, cause=cause(), **said)
        hands.move(timedelta(hours=1))
        held = hold_kg(session, batch.id, 40, cause=cause(), until=None, now=clock.now(), deliver_to=one)
        deliver_held(session, held.id, cause=cause(), actor=SYSTEM, now=clock.now())
        hands.move(timedelta(hours=1))
        said["now"] = clock.now()
        transfer_kg(session, batch.id, 30, sender=one, receiver=other, cause=cause(), **said)
        last = retire(
            session, batch.id, 5, holder=other, beneficiary=somebody(), purpose=Purpose.SELF, cause=cause(), **said
        )
    return batch, first, last


@pytest.mark.parametrize(
    ("number", "state", "expected"),
    [
        (1, "retired", [("issued", 1, 100), ("retired", 1, 5)]),
        (5, "retired", [("issued", 1, 100), ("retired", 1, 5)]),
        (6, "retired", [("issued", 1, 100), ("moved", 6, 45), ("moved", 6, 35), ("retired", 6, 10)]),
        (11, "held", [("issued", 1, 100), ("moved", 6, 45), ("moved", 6, 35)]),
        (40, "held", [("issued", 1, 100), ("moved", 6, 45)]),
        (46, "held", [("issued", 1, 100)]),
        (100, "held", [("issued", 1, 100)]),
    ],
)
def test_history_of_a_serial_is_complete_after_splits(travelled, client, number, state, expected):
    batch, _, _ = travelled

    told = tell(client, batch, number)

    assert (told["state"], story(told)) == (state, expected)
    assert told["serial"] == f"{batch.code}-{number}"
    instants = [each["at"] for each in told["events"]]
    assert instants == sorted(instants)


def test_history_names_projects_and_masks_people(travelled, client):
    batch, first, _ = travelled

    told = tell(client, batch, 1)

    issued, retired = told["events"]
    assert issued["holder"] == {"kind": "project", "name": "峰源竹林经营碳汇项目"}
    assert (retired["retirement_id"], retired["purpose"]) == (first.public_id, "gift")
    assert retired["beneficiary"] == {"kind": "resident", "name": "王**"}
    assert retired["holder"] is None
    assert tell(client, batch, 40)["events"][-1]["holder"] == {"kind": "organisation", "name": None}


def test_serial_of_another_batch_of_the_register_is_not_under_this_code(travelled, register, client):
    batch, _, _ = travelled
    other = register.batch(10)

    assert (other.first, other.last) == (101, 110)
    assert client.get(f"/v1/serials/{batch.code}-101").status_code == 404
    assert client.get(f"/v1/serials/{other.code}-100").status_code == 404
    assert story(tell(client, other, 101)) == [("issued", 101, 110)]


def test_history_asks_as_often_however_many_were_retired_before(travelled, client):
    batch, _, _ = travelled

    def statements(number):
        seen = []
        listen = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        tell(client, batch, number)
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    before = statements(100)
    with transaction() as session:
        for _ in range(30):
            held = hold_kg(session, batch.id, 1, cause=cause(), until=None, now=clock.now())
            retire_held(
                session,
                held.id,
                beneficiary=somebody(),
                purpose=Purpose.SELF,
                cause=cause(),
                actor=SYSTEM,
                now=clock.now(),
            )

    assert statements(100) == before
    assert findings() == {}


def test_one_retirement_over_many_blocks_tells_all_of_them_joined(register, client):
    batch = register.batch(100)
    holder = Holder(HolderKind.RESIDENT, uuid4())
    said = {"actor": SYSTEM, "now": clock.now()}
    with transaction() as session:
        # The holder gets 1-10 and 21-30, because 11-20 went elsewhere.
        for receiver in (holder, organisation(), holder):
            held = hold_kg(session, batch.id, 10, cause=cause(), until=None, now=clock.now(), deliver_to=receiver)
            deliver_held(session, held.id, cause=cause(), **said)
        retirement = retire(
            session, batch.id, 15, holder=holder, beneficiary=somebody(), purpose=Purpose.SELF, cause=cause(), **said
        )

    told = client.get(f"/v1/retirements/{retirement.public_id}").json

    assert [(each["first"], each["last"]) for each in told["serials"]] == [(1, 10), (21, 25)]
    assert tell(client, batch, 25)["state"] == "retired"
    assert tell(client, batch, 26)["state"] == "held"
    assert findings() == {}


def test_position_inside_a_boundary_is_found_by_large_and_small_cells(register):
    small, large = register.project(boundary_cells=(CELL,)), register.project(boundary_cells=("8641948b7ffffff",))
    centre = cell_centre(CELL)

    with transaction() as session:
        found = {project.id for project in projects_at(session, centre)}
        next_door = {project.id for project in projects_at(session, cell_centre("8a41948b0b2ffff"))}

    assert found == {small, large}
    assert next_door == {large}


def test_account_in_many_small_blocks_gives_them_all_in_order(register, monkeypatch):
    monkeypatch.setattr(queries, "BLOCKS_AT_ONCE", 2)
    batch, company = register.batch(100), organisation()
    said = {"actor": SYSTEM, "now": clock.now()}
    with transaction() as session:
        for _ in range(7):
            held = hold_kg(session, batch.id, 1, cause=cause(), until=None, now=clock.now(), deliver_to=company)
            deliver_held(session, held.id, cause=cause(), **said)

        retirement = retire(
            session, batch.id, 7, holder=company, beneficiary=somebody(), purpose=Purpose.SELF, cause=cause(), **said
        )

    assert [each.first for each in retirement.serials] == [1, 2, 3, 4, 5, 6, 7]
    assert findings() == {}
