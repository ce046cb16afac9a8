"""A household's figures: sums over the days in which each member was one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from app.credits import Beneficiary, BeneficiaryKind, Purpose, hold_kg, retire_held
from app.credits.usecases.household import retired_kg
from app.foundation.data import clock, db, new_id, reading, run_in_transaction, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.identity import MemberInterval, household_figures
from app.identity.households import queries
from app.points import decide_award
from app.points.usecases.household import points_earned
from tests.credits.people import Register, cause
from tests.identity.households.test_stories import code_of
from tests.identity.people import make_agency


def at(hands, month, day, hour=4):
    """Noon in Lishui, unless another hour of UTC is named."""
    hands.set(datetime(2026, month, day, hour, tzinfo=UTC))


def plants(person_id, trees):
    """Earn 6 points a tree now."""
    run_in_transaction(
        lambda session: decide_award(
            session,
            person_id=person_id,
            act="planting.tree",
            subject_kind="planting.claim",
            subject_id=new_id(),
            acted_on=clock.civil_day(clock.now()),
            quantity=trees,
            now=clock.now(),
            actor=SYSTEM,
        )
    )
    work_until_idle()


def figures(who, home, first="2026-01-01", until="2027-01-01"):
    return who.get(f"/households/{home['id']}/figures?first={first}&until={until}")


def amounts(line):
    return {each["kind"]: each["amount"] for each in line}


def test_who_leaves_in_mid_year_counts_until_that_day_and_who_joins_from_it(resident, hands):
    at(hands, 3, 12)
    lin, wang, xu = resident("林一"), resident("王二"), resident("许三")
    home = lin.opens()
    wangs = wang.joins(lin.invites(home))
    plants(lin.id, 1)
    plants(wang.id, 2)
    plants(xu.id, 3)  # Before she is a member.
    at(hands, 6, 30, hour=15)  # The last hour of the day in Lishui.
    plants(wang.id, 1)
    at(hands, 6, 30, hour=16)  # The first of July.
    wang.leaves(wangs, "2026-07-01")
    xu.joins(lin.invites(home))
    plants(wang.id, 5)
    plants(xu.id, 1)
    at(hands, 12, 1)
    register = Register(make_agency())
    batch = register.batch()
    for person, kg in ((lin, 7), (wang, 9)):
        retired_for(person.id, batch, kg)

    answer = figures(lin, home)

    assert answer.status_code == 200, answer.json
    lines = {each["name"]: each for each in answer.json["members"]}
    assert {name: amounts(each["figures"]) for name, each in lines.items()} == {
        "林一": {"points_earned": 6, "retired_kg": 7},
        "王*": {"points_earned": 18, "retired_kg": 0},
        "许*": {"points_earned": 6, "retired_kg": 0},
    }
    assert lines["王*"]["intervals"] == [{"first": "2026-03-12", "until": "2026-07-01"}]
    assert amounts(answer.json["totals"]) == {"points_earned": 30, "retired_kg": 7}
    past = figures(wang, home).json
    assert past["until"] == "2026-07-01"
    assert amounts(past["totals"]) == {"points_earned": 24, "retired_kg": 0}
    assert {each["name"] for each in past["members"]} == {"林*", "王二"}
    second_half = figures(lin, home, "2026-07-01").json
    assert amounts(second_half["totals"]) == {"points_earned": 6, "retired_kg": 7}
    assert figures(resident(), home).status_code == 404


def retired_for(person_id, batch, kg):
    def act(session):
        hold = hold_kg(session, batch.id, kg, cause=cause("hold"), until=None, now=clock.now())
        beneficiary = Beneficiary(kind=BeneficiaryKind.RESIDENT, id=person_id)
        said = {"purpose": Purpose.SELF, "cause": cause("retire"), "actor": SYSTEM, "now": clock.now()}
        retire_held(session, hold.id, beneficiary=beneficiary, **said)

    run_in_transaction(act)


@pytest.mark.parametrize(
    ("first", "until", "status"),
    [
        ("2026-01-01", "2028-01-02", 200),
        ("2026-01-01", "2028-01-03", 422),
        ("2026-01-01", "2026-01-01", 422),
        ("2026-01-02", "2026-01-01", 422),
    ],
)
def test_period_has_a_day_and_at_most_two_years(resident, first, until, status):
    lin = resident()

    answer = figures(lin, lin.opens(), first, until)

    assert answer.status_code == status
    if status == 422:
        assert code_of(answer)[1] == "identity.figures_period_out_of_range"


def test_past_member_asking_for_a_later_time_gets_nothing(resident, hands):
    lin, wang = resident(), resident()
    home = lin.opens()
    wang.leaves(wang.joins(lin.invites(home)), "2026-03-12")
    hands.move(timedelta(days=1))

    answer = figures(wang, home, "2026-06-01", "2026-07-01").json

    assert (answer["until"], answer["members"]) == ("2026-06-01", [])
    assert amounts(answer["totals"]) == {"points_earned": 0, "retired_kg": 0}


LIN = MemberInterval(new_id(), datetime(2026, 1, 1, tzinfo=UTC).date(), None)
FIRST, UNTIL = LIN.joined_on, LIN.joined_on + timedelta(days=365)
READS = {
    "points": (lambda session: points_earned(session, [LIN], FIRST, UNTIL), {"points_part_person_idx"}),
    "credits": (lambda session: retired_kg(session, [LIN], FIRST, UNTIL), {"credits_retirement_beneficiary_idx"}),
    "intervals": (
        lambda session: queries.membership_intervals(session, LIN.person_id, FIRST, UNTIL),
        {"identity_household_membership_household_idx"},
    ),
    "household": (
        lambda session: queries.household_of(session, LIN.person_id, FIRST),
        {"identity_household_membership_person_idx"},
    ),
    "head": (
        lambda session: session.scalar(select(queries.heads_any(LIN.person_id, FIRST))),
        {"identity_household_head_id_idx"},
    ),
    "invitation": (
        lambda session: queries.find_invitation(session, "x", clock.now()),
        {"identity_household_invitation_code_mac_key", "sqlite_autoindex_identity_household_invitation_2"},
    ),
}


def test_every_read_goes_by_an_index_of_its_person_household_or_code(app, engine_name):
    seen = []

    def note(connection, cursor, statement, parameters, *_):
        if "SELECT" in statement and (
            "FROM identity_" in statement or "FROM points_" in statement or "FROM credits_" in statement
        ):
            seen.append((statement, parameters))

    for name, (read, indexes) in READS.items():
        with transaction() as session:
            seen.clear()
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                read(session)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
            [(statement, parameters)] = seen
            connection = session.connection()
            if engine_name == "postgresql":
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN " if engine_name == "postgresql" else "EXPLAIN QUERY PLAN "
            plan = "\n".join(
                " ".join(map(str, row)) for row in connection.exec_driver_sql(explain + statement, parameters)
            )
        assert any(index in plan for index in indexes), (name, plan)


def test_both_rooms_answer_for_their_figure(app):
    with reading():
        assert household_figures.kinds() == ["points_earned", "retired_kg"]
