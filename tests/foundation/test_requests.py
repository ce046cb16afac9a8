"""Reading requests, refusing them in the caller's language, and what every answer carries."""

import json

import pytest
from sqlalchemy import create_engine

from tests.engines import PostgresServer

ALICE = {"Authorization": "Bearer alice"}
THING = {"name": "tree", "count": 5}
ZH, EN = {"Accept-Language": "zh-CN,zh;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.8"}


def post_raw(client, raw: bytes, content_type: str = "application/json"):
    return client.post("/v1/echo", data=raw, content_type=content_type)


@pytest.mark.parametrize(
    ("raw", "code", "fault"),
    [
        (b"", "request.malformed", "not_json"),
        (b"{", "request.malformed", "not_json"),
        (b'{"name": "a", "name": "b"}', "request.malformed", "not_json"),
        (b'{"count": NaN}', "request.malformed", "not_json"),
        (b'{"count": ' + b"9" * 5000 + b"}", "request.malformed", "not_json"),
        (b'{"name": "\xff"}', "request.malformed", "not_json"),
        (b"[" * 100_000 + b"]" * 100_000, "request.malformed", "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "request.malformed", "too_deep"),
        (json.dumps({"name": [0] * 1001}).encode(), "request.malformed", "too_many_items"),
        (b'{"count": 1e9999999999999999999}', "request.malformed", "not_json"),
        (b'"' + rb"\"" * 200_000, "request.malformed", "not_json"),
        (b'{"name": "a\\u0000b", "count": 1}', "request.malformed", "nul_byte"),
        (b'{"name": "\\ud800", "count": 1}', "request.malformed", "half_surrogate"),
    ],
)
def test_a_body_with_two_meanings_or_none_is_refused(workshop, client_of, raw, code, fault):
    answer = post_raw(client_of(workshop), raw)

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert answer.json["errors"][0]["code"] == fault


def test_brackets_inside_text_are_no_depth(workshop, client_of):
    answer = client_of(workshop).post("/v1/echo", json={"name": "[" * 19, "count": 1})

    assert (answer.status_code, answer.json["name"]) == (200, "[" * 19)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"name": "a", "count": 1, "price": 2}, "/price", "unknown"),
        ({"name": "a"}, "/count", "missing"),
        ({"name": None, "count": 1}, "/name", "null"),
        ({"name": 7, "count": 1}, "/name", "not_text"),
        ({"name": "", "count": 1}, "/name", "bad_length"),
        ({"name": "x" * 21, "count": 1}, "/name", "bad_length"),
        ({"name": "a", "count": "1"}, "/count", "not_whole"),
        ({"name": "a", "count": 1.5}, "/count", "not_whole"),
        ({"name": "a", "count": True}, "/count", "not_whole"),
        ({"name": "a", "count": -1}, "/count", "out_of_range"),
        ({"name": "a", "count": 501}, "/count", "out_of_range"),
        ({"name": "a", "count": 1, "at": "2026-03-12"}, "/at", "not_instant"),
        ({"name": "a", "count": 1, "at": "2026-03-12T09:40:00"}, "/at", "not_instant"),
        ({"name": "a", "count": 1, "colour": "red!"}, "/colour", "bad_pattern"),
        ({"name": "a", "count": 1, "colour": "red\nblue"}, "/colour", "control_character"),
        ({"name": "a", "count": 1, "at": "2026-W11-4T09:40:00+08:00"}, "/at", "not_instant"),
        ({"name": "a", "count": 1, "at": "20260312T094000+0800"}, "/at", "not_instant"),
        ({"name": "a", "count": 1, "ripe": "true"}, "/ripe", "not_boolean"),
        ({"name": "a", "count": 1, "ripe": 1}, "/ripe", "not_boolean"),
        ([], "", "not_object"),
    ],
)
def test_each_wrong_member_is_named_by_pointer_code_and_sentence(workshop, client_of, body, pointer, code):
    answer = client_of(workshop).post("/v1/echo", json=body, headers=EN)

    assert (answer.status_code, answer.json["code"]) == (422, "request.invalid")
    fault = next(each for each in answer.json["errors"] if each["pointer"] == pointer)
    assert fault["code"] == code
    assert fault["detail"].endswith(".")


NOT_PLAIN = {
    "bell": "\x07",
    "escape": "\x1b[31m",
    "delete": "\x7f",
    "next line": "\x85",
    "carriage return": "\r",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right-to-left override": "\u202e",
    "left-to-right embedding": "\u202a",
    "isolate": "\u2067",
    "end of isolate": "\u2069",
}


