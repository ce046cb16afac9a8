"""No question that a request or a run asks reads a whole table, and no page is sorted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.ledger import (
    balance_as_of,
    balance_of,
    balance_of_owner,
    expire_due,
    find_accounts,
    grant_points,
    page_of_entries,
    post_move,
    reversals_of,
    transfer_by_id,
)
from tests.ledger.conftest import NOON, TODAY, cause


def plans_of(session: Session, ask: Callable[[], Any]) -> list[str]:
    """The plans of all statements that `ask` runs."""
    seen: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_: Any, __: Any, statement: str, parameters: Any, *rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in seen
        if statement.startswith(("SELECT", "WITH"))
    ]


@pytest.fixture
def busy(session, resident, redeemed):
    """A few rows in each table, and statistics of them."""
    for month in range(1, 6):
        grant_points(
            session,
            resident_id=resident.name.owner_id,
            points=50,
            expires_on=date(2027, month, 1),
            cause=cause(),
            now=NOON,
        )
    moved = [
        post_move(session, debit=resident, credit=redeemed, amount=1, cause=cause(), now=NOON + timedelta(hours=n))
        for n in range(20)
    ]
    if session.get_bind().dialect.name == "postgresql":
        # Small tables are read whole by right; this leaves that way only where there is no index.
        session.execute(text("SET LOCAL enable_seqscan = off"))
    return moved


@pytest.mark.parametrize(
    ("question", "ordered"),
    [
        (lambda s, a, t: page_of_entries(s, a.id, before_seq=9, limit=5), True),
        (lambda s, a, t: balance_as_of(s, a.id, at=NOON + timedelta(hours=3)), True),
        (lambda s, a, t: transfer_by_id(s, t.id), False),
        (lambda s, a, t: reversals_of(s, t.id), False),
        (lambda s, a, t: balance_of(s, a.id, today=TODAY), False),
        (
            lambda s, a, t: balance_of_owner(
                s,
                owner_kind="resident",
                owner_id=a.name.owner_id,
                asset_code="points",
                purpose="points",
                today=TODAY,
            ),
            False,
        ),
        (lambda s, a, t: find_accounts(s, [a.name]), False),
        (
            lambda s, a, t: find_accounts(s, [a.name, a.name.__class__("resident", uuid4(), a.name.asset_id, "debt")]),
            False,
        ),
        (lambda s, a, t: expire_due(s, now=NOON + timedelta(days=60)), False),
    ],
    ids=["page", "as of", "transfer", "reversals", "balance", "owner's balance", "account", "accounts", "expiry"],
)
def test_question_is_answered_through_an_index(session, resident, busy, question, ordered):
    plans = plans_of(session, lambda: question(session, resident, busy[0]))

    assert plans
    for plan in plans:
        assert "Seq Scan on ledger" not in plan, plan
        assert not any(line.startswith("SCAN ledger") for line in plan.splitlines()), plan
        if ordered:
            assert "Sort" not in plan, plan
            assert "TEMP B-TREE" not in plan, plan


def test_page_is_cut_by_the_key_and_not_by_reading_on(session, resident, busy):
    (plan,) = plans_of(session, lambda: page_of_entries(session, resident.id, before_seq=9, limit=5))

    if session.get_bind().dialect.name == "sqlite":
        assert "SEARCH ledger_entry USING PRIMARY KEY (account_id=? AND bucket=? AND seq<?)" in plan
    else:
        assert "Index Scan Backward using ledger_entry_pkey on ledger_entry" in plan
        assert "(seq < " in next(line for line in plan.splitlines() if "Index Cond: ((account_id" in line)


def test_due_lots_are_found_by_their_day(session, resident, busy):
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_sort = off"))  # Five lots are sorted by right; five million are not.

    plans = plans_of(session, lambda: expire_due(session, now=NOON + timedelta(days=60)))

    assert any("ledger_lot_due_idx" in plan for plan in plans)
