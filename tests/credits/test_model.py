"""The register and a plain-Python model of it do the same, step by step, on both engines.

The model is a list: who holds each serial. Whatever is reserved, released, retired, delivered or passed on, in any order
and with any repetition, blocks stay as long as what is posted, none overlap, and every serial knows how it got there.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.credits import (
    Holder,
    HolderKind,
    Purpose,
    deliver_held,
    get_batch,
    hold_kg,
    queries,
    release_hold,
    retire,
    retire_held,
    transfer_kg,
)
from app.credits.usecases.reading import get_serial
from app.foundation.data import clock, transaction
from app.foundation.http import DomainError
from app.foundation.proof import SYSTEM
from app.ledger import AccountName, audit, find_accounts
from tests.credits.conftest import rows
from tests.credits.people import cause, somebody

KG = 60
RETIRED, SALE = "retired", "sale"
COMPANIES = ("an", "bo")

# Mostly small, so that what is left meets the limits; often more than anybody has.
AMOUNTS = st.one_of(st.integers(1, 4), st.integers(1, 6), st.integers(1, 50))
INDEX = st.integers(0, 30)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), AMOUNTS, st.sampled_from([RETIRED, *COMPANIES])),
        st.tuples(st.just("end"), INDEX, st.booleans()),
        st.tuples(st.just("deliver"), st.integers(1, 4), st.sampled_from(COMPANIES)),
        st.tuples(st.just("pass_on"), AMOUNTS, st.permutations(COMPANIES)),
        st.tuples(st.just("retire"), AMOUNTS, st.sampled_from(COMPANIES)),
        st.tuples(st.just("again"), INDEX, st.none()),
    ),
    min_size=15,
    max_size=40,
)


class Refused(Exception):
    """The model says no."""


@dataclass
class Model:
    """Who holds each serial, and what is set aside."""

    held_by: list[str] = field(default_factory=lambda: [SALE] * KG)
    holds: list[tuple[int, str]] = field(default_factory=list)  # Open ones are above zero.

    def free(self, holder: str) -> int:
        reserved = sum(kg for kg, _ in self.holds) if holder == SALE else 0
        return self.held_by.count(holder) - reserved

    def hold(self, kg: int, goal: str) -> None:
        if kg > self.free(SALE):
            raise Refused
        self.holds.append((kg, goal))

    def end(self, index: int, *, is_posted: bool) -> None:
        kg, goal = self.holds[index]
        if kg == 0:
            raise Refused
        self.holds[index] = (0, goal)
        if is_posted:
            self.move(kg, SALE, goal)

    def move(self, kg: int, holder: str, goal: str) -> None:
        if kg > self.free(holder):
            raise Refused
        for place in [place for place, each in enumerate(self.held_by) if each == holder][:kg]:
            self.held_by[place] = goal


class Register:
    """The same steps, for real; each in a savepoint of one transaction that is never committed."""

    def __init__(self, session, batch) -> None:
        self.session, self.batch, self.model = session, batch, Model()
        self.people = {name: Holder(HolderKind.ORGANISATION, uuid4()) for name in COMPANIES}
        self.holds: list[UUID] = []
        self.done: list = []
        self.said = {"actor": SYSTEM, "now": clock.now()}
        self.refusals = 0

    def both(self, in_model, for_real) -> None:
        refusal = answer = None
        try:
            in_model()
        except Refused as error:
            refusal = error
        try:
            with self.session.begin_nested():
                answer = for_real()
        except DomainError:
            assert refusal is not None
            self.refusals += 1
        else:
            assert refusal is None
            self.done.append((for_real, answer))

    def step(self, kind, one, other) -> None:
        model, batch, session = self.model, self.batch, self.session
        thanks = {"beneficiary": somebody(), "purpose": Purpose.SELF, **self.said}
        why = cause()
        if kind == "hold":
            goal = None if other == RETIRED else self.people[other]

            def reserve():
                held = hold_kg(session, batch.id, one, cause=why, until=None, now=clock.now(), deliver_to=goal)
                if held.id not in self.holds:
                    self.holds.append(held.id)
                return held

            self.both(lambda: model.hold(one, other), reserve)
        elif kind == "end" and self.holds:
            index = one % len(self.holds)
            hold_id, goal = self.holds[index], model.holds[index][1]
            end = {
                (False, True): lambda: deliver_held(session, hold_id, cause=why, **self.said),
                (True, True): lambda: retire_held(session, hold_id, cause=why, **thanks),
            }.get((goal == RETIRED, other), lambda: release_hold(session, hold_id, cause=why, now=clock.now()))
            self.both(lambda: model.end(index, is_posted=other), end)
        elif kind == "deliver" and one <= model.free(SALE):
            # At once, so that companies hold many blocks with other people's between them.
            self.step("hold", one, other)
            self.step("end", len(self.holds) - 1, True)
        elif kind == "pass_on":
            sender, receiver = (self.people[name] for name in other)
            said = {"sender": sender, "receiver": receiver, "cause": why, **self.said}
            self.both(lambda: model.move(one, *other), lambda: transfer_kg(session, batch.id, one, **said))
        elif kind == "retire":
            said = {"holder": self.people[other], "cause": why, **thanks}
            self.both(lambda: model.move(one, other, RETIRED), lambda: retire(session, batch.id, one, **said))
        elif kind == "again" and self.done:
            repeat, first = self.done[one % len(self.done)]
            assert repeat() == first

    def compare(self) -> None:
        names = {SALE: self.batch.sale_account_id, RETIRED: self.batch.retired_account_id}
        for name, holder in self.people.items():
            asked = AccountName(holder.kind, holder.id, self.batch.asset_id, "holding")
            account = find_accounts(self.session, [asked]).get(asked)
            if account is not None:
                names[name] = account.id
        by_account = {account: name for name, account in names.items()}
        blocks = rows(self.session, "SELECT first, last, account_id FROM credits_block ORDER BY first")
        told = [
            by_account[each if isinstance(each, UUID) else UUID(bytes=each)]
            for first, last, each in blocks
            for _ in range(first, last + 1)
        ]
        assert told == self.model.held_by

    def check_history(self, number: int) -> None:
        told = get_serial(f"{self.batch.code}-{number}")
        assert told.events[0].serials.kg == KG
        assert all(event.serials.first <= number <= event.serials.last for event in told.events)
        assert (told.events[-1].retirement is not None) == (self.model.held_by[number - 1] == RETIRED)


class _Over(Exception):
    """Takes a run back."""


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
@given(steps=STEPS, number=st.integers(1, KG))
def _in_any_order(batch, steps, number):
    with suppress(_Over), transaction() as session:
        register = Register(session, get_batch(session, batch.id))
        for step in steps:
            register.step(*step)
            register.compare()
        register.check_history(number)
        answer = audit(session)
        answer.pop("transfers")
        assert {name: count for name, count in answer.items() if count} == {}
        raise _Over


def test_blocks_are_what_the_ledger_says_after_anything_that_can_happen(register, monkeypatch):
    monkeypatch.setattr(queries, "BLOCKS_AT_ONCE", 2)
    batch = register.batch(KG)

    _in_any_order(batch)