@pytest.mark.parametrize("mark", NOT_PLAIN.values(), ids=NOT_PLAIN)
@pytest.mark.parametrize("member", ["name", "reason"])
def test_text_that_reads_otherwise_than_it_is_stored_is_refused(workshop, client_of, member, mark):
    answer = client_of(workshop).post("/v1/echo", json={"name": "a", "count": 1, member: f"gnp{mark}txt.a"}, headers=EN)

    assert (answer.status_code, answer.json["code"]) == (422, "request.invalid")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [
        (f"/{member}", "control_character")
    ]


def test_a_reason_may_have_several_lines_and_a_name_only_one(workshop, client_of):
    client = client_of(workshop)

    reason = client.post("/v1/echo", json={"name": "a", "count": 1, "reason": "one\r\ntwo\n\tthree "})
    name = client.post("/v1/echo", json={"name": "one\ntwo", "count": 1})

    assert reason.json["reason"] == "one\ntwo\n\tthree"
    assert (name.status_code, name.json["errors"][0]["code"]) == (422, "control_character")


def test_names_of_all_scripts_and_emoji_are_plain_text(workshop, client_of):
    for name in ("欧阳·小禾", "Zoë O’Neil", "عبد الله", "👩‍🌾 林"):
        assert client_of(workshop).post("/v1/echo", json={"name": name, "count": 1}).json["name"] == name


@pytest.mark.parametrize(
    ("path", "pointer", "code"),
    [
        ("/v1/things?limit=5&limit=6", "/limit", "repeated"),
        ("/v1/things?limit=5&limit=5", "/limit", "repeated"),
        ("/v1/things?limit=5&more=1", "/more", "unknown"),
        ("/v1/me-or-nobody?more=1", "/more", "unknown"),
        ("/v1/me-or-nobody?more", "/more", "unknown"),
    ],
)
def test_a_query_holds_what_the_operation_knows_and_each_name_once(alice, path, pointer, code):
    answer = alice.get(path)

    assert (answer.status_code, answer.json["code"]) == (422, "request.invalid")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]
    assert alice.get("/v1/me-or-nobody").status_code == 200


def test_who_may_is_decided_before_an_unknown_query(workshop, client_of):
    assert client_of(workshop).post("/v1/things?more=1", json=THING).json["code"] == "auth.required"


@pytest.mark.parametrize("path", ["//v1/things", "/v1//things", "/v1/things/", "//healthz"])
def test_an_address_has_one_spelling(alice, path):
    answer = alice.get(path)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/v1/things", "/healthz"])
def test_what_an_address_takes_is_told_without_a_page(workshop, client_of, path):
    answer = client_of(workshop).options(path)

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert "GET" in answer.headers["Allow"]


def test_an_answer_in_words_depends_on_the_language_and_its_cookie_and_one_without_words_on_neither(
    workshop, client_of
):
    client = client_of(workshop)
    client.set_cookie("lintan_language", "en")

    words, none = client.get("/v1/things", headers=ZH), client.get("/healthz", headers=ZH)

    assert words.headers["Content-Language"] == "en"
    assert {"Accept-Language", "Cookie"} <= set(words.vary.as_set(preserve_casing=True))
    assert "Content-Language" not in none.headers
    assert not none.vary


def test_all_wrong_members_are_told_at_once(workshop, client_of):
    answer = client_of(workshop).post("/v1/echo", json={"count": "x", "extra": 1})

    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/count", "/extra", "/name"]


def test_an_instant_is_read_with_its_offset_and_written_in_utc(workshop, client_of):
    answer = client_of(workshop).post("/v1/echo", json={**THING, "at": "2026-03-12T09:40:00+08:00"})

    assert answer.json["at"] == "2026-03-12T01:40:00Z"


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (lambda c: c.get("/v1/nowhere"), 404, "request.not_found"),
        (lambda c: c.put("/v1/echo"), 405, "request.method_not_allowed"),
        (lambda c: post_raw(c, b"a=1", "application/x-www-form-urlencoded"), 415, "request.unsupported_media_type"),
        (lambda c: post_raw(c, b" " * (1024 * 1024 + 1)), 413, "request.too_large"),
        (
            lambda c: c.get("/v1/things", headers=ALICE, query_string={"limit": "x"}),
            422,
            "request.invalid",
        ),
        (lambda c: c.get("/v1/things?limit=%00", headers=ALICE), 400, "request.malformed"),
        (lambda c: c.get("/v1/th%00ings"), 400, "request.malformed"),
        (lambda c: c.get("/v1/things"), 401, "auth.required"),
        (
            lambda c: c.post("/v1/things", headers={**ALICE, "Idempotency-Key": "a b"}),
            400,
            "request.malformed",
        ),
    ],
)
def test_the_frameworks_own_refusals_are_problems_in_both_languages(workshop, client_of, call, status, code):
    client = client_of(workshop)
    titles = {}
    for language, headers in (("zh-CN", ZH), ("en", EN)):
        client.environ_base.update({"HTTP_ACCEPT_LANGUAGE": headers["Accept-Language"]})
        answer = call(client)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
        assert (answer.json["code"], answer.json["status"]) == (code, status)
        assert answer.headers["Content-Language"] == language
        assert answer.json["request_id"] == answer.headers["X-Request-Id"]
        titles[language] = answer.json["title"]
    assert titles["en"].isascii()
    assert not titles["zh-CN"].isascii()


