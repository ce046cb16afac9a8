"""The log with its key, one issuer with its own, and one invented room above; the real rooms' documents stay out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.foundation.data import clock
from app.foundation.work import work_until_idle
from app.transparency import Issuer, open_issuer
from tests.transparency.ceremony import AGENCY, MORNING, SLUG, do, restart
from tests.transparency.forest_office import hooked, office, open_office

OFFICE = "test.office"


@pytest.fixture
def alone(app: Flask) -> Iterator[Flask]:
    """The application without any room's documents, streams and checks of the log."""
    names = ("transparency.documents", "transparency.streams")
    kept = {name: dict(hooked(app, name)) for name in names}
    for name in names:
        hooked(app, name).clear()
    yield app
    for name in names:
        hooked(app, name).clear()
        hooked(app, name).update(kept[name])


@pytest.fixture
def log(alone: Flask) -> Flask:
    """The same with keys and the office; the log's first leaves tell of the two keys."""
    hooked(alone, "transparency.documents")[OFFICE] = office()
    open_office()
    work_until_idle()
    return alone


@pytest.fixture
def key_folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of private keys of this test alone; the clock stands."""
    monkeypatch.setitem(app.config, "LINTAN_KEYS", str(tmp_path / "keys"))
    restart(app)
    clock.use(clock.FixedClock(MORNING))
    return tmp_path / "keys"


@pytest.fixture
def issuer(key_folder: Path) -> Issuer:
    """An issuer without keys."""
    opened = do(open_issuer, slug=SLUG, agency_id=AGENCY, name_zh="丽水市生态环境局", name_en="Ecology", site=None)
    assert isinstance(opened, Issuer)
    return opened
