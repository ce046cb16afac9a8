"""An office: admins who agree with each other, and a bureau whose clerks come and go."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock
from app.foundation.data.clock import FixedClock
from app.identity import Role
from tests.identity.people import make_agency
from tests.identity.staffing.office import NOON, Office


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def office(client: FlaskClient, hands: FixedClock) -> Office:
    return Office(client, hands, agency_id=make_agency())


@pytest.fixture
def admins(office: Office) -> list[Any]:
    """Three admins."""
    return [office.colleague(f"admin.{name}", role=Role.ADMIN) for name in ("one", "two", "three")]


@pytest.fixture
def clerk(office: Office) -> Callable[..., Any]:
    """Makes verifiers of Liandu's bureau, signed in."""
    return office.clerk
