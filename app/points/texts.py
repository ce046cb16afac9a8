"""What the stored lines of an award say to a person, in the language of the request.

Only numbers and codes are stored, so that one award reads in every language, and a better sentence helps old awards too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.points.rules import Line, PeriodKind, ZeroReason

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line for people. `points` is what it adds or takes away, None where it only tells."""

    code: str
    text: str
    points: int | None


@dataclass(frozen=True, slots=True)
class _Words:
    """How an act is spoken of."""

    name: Callable[[], str]
    units: Callable[[int], str]
    later: Callable[[str], str]  # What the later part waits for, and when.
    still: Callable[[str], str]  # What an act is good for although it earned nothing.


_WORDS = {
    "planting.tree": _Words(
        name=lambda: _("tree planting"),
        units=lambda count: ngettext("%(n)s tree", "%(n)s trees", count, n=f"{count:,}"),
        later=lambda month: _("once the trees are found alive in %(month)s", month=month),
        still=lambda units: _("; the planting record still counts %(units)s", units=units),
    )
}
_ANY_ACT = _Words(
    name=lambda: _("this kind of act"),
    units=lambda count: ngettext("%(n)s unit", "%(n)s units", count, n=f"{count:,}"),
    later=lambda month: _("once the result has been checked in %(month)s", month=month),
    still=lambda units: "",
)


def points_text(points: int) -> str:
    """Return `50 points`, with the thousands parted."""
    return ngettext("%(n)s point", "%(n)s points", points, n=f"{points:,}")


def signed_text(points: int) -> str:
    """Return `+60` or `−20`; the minus is U+2212.

    >>> signed_text(-1280), signed_text(60), signed_text(0)
    ('−1,280', '+60', '0')
    """
    return f"{MINUS if points < 0 else '+' if points else ''}{abs(points):,}"


def act_name(act: str) -> str:
    """Return how an act is called inside a sentence."""
    return _WORDS.get(act, _ANY_ACT).name()


def day_text(day: date) -> str:
    """Return `12 March 2026`."""
    # Translators: a pattern for a date (Unicode, UTS 35), not words.
    return format_date(day, _("d MMMM y"), locale=get_locale())


def month_text(day: date) -> str:
    """Return `March 2026`."""
    # Translators: a pattern for a month (Unicode, UTS 35), not words.
    return format_date(day, _("MMMM y"), locale=get_locale())


def explain(lines: Iterable[Line], *, act: str, acted_on: date, today: date) -> list[Sentence]:
    """Return the sentences of an award's lines, in their order.

    Args:
        today: decides whether the year of the act is `this year`.
    """
    words = _WORDS.get(act, _ANY_ACT)
    return [
        Sentence(line["code"], _SAID[line["code"]](line, words, acted_on, today), _change_of(line)) for line in lines
    ]


def _change_of(line: Line) -> int | None:
    if line["code"] == "units":
        return int(line["points"])
    return int(line["after"]) - int(line["before"]) if "before" in line else None


def _when(kind: PeriodKind, day: date, today: date) -> str:
    """Return `this year`, `in 2025`, `in March 2026` or `on 12 March 2026`."""
    if kind is PeriodKind.DAY:
        return _("on %(day)s", day=day_text(day))
    if kind is PeriodKind.MONTH:
        return _("in %(month)s", month=month_text(day))
    return _("this year") if day.year == today.year else _("in the year %(year)s", year=day.year)


def _units(line: Line, words: _Words, acted_on: date, today: date) -> str:
    return f"{words.units(line['quantity'])} × {points_text(line['points_per_unit'])} = {points_text(line['points'])}"


def _bonus_day(line: Line, words: _Words, acted_on: date, today: date) -> str:
    extra = points_text(line["after"] - line["before"])
    return _("Bonus day: %(percent)s%% more, %(points)s", percent=line["extra_percent"], points=extra)


def _near(line: Line, words: _Words) -> dict[str, str]:
    days = ngettext("%(n)s day", "%(n)s days", line["days"], n=line["days"])
    return {"days": days, "act": words.name(), "date": day_text(date.fromisoformat(line["near_on"]))}


