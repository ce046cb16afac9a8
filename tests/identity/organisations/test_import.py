"""An agency enters its own register from a table: every line or none."""

import pytest

from app.identity.organisations.models import OrganisationRow
from tests.identity.organisations.people import checker, code, colleague, resident
from tests.identity.people import LIANDU, LONGQUAN, OTHER_PHONE, count

pytestmark = pytest.mark.usefixtures("hands")

HEAD = "uscc,name,county_code,groups,hours,counties,phone,duty_phone,capacity\n"


def line(number=1, *, name="瓯江救助站", county=LIANDU, capacity="12", groups="bird;raptor"):
    return f"{code(number)},{name},{county},{groups},1-5 08:30-17:30,{county},0578-2111111,,{capacity}\n"


def send(agency, csv, *, dry_run=False, kind="station"):
    answer = agency.post("/organisation-imports", {"kind": kind, "csv": csv, "dry_run": dry_run})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_table_is_tried_applied_and_applied_again(client):
    agency, owner = checker(client), resident(client)
    table = HEAD + line(1) + line(2, name="第二站")

    tried = send(agency, table, dry_run=True)
    assert ([each["act"] for each in tried["lines"]], tried["applied"], count(OrganisationRow)) == (
        ["create", "create"],
        False,
        0,
    )
    first = send(agency, table)
    assert (first["applied"], [each["number"] for each in first["lines"]], count(OrganisationRow)) == (True, [2, 3], 2)
    assert [each["act"] for each in send(agency, table)["lines"]] == ["unchanged", "unchanged"]
    changed = send(agency, HEAD + line(1, name="瓯江站", groups="snake"))
    assert changed["lines"][0]["act"] == "update"
    assert changed["lines"][0]["organisation_id"] == first["lines"][0]["organisation_id"]
    found = client.get("/v1/stations?group=snake").json["items"]
    assert [each["name"] for each in found] == ["瓯江站"]

    # Nobody owns it yet: its agency invites, once.
    path = f"/organisations/{first['lines'][0]['organisation_id']}"
    assert owner.try_sign_up(1).json["code"] == "identity.organisation_code_taken"
    refused = agency.post(f"{path}/owner-invitations")
    assert (refused.status_code, refused.json["code"]) == (403, "identity.organisation_own_import")
    second = colleague(client)
    invitation = second.post(f"{path}/owner-invitations").json
    unused = second.post(f"{path}/owner-invitations").json
    assert owner.post("/organisation-memberships", {"code": invitation["code"]}).json["my_role"] == "owner"
    assert owner.roles() == {"resident", "organisation_owner", "station"}
    assert second.post(f"{path}/owner-invitations").json["code"] == "identity.organisation_owned"
    late = resident(client, OTHER_PHONE).post("/organisation-memberships", {"code": unused["code"]})
    assert late.status_code == 404
    assert [each["act"] for each in owner.get(path).json["checks"]] == ["import", "import"]


def test_one_bad_line_and_nothing_is_written(client):
    agency, other = checker(client), checker(client, "longquan-forestry", county=LONGQUAN)
    owner = resident(client, OTHER_PHONE)
    draft = owner.sign_up(7)
    table = (
        HEAD
        + line(1)
        + line(1)
        + line(2, name="=cmd()")
        + line(3, county=LONGQUAN)
        + line(4, county="330102")
        + line(5, groups="dragon")
        + line(7)
        + line(8).replace(code(8), code(8)[:-1] + ("A" if code(8)[-1] != "A" else "B"))
    )

    report = send(agency, table)

    assert (report["applied"], count(OrganisationRow)) == (False, 1)
    assert [(each["act"], [fault["code"] for fault in each["faults"]]) for each in report["lines"]] == [
        ("create", []),
        ("refused", ["repeated"]),
        ("refused", ["formula"]),
        ("refused", ["of_another_agency"]),
        ("refused", ["not_county", "does_not_fit"]),
        ("refused", ["invalid"]),
        ("refused", ["decide_first"]),
        ("refused", ["not_uscc"]),
    ]
    assert report["lines"][0]["organisation_id"] is None
    assert owner.show(draft).json["state"] == "draft"
    assert send(other, HEAD + line(3, county=LONGQUAN))["applied"]
    unread = agency.post("/organisation-imports", {"kind": "merchant", "csv": table, "dry_run": True})
    assert (unread.status_code, unread.json["code"]) == (422, "identity.organisation_import_unreadable")


def test_merchants_and_technical_bodies_have_tables_of_their_own(client):
    agency = checker(client)
    shops = f"书店|中山街 1 号|{LIANDU}; 茶馆|大洋路 2 号|{LIANDU}"
    table = (
        "uscc,name,county_code,shops,settlement_name,settlement_phone\n"
        f"{code(1)},瓯江商贸,{LIANDU},{shops},会计室,0578-2000000\n"
    )

    assert send(agency, table, kind="merchant")["applied"]
    bodies = (
        "uscc,name,county_code,accreditation_number,scope,valid_until\n"
        f"{code(2)},碳计量中心,{LIANDU},CMA 1,Events;Offices,2026-12-31\n"
    )
    refused = send(agency, bodies, kind="evaluator")["lines"][0]
    assert refused["faults"] == [{"column": "county_code", "code": "no_agency"}]


def test_nobody_both_enters_an_organisation_and_chooses_its_first_owner(client):
    agency, owner = checker(client), resident(client)
    second = colleague(client)
    entered = send(agency, HEAD + line(1))
    path = f"/organisations/{entered['lines'][0]['organisation_id']}"
    made = second.post(f"{path}/owner-invitations")
    assert made.status_code == 201

    send(second, HEAD + line(1, name="第二个名字"))

    assert owner.post("/organisation-memberships", {"code": made.json["code"]}).status_code == 404
    assert second.post(f"{path}/owner-invitations").json["code"] == "identity.organisation_own_import"
    assert owner.roles() == {"resident"}
