"""Residents who sign in, a clock that stands, and a rulebook in which a factor can get another version."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.footprint import FACTOR_KIND
from app.foundation.data import clock, transaction
from app.foundation.data.clock import FixedClock
from app.foundation.proof import SYSTEM
from app.rulebook import NewDocument, Status, document_in_force
from app.rulebook.usecases import add_document
from tests.identity.people import bearer, sign_in

NOON = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)  # 12:00 in Lishui.
TODAY = date(2026, 3, 12)
EN = {"Accept-Language": "en"}
_phones = count(13_700_000_000)


@pytest.fixture
def hands(app: Flask) -> Iterator[FixedClock]:
    """The product's clock, standing until a test moves it."""
    with clock.standing_at(NOON) as standing:
        yield standing


class Resident:
    """Somebody signed in with the app."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers = bearer(sign_in(client, str(next(_phones))))

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, headers={**EN, **self.headers, **more.pop("headers", {})}, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self.client.post(path, json=body, headers={**EN, **self.headers, **more.pop("headers", {})}, **more)

    def year(self, **changes: Any) -> dict[str, Any]:
        """Calculate a year and return it."""
        answer = self.post("/v1/footprints", a_year(**changes))
        assert answer.status_code == 201, answer.json
        return dict(answer.json)


@pytest.fixture
def make_resident(client: FlaskClient, hands: FixedClock) -> Callable[[], Resident]:
    return lambda: Resident(client)


@pytest.fixture
def resident(make_resident: Callable[[], Resident]) -> Resident:
    return make_resident()


def a_year(**changes: Any) -> dict[str, Any]:
    """A person's 2025 in Liandu, with all five activities."""
    activities = {
        "electricity": {"energy_wh": 2_400_000, "data_grade": "measured"},
        "natural_gas": {"volume_l": 180_000, "data_grade": "measured"},
        "car": {"distance_m": 6_000_000, "data_grade": "calculated"},
        "rail": {"passenger_m": 1_200_000, "data_grade": "calculated"},
        "flight": {"passenger_m": 2_400_000},
    }
    return {"year": 2025, "county": "331102", "activities": activities, **changes}


def power(energy_wh: int = 1_000, **changes: Any) -> dict[str, Any]:
    """A year of nothing but electricity."""
    return a_year(activities={"electricity": {"energy_wh": energy_wh}}, **changes)


@pytest.fixture
def set_factor(app: Flask, hands: FixedClock) -> Callable[..., None]:
    """Put the next version of a factor into the book, as an approval does."""

    def set_factor(key: str, *, status: Status = Status.VERIFIED, on: date = TODAY, **changes: Any) -> None:
        with transaction() as session:
            former = document_in_force(session, FACTOR_KIND, key, date(9999, 1, 1))
            new = NewDocument(
                kind=FACTOR_KIND,
                name=key,
                title_zh=former.title_zh,
                title_en=former.title_en,
                content=former.content | changes,
                source="the notice itself",
                status=status,
                effective_from=on,
            )
            add_document(session, new, version=former.version + 1, proposal_id=None, actor=SYSTEM, now=clock.now())

    return set_factor
