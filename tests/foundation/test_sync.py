"""A telephone keeps a true copy: everything once, in the order of commits, tombstones included, whoever writes at once."""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from app.foundation.data import clock, db, new_id, public_id, reading, run_in_transaction, transaction
from app.foundation.data.clock import FixedClock
from app.foundation.sync import Collection, changed, forget_changes_of, gone
from app.foundation.sync.models import SyncChangeRow, SyncCounterRow
from app.foundation.sync.sweep import sweep_tombstones
from app.foundation.work.models import TaskRow
from tests.foundation.conftest import ALICE, BOB, make_thing


def _load(session: Session, person_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = session.scalars(select(TaskRow).where(TaskRow.id.in_(list(ids)), TaskRow.role == str(person_id)))
    return {row.id: {"note": row.note} for row in rows}


def _ids_of(session: Session, person_id: UUID) -> Iterable[UUID]:
    return session.scalars(select(TaskRow.id).where(TaskRow.role == str(person_id)).order_by(TaskRow.id))


THINGS = Collection(public_id=lambda id: public_id("tsk", id), load=_load, ids_of=_ids_of)


@pytest.fixture(autouse=True)
def things(workshop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection of no room, for as long as the test takes."""
    handlers = workshop.extensions.setdefault("lintan_hooks", {}).setdefault("foundation.collections", {})
    monkeypatch.setitem(handlers, "things", THINGS)


def own_thing(person_id: UUID, note: str) -> UUID:
    """Make a thing of a resident and tell nobody."""
    with transaction():
        thing = make_thing(note)
        thing.role = str(person_id)
    return thing.id


def make(person_id: UUID, note: str) -> UUID:
    with transaction() as session:
        thing_id = own_thing(person_id, note)
        changed(session, person_id, "things", thing_id)
    return thing_id


def rename(person_id: UUID, thing_id: UUID, note: str) -> None:
    with transaction() as session:
        session.execute(update(TaskRow).where(TaskRow.id == thing_id).values(note=note))
        changed(session, person_id, "things", thing_id)


def remove(person_id: UUID, thing_id: UUID) -> None:
    with transaction() as session:
        session.execute(delete(TaskRow).where(TaskRow.id == thing_id))
        gone(session, person_id, "things", thing_id)


class Telephone:
    """A copy of what is one's own, kept as an app would keep it."""

    def __init__(self, client: Any) -> None:
        self.client, self.cursor, self.copy = client, None, {}

    def ask(self, **query: Any) -> Any:
        asked = {**query, **({"cursor": self.cursor} if self.cursor else {})}
        return self.client.get("/v1/sync", query_string=asked)

    def bring_up_to_date(self, limit: int = 200) -> list[str]:
        """Read until nothing is left, and return what came, in its order: a note, or `-` for what is gone."""
        told = []
        while True:
            answer = self.ask(limit=limit)
            assert answer.status_code == 200, answer.json
            for item in answer.json["items"]:
                assert (item["object"] is None) == item["is_gone"]
                if item["is_gone"]:
                    self.copy.pop(item["id"], None)
                else:
                    self.copy[item["id"]] = item["object"]["note"]
                told.append("-" if item["is_gone"] else item["object"]["note"])
            self.cursor = answer.json["next_cursor"]
            if not answer.json["has_more"]:
                return told


def _fail_after_saying_that_it_is_gone(thing: UUID) -> None:
    with transaction() as session:
        gone(session, ALICE.id, "things", thing)
        raise RuntimeError


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_a_telephone_is_told_everything_once_and_then_only_what_changed(alice, limit):
    phone = Telephone(alice)
    first, second = make(ALICE.id, "first"), make(ALICE.id, "second")
    make(BOB.id, "of another")

    assert phone.bring_up_to_date(limit) == ["first", "second"]
    assert phone.bring_up_to_date(limit) == []

    rename(ALICE.id, first, "renamed")
    make(ALICE.id, "third")
    rename(ALICE.id, first, "renamed twice")
    remove(ALICE.id, second)

    assert phone.bring_up_to_date(limit) == ["third", "renamed twice", "-"]
    assert sorted(phone.copy.values()) == ["renamed twice", "third"]


def test_what_was_there_before_the_count_began_is_told_as_well_and_once(alice):
    own_thing(ALICE.id, "from before")
    make(ALICE.id, "since then")
    phone = Telephone(alice)

    assert sorted(phone.bring_up_to_date()) == ["from before", "since then"]
    assert phone.bring_up_to_date() == []
    assert sorted(Telephone(alice).bring_up_to_date()) == ["from before", "since then"]


def test_a_collection_that_came_later_reaches_a_telephone_that_was_up_to_date(alice, workshop, monkeypatch):
    handlers = workshop.extensions["lintan_hooks"]["foundation.collections"]
    phone = Telephone(alice)
    monkeypatch.delitem(handlers, "things")
    own_thing(ALICE.id, "of a later release")
    assert phone.bring_up_to_date() == []

    monkeypatch.setitem(handlers, "things", THINGS)

    assert phone.bring_up_to_date() == ["of a later release"]


def test_a_new_telephone_is_told_nothing_of_what_is_gone(alice):
    thing = make(ALICE.id, "short-lived")
    remove(ALICE.id, thing)

    assert Telephone(alice).bring_up_to_date() == []


def test_what_a_use_case_took_back_is_not_told(alice):
    thing = make(ALICE.id, "before")
    phone = Telephone(alice)
    phone.bring_up_to_date()

    with transaction() as outer:
        outer.execute(select(1))
        with pytest.raises(RuntimeError):
            _fail_after_saying_that_it_is_gone(thing)

    assert phone.bring_up_to_date() == []
    with pytest.raises(RuntimeError), reading() as session:
        changed(session, ALICE.id, "things", thing)


def test_a_cursor_is_good_for_its_own_resident_only(alice, bob):
    phone, other = Telephone(alice), Telephone(bob)
    make(ALICE.id, "mine")
    phone.bring_up_to_date()

    other.cursor = phone.cursor
    refused = other.ask()
    assert (refused.status_code, refused.json["code"]) == (400, "request.cursor_invalid")
    for broken in (phone.cursor[:-2] + "AA", "x", "!", phone.cursor[1:]):
        phone.cursor = broken
        assert phone.ask().status_code == 400


def test_a_stranger_and_staff_have_nothing_to_keep(client_of, workshop):
    assert client_of(workshop).get("/v1/sync").status_code == 401


def test_who_missed_a_tombstone_for_three_months_begins_anew(alice):
    hands = FixedClock(clock.now())
    clock.use(hands)
    kept, dropped = make(ALICE.id, "kept"), make(ALICE.id, "dropped")
    lost, attentive, idle = Telephone(alice), Telephone(alice), Telephone(alice)
    for phone in (lost, attentive):
        phone.bring_up_to_date()
    remove(ALICE.id, dropped)
    attentive.bring_up_to_date()

    for days, expected in ((90, 200), (1, 410)):
        hands.move(timedelta(days=days))
        run_in_transaction(lambda session: sweep_tombstones(session, clock.now()))
        answer = lost.ask(limit=1)
        assert answer.status_code == expected, answer.json
    assert answer.json["code"] == "sync.cursor_too_old"

    rename(ALICE.id, kept, "kept and renamed")
    assert attentive.bring_up_to_date() == ["kept and renamed"]
    lost.cursor, lost.copy = None, {}
    assert lost.bring_up_to_date(1) == ["kept and renamed"]
    assert idle.bring_up_to_date() == ["kept and renamed"]
    remove(ALICE.id, kept)
    assert lost.bring_up_to_date() == ["-"]


def test_twelve_writers_at_once_and_a_reader_in_between_miss_nothing(alice, workshop):
    """Changes are numbered in the order of commits: a reader who has seen a number has seen all below it."""
    shared = make(ALICE.id, "of all")
    phone, stop = Telephone(alice), threading.Event()

    def write(writer: int) -> None:
        with workshop.app_context():
            for step in range(6):
                run_in_transaction(partial(_write, writer=writer, step=step, shared=shared))

    def read() -> None:
        with workshop.app_context():
            while not stop.is_set():
                phone.bring_up_to_date(3)

    with ThreadPoolExecutor(13) as pool:
        reader = pool.submit(read)
        for writer in [pool.submit(write, number) for number in range(12)]:
            writer.result()
        stop.set()
        reader.result()
    phone.bring_up_to_date()

    with reading() as session:
        mine = {
            public_id("tsk", each): _load(session, ALICE.id, [each])[each]["note"]
            for each in _ids_of(session, ALICE.id)
        }
        numbers = session.scalars(select(SyncChangeRow.change_no).where(SyncChangeRow.person_id == ALICE.id)).all()
    assert phone.copy == mine
    assert len(mine) == 1 + 12 * 6
    assert len(set(numbers)) == len(numbers)


def _write(session: Session, writer: int, step: int, shared: UUID) -> None:
    """Add one's own, change what all change, for both residents in either order: a deadlock, were the counts not locked in one."""
    thing_id = own_thing(ALICE.id, f"{writer}/{step}")
    session.execute(update(TaskRow).where(TaskRow.id == shared).values(note=f"by {writer}"))
    people = (ALICE.id, BOB.id) if writer % 2 else (BOB.id, ALICE.id)
    for person_id in people:
        changed(session, person_id, "things", thing_id if person_id == ALICE.id else shared)
    changed(session, ALICE.id, "things", shared)


def test_a_transaction_numbers_all_it_touched_with_two_statements(workshop):
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    with transaction() as session:
        for _ in range(40):
            changed(session, new_id(), "things", new_id())

    assert len([each for each in asked if "foundation_sync" in each]) == 2
    with reading() as session:
        assert len(session.scalars(select(SyncCounterRow)).all()) == 40


def test_a_resident_who_is_forgotten_leaves_no_count(alice):
    make(ALICE.id, "mine")
    make(BOB.id, "of another")
    Telephone(alice).bring_up_to_date()

    forgotten = run_in_transaction(lambda session: forget_changes_of(session, ALICE.id))

    assert forgotten == 2
    with reading() as session:
        assert session.scalars(select(SyncCounterRow.person_id)).all() == [BOB.id]
        assert session.scalars(select(SyncChangeRow.person_id)).all() == [BOB.id]
