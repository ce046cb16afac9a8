"""Points: the days on which they expire, what a spend takes, debts, and what comes back."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from app.foundation.data import clock
from app.foundation.work import work_until_idle
from app.ledger import (
    CITY_ID,
    AmountOutOfRange,
    ExpiryWrong,
    InsufficientFunds,
    Lot,
    PointsGrant,
    ReplayConflict,
    ReversalExceeds,
    ReversalRefused,
    TransferNotFound,
    audit,
    balance_of,
    balance_of_owner,
    ensure_account,
    expire_due,
    grant_many,
    grant_points,
    page_of_entries,
    post_hold,
    post_hold_part,
    post_move,
    reverse,
    void_hold,
)
from tests.ledger.conftest import NEXT_YEAR, NOON, TODAY, cause, committed, rows

JANUARY, FEBRUARY, MARCH = (date(2027, month, 1) for month in (1, 2, 3))
IN_JANUARY = datetime(2027, 1, 15, 4, 0, tzinfo=UTC)


def lots(session, account, today=TODAY):
    return {lot.expires_on: lot.remaining for lot in balance_of(session, account.id, today=today).lots}


@pytest.fixture
def spend(session, resident, redeemed):
    def spend(amount, *, now=NOON):
        return post_move(session, debit=resident, credit=redeemed, amount=amount, cause=cause(), now=now)

    return spend


@pytest.fixture
def hold(session, resident, redeemed):
    def hold(amount, *, now=NOON):
        return post_hold(session, debit=resident, credit=redeemed, amount=amount, cause=cause(), now=now)

    return hold


@pytest.fixture
def debt(session, points, resident):
    return ensure_account(session, "resident", resident.name.owner_id, points, "debt")


def test_points_of_one_month_are_one_lot(session, resident, give):
    give(resident, 30, expires_on=FEBRUARY)
    give(resident, 12, expires_on=FEBRUARY)
    give(resident, 5, expires_on=MARCH)

    assert balance_of(session, resident.id, today=TODAY).lots == (Lot(FEBRUARY, 42), Lot(MARCH, 5))


def test_spend_takes_the_points_that_expire_first_and_the_entry_says_which(session, resident, give, spend):
    give(resident, 5, expires_on=MARCH)
    give(resident, 30, expires_on=FEBRUARY)

    spend(32)

    assert lots(session, resident) == {MARCH: 3}
    assert page_of_entries(session, resident.id)[0].lots == {"2027-02-01": 30, "2027-03-01": 2}


def test_due_points_cannot_be_spent_even_before_the_run_that_takes_them(session, resident, give, spend, hold):
    give(resident, 30, expires_on=JANUARY)
    give(resident, 70, expires_on=MARCH)

    for use in (spend, hold):
        with pytest.raises(InsufficientFunds), session.begin_nested():
            use(71, now=IN_JANUARY)
    spend(70, now=IN_JANUARY)

    balance = balance_of(session, resident.id, today=date(2027, 1, 15))
    assert (balance.posted, balance.due, balance.free, balance.lots) == (30, 30, 0, ())


def test_neither_held_nor_due_points_can_be_spent(session, resident, give, hold, spend):
    give(resident, 30, expires_on=JANUARY)
    give(resident, 70, expires_on=MARCH)
    hold(20)

    for use in (spend, hold):
        with pytest.raises(InsufficientFunds), session.begin_nested():
            use(51, now=IN_JANUARY)
    spend(50, now=IN_JANUARY)

    assert balance_of(session, resident.id, today=date(2027, 1, 15)).free == 0


def test_points_can_be_spent_until_the_last_minute_of_their_month(session, resident, give, spend):
    give(resident, 2, expires_on=JANUARY)
    last = datetime(2026, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC)

    spend(1, now=last)
    with pytest.raises(InsufficientFunds), session.begin_nested():
        spend(1, now=last + timedelta(microseconds=1))


def test_expiry_takes_what_is_due_and_nothing_else(session, points, resident, give):
    give(resident, 30, expires_on=JANUARY)
    give(resident, 70, expires_on=MARCH)

    assert expire_due(session, now=NOON) == 0
    assert expire_due(session, now=IN_JANUARY) == 1
    assert expire_due(session, now=IN_JANUARY) == 0

    assert lots(session, resident) == {MARCH: 70}
    sink = ensure_account(session, "city", CITY_ID, points, "expiry")
    assert balance_of(session, sink.id, today=TODAY).posted == 30


def test_what_a_hold_covers_outlives_its_day_and_expires_after_the_hold(session, resident, give, hold):
    give(resident, 30, expires_on=JANUARY)
    held = hold(20)

    assert expire_due(session, now=IN_JANUARY) == 1
    assert balance_of(session, resident.id, today=TODAY).posted == 20
    assert expire_due(session, now=IN_JANUARY) == 0
    void_hold(session, held.id, cause=cause(), now=IN_JANUARY)
    assert expire_due(session, now=IN_JANUARY) == 1

    assert balance_of(session, resident.id, today=TODAY).posted == 0


def test_hold_can_be_posted_after_the_day_of_its_points(session, resident, give, hold):
    give(resident, 30, expires_on=JANUARY)
    held = hold(20)

    post_hold_part(session, held.id, cause=cause(), now=IN_JANUARY)

    assert page_of_entries(session, resident.id)[0].lots == {"2027-01-01": 20}


@pytest.mark.parametrize("run_is_in_time", [True, False])
def test_late_expiry_run_changes_nobodys_points(session, resident, give, hold, spend, run_is_in_time):
    give(resident, 30, expires_on=JANUARY)
    give(resident, 70, expires_on=MARCH)
    held = hold(40)

    if run_is_in_time:
        expire_due(session, now=IN_JANUARY)
    post_hold_part(session, held.id, cause=cause(), now=IN_JANUARY)
    spend(25, now=IN_JANUARY)
    expire_due(session, now=IN_JANUARY)

    assert lots(session, resident) == {MARCH: 5}


def test_accounts_whose_due_points_are_held_do_not_fill_the_batch(session, points, redeemed, give):
    accounts = [ensure_account(session, "resident", uuid4(), points, "points") for _ in range(6)]
    for account in accounts:
        give(account, 10, expires_on=JANUARY)
    for account in sorted(accounts, key=lambda each: each.id)[:4]:
        post_hold(session, debit=account, credit=redeemed, amount=10, cause=cause(), now=NOON)

    assert expire_due(session, now=IN_JANUARY, limit=2) == 2
    assert expire_due(session, now=IN_JANUARY, limit=2) == 0


def test_hourly_run_goes_on_until_nothing_is_due(app, engine, monkeypatch):
    monkeypatch.setattr("app.ledger.usecases.expiry_run.BATCH", 2)
    residents = [uuid4() for _ in range(5)]
    with committed(engine) as session:
        grants = [PointsGrant(each, 10, JANUARY, cause()) for each in residents]
        grant_many(session, grants, now=NOON)

    with clock.standing_at(IN_JANUARY):
        work_until_idle()

    with committed(engine) as session:
        assert rows(session, "SELECT count(*) FROM ledger_lot") == [(0,)]
        assert audit(session)["transfers"] == 10


@pytest.mark.parametrize("day", [date(2027, 1, 2), date(2027, 1, 31), None])
def test_points_need_the_first_of_a_month_to_expire_on(session, points, resident, day):
    issuer = ensure_account(session, "city", CITY_ID, points, "issuer")

    with pytest.raises(ExpiryWrong), session.begin_nested():
        post_move(session, debit=issuer, credit=resident, amount=1, cause=cause(), now=NOON, expires_on=day)


def test_only_points_accounts_have_days_of_expiry(session, resident, redeemed, give):
    give(resident, 10)

    with pytest.raises(ExpiryWrong), session.begin_nested():
        post_move(session, debit=resident, credit=redeemed, amount=1, cause=cause(), now=NOON, expires_on=MARCH)


def test_points_that_are_not_due_cannot_be_made_to_expire(session, points, resident, give, hold):
    sink = ensure_account(session, "city", CITY_ID, points, "expiry")
    give(resident, 10, expires_on=MARCH)

    for post in (post_move, post_hold):
        with pytest.raises(InsufficientFunds), session.begin_nested():
            post(session, debit=resident, credit=sink, amount=1, cause=cause(), now=NOON)


def test_grant_is_repeated_without_effect_and_with_the_first_answer(session, resident):
    same = {"resident_id": resident.name.owner_id, "points": 10, "expires_on": MARCH, "cause": cause(), "now": NOON}

    first = grant_points(session, **same)

    assert grant_points(session, **same) == first
    assert balance_of(session, resident.id, today=TODAY).posted == 10
    for change in ({"points": 11}, {"expires_on": FEBRUARY}, {"resident_id": uuid4()}):
        with pytest.raises(ReplayConflict):
            grant_points(session, **(same | change))


def test_one_batch_may_name_one_cause_twice(session, resident):
    twice = PointsGrant(resident.name.owner_id, 10, MARCH, cause())

    one, other = grant_many(session, [twice, twice], now=NOON)

    assert one == other
    assert balance_of(session, resident.id, today=TODAY).posted == 10


def test_grant_of_nothing_is_refused(session, resident):
    with pytest.raises(AmountOutOfRange):
        grant_points(session, resident_id=resident.name.owner_id, points=0, expires_on=MARCH, cause=cause(), now=NOON)


@pytest.fixture
def granted(session, resident):
    answer = grant_points(
        session, resident_id=resident.name.owner_id, points=50, expires_on=MARCH, cause=cause(), now=NOON
    )
    return answer.transfer_ids[0]


def test_reversed_points_come_from_what_is_free_and_the_rest_is_owed(session, resident, debt, granted, hold, spend):
    spend(20)
    hold(10)

    back = reverse(session, granted, cause=cause(), now=NOON)

    assert sorted(transfer.amount for transfer in back) == [20, 30]
    assert balance_of(session, resident.id, today=TODAY).free == 0
    assert balance_of(session, debt.id, today=TODAY).posted == -30


def test_next_points_repay_the_debt_first(session, resident, debt, granted, spend):
    spend(50)
    reverse(session, granted, cause=cause(), now=NOON)
    owner = resident.name.owner_id

    partly, wholly, after = grant_many(
        session, [PointsGrant(owner, points, MARCH, cause()) for points in (20, 45, 5)], now=NOON
    )

    assert [(each.points, each.repaid_points) for each in (partly, wholly, after)] == [(0, 20), (15, 30), (5, 0)]
    assert balance_of(session, debt.id, today=TODAY).posted == 0
    assert balance_of(session, resident.id, today=TODAY).posted == 20


def test_grant_that_repaid_a_debt_is_repeated_with_the_first_answer(session, resident, granted, spend):
    spend(50)
    reverse(session, granted, cause=cause(), now=NOON, amount=30)
    same = {"resident_id": resident.name.owner_id, "points": 45, "expires_on": MARCH, "cause": cause(), "now": NOON}

    first = grant_points(session, **same)

    assert (first.points, first.repaid_points) == (15, 30)
    assert grant_points(session, **same) == first


def test_reversals_together_take_back_no_more_than_the_original(session, resident, granted):
    reverse(session, granted, cause=cause(), now=NOON, amount=20)

    with pytest.raises(ReversalExceeds):
        reverse(session, granted, cause=cause(), now=NOON, amount=31)
    assert sum(transfer.amount for transfer in reverse(session, granted, cause=cause(), now=NOON)) == 30
    with pytest.raises(ReversalExceeds):
        reverse(session, granted, cause=cause(), now=NOON)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_not_taken_back(session, granted, amount):
    with pytest.raises(AmountOutOfRange):
        reverse(session, granted, cause=cause(), now=NOON, amount=amount)


def test_reversal_is_repeated_without_effect(session, resident, granted, spend):
    spend(30)
    same = cause("undo")
    first = reverse(session, granted, cause=same, now=NOON, amount=40)

    assert sorted(first, key=str) == sorted(reverse(session, granted, cause=same, now=NOON, amount=40), key=str)
    assert reverse(session, granted, cause=same, now=NOON)
    with pytest.raises(ReplayConflict):
        reverse(session, granted, cause=same, now=NOON, amount=41)


def test_returned_spend_goes_back_to_the_months_it_came_from(session, resident, give, spend):
    give(resident, 10, expires_on=FEBRUARY)
    give(resident, 10, expires_on=MARCH)
    spent = spend(15)

    reverse(session, spent.id, cause=cause(), now=NOON, amount=8)
    assert lots(session, resident) == {FEBRUARY: 3, MARCH: 10}
    reverse(session, spent.id, cause=cause(), now=NOON)

    assert lots(session, resident) == {FEBRUARY: 10, MARCH: 10}


def test_returned_points_whose_day_has_passed_expire_with_the_next_run(session, resident, give, spend):
    give(resident, 10, expires_on=JANUARY)
    spent = spend(10)

    reverse(session, spent.id, cause=cause(), now=IN_JANUARY)

    assert balance_of(session, resident.id, today=date(2027, 1, 15)).free == 0
    assert expire_due(session, now=IN_JANUARY) == 1


def test_posted_hold_can_be_returned(session, resident, give, hold):
    give(resident, 10, expires_on=MARCH)
    posted = post_hold_part(session, hold(10).id, cause=cause(), now=NOON, amount=4)

    reverse(session, posted.id, cause=cause(), now=NOON)

    assert lots(session, resident) == {MARCH: 10}


def test_hold_void_and_reversal_are_not_taken_back(session, resident, granted, hold):
    held = hold(5)
    void = void_hold(session, held.id, cause=cause(), now=NOON)
    (undone,) = reverse(session, granted, cause=cause(), now=NOON, amount=1)

    for id_ in (held.id, void.id, undone.id):
        with pytest.raises(ReversalRefused):
            reverse(session, id_, cause=cause(), now=NOON)
    with pytest.raises(TransferNotFound):
        reverse(session, uuid4(), cause=cause(), now=NOON)


def test_balance_of_an_owner_is_told_before_there_is_an_account(session, resident, give):
    give(resident, 10, expires_on=NEXT_YEAR)
    of = {"owner_kind": "resident", "asset_code": "points", "purpose": "points", "today": TODAY}

    assert balance_of_owner(session, owner_id=resident.name.owner_id, **of) == balance_of(
        session, resident.id, today=TODAY
    )
    stranger = balance_of_owner(session, owner_id=uuid4(), **of)
    assert (stranger.posted, stranger.free, stranger.lots) == (0, 0, ())
