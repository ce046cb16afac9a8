"""Divisions over HTTP."""

import pytest

from app.places import list_divisions


def test_the_city_and_its_nine_counties_are_public_in_order_of_code(client):
    answer = client.get("/v1/places")

    codes = [item["code"] for item in answer.json["items"]]
    assert answer.status_code == 200
    assert codes == sorted(codes)
    assert [item["kind"] for item in answer.json["items"]] == ["city"] + ["county"] * 9
    assert answer.json["next_cursor"] is None


@pytest.mark.parametrize(
    ("language", "name"),
    [(None, "景宁畲族自治县"), ("zh-CN", "景宁畲族自治县"), ("en", "Jingning She Autonomous County")],
)
def test_a_county_is_named_in_the_language_asked_for_and_in_both(client, language, name):
    answer = client.get("/v1/places/331127", headers={"Accept-Language": language} if language else {})

    assert answer.json == {
        "code": "331127",
        "kind": "county",
        "name": name,
        "name_zh": "景宁畲族自治县",
        "name_en": "Jingning She Autonomous County",
    }


def test_a_code_of_elsewhere_is_not_found(client):
    for code in ("330100", "33112", "liandu", "3311021"):
        answer = client.get(f"/v1/places/{code}")

        assert (answer.status_code, answer.json["code"]) == (404, "places.division_not_found")


def test_every_division_has_both_names_and_a_code_of_lishui():
    divisions = list_divisions()

    assert len({division.code for division in divisions}) == 10
    for division in divisions:
        assert division.code.startswith("3311")
        assert division.name_zh.endswith(("市", "区", "县"))
        assert division.name_en.isascii()
