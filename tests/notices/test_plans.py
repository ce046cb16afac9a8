"""What inbox and sender ask the database is found by an index, however many notices there are; locks hold with real threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.foundation.data import clock, new_id, run_in_transaction, transaction
from app.foundation.work import work_once
from app.identity.entrance.devices import devices_signed_in
from app.notices import queries
from app.notices.models import NoticeRow
from app.notices.queries import Recipient
from app.notices.rules import NoticeGroup
from app.notices.usecases import send
from tests.identity.people import statements_asked
from tests.identity.test_plans import plan_of
from tests.notices.conftest import deliveries

NOW = clock.now()
ME, CLERK = Recipient(person_id=new_id()), Recipient(staff_id=new_id())


def ask_inbox(session):
    for whose in (ME, CLERK):
        for unread_only in (False, True):
            question = queries.notices_of(whose, unread_only=unread_only)
            session.scalars(question.order_by(NoticeRow.created_at.desc(), NoticeRow.id.desc()).limit(20)).all()
        queries.count_unread(session, whose, limit=100)
        queries.unread_between(session, whose, NOW, NOW)


def ask_what_is_due(session):
    session.scalars(queries.due_deliveries(NOW, limit=10)).all()


def ask_how_and_where(session):
    for whose in (ME, CLERK):
        queries.preferences_of(session, whose)
        queries.targets_of(session, whose)
    queries.grants_of(session, new_id())
    devices_signed_in(session, [new_id()], NOW)
    queries.stored_kinds(session)


@pytest.mark.parametrize("ask", [ask_inbox, ask_what_is_due, ask_how_and_where])
def test_no_question_reads_a_whole_table_or_sorts_one(app, engine_name, ask):
    with transaction() as session:
        with statements_asked() as asked:
            ask(session)
        questions = [each for each in asked if "FROM notices" in each[0] or "FROM identity" in each[0]]
        plans = [plan_of(session, engine_name, *each) for each in questions]

    assert plans
    for plan in plans:
        is_whole = [line for line in plan.splitlines() if "SCAN notices" in line and "USING" not in line]
        assert not is_whole, plan
        assert "Seq Scan" not in plan, plan
        if ask is not ask_how_and_where:
            assert "USE TEMP B-TREE" not in plan, plan


def test_two_workers_at_once_take_no_delivery_twice(app, reader, senders):
    reader.takes_push()
    for _ in range(12):
        reader.tell()
    send_all = app.extensions["lintan_loops"]["notices.send"]
    while work_once():
        pass

    def work(_: int) -> int:
        with app.app_context():
            return send_all.run()

    with ThreadPoolExecutor(3) as pool:
        sum(pool.map(work, range(6)))

    ids = [message.id for _, message in senders.push.sent]
    assert len(ids) == len(set(ids)) == 12
    assert {row.state for row in deliveries()} == {"sent"}


def test_one_permission_is_used_once_by_many_at_once(app, reader, senders):
    reader.post("/v1/me/wechat-grants", {"code": "abc", "groups": ["points"]})

    def take(_: int) -> bool:
        with app.app_context():
            return run_in_transaction(lambda session: queries.take_grant(session, reader.id, NoticeGroup.POINTS))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]


def test_a_note_that_comes_after_the_lease_ran_out_changes_no_later_lease(app, reader, senders, hands):
    reader.takes_push()
    reader.tell()
    while work_once():
        pass
    (first,) = run_in_transaction(lambda session: send._lease(session, hands.now()))
    hands.move(send.LEASE)
    (second,) = run_in_transaction(lambda session: send._lease(session, hands.now()))

    send._try_again(first, "unreachable")

    (row,) = deliveries()
    assert (row.tries, row.next_at) == (0, second.token)
