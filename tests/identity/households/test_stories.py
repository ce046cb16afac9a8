"""Households over HTTP: opened, joined, left, handed on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import clock, constraint_of, new_id, parse_public_id, public_id, reading, transaction
from app.foundation.http.models import IdempotencyRow
from app.foundation.work import work_until_idle
from app.identity import heads_any, household_of
from app.identity.households.models import HouseholdNameRow, InvitationRow, MembershipRow
from app.identity.households.person_data import HOUSEHOLDS
from app.identity.households.rules import MEMBERS_MAX
from app.identity.people.family.models import BirthDateRow, GuardianshipRow, Relation
from app.identity.rights.parts import Erasure
from tests.identity.conftest import NOON
from tests.identity.people import count

TODAY = "2026-03-12"


def code_of(answer):
    return answer.status_code, answer.json.get("code") if answer.json else None


def test_household_is_opened_joined_and_seen_by_members_alone(resident, hands):
    lin, wang, stranger = resident("林小明"), resident("王芳"), resident()

    home = lin.opens()
    listed = lin.get("/households").json["items"]
    membership = wang.joins(lin.invites(home))
    seen = wang.get(f"/households/{home['id']}").json

    assert [each["id"] for each in listed] == [home["id"]]
    assert (home["is_head"], home["opened_on"], home["closed_on"]) == (True, TODAY, None)
    assert membership["joined_on"] == TODAY
    assert {(m["name"], m["is_me"], m["is_head"]) for m in seen["members"]} == {
        ("林**", False, True),
        ("王芳", True, False),
    }
    assert stranger.get(f"/households/{home['id']}").status_code == 404
    assert stranger.get("/households").json["items"] == []
    person_day = clock.civil_day(clock.now())
    with reading() as session:
        assert household_of(session, wang.id, person_day) == parse_public_id("hh", home["id"])
        assert household_of(session, stranger.id, person_day) is None
        assert session.scalar(select(heads_any(lin.id, person_day)))
        assert not session.scalar(select(heads_any(wang.id, person_day)))


def test_code_is_good_once_for_a_week_and_not_for_its_household_when_withdrawn(resident, hands):
    lin, wang, xu = resident(), resident(), resident()
    home = lin.opens()
    path = f"/households/{home['id']}/invitations"
    used, withdrawn, old = (lin.invites(home) for _ in range(3))
    wang.joins(used.upper())

    newest = lin.get(path).json["items"]
    assert len(newest) == 2
    assert all("code" not in each for each in newest)
    by_age = sorted(newest, key=lambda each: each["id"])
    gone = lin.ask("DELETE", f"{path}/{by_age[0]['id']}")
    again = lin.ask("DELETE", f"{path}/{by_age[0]['id']}")
    assert (gone.status_code, code_of(again)) == (204, (404, "identity.household_invitation_not_found"))
    hands.move(timedelta(days=7))
    for code in (used, withdrawn, old, "0000000000", "x"):
        answer = xu.post("/household-memberships", {"code": code})
        assert code_of(answer) == (422, "identity.household_invitation_refused")
    assert lin.get(path).json["items"] == []
    work_until_idle()
    assert count(InvitationRow) == 0


def test_lost_answer_of_an_invitation_is_given_again_and_no_code_is_stored(resident):
    lin = resident()
    home = lin.opens()
    path = f"/households/{home['id']}/invitations"

    first, second = (lin.post(path, Idempotency_Key="one") for _ in range(2))

    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    with reading() as session:
        kept = [*session.scalars(select(IdempotencyRow.body)), *session.scalars(select(InvitationRow.code_mac))]
    assert all(first.json["code"] not in (each or "") for each in kept)


def test_members_do_not_what_the_head_does_and_strangers_learn_nothing(resident):
    lin, wang, stranger, elsewhere = resident(), resident(), resident(), resident()
    home = lin.opens()
    wang.joins(lin.invites(home))
    elsewhere.opens("别家")
    mine = lin.membership(home)
    asked = [
        ("PATCH", f"/households/{home['id']}", {"name": "我家"}),
        ("POST", f"/households/{home['id']}/invitations", None),
        ("GET", f"/households/{home['id']}/invitations", None),
        ("DELETE", f"/households/{home['id']}/invitations/inv_01m868tawjer4b6ctjc95y8bpg", None),
        ("POST", f"/households/{home['id']}/head", {"membership_id": mine["id"]}),
        ("POST", f"/households/{home['id']}/members/{mine['id']}/leave", {"left_on": TODAY}),
    ]

    for method, path, body in asked:
        refused_wang, refused_stranger = wang.ask(method, path, body), stranger.ask(method, path, body)
        assert code_of(refused_wang) == (403, "identity.household_head_only"), path
        assert code_of(refused_stranger) == (404, "identity.household_not_found"), path
        assert code_of(elsewhere.ask(method, path, body)) == (404, "identity.household_not_found"), path
    assert stranger.get(f"/households/{home['id']}/figures?first=x").status_code == 404


def test_head_renames_with_the_version_seen(resident):
    lin = resident()
    home = lin.opens()
    path = f"/households/{home['id']}"
    tag = lin.get(path).headers["ETag"]

    missing = lin.ask("PATCH", path, {"name": "新家"})
    done = lin.ask("PATCH", path, {"name": "新家"}, If_Match=tag)
    stale = lin.ask("PATCH", path, {"name": "旧家"}, If_Match=tag)
    with transaction() as session:
        session.execute(delete(HouseholdNameRow))
    nameless = lin.get(path)
    renamed = lin.ask("PATCH", path, {"name": "又一家"}, If_Match=nameless.headers["ETag"])

    assert (missing.status_code, stale.status_code) == (428, 412)
    assert (done.json["name"], nameless.json["name"], renamed.json["name"]) == ("新家", None, "又一家")


def test_person_counts_in_one_household_at_a_time(resident, hands):
    lin, wang = resident(), resident()
    old_home, new_home = lin.opens(), wang.opens()
    hands.move(timedelta(days=40))
    code = wang.invites(new_home)

    twice = lin.post("/households", {"name": "第二家"})
    elsewhere = lin.post("/household-memberships", {"code": code})
    lin.leaves(lin.membership(old_home), "2026-04-10")
    too_early = lin.post("/household-memberships", {"code": code, "joined_on": "2026-04-09"})
    joined = lin.joins(code, "2026-04-10")

    assert code_of(twice) == code_of(elsewhere) == (409, "identity.member_elsewhere")
    assert elsewhere.json["free_from"] is None
    assert (code_of(too_early), too_early.json["free_from"]) == ((409, "identity.member_elsewhere"), "2026-04-10")
    assert joined["joined_on"] == "2026-04-10"


@pytest.mark.parametrize(("day", "ok"), [("2026-03-22", True), ("2026-03-21", False), ("2026-04-23", False)])
def test_joining_is_entered_up_to_a_month_later(resident, hands, day, ok):
    lin, wang = resident(), resident()
    home = lin.opens()
    hands.move(timedelta(days=41))  # 22 April.
    code = lin.invites(home)

    answer = wang.post("/household-memberships", {"code": code, "joined_on": day})

    assert (
        code_of(answer) == (201, answer.json["code"] if not ok else None)
        if ok
        else (code_of(answer) == (422, "identity.joined_on_out_of_range"))
    )
    if not ok:  # The code is not used up by a wrong day.
        assert answer.json["earliest"] == "2026-03-22"
        wang.joins(code)


def test_nobody_joins_before_the_household_or_for_somebody_else(resident):
    lin, wang, xu = resident(), resident(), resident()
    code = lin.invites(lin.opens())

    before = wang.post("/household-memberships", {"code": code, "joined_on": "2026-03-11"})
    for_another = wang.post("/household-memberships", {"code": code, "person_id": "per_01m869pkvzedjar4gm98ss5gf2"})

    assert code_of(before) == (422, "identity.joined_on_out_of_range")
    assert code_of(for_another) == (404, "identity.member_unknown")
    xu.joins(code)


def test_guardian_brings_a_child_in_and_out_and_no_child_goes_alone(resident, hands):
    lin, child, wang = resident("林一"), resident("林小"), resident()
    today = clock.civil_day(clock.now())
    with transaction() as session:
        born = date(2016, 3, 12)
        session.add(BirthDateRow(person_id=child.id, born_on=born, first_given_at=NOON, given_at=NOON, given_by=lin.id))
        session.add(
            GuardianshipRow(
                id=new_id(),
                child_id=child.id,
                guardian_id=lin.id,
                relation=Relation.PARENT,
                declared_at=NOON,
                began_at=NOON,
                until_on=date(2030, 3, 12),
            )
        )
    home = wang.opens()
    code = wang.invites(home)
    body = {"code": code, "person_id": public_id("per", child.id)}

    opened = child.post("/households", {"name": "我的家"})
    alone = child.post("/household-memberships", {"code": code})
    joined = lin.post("/household-memberships", body)
    away = child.leaves(joined.json, TODAY)
    seen = lin.get(f"/households/{home['id']}")
    left = lin.leaves(joined.json, TODAY)

    assert code_of(opened) == code_of(alone) == code_of(away)
    assert (opened.status_code, joined.status_code, left.status_code) == (409, 201, 200)
    assert {each["is_me"] for each in seen.json["members"]} == {False}
    with reading() as session:
        assert household_of(session, child.id, today) is None


def test_erasure_ends_a_membership_hands_the_household_on_and_takes_its_name_with_the_last(resident, hands):
    lin, wang = resident(), resident()
    home = lin.opens()
    wang.joins(lin.invites(home))
    with reading() as session:
        told = HOUSEHOLDS.export(session, lin.id)
    assert told["household_names"] == [{"household_id": home["id"], "name": "小林一家"}]
    assert told["households_headed"] == [{"household_id": home["id"]}]

    for who, names in ((lin, 1), (wang, 0)):
        with transaction() as session:
            assert HOUSEHOLDS.erase(session, Erasure(who.id, clock.now())).is_done
        assert count(HouseholdNameRow) == names
        if who is lin:
            assert wang.get(f"/households/{home['id']}").json["is_head"]
            assert wang.invites(home)
    assert count(InvitationRow) == 0


def test_thirteenth_member_finds_no_room(resident, hands):
    lin = resident()
    home = lin.opens()
    key = parse_public_id("hh", home["id"])
    others = [resident() for _ in range(MEMBERS_MAX - 1)]
    with transaction() as session:
        for each in others[:-1]:
            session.add(member_row(key, each.id))
    others[-1].joins(lin.invites(home))
    last = resident()
    code = lin.invites(home)

    full = last.post("/household-memberships", {"code": code})
    others[-1].leaves(others[-1].membership(home), TODAY)

    assert (code_of(full), full.json["members_max"]) == ((409, "identity.household_full"), MEMBERS_MAX)
    last.joins(code)


def member_row(household_id, person_id, joined_on=None, left_on=None):
    return MembershipRow(
        id=new_id(),
        household_id=household_id,
        person_id=person_id,
        joined_on=joined_on or clock.civil_day(clock.now()),
        left_on=left_on,
        created_at=clock.now(),
    )


def test_leaving_by_day_is_bounded_announced_and_changed(resident, hands):
    lin, wang = resident(), resident()
    home = lin.opens()
    mine = wang.joins(lin.invites(home))
    hands.move(timedelta(days=10))  # 22 March.

    for day in ("2026-03-11", "2026-05-22"):
        assert code_of(wang.leaves(mine, day)) == (422, "identity.left_on_out_of_range")
    announced = wang.leaves(mine, "2026-05-21")
    earlier = lin.leaves(mine, "2026-03-22")
    again = wang.leaves(mine, "2026-03-21")

    assert (announced.status_code, announced.json["left_on"]) == (200, "2026-05-21")
    assert (earlier.status_code, earlier.json["left_on"]) == (200, "2026-03-22")
    assert code_of(again) == (409, "identity.membership_ended")
    seen = wang.get(f"/households/{home['id']}").json
    assert (seen["seen_until"], seen["is_head"]) == ("2026-03-22", False)
    assert [each["id"] for each in wang.get("/households").json["items"]] == [home["id"]]


def test_household_closes_with_its_last_member_and_stays_readable(resident, hands):
    lin, wang = resident(), resident()
    home = lin.opens()
    code = lin.invites(home)
    hands.move(timedelta(days=3))

    left = lin.leaves(lin.membership(home), "2026-03-14")
    refused = wang.post("/household-memberships", {"code": code})
    no_more = lin.post(f"/households/{home['id']}/invitations")

    assert left.status_code == 200
    assert code_of(refused) == (422, "identity.household_invitation_refused")
    assert code_of(no_more) == (403, "identity.household_head_only")
    shown = lin.get(f"/households/{home['id']}").json
    assert (shown["closed_on"], shown["seen_until"], shown["is_head"]) == ("2026-03-14", "2026-03-14", False)
    with reading() as session:
        assert not session.scalar(select(heads_any(lin.id, clock.civil_day(clock.now()))))
    assert lin.opens("再来")["opened_on"] == "2026-03-15"


def test_past_member_sees_nothing_that_came_later(resident, hands):
    lin, wang, xu = resident(), resident("王二"), resident("许三")
    home = lin.opens()
    wangs = wang.joins(lin.invites(home))
    wang.leaves(wangs, TODAY)
    hands.move(timedelta(days=5))
    xus = xu.joins(lin.invites(home))
    xu.leaves(xus, "2026-03-17")

    seen = wang.get(f"/households/{home['id']}").json
    assert [each["name"] for each in seen["members"]] == ["王二"]  # Who came and went on one day counted with nobody.
    assert len(lin.get(f"/households/{home['id']}").json["members"]) == 3


def test_database_holds_one_household_at_a_time_by_itself(resident, engine_name):
    lin, wang, xu = resident(), resident(), resident()
    first, second = (parse_public_id("hh", each.opens()["id"]) for each in (lin, wang))
    today = clock.civil_day(clock.now())
    later = today + timedelta(days=9)
    with transaction() as session:
        session.add(member_row(first, xu.id, today, later))
        session.add(member_row(second, xu.id, later))
        session.add(member_row(second, xu.id, today, today))  # Without a day, it overlaps nothing.

    for row in (member_row(second, xu.id, today, later), member_row(second, xu.id, later), member_row(first, lin.id)):
        assert refused(lambda session, row=row: session.add(row)) == "identity_membership_once"
    assert refused(lambda session: session.add(member_row(first, xu.id, today - timedelta(days=1), today))) == (
        "identity_membership_too_early"
    )
    longer = "UPDATE identity_household_membership SET left_on = NULL WHERE left_on IS NOT NULL AND left_on > joined_on"
    assert refused(lambda session: session.execute(text(longer))) == "identity_membership_once"
    if engine_name == "sqlite":  # On PostgreSQL the serving role may not even try.
        for change in (
            "UPDATE identity_household_membership SET joined_on = '2026-01-01'",
            "DELETE FROM identity_household_membership",
        ):
            assert refused(lambda session, change=change: session.execute(text(change))) == "identity_membership_kept"


def refused(act):
    def write():
        with transaction() as session:
            act(session)
            session.flush()

    with pytest.raises(DBAPIError) as caught:
        write()
    return constraint_of(caught.value)
