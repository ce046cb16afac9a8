"""Many at once: one person's caps, and the city's budget."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from app.foundation.data import db, run_in_transaction
from app.foundation.work import work_until_idle
from app.points.models import BudgetRow, UsageRow
from app.points.rules import PeriodKind
from app.points.usecases.post import post_decided
from tests.points.conftest import MARCH_12, balance, ledger_findings, message_of, rows


def at_once(app: Any, number: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work` in many threads that start together, and return what each of them returned."""
    barrier = Barrier(number)

    def run(index: int) -> Any:
        with app.app_context():
            barrier.wait()
            try:
                return work(index)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_twenty_decisions_at_once_earn_exactly_the_cap_of_the_year(app, person, decide):
    awards = at_once(app, 20, lambda _: decide(person, 2))

    assert sorted(award.points for award in awards) == [0] * 5 + [20] * 15
    counted = {row.period_kind: row.points for row in rows(UsageRow)}
    assert counted == {PeriodKind.YEAR: 300, PeriodKind.MONTH: 300, PeriodKind.DAY: 300}
    work_until_idle()
    assert balance(person).free == 15 * 12


def test_last_points_under_the_cap_go_to_one_of_many(app, person, decide):
    for _ in range(2):
        decide(person, 10)
    decide(person, 9)

    awards = at_once(app, 8, lambda _: decide(person, 10))

    assert sorted(award.points for award in awards) == [0] * 7 + [10]


def test_one_of_many_acts_within_a_cool_down_earns_over_new_year_too(app, person, decide, set_rules):
    set_rules(act={"cool_down_days": 7})
    days = [MARCH_12.replace(month=12, day=31), MARCH_12.replace(year=2027, month=1, day=1)]

    awards = at_once(app, 8, lambda index: decide(person, 1, on=days[index % 2]))

    assert sorted(award.points for award in awards) == [0] * 7 + [10]


def test_same_claim_decided_many_times_at_once_is_one_award(app, person, decide):
    subject_id = person

    awards = at_once(app, 8, lambda _: decide(person, 5, subject_id=subject_id))

    assert len({award.id for award in awards}) == 1


def test_several_workers_post_each_award_once_and_keep_the_budget(app, make_person, decide, set_rules):
    set_rules(budget_points_year=100)
    people = [make_person() for _ in range(30)]
    told = [message_of(decide(each, 1)) for each in people]

    at_once(app, 6, lambda index: run_in_transaction(lambda session: post_decided(session, told[index::6])))
    work_until_idle()  # The same messages once more, from the outbox.

    [budget] = rows(BudgetRow)
    assert sum(balance(each).free for each in people) == budget.used == 96
    assert ledger_findings() == {}
