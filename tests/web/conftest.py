"""Staff with browsers, in the city of planting's tests."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data.clock import FixedClock
from app.identity import Role
from tests.identity.people import LIANDU, LONGQUAN, make_staff
from tests.planting.conftest import hands, resident
from tests.planting.people import City
from tests.web.browser import HTML, Clerk, Page

__all__ = ["hands", "resident"]


@pytest.fixture
def city(client: FlaskClient, hands: FixedClock) -> City:
    """The bureaus of two counties, so that residents of both can submit."""
    made = City(client, hands)
    for county in (LIANDU, LONGQUAN):
        made.agency(county)
    return made


@pytest.fixture
def make_clerk(app: Flask, city: City) -> Callable[..., Clerk]:
    """Makes members of staff, by default verifiers of Liandu, each with a browser of their own."""

    def make(username: str = "wang.min", *, county: str = LIANDU, role: Role = Role.VERIFIER) -> Clerk:
        scope = {} if role in {Role.AUDITOR, Role.SUPPORT} else {"agency_slug": city.agency(county)}
        return Clerk(app.test_client(), make_staff(username, role=role, **scope))

    return make


@pytest.fixture
def clerk(make_clerk: Callable[..., Clerk]) -> Clerk:
    """A verifier of Liandu who is signed in."""
    made = make_clerk()
    assert made.sign_in().status == 200
    return made


@pytest.fixture
def stranger(app: Flask, hands: object) -> Callable[..., Page]:
    """Opens pages without any cookie."""
    return lambda path, **headers: Page(app.test_client().get(path, headers={**HTML, **headers}))
