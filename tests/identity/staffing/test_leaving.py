"""Somebody leaves: the account ends at once, and what they had taken passes on or goes back."""

from datetime import timedelta

from sqlalchemy import select

from app.foundation.data import reading
from app.foundation.http import instant_json
from app.foundation.work.tasks import open_tasks
from app.identity import Role
from app.identity.staffing.models import StaffLeaveRow
from tests.identity.people import make_agency, only
from tests.identity.staffing.office import NOON, said


def test_an_account_ends_at_once_with_roles_deputies_sessions_and_proposals(office, admins, clerk):
    one, two, three = admins
    wang, li = clerk(), clerk("liandu.li", role=Role.REGISTRAR)
    body = {"deputy_id": li.public_id, "until": instant_json(NOON + timedelta(days=5)), "reason": "leave"}
    assert one.approve(wang.post(f"{wang.path}/deputies", body)).status_code == 200
    office.later(minutes=1)
    of_two = two.post(f"{li.path}/roles", {"role": "support"})
    work = one.get(f"{two.path}/open-work").json["items"]
    assert [(each["kind"], each["id"]) for each in work] == [("approvals.proposal", of_two.json["id"])]

    left = one.post(f"{two.path}/leave", {"hand_over_to": three.public_id})
    gone = one.post(f"{wang.path}/leave", {"last_day": "2026-03-11"})

    assert (left.status_code, left.json["handed_over"], left.json["returned"]) == (200, 0, 1)
    assert left.json["last_day"] == "2026-03-12"
    assert (two.get("/v1/me").status_code, wang.get("/v1/me").status_code) == (401, 401)
    assert li.roles() == [("registrar", None)]
    assert one.get(f"/v1/approvals/{of_two.json['id']}").json["state"] == "withdrawn"
    file = one.get(wang.path).json
    assert (file["state"], file["last_day"], file["successor_id"]) == ("closed", "2026-03-11", None)
    assert [each["held"] for each in file["roles"]] == ["before"]
    assert one.get(two.path).json["successor_id"] == three.public_id
    assert gone.json["handed_over"] == 0
    with reading() as session:
        tasks = [(each.kind, each.role) for each in open_tasks(session)]
    assert ("identity.propose_anew", "admin") in tasks
    assert said(one.post(f"{wang.path}/leave", {})) == (409, "staff.closed")


def test_who_may_follow_and_when(office, admins, clerk):
    one = admins[0]
    wang, li = clerk(), clerk("liandu.li")
    make_agency("longquan-forestry", county="331181")
    far = office.colleague("longquan.zhou", role=Role.VERIFIER, agency_slug="longquan-forestry")

    for successor in (wang, far):
        answer = one.post(f"{wang.path}/leave", {"hand_over_to": successor.public_id})
        assert said(answer) == (422, "staff.successor_unfit")
    assert said(one.post(f"{wang.path}/leave", {"last_day": "2026-03-13"})) == (422, "staff.last_day_ahead")
    assert said(one.post(f"{one.path}/leave", {})) == (403, "staff.own_account")
    assert said(li.post(f"{wang.path}/leave", {})) == (403, "auth.role_missing")
    assert wang.get("/v1/me").status_code == 200
    assert one.post(f"{li.path}/leave", {}).status_code == 200
    assert said(one.post(f"{wang.path}/leave", {"hand_over_to": li.public_id})) == (422, "staff.successor_unfit")


def test_the_command_closes_an_account_in_the_same_way(app, office, clerk):
    wang = clerk()

    done = app.test_cli_runner().invoke(args=["staff", "disable", "liandu.wang"])

    assert (done.exit_code, wang.get("/v1/me").status_code) == (0, 401)
    row = only(StaffLeaveRow)
    assert (row.staff_id, row.closed_by.int, row.successor_id) == (wang.id, 0, None)
    with reading() as session:
        assert session.scalars(select(StaffLeaveRow.last_day)).all() == [NOON.date()]
