"""Fixtures: fakes of WeChat and 浙里办 on this machine, and an application whose doors lead there."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.identity.entrance.outside import chosen_doors
from app.identity.entrance.providers import providers
from tests.identity.outside import fake_wechat, fake_zheliban
from tests.identity.outside.fake_wechat import FakeWechat
from tests.identity.outside.fake_zheliban import FakeZheliban

OFF = {"LINTAN_WECHAT_APP_ID": "", "LINTAN_ZHELIBAN_APP_ID": ""}


def settings_of_wechat(url: str, **changed: str) -> dict[str, str]:
    parts = {"APP_ID": fake_wechat.APP_ID, "SECRET": fake_wechat.SECRET, "URL": url, **changed}
    return OFF | {f"LINTAN_WECHAT_{part}": value for part, value in parts.items()}


def settings_of_zheliban(url: str, **changed: str) -> dict[str, str]:
    keys = {"ACCESS_KEY": fake_zheliban.ACCESS_KEY, "SECRET_KEY": fake_zheliban.SECRET_KEY}
    parts = {"APP_ID": fake_zheliban.APP_ID, "URL": url, **keys, **changed}
    return OFF | {f"LINTAN_ZHELIBAN_{part}": value for part, value in parts.items()}


@pytest.fixture
def wechat() -> Iterator[FakeWechat]:
    fake = FakeWechat()
    yield fake
    fake.close()


@pytest.fixture
def zheliban() -> Iterator[FakeZheliban]:
    fake = FakeZheliban()
    yield fake
    fake.close()


@pytest.fixture
def doors(app, wechat, zheliban) -> Iterator[None]:
    """Both doors of the application lead to the fakes until the test ends."""
    before = providers()
    found = {**chosen_doors(settings_of_wechat(wechat.url)), **chosen_doors(settings_of_zheliban(zheliban.url))}
    app.extensions["lintan_identity"] = replace(before, doors=found)
    yield
    app.extensions["lintan_identity"] = before
