"""The product in a real browser, for `make test-browser` alone: it needs Chromium and axe-core, which tests do without."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.web.conftest import city, clerk, hands, make_clerk, resident

__all__ = ["city", "clerk", "hands", "make_clerk", "resident"]

# Where axe-core lies, and the sign that `make test-browser` is what runs.
AXE = os.environ.get("LINTAN_AXE", "")
CHROMIUM = os.environ.get("LINTAN_CHROMIUM", "/usr/bin/chromium")
collect_ignore_glob = [] if AXE else ["test_*.py"]
COOKIES = ("lintan_access", "lintan_refresh", "lintan_form")


@pytest.fixture(params=["sqlite"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One engine: what differs between them is asked elsewhere."""
    return str(request.param)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The product, served to this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only here when the browser tests run

    # Root in a container has no sandbox; nothing is asked from outside by the browser itself either.
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium: Any, address: str) -> Callable[..., Any]:
    """Opens a page in a fresh profile, signed in as a clerk if one is given. Messages and outside requests fail the test."""

    @contextmanager
    def opened(clerk: Any = None, **options: Any) -> Iterator[Any]:
        told: list[str] = []
        context = chromium.new_context(base_url=address, **{"locale": "en", **options})
        context.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: told.append(str(error.error)))
        context.on("request", lambda request: None if _is_own(request.url, address) else told.append(request.url))
        if clerk is not None:
            jar = [(name, clerk.client.get_cookie(name, path="/console")) for name in COOKIES]
            context.add_cookies([{"name": n, "value": c.value, "url": f"{address}/console"} for n, c in jar if c])
        yield context.new_page()
        context.close()
        # A browser tells every answer of 400 and above in its console; the tests look at these themselves.
        assert [line for line in told if "Failed to load resource" not in line] == []

    return opened


@pytest.fixture(scope="session")
def axe() -> str:
    return Path(AXE).read_text(encoding="utf-8")


def _is_own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", "blob:"))
