"""Footprints and estimates over HTTP, on both engines, with residents who sign in."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.footprint import FootprintNotFound, footprint_by_id
from app.footprint.models import FootprintRow
from app.foundation.data import Identifier, db, new_id, parse_public_id, reading, transaction
from app.foundation.proof.audit import AuditRow
from app.rulebook import Status
from tests.footprint.conftest import EN, a_year, power
from tests.footprint.shelf import shipped


def kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(FootprintRow)) or 0


def test_resident_calculates_a_year_and_reads_every_factor_with_source_and_status(resident):
    answer = resident.post("/v1/footprints", a_year())

    made = answer.json
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/v1/footprints/{made['id']}")
    assert {line["activity"]: line["emission_g"] for line in made["lines"]} == {
        "electricity": 1_236_720,
        "natural_gas": 389_195,
        "car": 1_174_020,
        "rail": 36_576,
        "flight": 270_960,
    }
    assert (made["total_g"], made["mixed_scopes"], made["kg_to_cover"]) == (
        3_107_471,
        True,
        1237 + 390 + 1175 + 37 + 271,
    )
    assert [(each["gas_scope"], each["emission_g"]) for each in made["subtotals"]] == [
        ("co2", 1_933_451),
        ("life_cycle", 1_174_020),
    ]
    assert (made["data_grade"], made["not_reported"], made["is_year_over"]) == ("estimated", [], True)
    for line in made["lines"]:
        factor = line["factor"]
        known = shipped()[factor["key"]]
        assert (factor["value"], factor["unit"], factor["source"]) == (str(known.value), known.unit, known.source)
        assert (factor["status"], factor["region"], factor["year_to"]) == ("VERIFIED", known.region, known.year_to)
    assert made["lines"][0]["choice"]["passed_over"] == ["grid.CN-ZJ.2023"]
    assert [each["key"].rpartition(".")[2] for each in made["lines"][1]["product"]["inputs"]] == [
        "ncv",
        "carbon",
        "oxidation",
    ]
    assert resident.get(f"/v1/footprints/{made['id']}").json == made


def test_footprint_of_another_resident_is_not_there(resident, make_resident):
    made = resident.year()
    other = make_resident()

    for path in (f"/v1/footprints/{made['id']}", "/v1/footprints/fp_01m90h5w8ne9stq4x6v1b2c3d4", "/v1/footprints/7"):
        answer = other.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "footprint.not_found")
    assert other.get("/v1/footprints").json["items"] == []
    assert resident.get(f"/v1/footprints/{made['id']}").status_code == 200


def test_own_footprints_are_listed_newest_first_page_by_page(resident, hands):
    made = []
    for energy_wh in (1_000, 2_000, 3_000):
        made.append(resident.year(**power(energy_wh)))
        hands.move(timedelta(seconds=1))

    first = resident.get("/v1/footprints?limit=2")
    second = resident.get(f"/v1/footprints?limit=2&cursor={first.json['next_cursor']}")

    listed = [*first.json["items"], *second.json["items"]]
    assert [each["id"] for each in listed] == [each["id"] for each in reversed(made)]
    assert [each["total_g"] for each in listed] == [1_546, 1_031, 516]
    assert "lines" not in listed[0]
    assert 'rel="next"' in first.headers["Link"]
    assert second.json["next_cursor"] is None


def test_nobody_calculates_or_reads_without_signing_in(client):
    assert client.post("/v1/footprints", json=a_year()).status_code == 401
    assert client.get("/v1/footprints").status_code == 401
    assert client.get("/v1/footprints/fp_01m90h5w8ne9stq4x6v1b2c3d4").status_code == 401


def test_year_sent_twice_under_one_key_is_kept_once(resident):
    key = {"Idempotency-Key": str(uuid4())}

    first = resident.post("/v1/footprints", a_year(), headers=key)
    again = resident.post("/v1/footprints", a_year(), headers=key)

    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert kept() == 1
    assert resident.post("/v1/footprints", power(), headers=key).json["code"] == "idempotency.key_reused"
    assert resident.post("/v1/footprints", a_year(), headers={"Idempotency-Key": None}).status_code == 400
    assert kept() == 1


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (a_year(county="330102"), 422, "footprint.county_unknown", "/county"),
        (a_year(year=2027), 422, "footprint.year_not_begun", "/year"),
        (a_year(year=1999), 422, "request.invalid", "/year"),
        (a_year(activities={}), 422, "footprint.nothing_reported", "/activities"),
        (power(-1), 422, "request.invalid", "/activities/electricity/energy_wh"),
        (power(1_000_000_001), 422, "request.invalid", "/activities/electricity/energy_wh"),
        (power(2.5), 422, "request.invalid", "/activities/electricity/energy_wh"),
        (power("1000"), 422, "request.invalid", "/activities/electricity/energy_wh"),
        (power(True), 422, "request.invalid", "/activities/electricity/energy_wh"),
        (a_year(activities={"electricity": {}}), 422, "request.invalid", "/activities/electricity/energy_wh"),
        (a_year(activities={"bicycle": {"distance_m": 1}}), 422, "request.invalid", "/activities/bicycle"),
        (
            a_year(activities={"car": {"distance_m": 1, "data_grade": "perfect"}}),
            422,
            "request.invalid",
            "/activities/car/data_grade",
        ),
        (a_year(points=5), 422, "request.invalid", "/points"),
        (a_year(activities=[1]), 422, "request.invalid", "/activities"),
        ({"year": 2025}, 422, "request.invalid", "/activities"),
    ],
)
def test_body_that_is_not_a_year_is_refused_and_leaves_nothing_behind(resident, body, status, code, pointer):
    answer = resident.post("/v1/footprints", body)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert pointer in [each["pointer"] for each in answer.json["errors"]]
    assert kept() == 0


def test_bounds_of_a_quantity_are_accepted(resident):
    assert resident.year(**power(0))["total_g"] == 0
    assert resident.year(**power(1_000_000_000))["total_g"] == 515_300_000
    assert resident.year(**power(county="331100"))["county_name"] == "Lishui"


def test_year_for_which_no_factor_is_known_names_the_factor(resident):
    answer = resident.post("/v1/footprints", power(year=2020))

    assert (answer.status_code, answer.json["code"]) == (422, "footprint.factor_missing")
    assert answer.json["key"] == "grid.CN-ZJ.2020"
    assert resident.year(**power(year=2021))["lines"][0]["factor"]["key"] == "grid.CN-ZJ.2021"


def test_factor_that_turns_out_to_be_missing_stops_what_needs_it_and_nothing_else(resident, set_factor):
    set_factor("hsr.CN.full.2019", value=None, status=Status.MISSING)

    refused = resident.post("/v1/footprints", a_year())

    assert (refused.status_code, refused.json["code"], refused.json["key"]) == (
        422,
        "footprint.factor_missing",
        "hsr.CN.full.2019",
    )
    assert resident.year(**power())["total_g"] == 516
    assert kept() == 1


def test_number_beside_the_status_missing_is_not_used(resident, set_factor):
    set_factor("grid.CN-ZJ.2022", value="0.5153", status=Status.MISSING)

    assert resident.year(**power())["lines"][0]["factor"]["key"] == "grid.CN-ZJ.2021"


def test_factor_in_a_unit_that_does_not_fit_is_refused(resident, set_factor):
    set_factor("hsr.CN.full.2019", unit="gCO2/pkm")

    answer = resident.post("/v1/footprints", a_year())

    assert (answer.status_code, answer.json["code"]) == (409, "footprint.factor_unfit")
    assert (answer.json["unit"], answer.json["unit_needed"]) == ("gCO2/pkm", "kgCO2/pkm")


def test_recalled_factor_is_used_and_said_to_be_recalled(resident, set_factor):
    set_factor("cpcd.car.petrol.medium", status=Status.RECALLED)

    line = resident.year()["lines"][2]

    assert (line["factor"]["status"], line["emission_g"]) == ("RECALLED", 1_174_020)
    assert "recalled" in [each["code"] for each in line["caveats"]]
    assert "source, recalled and not read: the notice itself" in line["text"]


def test_later_value_changes_new_calculations_and_no_old_one(resident, set_factor, hands):
    before = resident.year(**power())
    used = before["lines"][0]["factor"]
    set_factor("grid.CN-ZJ.2023", value="0.6", on=date(2026, 3, 13))
    on_the_eve = resident.year(**power())
    hands.move(timedelta(days=1))

    after = resident.year(**power())

    assert (before["total_g"], on_the_eve["total_g"], after["total_g"]) == (516, 516, 600)
    assert after["lines"][0]["choice"]["passed_over"] == []
    assert resident.get(f"/v1/footprints/{before['id']}").json == before
    set_factor("grid.CN-ZJ.2022", value="0.7", on=date(2026, 3, 13))
    assert resident.get(f"/v1/factors/{used['id']}").json == used
    [now] = resident.get("/v1/factors?key=grid.CN-ZJ.2022").json["items"]
    assert (now["value"], now["version"], now["source"]) == ("0.7", 2, "the notice itself")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE footprint_calculation SET total_g = 0, co2_g = 0, life_cycle_g = 0",
        "DELETE FROM footprint_calculation",
    ],
)
def test_database_refuses_to_change_a_footprint(resident, statement):
    made = resident.year()

    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))

    assert resident.get(f"/v1/footprints/{made['id']}").json == made


def test_database_refuses_a_total_that_is_not_the_sum_of_its_scopes(resident):
    resident.year()
    with reading() as session:
        row = session.scalars(select(FootprintRow)).one()
        members = {column.name: getattr(row, column.name) for column in FootprintRow.__table__.columns}

    for wrong in ({"total_g": members["total_g"] - 1}, {"co2e_g": -1, "co2_g": members["co2_g"] + 1}):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(insert(FootprintRow).values(**members | {"id": new_id()} | wrong))
    assert kept() == 1


def test_calculation_leaves_an_audit_row(resident):
    made = resident.year()

    with reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "footprint.calculated")).one()
    assert row.object_id == parse_public_id("fp", made["id"])
    assert row.after_sha256 is not None


def test_other_rooms_read_a_footprint_by_its_id(resident):
    made = resident.year()

    with reading() as session:
        footprint = footprint_by_id(session, parse_public_id("fp", made["id"]))
        with pytest.raises(FootprintNotFound):
            footprint_by_id(session, uuid4())

    assert (footprint.owner_kind, footprint.year, footprint.county) == ("resident", 2025, "331102")
    assert footprint.calculation.total_g == made["total_g"]
    assert [line.kg_to_cover for line in footprint.lines] == [line["kg_to_cover"] for line in made["lines"]]


def test_estimate_needs_no_account_says_the_same_as_a_calculation_and_is_not_kept(client, resident):
    answer = client.post("/v1/footprint-estimates", json={"items": [a_year()]}, headers={**EN, "Idempotency-Key": None})

    [item] = answer.json["items"]
    assert (answer.status_code, item["problem"], kept()) == (200, None, 0)
    made = resident.year()
    assert item["footprint"] == {name: made[name] for name in made if name not in {"id", "calculated_at", "assisted"}}


def test_each_estimate_answers_by_itself_in_the_order_asked(client, hands):
    asked = [
        power(2_000),
        power(year=2020),
        power(3_000),
        power(county="330102"),
        a_year(activities={}),
        power(year=2027),
    ]

    items = client.post("/v1/footprint-estimates", json={"items": asked}, headers=EN).json["items"]

    assert [each["footprint"] and each["footprint"]["total_g"] for each in items] == [
        1_031,
        None,
        1_546,
        None,
        None,
        None,
    ]
    assert [each["problem"] and each["problem"]["code"] for each in items] == [
        None,
        "footprint.factor_missing",
        None,
        "footprint.county_unknown",
        "footprint.nothing_reported",
        "footprint.year_not_begun",
    ]
    assert items[1]["problem"]["key"] == "grid.CN-ZJ.2020"


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (100, 200), (101, 422)])
def test_estimates_come_one_to_a_hundred_at_a_time(client, hands, count, status):
    assert client.post("/v1/footprint-estimates", json={"items": [power()] * count}).status_code == status


def test_running_year_says_that_it_is_not_over(client, hands):
    [item] = client.post("/v1/footprint-estimates", json={"items": [power(year=2026)]}).json["items"]
    hands.set(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))  # Midnight in Lishui.
    [later] = client.post("/v1/footprint-estimates", json={"items": [power(year=2026)]}).json["items"]

    assert (item["footprint"]["is_year_over"], later["footprint"]["is_year_over"]) == (False, True)


def test_reading_own_footprints_uses_the_index(app, resident, engine_name):
    resident.year()
    explain = "EXPLAIN QUERY PLAN" if engine_name == "sqlite" else "EXPLAIN"
    statement = (
        f"{explain} SELECT * FROM footprint_calculation WHERE owner_kind = 'resident' AND owner_id = :owner"
        " ORDER BY calculated_at DESC, id DESC LIMIT 21"
    )
    owner = bindparam("owner", uuid4(), type_=Identifier())

    with db.engine.connect() as connection:
        if engine_name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        plan = " ".join(str(row) for row in connection.execute(text(statement).bindparams(owner)))

    assert "footprint_calculation_owner_idx" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
