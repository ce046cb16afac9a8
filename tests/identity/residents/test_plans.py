"""What is asked of families, numbers and desks is found by an index, however many residents there are."""

import pytest

from app.foundation.data import clock, new_id, transaction
from app.identity import assistants_of, language_of, phone_of
from app.identity.entrance import queries as entrance
from app.identity.entrance.queries import Holder
from app.identity.people import queries as people
from app.identity.people.family import queries as family
from tests.identity.people import statements_asked
from tests.identity.test_plans import plan_of

NOW = clock.now()
TODAY = clock.civil_day(NOW)


def ask_for_numbers(session):
    people.list_holds_of(session, "+8613800138000", limit=20)
    people.phones_of(session, [new_id()])
    phone_of(session, new_id())
    language_of(session, new_id())


def ask_for_guardians(session):
    family.find_guardianship(session, new_id(), TODAY)
    family.guarded_until(session, new_id())
    family.list_guardianships_of(session, new_id(), TODAY)
    family.birth_dates(session, [new_id()])


def ask_for_invitations(session):
    family.list_invitations_to(session, "+8613800138000", NOW, limit=20)
    family.find_waiting_invitation(session, new_id(), NOW)
    family.count_invitations(session, new_id(), NOW)


def ask_for_what_is_due(session):
    family.lock_due_guardianships(session, TODAY, limit=500)
    family.lock_expired_invitations(session, NOW, limit=500)


def ask_for_devices(session):
    entrance.count_open_sessions_on(session, [new_id()], NOW)
    entrance.assisted_sessions(session, [new_id()])
    entrance.bindings_of(session, [new_id()])
    session.scalars(entrance.devices_of(Holder(person_id=new_id()))).all()


def ask_who_assisted(session):
    assistants_of(session, "planting.claim", new_id())


@pytest.mark.parametrize(
    "ask",
    [
        ask_for_numbers,
        ask_for_guardians,
        ask_for_invitations,
        ask_for_what_is_due,
        ask_for_devices,
        ask_who_assisted,
    ],
)
def test_no_question_about_residents_reads_a_whole_table(app, engine_name, ask):
    with transaction() as session:
        with statements_asked() as asked:
            ask(session)
        plans = [
            plan_of(session, engine_name, statement.replace(" SKIP LOCKED", ""), parameters)
            for statement, parameters in asked
            if "FROM identity" in statement
        ]

    assert plans
    for plan in plans:
        assert "SCAN identity" not in plan, plan
        assert "Seq Scan" not in plan, plan
