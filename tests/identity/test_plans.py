"""What every request asks the database finds by an index, however many people there are."""

import pytest
from sqlalchemy import text

from app.foundation.data import clock, new_id, transaction
from app.identity.entrance import queries
from app.identity.entrance.models import SendScope
from app.identity.entrance.outside import OutsideProvider
from app.identity.entrance.outside.queries import accounts_of, find_person_linked
from app.identity.entrance.queries import Holder
from app.identity.people.queries import find_phone_of, lock_held_phone
from tests.identity.people import statements_asked

NOW = clock.now()


def ask_who(session):
    queries.find_signed_in(session, new_id(), NOW)


def ask_for_phone(session):
    lock_held_phone(session, "+8613800138000")
    find_phone_of(session, new_id())


def ask_for_device(session):
    queries.find_device(session, Holder(person_id=new_id()), "x")
    queries.find_device(session, Holder(staff_id=new_id()), "x")


def ask_for_sessions(session):
    queries.lock_open_sessions(session, Holder(person_id=new_id()), NOW)
    queries.lock_open_sessions(session, Holder(staff_id=new_id()), NOW)


def ask_for_counts(session):
    queries.sent_in_hour(session, SendScope.ADDRESS, NOW, "x")
    queries.sent_in_hour(session, SendScope.CITY, NOW)


def ask_for_outside_accounts(session):
    find_person_linked(session, OutsideProvider.WECHAT, "x")
    session.scalars(accounts_of(new_id())).all()


@pytest.mark.parametrize(
    "ask", [ask_who, ask_for_phone, ask_for_device, ask_for_sessions, ask_for_counts, ask_for_outside_accounts]
)
def test_no_question_of_a_request_reads_a_whole_table(app, engine_name, ask):
    with transaction() as session:
        with statements_asked() as asked:
            ask(session)
        questions = [each for each in asked if "FROM identity" in each[0]]
        plans = [plan_of(session, engine_name, *each) for each in questions]

    assert plans
    for plan in plans:
        assert "SCAN identity" not in plan, plan  # SQLite's word for reading a table from end to end.
        assert "Seq Scan" not in plan, plan


def plan_of(session, engine_name, statement, parameters) -> str:
    connection = session.connection()
    if engine_name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))  # The tables are empty; it would read them whole.
        rows = connection.exec_driver_sql("EXPLAIN " + statement.replace(" FOR UPDATE", ""), parameters)
    else:
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
    return "\n".join(" ".join(str(cell) for cell in row) for row in rows)
