"""Recording: offline, once, within bounds, and by its own resident alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from app.foundation.data import new_id, public_id, reading
from app.planting.models import PlantingClaim
from tests.planting.people import LONGQUAN, NOON, gcj02, moved, new_planting, wgs84


def claims() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(PlantingClaim))


def instant(offset: timedelta) -> str:
    return (NOON + offset).isoformat()


def test_the_same_draft_sent_again_is_the_same_claim(resident):
    body = new_planting()
    first = resident.post("/v1/plantings", body)

    again = resident.post("/v1/plantings", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]
    assert first.headers["Location"] == f"/v1/plantings/{first.json['id']}"
    assert claims() == 1


def test_a_draft_sent_again_when_it_has_become_too_old_is_still_the_same(resident, hands):
    body = new_planting()
    first = resident.post("/v1/plantings", body)
    resident.patch(f"/v1/plantings/{first.json['id']}", {"tree_count": 6}, etag=first.headers["ETag"])
    hands.move(timedelta(minutes=9))
    late = new_planting(captured_at=instant(timedelta(minutes=9) - timedelta(days=30)))
    assert resident.post("/v1/plantings", late).status_code == 201
    hands.move(timedelta(seconds=1))

    again = resident.post("/v1/plantings", late)

    assert again.status_code == 200
    assert resident.post("/v1/plantings", body).json["tree_count"] == 6


def test_another_content_under_the_same_client_id_is_a_conflict_that_names_the_claim(resident):
    body = new_planting()
    first = resident.post("/v1/plantings", body)

    for change in ({"tree_count": 6}, {"note": "x"}, {"position": wgs84()}, {"captured_at": "2026-03-12T04:00:01Z"}):
        answer = resident.post("/v1/plantings", {**body, **change})
        assert (answer.status_code, answer.json["code"]) == (409, "planting.client_id_conflict")
        assert answer.json["planting_id"] == first.json["id"]
    assert claims() == 1


def test_two_residents_may_have_made_the_same_client_id(city, resident):
    body = new_planting()
    resident.post("/v1/plantings", body)

    answer = city.resident().post("/v1/plantings", body)

    assert answer.status_code == 201
    assert claims() == 2


def test_one_draft_sent_from_many_threads_is_one_claim(app, resident):
    body = new_planting()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: resident.post("/v1/plantings", body), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert claims() == 1


def test_the_device_may_be_a_month_late_and_five_minutes_fast_and_no_more(resident):
    said = {
        offset: resident.record(captured_at=instant(offset))
        for offset in (
            timedelta(days=-30),
            timedelta(minutes=5),
            timedelta(days=-30, seconds=-1),
            timedelta(minutes=5, seconds=1),
        )
    }

    assert [answer.status_code for answer in said.values()] == [201, 201, 422, 422]
    assert [answer.json["code"] for answer in list(said.values())[2:]] == [
        "planting.captured_too_long_ago",
        "planting.captured_in_future",
    ]


def test_a_record_has_one_to_five_hundred_trees(resident):
    answers = [resident.record(tree_count=trees) for trees in (0, 1, 500, 501)]

    assert [answer.status_code for answer in answers] == [422, 201, 201, 422]
    assert (answers[3].json["code"], answers[3].json["tree_count_max"]) == ("planting.too_many_trees", 500)


MISSHAPEN = [
    {"tree_count": True},
    {"tree_count": "5"},
    {"tree_count": 5.0},
    {"tree_count": 10**30},
    {"note": "x" * 501},
    {"client_id": "1"},
    {"client_id": "019D0C3E-7A10-7C44-8A51-0F2C6F0A9B31"},
    {"captured_at": "2026-03-12T04:00:00"},
    {"captured_at": None},
    {"position": None},
    {"position": {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000}},
    {"position": {"lat_e7": 28.4517, "lon_e7": 119.9219, "crs": "wgs84"}},
    {"position": {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000, "crs": "bd09"}},
    {"position": {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000, "crs": "wgs84", "cell": "x"}},
    {"county": "丽水"},
    {"species_code": ["CICA"]},
]


def test_a_member_of_another_shape_is_refused_by_its_place(resident):
    for change in MISSHAPEN:
        answer = resident.record(**change)
        assert (answer.status_code, answer.json["code"]) == (422, "request.invalid"), (change, answer.json)
        assert answer.json["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")
    nul = resident.record(note="a\x00b")
    assert (nul.status_code, nul.json["errors"][0]["code"]) == (400, "nul_byte")
    assert claims() == 0


UNKNOWN_IN_THE_CITY = [
    ({"species_code": "ABCD"}, "planting.species_unknown"),
    ({"duty_form": "sleeping"}, "planting.duty_form_unknown"),
    ({"county": "331100"}, "planting.county_unknown"),
    ({"county": "330100"}, "planting.county_unknown"),
    ({"position": wgs84(27.3999, 119.9)}, "places.outside_city"),
    ({"position": wgs84(28.45, 120.5001)}, "places.outside_city"),
    ({"position": {"lat_e7": 900_000_000, "lon_e7": 1_199_219_000, "crs": "gcj02"}}, "places.outside_city"),
]


def test_what_the_city_does_not_know_is_refused_by_name(resident):
    for change, code in UNKNOWN_IN_THE_CITY:
        answer = resident.record(**change)
        assert (answer.status_code, answer.json["code"]) == (422, code), change
    assert claims() == 0
    for position in (wgs84(27.4, 118.6), wgs84(29.0, 120.5)):
        assert resident.record(position=position).status_code == 201


def test_nobody_sets_what_is_not_theirs_to_set(resident):
    draft = resident.record()
    path, etag = f"/v1/plantings/{draft.json['id']}", draft.headers["ETag"]

    for member in ("status", "state", "person_id", "received_at", "content_sha256", "award", "version"):
        for answer in (resident.record(**{member: "approved"}), resident.patch(path, {member: "x"}, etag=etag)):
            told = [(error["pointer"], error["code"]) for error in answer.json["errors"]]
            assert (answer.status_code, told) == (422, [(f"/{member}", "unknown")])
    # What the device measured by itself cannot be corrected.
    for change in ({"captured_at": moved(days=-1)}, {"client_id": str(new_id())}):
        answer = resident.patch(path, change, etag=etag)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "unknown")


def test_a_draft_is_corrected_by_who_has_seen_its_version(resident):
    draft = resident.record()
    path, etag = f"/v1/plantings/{draft.json['id']}", draft.headers["ETag"]
    change = {"tree_count": 4, "position": gcj02(28.5, 119.8), "county": LONGQUAN, "note": None}

    blind = resident.patch(path, change, etag=None)
    changed = resident.patch(path, change, etag=etag)
    stale = resident.patch(path, {"tree_count": 3}, etag=etag)

    assert (blind.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    mine = resident.get(path)
    assert (mine.json["tree_count"], mine.json["county"], mine.headers["ETag"]) == (
        4,
        LONGQUAN,
        changed.headers["ETag"],
    )
    assert abs(mine.json["position"]["lat_e7"] - change["position"]["lat_e7"]) <= 1


def test_a_correction_keeps_the_bounds_of_a_record(resident):
    draft = resident.record()
    path, etag = f"/v1/plantings/{draft.json['id']}", draft.headers["ETag"]

    answers = [
        resident.patch(path, change, etag=etag)
        for change in (
            {"tree_count": 501},
            {"species_code": "ABCD"},
            {"county": "331100"},
            {"position": wgs84(31, 121)},
        )
    ]

    assert [answer.json["code"] for answer in answers] == [
        "planting.too_many_trees",
        "planting.species_unknown",
        "planting.county_unknown",
        "places.outside_city",
    ]
    assert resident.get(path).headers["ETag"] == etag


def test_a_claim_of_somebody_else_is_not_there(city, resident, verifier):
    draft = resident.draft()
    stranger = city.resident("李四")
    paths = [f"/v1/plantings/{draft['id']}", f"/v1/plantings/{public_id('plt', new_id())}", "/v1/plantings/plt_1"]

    for path in paths:
        answers = [
            stranger.get(path),
            stranger.patch(path, {"tree_count": 1}, etag='"1"'),
            stranger.post(f"{path}/submit", {"file_ids": [stranger.upload()]}),
            stranger.post(f"{path}/withdraw"),
            stranger.patch(path, {"nonsense": 1}, etag=None),
            stranger.post(f"{path}/submit", {"nonsense": 1}, headers={"Idempotency-Key": None}),
        ]
        assert [(each.status_code, each.json["code"]) for each in answers] == [(404, "planting.not_found")] * 6
    assert stranger.get("/v1/plantings").json["items"] == []
    assert resident.get(paths[0]).json["status"] == "draft"


def test_staff_and_strangers_record_nothing(client, verifier):
    assert verifier.post("/v1/plantings", new_planting()).status_code == 403
    assert client.post("/v1/plantings", json=new_planting()).status_code == 401
    # Who you are is decided before what you sent.
    assert client.post("/v1/plantings", json={"x": 1}).status_code == 401


def test_ones_own_plantings_are_listed_newest_first_in_pages(resident, hands):
    ids = []
    for _ in range(3):
        ids.append(resident.draft()["id"])
        hands.move(timedelta(minutes=1))

    first = resident.get("/v1/plantings?limit=2")
    second = resident.get(f"/v1/plantings?limit=2&cursor={first.json['next_cursor']}")

    assert [item["id"] for item in first.json["items"] + second.json["items"]] == ids[::-1]
    assert second.json["next_cursor"] is None
    assert 'rel="next"' in first.headers["Link"]


def test_the_lists_of_a_form_are_open_and_say_what_is_missing(client):
    species = client.get("/v1/tree-species").json["items"]
    forms = client.get("/v1/duty-forms", headers={"Accept-Language": "en"}).json["items"]

    camphor = next(each for each in species if each["code"] == "CICA")
    assert (camphor["name_zh"], camphor["name_la"], len(species)) == ("樟(香樟)", "Cinnamomum camphora", 40)
    assert [(form["code"], form["converts"]) for form in forms][:2] == [("afforest", True), ("tend", False)]
    assert (len(forms), forms[1]["rate_status"]) == (8, "MISSING")
    assert "No rate is known" in forms[1]["note"]
