"""The front page: the look-up first, where every issued kilogram is, how to check us, and nothing that is not there."""

import gzip
import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.credits import RegisterFigures
from app.foundation.work import work_until_idle
from app.transparency import LogState
from app.web.bars import BAR_GAP, BAR_LENGTH, BAR_PART_MIN, bar_of, shares_of
from tests.credits.people import Register
from tests.identity.people import make_agency
from tests.web.browser import HTML, Page

AS_OF = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
FIGURES = RegisterFigures(
    as_of=AS_OF,
    issued_kg=48_260_000,
    held_kg=39_521_520,
    retired_kg=3_912_480,
    buffer_kg=4_826_000,
    retirement_count=1_204,
)


@pytest.fixture
def with_figures(monkeypatch, stranger):
    """Opens the front page with the register's figures as given."""

    def show(figures, **headers):
        monkeypatch.setattr("app.web.routes.front.register_figures", lambda _: figures)
        return stranger("/", **headers)

    return show


def test_the_look_up_is_the_first_thing_to_do(stranger):
    page = stranger("/")

    form = page.form("/v")
    assert (form.action, form.method, set(form.fields)) == ("/v", "get", {"number"})
    assert page.source.index('id="verify"') < page.source.index('<section class="sheet')
    field = next(given for tag, given in page.tags if given.get("id") == "number")
    assert field["aria-describedby"] == "number-h"
    assert page.title == "Lintan, forest-carbon accounts of Lishui"


def test_where_every_issued_kilogram_is_stands_in_figures_words_and_a_bar(with_figures):
    page = with_figures(FIGURES)

    for words in (
        "as of 24 November 2026, 14:00",
        "Issued 48,260.000 t",
        "Retired, out of circulation 3,912.480 t",
        "Held 39,521.520 t",
        "Buffer 4,826.000 t",
        "retired 8.1% held 81.9% buffer 10.0%",
        "1,204 retirements so far.",
    ):
        assert words in page.text
    label = next(given["aria-label"] for tag, given in page.tags if given.get("class") == "bar")
    assert label == "Where the issued credits are: retired 8.1%, held 81.9%, buffer 10.0%"
    assert page.source.count("<rect") == 3


def test_before_the_first_count_the_page_says_so_and_shows_no_nought(stranger):
    page = stranger("/")

    assert "The figures are being prepared." in page.text
    assert "0.000" not in page.text
    assert "as of" not in page.text


def test_an_empty_register_has_figures_and_no_bar(stranger):
    work_until_idle()

    page = stranger("/")

    assert "Issued 0.000 t" in page.text
    assert "Nothing has been issued yet" in page.text
    assert "<rect" not in page.source


def test_the_worker_brings_what_was_issued_to_the_page(stranger, hands):
    Register(make_agency()).batch(1_234)
    work_until_idle()

    page = stranger("/")

    assert "Issued 1.234 t" in page.text
    assert "retired 0.0% held 100.0% buffer 0.0%" in page.text
    assert page.source.count("<rect") == 1
    assert "0 retirements so far." in page.text


def test_a_small_share_is_neither_nothing_nor_hidden(with_figures):
    page = with_figures(
        RegisterFigures(
            as_of=AS_OF, issued_kg=10_000_000, held_kg=9_999_987, retired_kg=13, buffer_kg=0, retirement_count=1
        )
    )

    assert "Retired, out of circulation 0.013 t" in page.text
    assert "retired under 0.1% held over 99.9% buffer 0.0%" in page.text
    assert page.source.count("<rect") == 2


def test_how_to_check_us_says_that_no_witness_runs(stranger, monkeypatch):
    state = LogState("localhost/log", 48_216, bytes(32), AS_OF, "vkey", has_witness=False, keys_in_web_process=True)
    monkeypatch.setattr("app.web.routes.front.log_state", lambda _: state)

    page = stranger("/")

    assert "Log entries 48,216" in page.text
    assert "Last signed 24 November 2026, 14:00:00" in page.text
    assert "Outside witness none yet No outside witness runs yet: back-dating cannot be excluded." in page.text
    assert page.link("Take the log and check it yourself") == "/log"


def test_certificates_of_organisations_say_that_none_is_there(stranger):
    page = stranger("/")

    assert "Certificates of organisations None has been issued yet." in page.text
    assert "Certificates of residents are never listed" in page.text


def test_every_link_leads_somewhere(stranger):
    page = stranger("/")

    own = {href for href, _ in page.links}
    assert {"/docs", "/log", "/console"} <= own
    for href in own:
        path, _, anchor = href.partition("#")
        if "/language/" in path:
            continue
        found = stranger(path or "/")
        assert found.status in {200, 303}, href
        assert not anchor or anchor in found.ids or found.status == 303, href


def test_the_page_has_no_script_and_is_small(with_figures):
    for language in ("zh-CN", "en"):
        page = with_figures(FIGURES, **{"Accept-Language": language})

        assert "<script" not in page.source
        assert len(gzip.compress(page.source.encode(), 6)) <= 8_000


def test_a_page_that_is_not_there_offers_the_look_up(client):
    page = Page(client.get("/nothing", headers=HTML))

    assert page.form("/v").method == "get"


def test_pages_in_chinese_have_no_gap_between_sentences(with_figures):
    page = with_figures(FIGURES, **{"Accept-Language": "zh-CN"})

    assert not re.findall(r"[，。：；] +[\u4e00-\u9fff]", page.source)


@given(amounts=st.lists(st.integers(0, 10**12), min_size=1, max_size=4))
def test_a_bar_is_full_shows_every_part_and_keeps_their_order(amounts):
    parts = bar_of(amounts)

    assert [part.place for part in parts] == [place for place, amount in enumerate(amounts) if amount]
    assert all(part.width >= BAR_PART_MIN for part in parts)
    if parts:
        assert parts[0].x == 0
        assert parts[-1].x + parts[-1].width == BAR_LENGTH
    for before, after in pairwise(parts):
        assert after.x == before.x + before.width + BAR_GAP


@given(first=st.integers(100, 10**9), second=st.integers(100, 10**9))
def test_the_larger_amount_is_never_the_shorter_part(first, second):
    parts = bar_of([first, second])

    assert (parts[0].width >= parts[1].width) or first < second
    assert (parts[1].width >= parts[0].width) or second < first


@given(amounts=st.lists(st.integers(0, 10**12), min_size=1, max_size=4).filter(any))
def test_shares_come_to_the_whole_and_none_is_off_by_a_tenth_of_a_percent(amounts):
    shares = shares_of(amounts)

    assert sum(share.thousandths for share in shares) == 1_000
    for share, amount in zip(shares, amounts, strict=True):
        assert abs(share.thousandths * sum(amounts) - amount * 1_000) < sum(amounts)
