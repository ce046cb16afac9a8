"""A register at noon, and the audit that has the last word."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.foundation.data import clock, transaction
from app.foundation.data.clock import FixedClock
from app.ledger import audit
from tests.credits.people import NOON, Office, Register
from tests.identity.people import make_agency


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    """The product's clock, standing until a test moves it."""
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def office(client: FlaskClient, hands: FixedClock) -> Office:
    return Office(client)


@pytest.fixture
def register(app: Flask, hands: FixedClock) -> Register:
    return Register(make_agency())


def findings() -> dict[str, int]:
    """What the audit finds wrong."""
    with transaction() as session:
        answer = audit(session)
    answer.pop("transfers")
    return {name: count for name, count in answer.items() if count}


def rows(session: Session, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(statement), values)]
