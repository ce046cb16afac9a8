"""The city on Arbor Day, at noon."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.demo.city import found_city, second_factors
from app.foundation.data import clock
from tests.journeys.lives.people import Town
from tests.planting.people import NOON


@pytest.fixture
def town(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The demo's city with its clerks, and a clock that stands until somebody moves it."""
    monkeypatch.setitem(app.config, "LINTAN_ENV", "demo")
    with clock.standing_at(NOON) as hands:
        found_city()
        yield Town(app.test_client(), hands, second_factors())
