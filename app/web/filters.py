"""How figures, days and numbers are written on pages, in Chinese and English; each is a Jinja filter of the same name.

The table is UI.md 6. Days and times are the city's, `<time>` carries the machine's form, a minus is U+2212.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup, escape

from app.foundation.data import clock
from app.foundation.http import language
from app.web.bars import Share

MINUS = "\N{MINUS SIGN}"
EN_DASH, EM_DASH = "\N{EN DASH}", "\N{EM DASH}"
_NUMBER_GROUP = 4
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def kg(amount_kg: int) -> str:
    """Return `12,480 kg`: people's and orders' amounts."""
    return f"{_grouped(amount_kg)} kg"


def tonnes(amount_kg: int) -> str:
    """Return `12.480 t` for 12,480 kg: certificates, projects and the city."""
    whole, rest = divmod(abs(amount_kg), 1000)
    return f"{MINUS if amount_kg < 0 else ''}{whole:,}.{rest:03d} t"


def tonnes_figure(amount_kg: int) -> Markup:
    """Return `48,260.000<small>t</small>`: tonnes as a figure, the unit small beside it."""
    amount, _, unit = tonnes(amount_kg).rpartition(" ")
    return Markup("{}<small>{}</small>").format(amount, unit)


def grams(amount_g: int) -> str:
    """Return `1,234 g`: only beside a line of a footprint."""
    return f"{_grouped(amount_g)} g"


def points(count: int) -> str:
    """Return `1,280 分` or `1,280 points`."""
    if _is_english():
        return f"{_grouped(count)} {'point' if abs(count) == 1 else 'points'}"
    return f"{_grouped(count)} 分"


def signed(count: int) -> str:
    """Return `+60` or `−20`; 0 has no sign."""
    return f"+{count:,}" if count > 0 else _grouped(count)


def money(amount_fen: int) -> str:
    """Return `1,000.00 元` or `CNY 1,000.00`."""
    yuan, fen = divmod(abs(amount_fen), 100)
    figure = f"{MINUS if amount_fen < 0 else ''}{yuan:,}.{fen:02d}"
    return f"CNY {figure}" if _is_english() else f"{figure} 元"


def day(moment: date) -> Markup:
    """Return `2026年5月17日` or `17 May 2026`."""
    civil = _civil_day(moment)
    return _time(civil.isoformat(), _day_text(civil, with_year=True))


def short_day(moment: date) -> Markup:
    """Return `5月17日` in this year, with the year in any other: for lists."""
    civil = _civil_day(moment)
    return _time(civil.isoformat(), _day_text(civil, with_year=not _is_this_year(civil)))


def moment(instant: datetime) -> Markup:
    """Return `2026年5月17日 10:15` or `17 May 2026, 10:15`."""
    return _moment(instant, with_year=True)


def moment_exact(instant: datetime) -> Markup:
    """Return `2026年5月17日 10:15:08`: when something was signed or checked."""
    local = instant.astimezone(clock.CITY_ZONE)
    said = f"{_day_text(local.date(), with_year=True)}{_gap()}{local:%H:%M:%S}"
    return _time(local.isoformat(timespec="seconds"), said)


def short_moment(instant: datetime) -> Markup:
    """Return `5月17日 10:15` in this year: for lists."""
    return _moment(instant, with_year=not _is_this_year(_civil_day(instant)))


def near_day(moment: date) -> Markup:
    """Return 昨天, 今天 or 明天 (yesterday, today, tomorrow) where it is one of these, else the short day."""
    civil = _civil_day(moment)
    words = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    word = words.get((civil - clock.civil_day(clock.now())).days)
    return short_day(civil) if word is None else _time(civil.isoformat(), word)


def deadline(instant: datetime) -> Markup:
    """Return `6月30日 24:00` for the midnight that ends 30 June: the day that is still good is named."""
    local = instant.astimezone(clock.CITY_ZONE)
    if local.time() != time():
        return short_moment(instant)
    last = local.date() - timedelta(days=1)
    said = _day_text(last, with_year=not _is_this_year(last))
    return _time(_machine(local), f"{said}{_gap()}24:00")


def years(first: int, last: int) -> str:
    """Return `2022—2025` or `2022–2025`."""
    return f"{first}{EN_DASH if _is_english() else EM_DASH}{last}"


def span(first: object, last: object) -> str:
    """Return `120001–133000`: numbers from one to another."""
    return f"{first}{EN_DASH}{last}"


def days(first: date, last: date) -> Markup:
    """Return `2026年5月1日至2026年5月17日` or `1 May 2026 to 17 May 2026`."""
    return Markup("{}{}{}").format(day(first), " to " if _is_english() else "至", day(last))


def percent(part: int, whole: int) -> str:
    """Return `8.1 %` or `8.1%`, half a tenth rounded up; never a share of nothing.

    Raises:
        ZeroDivisionError: the whole is 0; say so in words instead.
    """
    tenths = (abs(part) * 2000 + whole) // (2 * whole)
    figure = f"{MINUS if part < 0 else ''}{tenths // 10:,}.{tenths % 10}"
    return f"{figure}%" if _is_english() else f"{figure} %"


def share(of: Share) -> str:
    """Return a percentage that never calls something nothing, nor almost all everything: `under 0.1%`, `over 99.9%`."""
    if of.amount > 0 and of.thousandths == 0:
        return gettext("under %(share)s", share=percent(1, 1000))
    if of.amount < of.whole and of.thousandths == 1000:
        return gettext("over %(share)s", share=percent(999, 1000))
    return percent(of.thousandths, 1000)


def file_size(byte_count: int) -> str:
    """Return `3 KB` or `1.2 MB`, rounded up: how much a phone has to load. 1 KB is 1,000 bytes."""
    if byte_count <= 999_000:
        return f"{-(-byte_count // 1_000):,} KB"
    tenths = -(-byte_count // 100_000)
    return f"{tenths // 10:,}.{tenths % 10} MB"


def listed(parts: Iterable[str]) -> str:
    """Return `JSON，3 KB` or `JSON, 3 KB`: facts one after the other."""
    return separator().join(parts)


def separator() -> str:
    """Return what stands between two facts: a comma of the page's language."""
    return ", " if _is_english() else "，"


