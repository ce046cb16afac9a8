"""Many at once, with real threads and committed transactions (LEDGER 5.3)."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.foundation.data import transaction
from app.foundation.http import DomainError
from app.ledger import (
    CITY_ID,
    Granted,
    Move,
    PointsGrant,
    audit,
    balance_of,
    ensure_account,
    ensure_points,
    expire_due,
    grant_many,
    post_hold,
    post_hold_part,
    post_move,
    post_moves,
    reverse,
    void_hold,
)
from tests.ledger.conftest import NOON, TODAY, batch_of, cause, rows

THREADS = 8
JANUARY, MARCH = date(2027, 1, 1), date(2027, 3, 1)
IN_JANUARY = datetime(2027, 1, 15, 4, 0, tzinfo=UTC)

Job = Callable[[Session], Any]


@pytest.fixture
def at_once(app: Flask):
    """Run jobs in threads that start together, each in its own transaction, and count how they end."""

    def at_once(jobs: list[Job]) -> Counter[str]:
        ready = threading.Barrier(THREADS)
        outcomes: list[str] = []

        def work(mine: list[Job]) -> None:
            with app.app_context():
                ready.wait()
                for job in mine:
                    try:
                        # No second try: a deadlock would be counted and not hidden.
                        with transaction() as session:
                            job(session)
                        outcomes.append("done")
                    except DomainError as error:
                        outcomes.append(error.code)

        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(work, jobs[n::THREADS]) for n in range(THREADS)]:
                done.result()
        return Counter(outcomes)

    yield at_once
    with transaction() as session:
        answer = audit(session)
        assert answer.pop("transfers") > 0
        assert {name: count for name, count in answer.items() if count} == {}


def posted(account) -> int:
    with transaction() as session:
        return balance_of(session, account.id, today=TODAY).posted


def test_fifty_buyers_of_the_last_seven_kilograms(at_once):
    with transaction() as session:
        _, (seller, buyer) = batch_of(session, kilograms=7)

    outcomes = at_once(
        [lambda s: post_move(s, debit=seller, credit=buyer, amount=1, cause=cause(), now=NOON) for _ in range(50)]
    )

    assert outcomes == {"done": 7, "ledger.insufficient_funds": 43}
    assert (posted(seller), posted(buyer)) == (0, 7)


def test_payments_in_opposite_directions_do_not_wait_for_each_other_for_ever(at_once):
    with transaction() as session:
        _, (one, other) = batch_of(session, kilograms=500)
        post_move(session, debit=one, credit=other, amount=250, cause=cause(), now=NOON)
    pairs = [(one, other), (other, one)] * 40

    outcomes = at_once(
        [
            lambda s, d=debit, c=credit: post_move(s, debit=d, credit=c, amount=1, cause=cause(), now=NOON)
            for debit, credit in pairs
        ]
    )

    assert outcomes == {"done": 80}
    assert posted(one) == posted(other) == 250


def test_groups_of_payments_in_any_order_do_not_wait_for_each_other_for_ever(at_once):
    chance = Random(20261124)
    with transaction() as session:
        _, accounts = batch_of(session, kilograms=6_000, owners=6)
        for account in accounts[1:]:
            post_move(session, debit=accounts[0], credit=account, amount=1_000, cause=cause(), now=NOON)

    def group(session: Session) -> None:
        pairs = [chance.sample(accounts, 2) for _ in range(6)]
        post_moves(session, [Move(debit, credit, 1, cause()) for debit, credit in pairs], now=NOON)

    assert at_once([group] * 40) == {"done": 40}


def test_hold_is_posted_or_voided_by_exactly_one(at_once):
    with transaction() as session:
        _, (seller, buyer) = batch_of(session, kilograms=7)
        hold = post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)

    ends = [post_hold_part, void_hold] * 12
    outcomes = at_once([lambda s, end=end: end(s, hold.id, cause=cause(), now=NOON) for end in ends])

    assert outcomes == {"done": 1, "ledger.hold_resolved": 23}


def test_one_cause_posted_by_many_moves_once(at_once):
    with transaction() as session:
        _, (seller, buyer) = batch_of(session, kilograms=100)
    same = cause()

    outcomes = at_once(
        [lambda s: post_move(s, debit=seller, credit=buyer, amount=9, cause=same, now=NOON) for _ in range(24)]
    )

    assert outcomes == {"done": 24}
    assert posted(buyer) == 9


def test_account_opened_by_many_is_one_account(at_once):
    owners = [uuid4() for _ in range(3)]

    def open_all(session: Session) -> None:
        points = ensure_points(session)
        for owner in owners:
            ensure_account(session, "resident", owner, points, "points")
        grant_many(session, [PointsGrant(owner, 1, MARCH, cause()) for owner in owners], now=NOON)

    assert at_once([open_all] * 16) == {"done": 16}
    with transaction() as session:
        assert rows(session, "SELECT count(*) FROM ledger_account WHERE owner_kind = 'resident'") == [(3,)]


def test_due_points_expire_beside_spends_and_none_is_spent(at_once):
    with transaction() as session:
        points = ensure_points(session)
        redeemed = ensure_account(session, "city", CITY_ID, points, "redeemed")
        sink = ensure_account(session, "city", CITY_ID, points, "expiry")
        residents = [ensure_account(session, "resident", uuid4(), points, "points") for _ in range(3)]
        grants = [
            PointsGrant(each.name.owner_id, amount, day, cause())
            for each in residents
            for amount, day in ((10, JANUARY), (8, MARCH))
        ]
        grant_many(session, grants, now=NOON)

    def spend(session: Session, payer: Any) -> None:
        post_move(session, debit=payer, credit=redeemed, amount=1, cause=cause(), now=IN_JANUARY)

    def expire(session: Session) -> None:
        expire_due(session, now=IN_JANUARY)

    jobs: list[Job] = []
    for n in range(12):
        jobs += [lambda s, payer=payer: spend(s, payer) for payer in residents]
        jobs += [expire] if n % 3 == 0 else []
    outcomes = at_once(jobs)

    assert outcomes["ledger.insufficient_funds"] == 3 * (12 - 8)
    assert (posted(redeemed), posted(sink)) == (24, 30)
    assert [posted(each) for each in residents] == [0, 0, 0]


def test_reversals_at_once_take_back_no_more_than_the_original(at_once):
    with transaction() as session:
        points = ensure_points(session)
        owner = uuid4()
        (granted,) = grant_many(session, [PointsGrant(owner, 50, MARCH, cause())], now=NOON)
        (more,) = grant_many(session, [PointsGrant(owner, 50, MARCH, cause())], now=NOON)
        assert more.points == 50
        resident = ensure_account(session, "resident", owner, points, "points")

    outcomes = at_once(
        [lambda s: reverse(s, granted.transfer_ids[0], cause=cause(), now=NOON, amount=10) for _ in range(16)]
    )

    assert outcomes == {"done": 5, "ledger.reversal_exceeds": 11}
    assert posted(resident) == 50


def test_grants_beside_reversals_repay_what_is_owed_and_not_more(at_once):
    owners = [uuid4() for _ in range(4)]
    with transaction() as session:
        points = ensure_points(session)
        redeemed = ensure_account(session, "city", CITY_ID, points, "redeemed")
        firsts = grant_many(session, [PointsGrant(owner, 10, MARCH, cause()) for owner in owners * 4], now=NOON)
        residents = [ensure_account(session, "resident", owner, points, "points") for owner in owners]
        for resident in residents:
            post_move(session, debit=resident, credit=redeemed, amount=40, cause=cause(), now=NOON)

    def grant_to_all(session: Session) -> list[Granted]:
        return grant_many(session, [PointsGrant(owner, 10, MARCH, cause()) for owner in owners], now=NOON)

    def grant_and_take_back(session: Session, owner: UUID) -> None:
        # Where the grant repays, what is taken back comes from the debt.
        (granted,) = grant_many(session, [PointsGrant(owner, 5, MARCH, cause())], now=NOON)
        for id_ in granted.transfer_ids:
            reverse(session, id_, cause=cause(), now=NOON)

    jobs: list[Job] = []
    for n, first in enumerate(firsts):
        jobs.append(lambda s, first=first: reverse(s, first.transfer_ids[0], cause=cause(), now=NOON))
        jobs.append(lambda s, owner=owners[n % 4]: grant_and_take_back(s, owner))
        jobs += [grant_to_all] if n % 4 == 0 else []
    assert at_once(jobs) == {"done": 36}

    for owner, resident in zip(owners, residents, strict=True):
        with transaction() as session:
            debt = ensure_account(session, "resident", owner, points, "debt")
        # What was granted beside or after a reversal may stand on the account or have repaid; together it is the same.
        assert posted(debt) <= 0
        assert posted(debt) + posted(resident) == 0
