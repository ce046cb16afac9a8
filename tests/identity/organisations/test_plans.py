"""What a request asks of organisations is one statement, found by indexes, however many there are."""

from datetime import date

import pytest

from app.foundation.data import clock, new_id, transaction
from app.foundation.http import page_of
from app.foundation.proof import Actor, ActorKind, Grant
from app.identity import Role
from app.identity.organisations import queries
from app.identity.organisations.models import OrganisationProfileRow, OrganisationWaitingRow
from app.identity.organisations.rules.kinds import OrganisationKind, SpeciesGroup
from app.identity.people.roles import roles_of_resident
from tests.identity.organisations.people import checker, resident, verified
from tests.identity.people import LIANDU, statements_asked
from tests.identity.test_plans import plan_of


def ask_roles(session):
    roles_of_resident(session, new_id(), clock.now())


def ask_code(session):
    queries.lock_holder_of_code(session, "91331102EXAMPLE01N")
    queries.find_invitation_by_code(session, "x", clock.now())


def ask_people(session):
    queries.find_membership(session, new_id(), new_id())
    queries.count_owners(session, new_id())
    queries.count_open_sign_ups(session, new_id())


def ask_queue(session):
    grant = Grant(Role.VERIFIER, new_id(), (LIANDU,))
    viewer = Actor(id=new_id(), kind=ActorKind.STAFF, roles=frozenset({"verifier"}), grants=(grant,))
    row = OrganisationWaitingRow
    page_of(session, queries.select_queue(viewer), at=row.since, id=row.id, limit=20, cursor=None, newest_first=False)


def ask_stations(session):
    found = queries.select_listed(OrganisationKind.STATION, date(2026, 3, 12))
    found = queries.stations_reaching(found, LIANDU, SpeciesGroup.BIRD)
    found = queries.stations_open_at(found, 1, 600)
    row = OrganisationProfileRow
    page_of(session, found, at=row.listed_at, id=row.id, limit=20, cursor=None, newest_first=False)


@pytest.mark.parametrize("ask", [ask_roles, ask_code, ask_people, ask_queue, ask_stations])
def test_no_question_reads_a_whole_table(app, engine_name, ask):
    with app.test_request_context(), transaction() as session:
        with statements_asked() as asked:
            ask(session)
        questions = [each for each in asked if "FROM identity" in each[0]]
        plans = [plan_of(session, engine_name, *each) for each in questions]

    assert plans
    for plan in plans:
        assert "SCAN identity" not in plan, plan
        assert "Seq Scan" not in plan, plan


def test_a_request_learns_its_roles_by_one_statement(client, hands):
    owner = resident(client)
    verified(owner, checker(client))

    with statements_asked() as asked:
        assert owner.roles() == {"resident", "organisation_owner"}

    assert sum("identity_organisation" in statement for statement, _ in asked) == 1
    assert sum("SELECT" in statement for statement, _ in asked) == 2
