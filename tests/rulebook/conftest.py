"""A kind of document for tests, shipped files, and staff at their desks."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.approvals import approve_proposal
from app.approvals import kinds as proposal_kinds
from app.foundation.data import reading
from app.foundation.proof import Actor
from app.rulebook import Document, NewDocument, Status, declare, document_in_force, propose_document, shipping
from app.rulebook.kinds import _kinds
from tests.approvals.conftest import registrar, sit_down  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Lishui.
TODAY = date(2026, 11, 24)
KIND = "test.rules"
SCHEMA = {
    "type": "object",
    "required": ["points_per_tree", "caps"],
    "additionalProperties": False,
    "properties": {
        "points_per_tree": {"type": "integer", "minimum": 0, "maximum": 1_000},
        "caps": {
            "type": "object",
            "required": ["year"],
            "additionalProperties": False,
            "properties": {"year": {"type": "integer", "minimum": 0}, "day": {"type": ["integer", "null"]}},
        },
        "rate": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
        "forms": {"type": "array", "maxItems": 2, "items": {"enum": ["planting", "care"]}},
        "note": {"type": "string", "maxLength": 10},
        "is_open": {"type": "boolean"},
    },
}
CONTENT = {"points_per_tree": 20, "caps": {"year": 400}}


@pytest.fixture
def kind(app: Flask) -> Iterator[str]:
    """The kind `test.rules`, for the time of a test."""
    declare(app, kind=KIND, schema=SCHEMA, proposer_role="registrar", approver_role="issuer")
    yield KIND
    _kinds(app).pop(KIND)
    proposal_kinds._handlers(app).pop(f"rulebook.{KIND}")


def new_document(**changes: Any) -> NewDocument:
    """A good proposal, with what a test is about changed."""
    members: dict[str, Any] = {
        "kind": KIND,
        "name": "planting",
        "title_zh": "植树积分规则",
        "title_en": "Points for planting",
        "content": CONTENT,
        "source": "会议纪要 2026-11-20",
        "status": Status.DECIDED,
        "effective_from": TODAY,
    }
    return NewDocument(**(members | changes))


@pytest.fixture
def issuer() -> Actor:
    return registrar(role="issuer")


@pytest.fixture
def add_version(kind: str, issuer: Actor) -> Callable[..., Document]:
    """Brings a version in through four eyes."""

    def add(*, now: datetime = NOW, **changes: Any) -> Document:
        new = new_document(**changes)
        proposal = propose_document(new, proposer=registrar(), now=now)
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=issuer, now=now)
        with reading() as session:
            return document_in_force(session, KIND, new.name, new.effective_from)

    return add


@pytest.fixture
def ship_file(app: Flask, kind: str, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Ships one file, as a release of the product would, and sets the database up."""
    path = tmp_path / "rules.json"
    app.extensions.setdefault(shipping._EXTENSION, []).append(path)

    def ship_documents(*documents: dict[str, Any], kind: str = KIND, raw: str | None = None) -> None:
        path.write_text(raw or json.dumps({"kind": kind, "documents": documents}), encoding="utf-8")
        shipping.ship_all()

    yield ship_documents
    app.extensions[shipping._EXTENSION].remove(path)


def shipped(**changes: Any) -> dict[str, Any]:
    """A document as a file has it."""
    members = {
        "name": "planting",
        "version": 1,
        "title_zh": "植树积分规则",
        "title_en": "Points for planting",
        "content": CONTENT,
        "source": "product",
        "status": "DECIDED",
        "effective_from": "2026-01-01",
    }
    return members | changes
