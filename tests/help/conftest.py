"""A resident with a question and a member of the help desk, at noon in Lishui."""

import pytest
from flask.testing import FlaskClient

from tests.help.people import Caller
from tests.help.people import resident as make_resident
from tests.help.people import support as make_support
from tests.identity.conftest import at_once, hands

__all__ = ["at_once", "hands"]


@pytest.fixture
def resident(client: FlaskClient) -> Caller:
    return make_resident(client)


@pytest.fixture
def support(client: FlaskClient) -> Caller:
    return make_support(client)
