"""Seals: each row of a stream once, under running numbers, in a root that the log keeps."""

import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, reading, run_in_transaction, transaction
from app.foundation.proof import HookMissing, check_stored_kinds
from app.foundation.work import work_until_idle
from app.foundation.work.models import TaskRow, TaskState
from app.transparency import EntryKind, Stream, find_leaf, seal_streams, verify_seals
from app.transparency.log import merkle, sequencer
from app.transparency.models import SealRow
from app.transparency.sealing import seals
from tests.transparency.forest_office import as_owner, hooked, log_lines

TREES = "test.trees"


class Trees:
    """A stream of planted trees: waiting rows are tasks, and what a seal covers is kept beside it."""

    def __init__(self) -> None:
        self.sealed: dict[UUID, list[bytes]] = defaultdict(list)
        self.breaks = False

    def plant(self, count: int) -> None:
        with transaction() as session:
            for _ in range(count):
                session.add(
                    TaskRow(
                        id=new_id(),
                        kind="test.tree",
                        subject_kind="test",
                        subject_id=uuid4(),
                        role="nobody",
                        state=TaskState.OPEN,
                        created_at=clock.now(),
                    )
                )

    def take(self, session: Session, seal_id: UUID, limit: int) -> list[bytes]:
        if self.breaks:
            raise RuntimeError("a bug upstairs")
        waiting = select(TaskRow).where(TaskRow.kind == "test.tree").order_by(TaskRow.id).limit(limit)
        rows = session.scalars(waiting).all()
        session.execute(delete(TaskRow).where(TaskRow.id.in_([row.id for row in rows])))
        self.sealed[seal_id] = [row.subject_id.bytes for row in rows]
        return self.sealed[seal_id]

    def leaves_of(self, session: Session, seal_id: UUID) -> list[bytes]:
        return self.sealed[seal_id]


@pytest.fixture
def trees(log):
    made = Trees()
    hooked(log, "transparency.streams")[TREES] = Stream(made.take, made.leaves_of)
    return made


def rows() -> list[tuple[int, int]]:
    with reading() as session:
        found = session.scalars(select(SealRow).where(SealRow.stream == TREES).order_by(SealRow.first))
        return [(row.first, row.last) for row in found]


def findings() -> list[str]:
    with reading() as session:
        return verify_seals(session, TREES)


def seal_now() -> int:
    return run_in_transaction(lambda session: seal_streams(session, clock.now()))


def test_a_seal_is_an_entry_with_its_numbers_and_the_root_over_the_rows(trees):
    trees.plant(3)

    assert seal_now() == 3
    sequencer.sequence()

    with reading() as session:
        row = session.scalar(select(SealRow))
        leaf = find_leaf(session, kind=EntryKind.SEAL, subject_kind=seals.SEAL_SUBJECT, subject_id=row.id)
    assert row.root == merkle.root_of([merkle.leaf_hash(each) for each in trees.sealed[row.id]])
    said = json.loads(leaf.entry)
    assert (said["stream"], said["from"], said["to"], said["kind"]) == (TREES, 1, 3, "seal")
    assert said["root"].startswith("sha256-")
    assert set(said) == {"stream", "from", "to", "kind", "root", "time"}
    assert findings() == []


def test_nothing_waiting_makes_no_seal(trees):
    assert seal_now() == 0
    assert rows() == []


def test_numbers_run_on_without_a_gap(trees):
    for count in (3, 1, 5):
        trees.plant(count)
        seal_now()

    assert rows() == [(1, 3), (4, 4), (5, 9)]
    assert findings() == []


def test_a_stream_is_sealed_once_a_minute_of_the_clock(trees):
    with clock.standing_at(clock.now().replace(second=10) + timedelta(minutes=5)) as hands:
        trees.plant(2)
        work_until_idle()
        trees.plant(1)
        hands.move(timedelta(seconds=49))
        work_until_idle()
        assert rows() == [(1, 2)]
        hands.move(timedelta(seconds=1))
        work_until_idle()

    assert rows() == [(1, 2), (3, 3)]
    assert json.loads(log_lines()[-1])["to"] == 3


def test_a_crowd_is_sealed_at_once_in_shares(trees, monkeypatch):
    monkeypatch.setattr(seals, "SEALED_AT_ONCE", 4)
    trees.plant(10)

    with clock.standing_at(clock.now()):
        work_until_idle()

    assert rows() == [(1, 4), (5, 8), (9, 10)]
    assert findings() == []


def test_a_stream_that_fails_does_not_leave_the_others_unsealed(log, trees):
    broken = Trees()
    broken.breaks = True
    hooked(log, "transparency.streams")["a.broken"] = Stream(broken.take, broken.leaves_of)
    trees.plant(1)

    assert seals.seal_when_due() == 1
    assert rows() == [(1, 1)]


def test_a_crash_leaves_the_rows_waiting(trees):
    trees.plant(2)

    def crash(session: Session) -> None:
        seal_streams(session, clock.now())
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        run_in_transaction(crash)

    assert rows() == []
    assert seal_now() == 2


def test_a_row_changed_after_its_seal_is_found(trees):
    trees.plant(3)
    seal_now()
    (leaves,) = trees.sealed.values()

    leaves[1] = b"another tree"
    assert findings() == [f"{TREES} 1-3: the rows are not those that were sealed"]
    del leaves[1]
    assert findings() == [f"{TREES} 1-3: 2 rows are there, 3 were sealed"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE transparency_seal SET root = ? WHERE first = 4",
            ["the rows are not those that were sealed", "the log says something else of this seal"],
        ),
        ("DELETE FROM transparency_seal WHERE root <> ? AND first = 4", ["the numbers should go on at 4"]),
    ],
)
def test_a_seal_changed_by_the_owner_is_found(trees, server, statement, expected):
    for count in (3, 1, 2):
        trees.plant(count)
        seal_now()
    sequencer.sequence()

    as_owner(server, "transparency_seal", statement, bytes(32))

    assert [each.partition(": ")[2] for each in findings()] == expected


def test_seals_of_a_stream_that_nobody_answers_for_are_not_served(log, trees):
    trees.plant(1)
    seal_now()
    with reading() as session:
        check_stored_kinds(session)
    del hooked(log, "transparency.streams")[TREES]

    with reading() as session, pytest.raises(HookMissing, match=rf"transparency.streams: .* {TREES}"):
        check_stored_kinds(session)


def test_a_seal_that_the_log_does_not_know_is_found(trees):
    with transaction() as session:
        root = merkle.root_of([])
        session.add(SealRow(id=new_id(), stream=TREES, first=1, last=1, root=root, sealed_at=clock.now()))

    assert findings() == [
        f"{TREES} 1-1: 0 rows are there, 1 were sealed",
        f"{TREES} 1-1: the log knows nothing of this seal",
    ]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)  # On SQLite the turn to write is the lock.
def test_while_one_worker_seals_the_other_does_nothing(log, trees):
    def sealed_elsewhere() -> int:
        with log.app_context():
            return seals.seal_when_due()

    trees.plant(1)
    with transaction() as session:
        assert seals.is_alone(session, seals.SEALING)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(sealed_elsewhere).result() == 0
    assert seals.seal_when_due() == 1