def test_a_method_that_is_not_taken_says_which_are(workshop, client_of):
    assert set(client_of(workshop).put("/v1/echo").headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_who_may_is_decided_before_what_was_sent(workshop, client_of):
    answer = client_of(workshop).post(
        "/v1/things", data=b"{", content_type="application/json", headers={"Idempotency-Key": None}
    )

    assert answer.json["code"] == "auth.required"


def test_a_bug_is_a_problem_that_tells_nothing(alice):
    answer = alice.post("/v1/things", json={"name": "bug", "count": 1})

    assert (answer.status_code, answer.json["code"]) == (500, "server.fault")
    assert b"13800001234" not in answer.data


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/nowhere", "/v1/things", "/openapi.json"])
def test_every_answer_carries_the_security_headers(workshop, client_of, path):
    headers = client_of(workshop).get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_a_request_id_is_taken_over_only_if_it_is_one(workshop, client_of):
    client = client_of(workshop)

    assert client.get("/healthz", headers={"X-Request-Id": "abcd-1234"}).headers["X-Request-Id"] == "abcd-1234"
    assert client.get("/healthz", headers={"X-Request-Id": 'x"; rm'}).headers["X-Request-Id"].isalnum()


def test_only_listed_origins_may_call_from_a_browser(workshop, client_of):
    workshop.config["LINTAN_CORS_ORIGINS"] = ("https://app.example.cn",)
    try:
        client = client_of(workshop)
        listed = client.get("/healthz", headers={"Origin": "https://app.example.cn"})
        other = client.get("/healthz", headers={"Origin": "https://evil.example"})
        asked = client.options(
            "/v1/things", headers={"Origin": "https://app.example.cn", "Access-Control-Request-Method": "POST"}
        )
    finally:
        workshop.config["LINTAN_CORS_ORIGINS"] = ()

    assert listed.headers["Access-Control-Allow-Origin"] == "https://app.example.cn"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert asked.status_code == 204
    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]


def test_ready_says_no_without_the_newest_migration(workshop, client_of, server, engine_name):
    client = client_of(workshop)
    assert client.get("/readyz").status_code == 200
    url = (
        server.url("lintan_owner") if isinstance(server, PostgresServer) else workshop.config["SQLALCHEMY_DATABASE_URI"]
    )
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"status": "not_ready"})
    assert client.get("/healthz").status_code == 200


def test_metrics_count_by_route_and_are_for_the_token(workshop, client_of):
    client = client_of(workshop)
    client.get("/v1/things")
    workshop.config["LINTAN_METRICS_TOKEN"] = "scrape-me"
    try:
        stranger = client.get("/metrics")
        page = client.get("/metrics", headers={"Authorization": "Bearer scrape-me"})
    finally:
        workshop.config["LINTAN_METRICS_TOKEN"] = ""

    assert stranger.status_code == 404
    assert "lintan_outbox_waiting 0.0" in page.text
    assert 'lintan_http_requests_total{method="GET",route="/v1/things",status="401"}' in page.text


def test_the_type_of_a_problem_leads_to_its_titles(workshop, client_of):
    client = client_of(workshop)
    problem = client.get("/v1/things").json

    page = client.get(problem["type"].removeprefix(workshop.config["LINTAN_PUBLIC_URL"]))

    assert page.json == {
        "code": "auth.required",
        "status": 401,
        "title_en": "Sign in to do this.",
        "title_zh": "请先登录。",
    }
    assert client.get("/problems/request.method_not_allowed").json["status"] == 405
    assert client.get("/problems/no.such").status_code == 404
