"""Figures, days and numbers on pages (UI.md 6), in both languages."""

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.data import clock
from app.web import filters
from app.web.bars import shares_of
from app.web.filters import FILTERS

NOON = datetime(2026, 5, 17, 4, 0, tzinfo=UTC)
MORNING = datetime(2026, 5, 17, 2, 15, tzinfo=UTC)  # 10:15 in Lishui.
LATE = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # 1 January 2026 in Lishui.
NUMBER = "LSE-7K3M9QWDX4TB2N8R"

CASES = [
    ("kg", (12_480,), "12,480 kg", "12,480 kg"),
    ("kg", (-5,), "−5 kg", "−5 kg"),
    ("tonnes", (12_480,), "12.480 t", "12.480 t"),
    ("tonnes", (48_260_005,), "48,260.005 t", "48,260.005 t"),
    ("tonnes", (-1,), "−0.001 t", "−0.001 t"),
    ("tonnes_figure", (12_480,), "12.480<small>t</small>", "12.480<small>t</small>"),
    ("grams", (1_234,), "1,234 g", "1,234 g"),
    ("points", (1_280,), "1,280 分", "1,280 points"),
    ("points", (1,), "1 分", "1 point"),
    ("points", (-20,), "−20 分", "−20 points"),
    ("signed", (60,), "+60", "+60"),
    ("signed", (-1_280,), "−1,280", "−1,280"),
    ("signed", (0,), "0", "0"),
    ("money", (100_000,), "1,000.00 元", "CNY 1,000.00"),
    ("money", (-5,), "−0.05 元", "CNY −0.05"),
    ("day", (date(2026, 5, 17),), ">2026年5月17日<", ">17 May 2026<"),
    ("day", (LATE,), ">2026年1月1日<", ">1 January 2026<"),
    ("short_day", (date(2026, 5, 17),), ">5月17日<", ">17 May<"),
    ("short_day", (date(2025, 5, 17),), ">2025年5月17日<", ">17 May 2025<"),
    ("moment", (MORNING,), ">2026年5月17日 10:15<", ">17 May 2026, 10:15<"),
    ("moment_exact", (MORNING.replace(second=8),), ">2026年5月17日 10:15:08<", ">17 May 2026, 10:15:08<"),
    ("short_moment", (MORNING,), ">5月17日 10:15<", ">17 May, 10:15<"),
    ("deadline", (datetime(2026, 6, 30, 16, tzinfo=UTC),), ">6月30日 24:00<", ">30 June, 24:00<"),
    ("deadline", (MORNING,), ">5月17日 10:15<", ">17 May, 10:15<"),
    ("years", (2022, 2025), "2022—2025", "2022–2025"),
    ("span", (120_001, 133_000), "120001–133000", "120001–133000"),
    ("percent", (3_912_480, 48_260_000), "8.1 %", "8.1%"),
    ("percent", (1, 3), "33.3 %", "33.3%"),
    ("percent", (1, 2_000), "0.1 %", "0.1%"),
    ("percent", (-1, 4), "−25.0 %", "−25.0%"),
    (
        "code",
        ("carbon.example.cn",),
        '<span class="code">carbon.example.cn</span>',
        '<span class="code">carbon.example.cn</span>',
    ),
    ("han", ("张**",), "张**", '<span lang="zh-CN">张**</span>'),
    ("han", ("J*** <b>",), "J*** &lt;b&gt;", "J*** &lt;b&gt;"),
    ("listed", (["JSON", "3 KB"],), "JSON，3 KB", "JSON, 3 KB"),
    ("listed", (["JSON"],), "JSON", "JSON"),
    ("file_size", (1,), "1 KB", "1 KB"),
    ("file_size", (3_121,), "4 KB", "4 KB"),
    ("file_size", (999_000,), "999 KB", "999 KB"),
    ("file_size", (999_001,), "1.0 MB", "1.0 MB"),
    ("file_size", (1_100_001,), "1.2 MB", "1.2 MB"),
]


@pytest.fixture(autouse=True)
def noon():
    with clock.standing_at(NOON):
        yield


def said(language, name, *values):
    with Flask("pages").test_request_context(headers={"Accept-Language": language}):
        return str(FILTERS[name](*values))


@pytest.mark.parametrize(("name", "values", "zh", "en"), CASES)
def test_a_value_is_written_as_the_table_says(name, values, zh, en):
    in_chinese, in_english = said("zh-CN", name, *values), said("en", name, *values)

    if zh.startswith(">"):
        assert (zh in in_chinese, en in in_english) == (True, True), (in_chinese, in_english)
    else:
        assert (in_chinese, in_english) == (zh, en)


