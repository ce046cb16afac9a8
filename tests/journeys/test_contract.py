"""The document against the product: generated requests, and every answer is one that the document knows (SECURITY R2)."""

import os
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from tests.engines import ENGINES
from tests.identity.people import make_agency, make_staff, sign_in

# Who signs out is nobody in the operations that follow.
SIGN_OUT = "/v1/auth/logout"
EXAMPLES = int(os.environ.get("LINTAN_FUZZ", "4"))
# What is known of a body does not turn on the database, so in the suite each role meets one of them; `make fuzz` has them all.
PAIRS = (
    [(engine, role) for engine in ENGINES for role in ("resident", "verifier")]
    if "LINTAN_FUZZ" in os.environ
    else [("postgresql", "resident"), ("sqlite", "verifier")]
)
CALMLY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="LINTAN_FUZZ" not in os.environ,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def callers(app: Flask) -> dict[str, str]:
    """A resident and a verifier, with their tokens."""
    client = app.test_client()
    make_agency()
    verifier = make_staff("liandu.verifier", role="verifier", agency_slug="liandu-forestry")
    return {"resident": sign_in(client)["access_token"], "verifier": verifier.sign_in(client).json["access_token"]}


@pytest.mark.parametrize(("engine_name", "role"), PAIRS)
def test_generated_requests_get_only_answers_that_the_document_knows(app, callers, role):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    document = schemathesis.openapi.from_wsgi("/openapi.json", app)
    surprises: list[str] = []
    for found in document.get_all_operations():
        operation = found.ok()
        if operation.path != SIGN_OUT:
            _ask(app, operation, callers[role], surprises)
    assert sorted(set(surprises)) == []


def _ask(app: Flask, operation: Any, token: str, surprises: list[str]) -> None:
    """Send generated requests to one operation, and note the answers that its document does not know."""
    known = set(operation.definition.raw["responses"])

    @CALMLY
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        with app.app_context():
            answer = case.call(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())})
        status = str(answer.status_code)
        told = answer.headers.get("content-type", [""])[0]
        if answer.status_code >= 500 or status not in known:
            surprises.append(f"{operation.method} {operation.path}: {status} {answer.text[:200]}")
        elif answer.status_code >= 400 and told != "application/problem+json":
            surprises.append(f"{operation.method} {operation.path}: {status} as {told}")

    ask()
