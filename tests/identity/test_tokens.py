"""Access tokens: one algorithm, one audience, keys by id; everything else is a 401 in the one shape (A4, P4)."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine

from app.foundation.data import derived_key
from tests.identity.people import bearer, sign_in

AUDIENCE = "lintan-api"


def key(app) -> str:
    with app.app_context():
        return derived_key("identity.access-token").hex()


def opened(token: str) -> tuple[dict, dict]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def forged(app, token: str, *, secret: str | None = None, kid: str | None = None, without: str = "", **claims) -> str:
    header, old = opened(token)
    new = {name: value for name, value in {**old, **claims}.items() if name != without}
    return jwt.encode(new, secret or key(app), algorithm="HS256", headers={"kid": kid or header["kid"]})


def part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def me(client, token: str):
    return client.get("/v1/me", headers=bearer(token))


def refused(answer, code: str) -> bool:
    shape = (answer.status_code, answer.content_type, answer.json["code"]) == (401, "application/problem+json", code)
    return shape and "msg" not in answer.json


def test_a_forgery_under_the_right_key_would_be_accepted(app, client):
    """Shows that the tests below fail for the reason they name."""
    token = sign_in(client)["access_token"]

    assert me(client, forged(app, token)).status_code == 200


def test_algorithm_none_is_refused(client):
    header, claims = opened(sign_in(client)["access_token"])

    for algorithm in ("none", "None", "NONE"):
        bare = f"{part({**header, 'alg': algorithm})}.{part(claims)}."
        assert refused(me(client, bare), "auth.token_invalid")


def test_a_token_without_signature_or_with_another_is_refused(client):
    head, body, signature = sign_in(client)["access_token"].split(".")
    turned = "A" if signature[0] != "A" else "B"

    for token in (f"{head}.{body}.", f"{head}.{body}", f"{head}.{body}.{turned}{signature[1:]}"):
        assert refused(me(client, token), "auth.token_invalid")


def test_a_changed_payload_is_refused(client):
    head, _, signature = sign_in(client)["access_token"].split(".")
    _, claims = opened(sign_in(client, "13900139000")["access_token"])

    assert refused(me(client, f"{head}.{part(claims)}.{signature}"), "auth.token_invalid")


def test_another_algorithm_under_the_same_key_is_refused(app, client):
    token = sign_in(client)["access_token"]
    header, claims = opened(token)
    other = jwt.encode(claims, key(app), algorithm="HS384", headers={"kid": header["kid"]})

    assert refused(me(client, other), "auth.token_invalid")


def test_a_refresh_token_is_no_access_token(app, client):
    signed_in = sign_in(client)

    assert refused(me(client, signed_in["refresh_token"]), "auth.token_invalid")
    assert refused(me(client, forged(app, signed_in["access_token"], type="refresh")), "auth.token_invalid")


WRONG_CLAIMS = [
    {"aud": "someone-else"},
    {"iss": "https://elsewhere.example"},
    {"without": "aud"},
    {"without": "iss"},
    {"without": "sid"},
    {"without": "jti"},
    {"without": "sub"},
    {"sid": "ses_nonsense"},
    {"sid": 7},
    {"kid": "unknown"},
    {"secret": "x" * 64},
    {"nbf": 4_000_000_000},
]


def test_a_token_with_a_wrong_or_missing_claim_is_refused(app, client):
    token = sign_in(client)["access_token"]

    for wrong in WRONG_CLAIMS:
        assert refused(me(client, forged(app, token, **wrong)), "auth.token_invalid"), wrong


def test_a_session_that_never_was_is_refused(app, client):
    token = sign_in(client)["access_token"]

    assert refused(me(client, forged(app, token, sid="ses_" + "0" * 26)), "auth.session_ended")


@pytest.mark.parametrize(("seconds", "status"), [(899, 200), (900, 401)])
def test_an_access_token_lives_fifteen_minutes(client, seconds, status):
    start = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        signed_in = sign_in(client)
    with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
        answer = me(client, signed_in["access_token"])

    assert signed_in["expires_at"] == "2026-03-12T04:15:00Z"
    assert answer.status_code == status
    assert status == 200 or refused(answer, "auth.token_expired")


GARBAGE = [
    "ey.ey.ey",
    "x" * 5_000,
    "é",
    ".",
    "...",
    "e30.e30.e30",
    part({"alg": "HS256", "kid": ["derived"]}) + ".e30.AAAA",
    part({"alg": "HS256", "kid": {"a": 1}}) + "." + part({"sid": 1}) + ".AAAA",
    base64.urlsafe_b64encode(b"[1]").decode().rstrip("=") + ".W10.AAAA",
]


def test_garbage_in_place_of_a_token_is_refused(client):
    for token in GARBAGE:
        assert refused(me(client, token), "auth.token_invalid"), token


def test_without_a_token_the_answer_asks_to_sign_in(client):
    for header in ({}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer"}):
        assert refused(client.get("/v1/me", headers=header), "auth.required"), header


OLD, NEW = "first:" + "o" * 32, "second:" + "n" * 32


def test_keys_rotate_while_both_are_accepted(client, restarted):
    before = restarted(LINTAN_JWT_KEYS=OLD).test_client()
    during = restarted(LINTAN_JWT_KEYS=f"{NEW},{OLD}").test_client()
    after = restarted(LINTAN_JWT_KEYS=NEW).test_client()
    old = sign_in(before)["access_token"]
    new = sign_in(during, "13900139000")["access_token"]

    assert (opened(old)[0]["kid"], opened(new)[0]["kid"]) == ("first", "second")
    assert [me(each, old).status_code for each in (before, during, after)] == [200, 200, 401]
    assert [me(each, new).status_code for each in (before, during, after)] == [401, 200, 200]


def test_tokens_and_sessions_survive_a_restart(client, restarted):
    signed_in = sign_in(client)

    again = restarted().test_client()

    assert me(again, signed_in["access_token"]).status_code == 200
