"""How to check us: the log's state and keys, the steps, and the limits that are said as plainly as the rest."""

import base64
import gzip
from datetime import UTC, datetime

import pytest

from app.foundation.data import new_id
from app.transparency import Issuer, LogState
from tests.web.browser import Page

ROOT = bytes(range(32))
VKEY = "localhost/log+6d5a1f0c+AWQ6d3J2Ym9xY3Rlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHQ="
STATE = {
    "origin": "localhost/log",
    "size": 300,
    "root": ROOT,
    "signed_at": datetime(2026, 11, 24, 6, 25, 59, tzinfo=UTC),
    "vkey": VKEY,
    "has_witness": False,
    "keys_in_web_process": True,
}


@pytest.fixture
def with_state(monkeypatch, stranger):
    """Opens the page with the log as given."""

    def show(language="en", issuers=(), **changed):
        monkeypatch.setattr("app.web.routes.checking.log_state", lambda _: LogState(**{**STATE, **changed}))
        monkeypatch.setattr("app.web.routes.checking.list_issuers", lambda _: list(issuers))
        return stranger("/log", **{"Accept-Language": language})

    return show


def test_the_log_is_told_in_the_facts_that_can_be_compared(with_state):
    page = with_state()

    assert page.title == "How to check us · Lintan"
    for words in (
        "Name localhost/log",
        "Log entries 300",
        f"Root {base64.b64encode(ROOT).decode()}",
        "Last signed 24 November 2026, 14:25:59",
        VKEY,
        "Compare it, letter by letter, with the one in the printed manual.",
    ):
        assert words in page.text


def test_the_pages_links_are_the_logs_own_files(with_state):
    office = Issuer("lishui-ecology", "did:web:localhost:issuers:lishui-ecology", new_id(), "局", "Office", None)

    page = with_state(issuers=[office])

    hrefs = {href for href, _ in page.links}
    assert {"/log/checkpoint", "/log/vkeys", "/log/tile/entries/000", "/issuers/lishui-ecology/did.json"} <= hrefs
    assert "/log/tile/entries/000.p/44" in {href for href, _ in with_state(size=44).links}
    assert "did:web:localhost:issuers:lishui-ecology" in page.text
    assert "No office has been given a key yet." in with_state().text


def test_a_stranger_is_led_through_the_steps_offline(with_state):
    page = with_state()

    steps = [
        "Take the files along.",
        "Get the keys from elsewhere.",
        "Check the signature.",
        "Look for it in the log.",
        "Ask whether it was revoked.",
        "Compare what you kept.",
    ]
    places = [page.text.index(step) for step in steps]
    assert places == sorted(places)
    assert {"steps", "limits"} <= set(page.ids)


def test_without_a_witness_the_page_says_what_cannot_be_excluded(with_state):
    page = with_state()

    assert "none yet No outside witness runs yet: back-dating cannot be excluded." in page.text
    assert "The date of issue rests on our word" in page.text
    assert "The date of issue rests on our word" not in with_state(has_witness=True).text
    assert "The signature is no statutory electronic seal" in page.text


@pytest.mark.parametrize(
    ("in_web_process", "told", "untold"),
    [
        (True, "The private keys lie in the process that serves this page", "Only the worker that signs has them."),
        (False, "Only the worker that signs has them.", "It runs on one machine with SQLite."),
    ],
)
def test_the_page_says_which_process_holds_the_keys(with_state, in_web_process, told, untold):
    page = with_state(keys_in_web_process=in_web_process)

    assert told in page.text
    assert untold not in page.text


def test_the_engine_decides_which_process_is_named(stranger, engine_name):
    page: Page = stranger("/log")

    assert ("It runs on one machine with SQLite." in page.text) is (engine_name == "sqlite")


def test_a_log_that_has_not_begun_says_so(stranger):
    page = stranger("/log")

    assert "Nothing has been signed yet" in page.text
    assert "Root not yet" in page.text
    assert "Log entries 0" in page.text
    assert not any("/log/tile" in href for href, _ in page.links)


def test_keys_of_a_demonstration_are_called_that(with_state, app, monkeypatch):
    assert "The keys of a demonstration prove nothing" not in with_state().text

    monkeypatch.setitem(app.config, "LINTAN_ENV", "demo")

    assert "The keys of a demonstration prove nothing" in with_state().text


def test_the_page_has_no_script_and_is_small(with_state):
    for language in ("zh-CN", "en"):
        page = with_state(language)

        assert "<script" not in page.source
        assert len(gzip.compress(page.source.encode(), 6)) <= 8_000
