"""Paging by cursor, changing by version, and the limits of asking."""

from datetime import timedelta

import pytest
from flask import Flask

from app import foundation
from app.foundation.data import clock
from tests.engines import settings_for
from tests.foundation.conftest import make_thing


def walk(client, **query) -> list[str]:
    found, cursor = [], None
    while True:
        page = client.get("/v1/things", query_string={**query, **({"cursor": cursor} if cursor else {})}).json
        found += [item["note"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_pages_follow_each_other_without_gap_or_overlap(alice, limit):
    fixed = clock.FixedClock(clock.now())
    clock.use(fixed)
    for number in range(7):
        make_thing(str(number))
        if number % 2:  # Pairs share an instant, so the id has to part them.
            fixed.move(timedelta(seconds=1))

    found = walk(alice, limit=limit)

    assert sorted(found) == [str(number) for number in range(7)]
    assert [int(note) // 2 for note in found] == [3, 2, 2, 1, 1, 0, 0]


def test_the_next_page_is_also_a_link(alice):
    for number in range(3):
        make_thing(str(number))

    answer = alice.get("/v1/things?limit=2")

    assert answer.headers["Link"].endswith('>; rel="next"')
    following = answer.headers["Link"].partition(">")[0].lstrip("<")
    assert len(alice.get(following).json["items"]) == 1


@pytest.mark.parametrize("harm", [lambda c: c[:-2] + "AA", lambda c: "x", lambda c: "!!!", lambda c: "A" * 100])
def test_a_cursor_that_was_touched_is_refused(alice, harm):
    for number in range(3):
        make_thing(str(number))
    cursor = alice.get("/v1/things?limit=1").json["next_cursor"]

    answer = alice.get("/v1/things", query_string={"cursor": harm(cursor)})

    assert (answer.status_code, answer.json["code"]) == (400, "request.cursor_invalid")


@pytest.mark.parametrize(
    ("limit", "status"), [("0", 422), ("1", 200), ("200", 200), ("201", 422), ("٣", 422), ("1_0", 422)]
)
def test_a_page_has_bounds(alice, limit, status):
    assert alice.get("/v1/things", query_string={"limit": limit}).status_code == status


def test_an_unknown_query_member_is_refused(alice):
    answer = alice.get("/v1/things?ofset=3")

    assert (answer.status_code, answer.json["errors"][0]) == (
        422,
        {"pointer": "/ofset", "code": "unknown", "detail": answer.json["errors"][0]["detail"]},
    )


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [
        (None, 428, "request.if_match_missing"),
        ('"2"', 412, "request.version_stale"),
        ('W/"3"', 412, "request.version_stale"),
        ('"3"', 200, None),
        ('"2", "3"', 200, None),
        ("*", 200, None),
    ],
)
def test_only_who_saw_the_present_version_may_change_it(alice, if_match, status, code):
    answer = alice.patch("/v1/versioned", headers={"If-Match": if_match} if if_match else {})

    assert (answer.status_code, (answer.json or {}).get("code")) == (status, code)
    if status == 200:
        assert answer.headers["ETag"] == '"4"'


def test_who_asks_too_often_waits_and_is_told_how_long(server, engine_name):
    if engine_name == "postgresql":
        pytest.skip("counting touches no database")
    small = Flask("app")
    small.config.from_mapping(
        settings_for(server.home, f"sqlite:///{server.home}/lintan.db", LINTAN_RATE_LIMIT="3 per minute")
    )
    foundation.register(small)
    client = small.test_client()

    answers = [client.get("/openapi.json") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert answers[1].headers["RateLimit"].startswith('"default";r=1;t=')
    assert answers[3].json["code"] == "request.too_many"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 61
    assert client.get("/healthz").status_code == 200


def test_the_document_tells_roles_keys_and_problems_of_each_operation(workshop):
    document = workshop.test_client().get("/openapi.json").json
    create = document["paths"]["/v1/things"]["post"]

    assert document["openapi"].startswith("3.1")
    assert create["x-roles"] == ["resident"]
    assert {"in": "header", "name": "Idempotency-Key"}.items() <= create["parameters"][-1].items()
    assert set(create["responses"]) >= {"201", "400", "401", "403", "409", "415", "422", "429"}
    assert "workshop.too_small" in create["responses"]["422"]["description"]
    assert set(create["responses"]["422"]["content"]) == {"application/problem+json"}
    assert document["paths"]["/v1/echo"]["post"]["x-idempotent"] == "Nothing happens."
    assert document["paths"]["/v1/echo"]["post"]["x-roles"] == []
