"""Posting decided points: the worker, its batches, the yearly budget."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.foundation.data import reading, run_in_transaction
from app.foundation.work import work_until_idle, worker
from app.foundation.work.models import OutboxRow
from app.ledger import transfer_id, transfers_by_ids
from app.points import award_for, settle_later
from app.points.models import BudgetRow, PartKind, PartRow, PartState
from app.points.usecases import post
from tests.points.conftest import VERIFIER, balance, ledger_findings, message_of, rows


def state_of(award, kind=PartKind.NOW):
    [part] = rows(PartRow, PartRow.award_id == award.id, PartRow.kind == kind)
    return part.state


def budget(year=2026):
    [row] = rows(BudgetRow, BudgetRow.year == year)
    return row.budget, row.used


def test_worker_posts_the_part_of_now_and_leaves_the_later_one(person, decide):
    award = decide(person, 5)

    work_until_idle()

    assert balance(person).free == 30
    assert (state_of(award), state_of(award, PartKind.LATER)) == (PartState.POSTED, PartState.WAITING_RESULT)
    assert budget() == (20_000_000, 30)
    assert ledger_findings() == {}


def test_transfer_is_named_by_its_award_and_expires_with_the_month_in_which_it_came(person, decide):
    award = decide(person, 5)

    work_until_idle()

    [part] = rows(PartRow, PartRow.award_id == award.id, PartRow.kind == PartKind.NOW)
    assert part.transfer_id == transfer_id("points.award", award.id, "now")
    with reading() as session:
        transfer = transfers_by_ids(session, [part.transfer_id])[part.transfer_id]
    assert (transfer.amount, transfer.expires_on) == (30, date(2028, 4, 1))


def test_zero_award_posts_nothing(person, decide):
    decide(person, 0)

    work_until_idle()

    assert balance(person).posted == 0
    assert rows(BudgetRow) == []


def test_a_hundred_awards_are_posted_in_batches_that_take_the_budget_twice_at_most(
    make_person, decide, monkeypatch: pytest.MonkeyPatch
):
    people = [make_person() for _ in range(10)]
    for number in range(100):
        decide(people[number % 10], 1)
    batches = []
    lock_budget = post.queries.lock_budget
    monkeypatch.setattr(
        post.queries, "lock_budget", lambda *args, **more: batches.append(1) or lock_budget(*args, **more)
    )

    work_until_idle()

    # What the worker leases in one look are messages of all rooms: the notices of these awards are among them.
    assert len(batches) <= 2
    assert [balance(each).free for each in people] == [60] * 10
    assert budget()[1] == 600


def test_award_that_does_not_fit_waits_and_nobody_overtakes_it(make_person, decide, set_rules):
    set_rules(budget_points_year=70)
    first, second, third = make_person(), make_person(), make_person()
    awards = [decide(first, 10), decide(second, 5), decide(third, 1)]

    work_until_idle()

    assert [state_of(each) for each in awards] == [
        PartState.POSTED,
        PartState.WAITING_BUDGET,
        PartState.WAITING_BUDGET,
    ]
    assert budget() == (70, 60)
    newer = decide(make_person(), 1)
    work_until_idle()
    assert state_of(newer) is PartState.WAITING_BUDGET


def test_waiting_awards_are_posted_when_the_budget_is_raised(person, decide, set_rules, hands):
    set_rules(budget_points_year=0)
    award = decide(person, 5)
    work_until_idle()
    assert state_of(award) is PartState.WAITING_BUDGET
    set_rules(effective_from=date(2026, 3, 14), budget_points_year=30)

    hands.move(timedelta(hours=2))
    work_until_idle()
    assert state_of(award) is PartState.WAITING_BUDGET
    hands.move(timedelta(days=1))
    work_until_idle()

    assert (state_of(award), balance(person).free, budget()) == (PartState.POSTED, 30, (30, 30))


def test_new_year_brings_a_new_budget_and_points_expire_from_when_they_came(person, decide, set_rules, hands):
    set_rules(budget_points_year=30)
    decide(person, 5)
    late = decide(person, 5)
    work_until_idle()
    assert state_of(late) is PartState.WAITING_BUDGET

    hands.set(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))  # Midnight in Lishui.
    work_until_idle()

    assert (state_of(late), budget(2026), budget(2027)) == (PartState.POSTED, (30, 30), (30, 30))
    assert [lot.expires_on for lot in balance(person).lots] == [date(2028, 4, 1), date(2029, 2, 1)]


def test_long_queue_is_worked_off_batch_by_batch(
    make_person, decide, set_rules, hands, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(post, "BATCH", 3)
    set_rules(budget_points_year=0)
    people = [make_person() for _ in range(8)]
    for each in people:
        decide(each, 1)
    work_until_idle()
    set_rules(effective_from=date(2026, 3, 13), budget_points_year=1_000)

    hands.move(timedelta(hours=1))
    work_until_idle()

    assert [balance(each).free for each in people] == [6] * 8


def test_budget_lowered_below_what_is_used_gives_no_more_and_takes_nothing_back(person, decide, set_rules):
    decide(person, 10)
    work_until_idle()
    set_rules(effective_from=date(2026, 3, 13), budget_points_year=10)

    award = decide(person, 1)
    work_until_idle()

    assert (state_of(award), balance(person).free, budget()) == (PartState.WAITING_BUDGET, 60, (60, 60))


def test_worker_that_dies_between_posting_and_done_posts_once(person, decide, monkeypatch: pytest.MonkeyPatch, hands):
    decide(person, 5)
    calls = []
    mark_done = worker.mark_done

    def dies_once(session, row):
        if row.subscriber == "points.post":
            calls.append(row)
            if len(calls) == 1:
                raise RuntimeError("killed")
        mark_done(session, row)

    monkeypatch.setattr(worker, "mark_done", dies_once)

    work_until_idle()
    assert balance(person).posted == 0
    hands.move(timedelta(minutes=5))
    work_until_idle()

    assert (balance(person).free, budget()[1]) == (30, 30)
    assert ledger_findings() == {}


def test_message_that_comes_twice_posts_once(person, decide):
    award = decide(person, 5)

    for _ in range(2):
        run_in_transaction(lambda session: post.post_decided(session, [message_of(award)]))

    assert (balance(person).free, budget()[1]) == (30, 30)


def test_bad_neighbour_holds_nobody_up(make_person, decide, monkeypatch: pytest.MonkeyPatch):
    good, bad = make_person(), make_person()
    decide(good, 5)
    spoilt = decide(bad, 5)
    grant_many = post.grant_many

    def refuse_bad(session, grants, *, now):
        if any(grant.cause.id == spoilt.id for grant in grants):
            raise RuntimeError("a bug")
        return grant_many(session, grants, now=now)

    monkeypatch.setattr(post, "grant_many", refuse_bad)

    work_until_idle()

    assert (balance(good).free, balance(bad).posted, state_of(spoilt)) == (30, 0, PartState.DECIDED)
    [message] = [row for row in rows(OutboxRow) if row.key == str(spoilt.id)]
    assert (message.done_at, message.tries) == (None, 1)


@pytest.mark.parametrize(("alive", "free", "state"), [(20, 50, "posted"), (7, 37, "posted"), (0, 30, "forfeited")])
def test_later_part_is_settled_in_whole_in_part_or_not_at_all(person, decide, hands, alive, free, state):
    award = decide(person, 5)
    work_until_idle()
    hands.move(timedelta(days=365))

    run_in_transaction(
        lambda session: settle_later(session, award.id, points=alive, actor=VERIFIER, now=award.decided_at)
    )
    work_until_idle()

    assert (balance(person).free, state_of(award, PartKind.LATER)) == (free, state)
    with reading() as session:
        standing = award_for(session, "planting.claim", award.subject_id)
    assert standing.points_later == 20
