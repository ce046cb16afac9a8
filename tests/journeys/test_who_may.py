"""Every operation of the document with every role: who is let in, and that nobody is let near what is not theirs (SECURITY B1, B2)."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.foundation.data import PREFIXES, new_id, public_id
from app.identity import Role
from app.identity.staffing.rules.roles import GRANTABLE_ROLES, SCOPED_ROLES
from tests.identity.people import make_agency, make_staff, sign_in

# Who signs out is nobody in the operations that follow; tests/identity walks it.
SIGN_OUT = "/v1/auth/logout"
METHODS = ("get", "post", "put", "patch", "delete")
# What a path's parameter names, where the name alone does not say it.
KIND_OF = {
    "approval_id": "apv",
    "award_id": "awd",
    "batch_id": "bat",
    "case_id": "cas",
    "document_id": "doc",
    "event_id": "evt",
    "factor_id": "fac",
    "file_id": "fil",
    "footprint_id": "fp",
    "order_id": "ord",
    "payment_id": "pay",
    "planting_id": "plt",
    "project_id": "prj",
    "quote_id": "quo",
    "session_id": "ses",
}


def operations(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in app.test_client().get("/openapi.json").json["paths"].items():
        for method in METHODS:
            if method in item and path != SIGN_OUT:
                yield method, path, item[method]


def of_nobody(path: str) -> str:
    """Return the path with ids of the right kind that belong to nothing."""

    def value(match: re.Match[str]) -> str:
        prefix = KIND_OF.get(match[1])
        return public_id(prefix, new_id()) if prefix in PREFIXES else "331199"

    return re.sub(r"\{(\w+)\}", value, path)


def send(client: Any, method: str, path: str, token: str | None, operation: dict[str, Any]) -> Any:
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body: Any = {} if "requestBody" in operation else None
    return client.open(of_nobody(path), method=method.upper(), headers=headers, json=body)


@pytest.fixture
def tokens(app: Flask) -> dict[str, str]:
    """Somebody of each role, each with a token; all staff stand in one agency."""
    client = app.test_client()
    make_agency()
    found = {str(Role.RESIDENT): sign_in(client)["access_token"]}
    for role in sorted(GRANTABLE_ROLES):
        agency = {"agency_slug": "liandu-forestry"} if role in SCOPED_ROLES else {}
        member = make_staff(f"only.{role}", role=role, **agency)
        found[str(role)] = member.sign_in(client).json["access_token"]
    return found


def test_each_operation_lets_in_just_the_roles_that_its_document_names(app, tokens):
    client = app.test_client()
    wrong = []
    for method, path, operation in operations(app):
        allowed = set(operation["x-roles"])
        for role, token in tokens.items():
            held = {role} if role == Role.RESIDENT else {role, str(Role.STAFF)}
            answer = send(client, method, path, token, operation)
            code = (answer.get_json(silent=True) or {}).get("code")
            let_in = code not in {"auth.role_missing", "auth.required"}
            if answer.status_code >= 500 or let_in != (not allowed or bool(held & allowed)):
                wrong.append(f"{role}: {method} {path} -> {answer.status_code} {code}, roles {sorted(allowed)}")
    assert wrong == []


def test_without_a_token_only_public_operations_answer(app):
    client = app.test_client()
    wrong = []
    for method, path, operation in operations(app):
        answer = send(client, method, path, None, operation)
        if (answer.status_code == 401) != bool(operation["x-roles"]) or answer.status_code >= 500:
            wrong.append(f"{method} {path} -> {answer.status_code}")
    assert wrong == []


def test_what_does_not_exist_is_404_for_everybody_who_is_let_in(app, tokens):
    client = app.test_client()
    wrong = []
    for method, path, operation in operations(app):
        if "{" not in path or method != "get":
            continue
        for role, token in tokens.items():
            answer = send(client, method, path, token, operation)
            if answer.status_code not in {403, 404, 422}:
                wrong.append(f"{role}: {path} -> {answer.status_code}")
    assert wrong == []


def test_nobody_gets_further_than_the_shape_with_an_empty_body(app, tokens):
    client = app.test_client()
    wrong = []
    for method, path, operation in operations(app):
        if "requestBody" not in operation:
            continue
        for role, token in tokens.items():
            answer = send(client, method, path, token, operation)
            if answer.status_code < 400:
                wrong.append(f"{role}: {method} {path} -> {answer.status_code}")
    assert wrong == []


def test_whose_it_is_is_decided_before_what_was_sent(app, tokens):
    """A body that says nothing, no key and no version: were they looked at first, the answer would tell what exists."""
    client = app.test_client()
    wrong, asked = [], 0
    for method, path, operation in operations(app):
        if "{" not in path or "requestBody" not in operation:
            continue
        asked += 1
        for role, token in tokens.items():
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": None}
            for body in (b"{", b'{"nonsense": 1}'):
                answer = client.open(
                    of_nobody(path), method=method.upper(), headers=headers, data=body, content_type="application/json"
                )
                if answer.status_code not in {403, 404}:
                    wrong.append(f"{role}: {method} {path} -> {answer.status_code} {answer.json['code']}")
    assert sorted(set(wrong)) == []
    assert asked >= 6
