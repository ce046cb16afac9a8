"""Moves and holds, asked of both engines."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.foundation.data import FEN_MAX
from app.ledger import (
    CITY_ID,
    AccountName,
    AmountOutOfRange,
    AssetKind,
    AssetMismatch,
    HoldMismatch,
    HoldResolved,
    InsufficientFunds,
    Move,
    PurposeUnknown,
    ReplayConflict,
    balance_as_of,
    balance_of,
    ensure_account,
    ensure_asset,
    find_accounts,
    page_of_entries,
    post_hold,
    post_hold_part,
    post_move,
    post_moves,
    transfer_by_id,
    void_hold,
)
from app.ledger.models import WaitingRow
from tests.ledger.conftest import NOON, TODAY, batch_of, cause, rows


def standing(session: Session, account) -> tuple[int, int]:
    balance = balance_of(session, account.id, today=TODAY)
    return balance.posted, balance.held


def test_move_changes_two_balances_and_writes_two_entries(session):
    _, (seller, buyer) = batch_of(session, kilograms=100)

    moved = post_move(session, debit=seller, credit=buyer, amount=40, cause=cause(), now=NOON)

    assert (standing(session, seller), standing(session, buyer)) == ((60, 0), (40, 0))
    (entry,) = page_of_entries(session, buyer.id)
    assert (entry.seq, entry.amount, entry.balance_after, entry.transfer_id) == (1, 40, 40, moved.id)
    assert [entry.amount for entry in page_of_entries(session, seller.id)] == [-40, 100]
    assert transfer_by_id(session, moved.id) == moved
    assert rows(session, "SELECT sum(posted) FROM ledger_balance") == [(0,)]


def test_all_of_it_can_be_moved_and_not_one_more(session):
    _, (seller, buyer) = batch_of(session, kilograms=7)

    with pytest.raises(InsufficientFunds), session.begin_nested():
        post_move(session, debit=seller, credit=buyer, amount=8, cause=cause(), now=NOON)
    post_move(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)

    assert standing(session, seller) == (0, 0)


def test_refused_move_leaves_nothing_behind(session):
    _, (seller, buyer) = batch_of(session, kilograms=7)
    before = rows(session, "SELECT count(*), (SELECT count(*) FROM ledger_entry) FROM ledger_transfer")

    with pytest.raises(InsufficientFunds), session.begin_nested():
        post_move(session, debit=seller, credit=buyer, amount=8, cause=cause(), now=NOON)

    assert rows(session, "SELECT count(*), (SELECT count(*) FROM ledger_entry) FROM ledger_transfer") == before


def test_same_cause_posts_once_and_answers_the_first_transfer(session):
    _, (seller, buyer) = batch_of(session, kilograms=100)
    source = uuid4()
    first = post_move(session, debit=seller, credit=buyer, amount=40, cause=cause("sale", source), now=NOON)

    again = post_move(
        session, debit=seller, credit=buyer, amount=40, cause=cause("sale", source), now=NOON + timedelta(days=1)
    )

    assert again == first
    assert standing(session, buyer) == (40, 0)


@pytest.mark.parametrize("change", ["amount", "credit", "kind"])
def test_same_cause_with_another_content_is_a_conflict(session, change):
    _, (seller, buyer, other) = batch_of(session, kilograms=100, owners=3)
    first = {"debit": seller, "credit": buyer, "amount": 40, "cause": cause("sale"), "now": NOON}
    post_move(session, **first)
    post = post_hold if change == "kind" else post_move
    another = {"amount": {"amount": 41}, "credit": {"credit": other}, "kind": {}}[change]

    with pytest.raises(ReplayConflict):
        post(session, **(first | another))
    assert standing(session, buyer) == (40, 0)


def test_many_moves_are_posted_together_and_those_already_posted_are_left_alone(session):
    _, (seller, buyer, other) = batch_of(session, kilograms=100, owners=3)
    moves = [Move(seller, buyer if n % 2 else other, n, cause()) for n in range(1, 11)]
    post_moves(session, moves[:3], now=NOON)

    posted = post_moves(session, moves, now=NOON)

    assert [transfer.amount for transfer in posted] == list(range(1, 11))
    assert (standing(session, buyer), standing(session, other)) == ((25, 0), (30, 0))


def test_many_moves_are_posted_all_or_none(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)

    with pytest.raises(InsufficientFunds), session.begin_nested():
        post_moves(session, [Move(seller, buyer, 6, cause()), Move(seller, buyer, 6, cause())], now=NOON)

    assert standing(session, seller) == (10, 0)


def test_no_moves_are_no_work(session):
    assert post_moves(session, [], now=NOON) == []


@pytest.mark.parametrize("amount", [0, -1, FEN_MAX + 1, 2**63 - 1, 2**63])
def test_amount_is_whole_above_zero_and_fits_json(session, amount):
    _, (seller, buyer) = batch_of(session, kilograms=100)

    with pytest.raises(AmountOutOfRange):
        post_move(session, debit=seller, credit=buyer, amount=amount, cause=cause(), now=NOON)


def test_balance_beyond_what_json_can_tell_is_refused_on_either_side(session):
    money = ensure_asset(session, "cny", AssetKind.CNY_FEN, "fen")
    clearing, bank = (ensure_account(session, "city", CITY_ID, money, what) for what in ("clearing", "bank_clearing"))
    post_move(session, debit=clearing, credit=bank, amount=FEN_MAX, cause=cause(), now=NOON)

    for debit, credit in ((clearing, bank),):
        with pytest.raises(AmountOutOfRange), session.begin_nested():
            post_move(session, debit=debit, credit=credit, amount=1, cause=cause(), now=NOON)
    post_move(session, debit=bank, credit=clearing, amount=1, cause=cause(), now=NOON)


def test_two_assets_never_mix(session):
    _, (seller, _) = batch_of(session, kilograms=100)
    _, (buyer, _) = batch_of(session, kilograms=100)

    for post in (post_move, post_hold):
        with pytest.raises(AssetMismatch):
            post(session, debit=seller, credit=buyer, amount=1, cause=cause(), now=NOON)


def test_nobody_pays_themselves(session):
    _, (seller, _) = batch_of(session, kilograms=100)

    with pytest.raises(AssetMismatch), session.begin_nested():
        post_move(session, debit=seller, credit=seller, amount=1, cause=cause(), now=NOON)


def test_held_amount_stays_but_cannot_be_spent(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)

    post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)

    balance = balance_of(session, seller.id, today=TODAY)
    assert (balance.posted, balance.held, balance.free) == (10, 7, 3)
    assert standing(session, buyer) == (0, 0)
    with pytest.raises(InsufficientFunds), session.begin_nested():
        post_move(session, debit=seller, credit=buyer, amount=4, cause=cause(), now=NOON)
    with pytest.raises(InsufficientFunds), session.begin_nested():
        post_hold(session, debit=seller, credit=buyer, amount=4, cause=cause(), now=NOON)
    post_hold(session, debit=seller, credit=buyer, amount=3, cause=cause(), now=NOON)


@pytest.mark.parametrize(("part", "left"), [(None, 3), (7, 3), (5, 5), (1, 9)])
def test_posted_hold_moves_its_part_and_frees_the_rest(session, part, left):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    hold = post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)

    post_hold_part(session, hold.id, cause=cause(), now=NOON, amount=part)

    assert (standing(session, seller), standing(session, buyer)) == ((left, 0), (10 - left, 0))


def test_hold_posts_no_more_than_it_holds(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    hold = post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)

    with pytest.raises(HoldMismatch), session.begin_nested():
        post_hold_part(session, hold.id, cause=cause(), now=NOON, amount=8)


def test_void_frees_the_hold(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    hold = post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON, hold_until=NOON)

    void_hold(session, hold.id, cause=cause(), now=NOON + timedelta(days=9))

    assert standing(session, seller) == (10, 0)
    assert [(entry.amount, entry.held_after) for entry in page_of_entries(session, seller.id)][:2] == [(0, 0), (0, 7)]


@pytest.mark.parametrize("first", ["post", "void"])
@pytest.mark.parametrize("then", ["post", "void"])
def test_hold_ends_once(session, first, then):
    _, (seller, buyer) = batch_of(session, kilograms=20)
    hold = post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)
    post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)
    ends = {"post": post_hold_part, "void": void_hold}
    ends[first](session, hold.id, cause=cause(), now=NOON)

    with pytest.raises(HoldResolved), session.begin_nested():
        ends[then](session, hold.id, cause=cause(), now=NOON)


@pytest.mark.parametrize("end", [post_hold_part, void_hold])
def test_end_of_a_hold_is_repeated_without_effect(session, end):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    hold = post_hold(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)
    same = cause("end")

    assert end(session, hold.id, cause=same, now=NOON) == end(session, hold.id, cause=same, now=NOON)


def test_only_a_hold_can_be_ended(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    move = post_move(session, debit=seller, credit=buyer, amount=7, cause=cause(), now=NOON)

    for id_ in (move.id, uuid4()):
        for end in (post_hold_part, void_hold):
            with pytest.raises(HoldMismatch):
                end(session, id_, cause=cause(), now=NOON)


def test_entries_are_numbered_without_gaps_and_never_run_back_in_time(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    instants = [NOON, NOON + timedelta(hours=2), NOON - timedelta(days=3), NOON + timedelta(hours=1)]
    for at in instants:
        post_move(session, debit=seller, credit=buyer, amount=1, cause=cause(), now=at)

    entries = page_of_entries(session, buyer.id)[::-1]

    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    late = NOON + timedelta(hours=2)
    assert [entry.created_at for entry in entries] == [NOON, late, late, late]


def test_balance_of_a_past_time_is_the_one_that_stood_then(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    for hour in range(3):
        post_move(session, debit=seller, credit=buyer, amount=1, cause=cause(), now=NOON + timedelta(hours=hour))
    post_hold(session, debit=seller, credit=buyer, amount=2, cause=cause(), now=NOON + timedelta(hours=3))

    assert balance_as_of(session, buyer.id, at=NOON - timedelta(seconds=1)) == (0, 0)
    assert balance_as_of(session, buyer.id, at=NOON) == (1, 0)
    assert balance_as_of(session, buyer.id, at=NOON + timedelta(minutes=90)) == (2, 0)
    assert balance_as_of(session, seller.id, at=NOON + timedelta(days=1)) == (7, 2)


def test_pages_of_entries_follow_each_other(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    for _ in range(5):
        post_move(session, debit=seller, credit=buyer, amount=1, cause=cause(), now=NOON)

    first = page_of_entries(session, buyer.id, limit=2)
    second = page_of_entries(session, buyer.id, before_seq=first[-1].seq, limit=9)

    assert [entry.seq for entry in first + second] == [5, 4, 3, 2, 1]


def test_busy_account_spreads_over_its_buckets_and_adds_up(session):
    money = ensure_asset(session, "cny", AssetKind.CNY_FEN, "fen")
    clearing = ensure_account(session, "city", CITY_ID, money, "clearing")
    for _ in range(40):
        payment = ensure_account(session, "payment", uuid4(), money, "suspense")
        post_move(session, debit=clearing, credit=payment, amount=5, cause=cause(), now=NOON)

    assert standing(session, clearing) == (-200, 0)
    assert balance_as_of(session, clearing.id, at=NOON) == (-200, 0)
    used = rows(session, "SELECT count(*) FROM ledger_balance WHERE posted < 0")
    assert used > [(4,)]
    assert clearing.buckets == 8


def test_account_is_opened_once_and_found_again(session):
    batch, (seller, _) = batch_of(session, kilograms=0)

    again = ensure_account(session, "resident", seller.name.owner_id, batch, "holding")

    assert again == seller
    assert find_accounts(session, [seller.name, AccountName("resident", uuid4(), batch.id, "holding")]) == {
        seller.name: seller
    }


@pytest.mark.parametrize(
    ("owner", "purpose"), [("resident", "issuer"), ("resident", "wallet"), ("stranger", "holding")]
)
def test_account_of_an_unknown_purpose_is_refused(session, owner, purpose):
    batch, _ = batch_of(session, kilograms=0)

    with pytest.raises(PurposeUnknown), session.begin_nested():
        ensure_account(session, owner, uuid4(), batch, purpose)


def test_asset_keeps_its_kind_and_unit(session):
    first = ensure_asset(session, "cny", AssetKind.CNY_FEN, "fen")

    assert ensure_asset(session, "cny", AssetKind.CNY_FEN, "fen") == first
    with pytest.raises(AssetMismatch):
        ensure_asset(session, "cny", AssetKind.POINTS, "fen")


def test_each_change_marks_its_balance_for_the_seal(session):
    _, (seller, buyer) = batch_of(session, kilograms=10)
    session.execute(delete(WaitingRow))

    post_move(session, debit=seller, credit=buyer, amount=1, cause=cause(), now=NOON)
    post_hold(session, debit=seller, credit=buyer, amount=1, cause=cause(), now=NOON)

    waiting = dict(rows(session, "SELECT bucket + version, version FROM ledger_waiting ORDER BY version"))
    assert list(waiting) == [1, 3]