def test_every_filter_has_a_case_of_its_own():
    elsewhere = {"near_day", "days", "share", "certificate_number", "short_id"}

    assert {name for name, *_ in CASES} | elsewhere == set(FILTERS)


def test_a_time_carries_its_machine_form_with_the_offset_of_the_city():
    assert said("zh-CN", "moment", MORNING).startswith('<time datetime="2026-05-17T10:15+08:00">')
    assert said("en", "day", date(2026, 5, 17)).startswith('<time datetime="2026-05-17">')


def test_a_range_of_days_is_joined_by_a_word():
    days = date(2026, 5, 1), date(2026, 5, 17)

    assert "2026年5月1日</time>至<time" in said("zh-CN", "days", *days)
    assert "1 May 2026</time> to <time" in said("en", "days", *days)


def test_only_yesterday_today_and_tomorrow_are_words(app):
    def near(language, day):
        # A context of its own: the language is remembered in it.
        with (
            app.app_context(),
            app.test_request_context(headers={"Accept-Language": language}),
            clock.standing_at(NOON),
        ):
            return str(filters.near_day(date(2026, 5, day)))

    assert [near("zh-CN", day).partition(">")[2] for day in (15, 16, 17, 18, 19)] == [
        f"{word}</time>" for word in ("5月15日", "昨天", "今天", "明天", "5月19日")
    ]
    assert [near("en", day).partition(">")[2] for day in (16, 17, 18)] == [
        f"{word}</time>" for word in ("yesterday", "today", "tomorrow")
    ]


@pytest.mark.parametrize(
    ("amounts", "zh", "en"),
    [
        ((0, 10_000_000), "0.0 %", "0.0%"),
        ((13, 9_999_987), "不到 0.1 %", "under 0.1%"),
        ((5_001, 9_994_999), "0.1 %", "0.1%"),
        ((9_994_999, 5_001), "99.9 %", "99.9%"),
        ((9_999_987, 13), "超过 99.9 %", "over 99.9%"),
        ((1, 0), "100.0 %", "100.0%"),
    ],
)
def test_a_share_never_calls_something_nothing_nor_almost_all_everything(app, amounts, zh, en):
    def first_share(language):
        with app.app_context(), app.test_request_context(headers={"Accept-Language": language}):
            return filters.share(shares_of(amounts)[0])

    assert (first_share("zh-CN"), first_share("en")) == (zh, en)


def test_the_number_of_a_certificate_has_gaps_that_are_not_copied():
    shown = said("zh-CN", "certificate_number", NUMBER)

    assert "LSE-<span>7K3M</span><span>9QWD</span><span>X4TB</span><span>2N8R</span>" in shown
    assert text_of(shown) == NUMBER


def test_an_id_shows_its_last_six_and_is_copied_whole():
    shown = said("en", "short_id", "plt_01m868tawjer4b6ctjc9d9neb4")

    assert '<span class="id-mid">01m868tawjer4b6ctjc9</span>d9neb4' in shown
    assert text_of(shown) == "plt_01m868tawjer4b6ctjc9d9neb4"


def test_what_a_room_hands_over_cannot_become_markup():
    assert "<script>" not in said("en", "short_id", "plt_<script>alert(1)</script>")
    assert "<b>" not in said("en", "certificate_number", "LSE-<b>")
    assert "<b>" not in said("en", "code", "<b>")


def test_a_share_of_nothing_is_an_error():
    with pytest.raises(ZeroDivisionError):
        said("en", "percent", 1, 0)
    with pytest.raises(ZeroDivisionError):
        shares_of([0, 0])


@given(amount_kg=st.integers(-(10**12), 10**12))
def test_tonnes_say_every_kilogram(amount_kg):
    figure = filters.tonnes(amount_kg).removesuffix(" t").replace(",", "").replace("−", "-")

    whole, _, rest = figure.partition(".")
    assert int(whole + rest) == amount_kg


@given(byte_count=st.integers(1, 10**9))
def test_a_size_is_never_said_too_small(byte_count):
    amount, _, unit = filters.file_size(byte_count).rpartition(" ")

    assert float(amount.replace(",", "")) * {"KB": 1_000, "MB": 1_000_000}[unit] >= byte_count


def text_of(markup):
    return re.sub("<[^>]*>", "", markup)
