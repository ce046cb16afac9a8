"""Two at once: one code, two households, the last place."""

from datetime import timedelta
from threading import Barrier
from time import sleep

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import clock, constraint_of, new_id, parse_public_id, transaction
from app.identity.households.models import MembershipRow
from app.identity.households.rules import MEMBERS_MAX
from tests.identity.people import count


def statuses(at_once, *acts):
    answers = at_once(len(acts), lambda _, index: acts[index]())
    return sorted((each.status_code, each.json.get("code")) for each in answers)


def joining(who, code):
    return lambda: who.post("/household-memberships", {"code": code})


def opening(who):
    return lambda: who.post("/households", {"name": "自己"})


def test_person_who_joins_two_households_at_once_gets_into_one(resident, at_once):
    for _ in range(3):
        lin, wang, xu = resident(), resident(), resident()
        codes = [lin.invites(lin.opens()), wang.invites(wang.opens())]

        got = statuses(at_once, *(joining(xu, code) for code in codes), opening(xu))

        assert [status for status, _ in got].count(201) == 1
        assert [code for status, code in got if status == 409] == ["identity.member_elsewhere"] * 2


def test_code_that_two_use_at_once_lets_one_in(resident, at_once):
    lin, wang, xu = resident(), resident(), resident()
    code = lin.invites(lin.opens())

    got = statuses(at_once, joining(wang, code), joining(xu, code))

    assert [status for status, _ in got] == [201, 422]


def test_last_place_is_given_once(resident, at_once):
    lin, wang, xu = resident(), resident(), resident()
    home = lin.opens()
    with transaction() as session:
        for _ in range(MEMBERS_MAX - 2):
            session.add(
                MembershipRow(
                    id=new_id(),
                    household_id=parse_public_id("hh", home["id"]),
                    person_id=resident().id,
                    joined_on=clock.civil_day(clock.now()),
                    created_at=clock.now(),
                )
            )
    codes = [lin.invites(home), lin.invites(home)]

    got = statuses(at_once, joining(wang, codes[0]), joining(xu, codes[1]))

    assert got == [(201, None), (409, "identity.household_full")]
    assert count(MembershipRow) == MEMBERS_MAX


def test_head_who_leaves_while_another_joins_leaves_nobody_without_a_head(resident, at_once, hands):
    lin, wang = resident(), resident()
    home = lin.opens()
    lins, code = lin.membership(home), lin.invites(home)
    hands.move(timedelta(days=1))

    got = statuses(
        at_once,
        lambda: lin.leaves(lins, "2026-03-13"),
        joining(wang, code),
    )

    assert got in (
        # The code goes with the head; a moment later it is the household that is closed.
        [(200, None), (422, "identity.household_invitation_refused")],
        [(200, None), (409, "identity.household_closed")],
        [(201, None), (409, "identity.successor_needed")],
    )


def test_database_lets_one_of_two_in_also_past_the_rule(app, resident, at_once):
    homes = [parse_public_id("hh", resident().opens()["id"]) for _ in range(2)]
    xu = resident()
    both_there = Barrier(2)

    def write(_, index):
        with app.app_context():
            try:
                with transaction() as session:
                    if session.get_bind().dialect.name == "postgresql":  # On SQLite there is one writer.
                        session.execute(text("SELECT 1"))
                        both_there.wait(5)
                    today = clock.civil_day(clock.now())
                    row = MembershipRow(
                        id=new_id(), household_id=homes[index], person_id=xu.id, joined_on=today, created_at=clock.now()
                    )
                    session.add(row)
                    session.flush()
                    sleep(0.05)
            except DBAPIError as error:
                return constraint_of(error)
        return "written"

    assert sorted(at_once(2, write)) == ["identity_membership_once", "written"]
