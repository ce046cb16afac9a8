"""The facts of an organisation's parts: proposed by owners, checked by the part's agency, found by strangers."""

from datetime import timedelta

import pytest

from app.identity import AgencyKind
from app.identity.organisations.models import OrganisationProfileRow, StationHoursRow, StationReachRow
from tests.identity.organisations.people import (
    EVALUATOR,
    STATION,
    checker,
    resident,
    verified,
    version_of,
    with_part,
)
from tests.identity.people import LIANDU, LONGQUAN, OTHER_PHONE, count

pytestmark = pytest.mark.usefixtures("hands")


def test_a_station_is_found_once_its_agency_has_checked_its_facts(client):
    owner, agency = resident(client), checker(client)
    made = owner.sign_up(kinds=["station"])
    path = f"/organisations/{made['id']}"
    assert owner.ask("PUT", f"{path}/profiles/station", STATION).status_code == 428
    put = owner.ask("PUT", f"{path}/profiles/station", STATION, version=version_of(owner, made))
    assert (put.json["profiles"][0]["proposed"], put.json["waiting"]) == (STATION, [])
    owner.submit(made, owner.upload())
    assert {line["about"] for line in agency.get("/organisations/queue").json["items"]} == {"general", "station"}
    assert agency.check(f"{path}/check", {"verdict": "approve"}).json["waiting"] == ["station"]
    assert (client.get("/v1/stations").json["items"], "station" in owner.roles()) == ([], False)

    assert agency.check(f"{path}/profiles/station/check", {"verdict": "approve"}).json["waiting"] == []

    assert owner.roles() == {"resident", "organisation_owner", "station"}
    (station,) = client.get("/v1/stations").json["items"]
    assert (station["phone"], station["capacity"], station["groups"]) == ("0578-2111111", 12, ["bird", "raptor"])
    assert "duty_phone" not in station
    assert "0578-2000000" not in str(station)
    wanted = {
        f"county={LIANDU}&group=raptor": 1,
        f"county={LONGQUAN}": 0,
        "group=snake": 0,
        "open_at=2026-03-12T01:00:00Z": 1,  # Thursday, nine in Lishui
        "open_at=2026-03-12T09:30:00Z": 0,  # half past five in the afternoon
        "open_at=2026-03-15T01:00:00Z": 0,  # Sunday
    }
    found = {query: len(client.get(f"/v1/stations?{query}").json["items"]) for query in wanted}
    assert found == wanted
    assert client.get("/v1/stations?group=dragon").status_code == 422

    # New facts wait while the old ones hold; refused they are dropped.
    smaller = {**STATION, "groups": ["bird"]}
    owner.ask("PUT", f"{path}/profiles/station", smaller, version=version_of(owner, made))
    assert len(client.get("/v1/stations?group=raptor").json["items"]) == 1
    no = agency.check(f"{path}/profiles/station/check", {"verdict": "reject", "reason": "请说明。"}).json["profiles"][0]
    assert (no["facts"], no["proposed"]) == (STATION, None)
    assert agency.check(f"{path}/profiles/station/check", {"verdict": "approve"}).status_code == 404
    owner.ask("PUT", f"{path}/profiles/station", smaller, version=version_of(owner, made))
    agency.check(f"{path}/profiles/station/check", {"verdict": "approve"})
    assert client.get("/v1/stations?group=raptor").json["items"] == []
    agency.post(f"{path}/suspend", {"reason": "整改。"})
    assert client.get("/v1/stations").json["items"] == []
    assert owner.roles() == {"resident"}


def test_a_part_that_is_given_up_ends_with_the_check_of_the_change(client):
    owner, agency = resident(client), checker(client)
    made = verified(owner, agency, kinds=["station", "general"])
    with_part(owner, agency, made, "station", STATION)
    path = f"/organisations/{made['id']}"

    owner.ask("PATCH", path, {"kinds": ["general"]}, version=version_of(owner, made))
    assert len(client.get("/v1/stations").json["items"]) == 1
    agency.check(f"{path}/check", {"verdict": "approve"})

    assert (client.get("/v1/stations").json["items"], owner.roles()) == ([], {"resident", "organisation_owner"})
    assert (count(StationReachRow), count(StationHoursRow), count(OrganisationProfileRow)) == (0, 0, 1)


def test_a_technical_body_is_checked_by_ecology_and_ends_with_its_accreditation(client, hands):
    owner, forestry = resident(client), checker(client)
    ecology = checker(client, "liandu-ecology", kind=AgencyKind.ECOLOGY)
    made = verified(owner, forestry, kinds=["general", "sponsor"])
    path = f"/organisations/{made['id']}"
    version = version_of(owner, made)
    refused = owner.ask("PUT", f"{path}/profiles/evaluator", EVALUATOR, version=version)
    assert (refused.status_code, refused.json["code"]) == (409, "identity.organisation_kind_not_held")
    assert ecology.show(made).status_code == 404
    # With the kind the organisation itself comes to ecology, which takes it over.
    owner.ask("PATCH", path, {"kinds": ["evaluator", "sponsor"]}, version=version)
    assert forestry.get("/organisations/queue").json["items"] == []
    assert ecology.check(f"{path}/check", {"verdict": "approve"}).json["kinds"] == ["evaluator", "sponsor"]
    late = {**EVALUATOR, "valid_until": "2026-03-11"}
    refused = owner.ask("PUT", f"{path}/profiles/evaluator", late, version=version_of(owner, made))
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/valid_until")

    with_part(owner, ecology, made, "evaluator", EVALUATOR)
    with_part(owner, forestry, made, "sponsor", {"shown_as": "瓯江源", "statement": None})

    assert owner.roles() == {"resident", "organisation_owner", "evaluator", "sponsor"}
    (found,) = client.get("/v1/evaluators").json["items"]
    assert (found["valid_until"], found["uscc"]) == ("2026-12-31", made["uscc"])
    hands.move(timedelta(days=295))  # The first of January.
    assert client.get("/v1/evaluators").json["items"] == []
    assert resident(client).roles() == {"resident", "organisation_owner", "sponsor"}


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (
            "merchant",
            {
                "shops": [{"name": "书店", "address": "中山街 1 号", "county_code": LIANDU}],
                "settlement_contact": {"name": "会计室", "phone": "0578-2000000"},
            },
        ),
        ("project_owner", {"county_codes": [LIANDU], "description": "毛竹经营"}),
    ],
)
def test_every_part_has_a_shape_of_its_own(client, kind, facts):
    owner, stranger = resident(client), resident(client, OTHER_PHONE)
    checker(client)
    made = owner.sign_up(kinds=[kind])
    path = f"/organisations/{made['id']}/profiles"

    version = version_of(owner, made)
    assert stranger.ask("PUT", f"{path}/{kind}", {"nonsense": 1}).status_code == 404
    assert owner.ask("PUT", f"{path}/{kind}", EVALUATOR, version=version).status_code == 422
    assert owner.ask("PUT", f"{path}/evaluator", EVALUATOR, version=version).status_code == 409
    assert owner.ask("PUT", f"{path}/{kind}", facts, version=version).json["profiles"][0]["proposed"] == facts
