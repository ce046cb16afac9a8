"""A city at noon on Arbor Day."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import clock
from app.foundation.data.clock import FixedClock
from tests.planting.people import NOON, City, Resident, Verifier


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    """The product's clock, standing until a test moves it."""
    with clock.standing_at(NOON) as standing:
        yield standing


@pytest.fixture
def city(client: FlaskClient, hands: FixedClock) -> City:
    return City(client, hands)


@pytest.fixture
def resident(city: City) -> Resident:
    return city.resident()


@pytest.fixture
def verifier(city: City) -> Verifier:
    """A verifier of Liandu's forestry bureau."""
    return city.verifier()