def _cool_down(line: Line, words: _Words, acted_on: date, today: date) -> str:
    less = points_text(line["before"] - line["after"])
    return _("Less than %(days)s from %(act)s on %(date)s: %(points)s less", points=less, **_near(line, words))


def _cap_act(line: Line, words: _Words, acted_on: date, today: date) -> str:
    less = points_text(line["before"] - line["after"])
    return _("Over the cap of %(limit)s for one act: %(points)s less", limit=points_text(line["limit"]), points=less)


def _cap_period(kind: PeriodKind) -> Callable[[Line, _Words, date, date], str]:
    def said(line: Line, words: _Words, acted_on: date, today: date) -> str:
        numbers = {
            "limit": points_text(line["limit"]),
            "used": points_text(line["used"]),
            "when": _when(kind, acted_on, today),
            "points": points_text(line["before"] - line["after"]),
        }
        if kind is PeriodKind.DAY:
            return _("Over the cap of %(limit)s a day (%(used)s earned %(when)s): %(points)s less", **numbers)
        if kind is PeriodKind.MONTH:
            return _("Over the cap of %(limit)s a month (%(used)s earned %(when)s): %(points)s less", **numbers)
        return _("Over the cap of %(limit)s a year (%(used)s earned %(when)s): %(points)s less", **numbers)

    return said


def _year_so_far(line: Line, words: _Words, acted_on: date, today: date) -> str:
    return _(
        "Earned %(when)s before this: %(used)s for %(act)s, of %(limit)s at most",
        when=_when(PeriodKind.YEAR, acted_on, today),
        act=words.name(),
        used=points_text(line["used"]),
        limit=points_text(line["limit"]),
    )


def _total(line: Line, words: _Words, acted_on: date, today: date) -> str:
    return _("Points for this act: %(points)s", points=points_text(line["points"]))


def _split(line: Line, words: _Words, acted_on: date, today: date) -> str:
    return _(
        "%(now)s now, %(later)s %(when)s",
        now=points_text(line["points_now"]),
        later=points_text(line["points_later"]),
        when=words.later(month_text(date.fromisoformat(line["later_on"]))),
    )


def _zero(line: Line, words: _Words, acted_on: date, today: date) -> str:
    reason = ZeroReason(line["reason"])
    still = words.still(words.units(line["quantity"])) if line["quantity"] else ""
    if reason is ZeroReason.NO_RATE:
        said = _("0 points: the rules of %(date)s give none for %(act)s", date=day_text(acted_on), act=words.name())
    elif reason is ZeroReason.NOTHING_COUNTED:
        said = _("0 points: there was nothing to count")
    elif reason is ZeroReason.COOL_DOWN:
        said = _("0 points: less than %(days)s from %(act)s on %(date)s", **_near(line, words))
    else:
        said = _zero_by_cap(PeriodKind(reason.removeprefix("cap_")), line, words, acted_on, today)
    return said + still


def _zero_by_cap(kind: PeriodKind, line: Line, words: _Words, acted_on: date, today: date) -> str:
    numbers = {"act": words.name(), "used": points_text(line["used"]), "when": _when(kind, acted_on, today)}
    if kind is PeriodKind.DAY:
        return _("0 points: %(act)s has earned %(used)s %(when)s, the cap of a day", **numbers)
    if kind is PeriodKind.MONTH:
        return _("0 points: %(act)s has earned %(used)s %(when)s, the cap of a month", **numbers)
    return _("0 points: %(act)s has earned %(used)s %(when)s, the cap of a year", **numbers)


_SAID: dict[str, Callable[[Line, _Words, date, date], str]] = {
    "units": _units,
    "bonus_day": _bonus_day,
    "cool_down": _cool_down,
    "cap_act": _cap_act,
    **{f"cap_{kind}": _cap_period(kind) for kind in PeriodKind},
    "year_so_far": _year_so_far,
    "total": _total,
    "split": _split,
    "zero": _zero,
}
