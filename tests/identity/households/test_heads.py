"""Who speaks for a household: the head, whoever follows, and never a child."""

from datetime import date, timedelta

from sqlalchemy import select

from app.foundation.data import clock, parse_public_id, reading, transaction
from app.identity import household_of
from app.identity.households.models import HouseholdRow, InvitationRow
from app.identity.households.person_data import HOUSEHOLDS
from app.identity.people.family.models import BirthDateRow
from app.identity.rights.parts import Erasure
from tests.identity.conftest import NOON
from tests.identity.households.test_stories import code_of, member_row
from tests.identity.people import count

TODAY = "2026-03-12"


def test_head_is_the_last_to_leave(resident, hands):
    lin, wang, xu = resident("林一"), resident("王二"), resident("许三")
    home = lin.opens()
    lins = lin.membership(home)
    wangs, xus = wang.joins(lin.invites(home)), xu.joins(lin.invites(home))
    hands.move(timedelta(days=30))  # 11 April.
    assert wang.leaves(wangs, "2026-05-01").status_code == 200

    alone = lin.leaves(lins, "2026-04-11")
    leaving_too = lin.leaves(lins, "2026-04-11", successor_id=wangs["id"])
    handed = lin.post(f"/households/{home['id']}/head", {"membership_id": wangs["id"]})
    not_head = wang.leaves(wangs, "2026-05-02", successor_id=xus["id"])
    done = lin.leaves(lins, "2026-04-11", successor_id=xus["id"])

    assert code_of(alone) == (409, "identity.successor_needed")
    assert code_of(leaving_too) == code_of(handed) == code_of(not_head) == (422, "identity.successor_unfit")
    assert done.status_code == 200
    assert xu.get(f"/households/{home['id']}").json["is_head"]
    assert code_of(lin.post(f"/households/{home['id']}/invitations")) == (403, "identity.household_head_only")
    assert xu.leaves(xus, "2026-05-10").json["left_on"] == "2026-05-10"
    assert code_of(wang.leaves(wangs, "2026-05-11")) == (409, "identity.outlasts_head")
    assert wang.leaves(wangs, "2026-05-10").status_code == 200
    assert xu.get(f"/households/{home['id']}").json["closed_on"] == "2026-05-10"


def test_head_is_changed_by_the_head(resident):
    lin, wang = resident(), resident()
    home = lin.opens()
    wangs = wang.joins(lin.invites(home))

    answer = lin.post(f"/households/{home['id']}/head", {"membership_id": wangs["id"]})

    assert (answer.status_code, answer.json["id"]) == (200, wangs["id"])
    assert lin.get(f"/households/{home['id']}").json["is_head"] is False
    assert wang.invites(home)


def test_codes_of_a_head_end_with_the_head(resident):
    lin, wang, xu = resident(), resident(), resident()
    home = lin.opens()
    wangs, lins = wang.joins(lin.invites(home)), lin.membership(home)
    kept = lin.invites(home)

    assert lin.post(f"/households/{home['id']}/head", {"membership_id": wangs["id"]}).status_code == 200
    assert wang.leaves(lins, TODAY).status_code == 200
    back = lin.post("/household-memberships", {"code": kept})
    xus = xu.joins(wang.invites(home))
    mine = wang.invites(home)
    assert wang.leaves(wangs, TODAY, successor_id=xus["id"]).status_code == 200
    again = wang.post("/household-memberships", {"code": mine})

    assert code_of(back) == code_of(again) == (422, "identity.household_invitation_refused")
    assert count(InvitationRow) == 0


def test_no_child_under_14_becomes_head_by_hand_or_by_an_erasure(resident):
    lin, wang, child, born_14 = resident(), resident(), resident(), resident()
    home = lin.opens()
    with transaction() as session:
        for who, day in ((child, date(2012, 3, 13)), (born_14, date(2012, 3, 12))):
            session.add(member_row(parse_public_id("hh", home["id"]), who.id))
            born = {"born_on": day, "first_given_at": NOON, "given_at": NOON, "given_by": who.id}
            session.add(BirthDateRow(person_id=who.id, **born))
    childs, theirs = child.membership(home), born_14.membership(home)
    path = f"/households/{home['id']}"
    kept = lin.invites(home)

    by_hand = lin.post(f"{path}/head", {"membership_id": childs["id"]})
    leaving = lin.leaves(lin.membership(home), TODAY, successor_id=childs["id"])
    with transaction() as session:
        HOUSEHOLDS.erase(session, Erasure(lin.id, clock.now()))
    head = born_14.get(path).json["is_head"]
    announced = born_14.leaves(theirs, "2026-04-01", successor_id=childs["id"])
    refused = wang.post("/household-memberships", {"code": kept})
    with transaction() as session:
        HOUSEHOLDS.erase(session, Erasure(born_14.id, clock.now()))

    assert code_of(by_hand) == code_of(leaving) == code_of(announced) == (422, "identity.successor_unfit")
    assert head is True
    assert code_of(refused) == (422, "identity.household_invitation_refused")
    with reading() as session:
        assert household_of(session, child.id, clock.civil_day(clock.now())) is None
        assert session.scalars(select(HouseholdRow.head_id)).one() == born_14.id
    assert child.get(path).json["closed_on"] == TODAY
