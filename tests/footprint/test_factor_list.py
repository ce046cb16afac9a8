"""The factors over HTTP: by key, filtered, page by page, each the document of the rulebook that it is."""

import pytest

from tests.footprint.conftest import EN
from tests.footprint.shelf import shipped


def listed(client, **query):
    keys, cursor = [], None
    while True:
        asked = {"limit": 7, **query} | ({"cursor": cursor} if cursor else {})
        answer = client.get("/v1/factors", query_string=asked)
        assert answer.status_code == 200, answer.json
        keys += [each["key"] for each in answer.json["items"]]
        cursor = answer.json["next_cursor"]
        if cursor is None:
            return keys


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"limit": 50}, lambda each: True),
        ({"key": "grid.CN-ZJ"}, lambda each: each.key.startswith("grid.CN-ZJ")),
        ({"region": "CN-ZJ"}, lambda each: each.region == "CN-ZJ"),
        ({"region": "CN-east", "year": 2023}, lambda each: each.key == "grid.east.2023"),
        ({"status": "MISSING"}, lambda each: each.value is None),
        ({"status": "RECALLED", "key": "heat"}, lambda each: each.key == "heat.purchased"),
        ({"year": 2018}, lambda each: each.year_from is not None and each.year_from <= 2018 <= each.year_to),
        ({"key": "nothing"}, lambda each: False),
    ],
)
def test_factors_are_listed_by_key_filtered_page_by_page(client, hands, query, wanted):
    assert listed(client, **query) == sorted(key for key, each in shipped().items() if wanted(each))


@pytest.mark.parametrize("cursor", ["x", "AAAA", "4XbMWWOsAe1621mxLUCtDmdyaWQuQ04tWkouMjAyMg", "é"])
def test_cursor_that_was_not_made_for_the_list_is_refused(client, hands, cursor):
    assert client.get("/v1/factors", query_string={"cursor": cursor}).json["code"] == "request.cursor_invalid"


def test_cursor_is_good_for_its_own_filters_only(client, hands):
    cursor = client.get("/v1/factors?key=grid.&limit=1").json["next_cursor"]

    assert client.get(f"/v1/factors?key=grid.&limit=1&cursor={cursor}").status_code == 200
    for other in ("key=fuel.", "key=grid.&region=CN", "key=grid.&year=2022", "key=grid.&status=VERIFIED", ""):
        assert client.get(f"/v1/factors?{other}&cursor={cursor}").status_code == 400


def test_next_page_is_linked_with_its_filters(client, hands):
    answer = client.get("/v1/factors?key=grid.&limit=1")

    assert "key=grid." in answer.headers["Link"]
    assert 'rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize("query", ["status=GOOD", "year=soon", "key=a%25", "region=CN-ZJ-7", "colour=red"])
def test_query_that_nobody_offers_is_refused(client, query):
    assert client.get(f"/v1/factors?{query}").status_code == 422


def test_one_factor_is_read_by_anyone_and_other_documents_are_not_factors(client, hands):
    [listed_one] = client.get("/v1/factors?key=hsr.CN.full.2019", headers=EN).json["items"]
    document = client.get("/v1/rulebook?kind=points.rule_set").json["items"][0]["id"]

    read = client.get(f"/v1/factors/{listed_one['id']}", headers=EN)

    assert (read.status_code, read.json) == (200, listed_one)
    assert read.json["title"] == "High-speed rail in China, whole process, 2019"
    for other in (document.replace("doc_", "fac_"), document, "fac_00000000000000000000000000"):
        assert client.get(f"/v1/factors/{other}").json["code"] == "footprint.factor_not_found"


def test_factor_is_the_rulebooks_document(client, hands):
    [factor] = client.get("/v1/factors?key=grid.CN-ZJ.2023", headers=EN).json["items"]

    document = client.get(f"/v1/rulebook/{factor['document_id']}").json

    assert (factor["value"], factor["status"]) == (None, "MISSING")
    assert (document["kind"], document["name"], document["status"]) == ("footprint.factor", factor["key"], "MISSING")
    assert document["effective_from"] == factor["effective_from"]
