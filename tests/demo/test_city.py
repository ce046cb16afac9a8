"""The demo city is for the demo only."""

import pytest

from app.demo.city import NotADemo, found_city
from app.demo.pictures import hillside
from app.demo.wire import Unreachable, Wire
from app.foundation.data import clock


@pytest.mark.parametrize("environment", ["production", "test"])
def test_no_demo_city_outside_the_demo(app, monkeypatch, environment):
    monkeypatch.setitem(app.config, "LINTAN_ENV", environment)

    with pytest.raises(NotADemo):
        found_city()


def test_the_commands_of_the_demo_exist_only_in_the_demo(app):
    assert "demo" not in app.cli.commands


def test_two_pictures_of_one_seed_are_alike_and_of_two_seeds_are_not():
    assert hillside(1) == hillside(1)
    assert hillside(1) != hillside(2)
    assert b"Exif" in hillside(1, taken_at=clock.now(), lat=28.45, lon=119.92)


def test_a_server_that_is_not_there_is_said_so():
    with pytest.raises(Unreachable, match="make run"):
        Wire("http://127.0.0.1:9")("GET", "/healthz")


def test_the_wire_speaks_http_only():
    with pytest.raises(ValueError, match="not an address"):
        Wire("file:///etc/passwd")