def certificate_number(number: str) -> Markup:
    """Return `LSE-7K3M9QWDX4TB2N8R` in groups of four whose gaps are style: what is copied is the plain number."""
    prefix, _, code = number.partition("-")
    groups = [code[start : start + _NUMBER_GROUP] for start in range(0, len(code), _NUMBER_GROUP)]
    spans = Markup("").join(Markup("<span>{}</span>").format(group) for group in groups)
    return Markup('<span class="code code-4">{}-{}</span>').format(prefix, spans)


def han(text: str) -> Markup:
    """Return a text, marked as Chinese where it is and the page is English: it is then read aloud and set as Chinese."""
    if _is_english() and _HAN.search(text):
        return Markup('<span lang="zh-CN">{}</span>').format(text)
    return escape(text)


def code(text: str) -> Markup:
    """Return hosts, keys and digests in the face for what is typed and compared."""
    return Markup('<span class="code">{}</span>').format(text)


def short_id(public_id: str) -> Markup:
    """Return `plt_…d9neb4`: the middle is folded by style, so that the whole id is copied."""
    prefix, _, code = public_id.partition("_")
    return Markup('<span class="code id">{}_<span class="id-mid">{}</span>{}</span>').format(
        prefix, code[:-6], code[-6:]
    )


FILTERS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        kg,
        tonnes,
        tonnes_figure,
        grams,
        points,
        signed,
        money,
        day,
        short_day,
        moment,
        moment_exact,
        short_moment,
        near_day,
        deadline,
        years,
        span,
        days,
        percent,
        share,
        file_size,
        listed,
        certificate_number,
        han,
        code,
        short_id,
    )
}


def register_filters(app: Flask) -> None:
    """Let templates use every filter by its name."""
    app.jinja_env.filters.update(FILTERS)


def _is_english() -> bool:
    return language() == "en"


def _gap() -> str:
    return ", " if _is_english() else " "


def _grouped(number: int) -> str:
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def _civil_day(moment: date) -> date:
    return clock.civil_day(moment) if isinstance(moment, datetime) else moment


def _is_this_year(civil: date) -> bool:
    return civil.year == clock.civil_day(clock.now()).year


def _day_text(civil: date, *, with_year: bool) -> str:
    if _is_english():
        return f"{civil.day} {_MONTHS[civil.month - 1]}" + (f" {civil.year}" if with_year else "")
    return (f"{civil.year}年" if with_year else "") + f"{civil.month}月{civil.day}日"


def _moment(instant: datetime, *, with_year: bool) -> Markup:
    local = instant.astimezone(clock.CITY_ZONE)
    return _time(_machine(local), f"{_day_text(local.date(), with_year=with_year)}{_gap()}{local:%H:%M}")


def _machine(local: datetime) -> str:
    return local.isoformat(timespec="minutes")


def _time(machine: str, said: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(machine, escape(said))
