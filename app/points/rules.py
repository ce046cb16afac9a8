"""How many points an act earns: rule set and quantity in, lines of arithmetic out. Whole numbers only.

The order is fixed: quantity x rate, bonus day, cool-down, then the caps from the narrowest to the widest. So no cap is ever
exceeded, and more of a thing never earns less.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

HUNDRED_PERCENT = 100
MONTHS_IN_YEAR = 12

Line = dict[str, Any]
"""One step of the arithmetic, as it is stored: a `code` and its numbers. Days are ISO text."""


class PeriodKind(StrEnum):
    """The civil periods over which points are counted."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class ZeroReason(StrEnum):
    """Why an act earned nothing."""

    NO_RATE = "no_rate"
    NOTHING_COUNTED = "nothing_counted"
    COOL_DOWN = "cool_down"
    CAP_DAY = "cap_day"
    CAP_MONTH = "cap_month"
    CAP_YEAR = "cap_year"


@dataclass(frozen=True, slots=True)
class BonusDay:
    """A day of every year on which an act earns more."""

    month: int
    day: int
    extra_percent: int


@dataclass(frozen=True, slots=True)
class ActRule:
    """What one kind of act earns. A cap that is None does not exist; a narrow cap above a wider one never bites."""

    points_per_unit: int
    cap_act: int | None
    cap_by_period: Mapping[PeriodKind, int | None]
    cool_down_days: int
    bonus_days: tuple[BonusDay, ...]
    later_percent: int
    later_after_months: int


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A document of the kind `points.rule_set`, typed."""

    acts: Mapping[str, ActRule]
    expires_after_months: int
    second_verifier_over_points: int
    budget_points_year: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person has earned before with the same kind of act, in the periods of the act at hand.

    `near_on` is the day of an act that earned points and lies within the cool-down, before or after.
    """

    points: Mapping[PeriodKind, int]
    near_on: date | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The outcome, and how it came about."""

    points: int
    points_now: int
    points_later: int
    later_on: date | None  # From when the rest can be settled; None when nothing comes later.
    lines: tuple[Line, ...]


def read_rule_set(content: Mapping[str, Any]) -> RuleSet:
    """Return the content of a document, which has passed the schema, as a rule set."""
    return RuleSet(
        acts={act: _act_rule(rule) for act, rule in content["acts"].items()},
        expires_after_months=content["expires_after_months"],
        second_verifier_over_points=content["second_verifier_over_points"],
        budget_points_year=content["budget_points_year"],
    )


def _act_rule(rule: Mapping[str, Any]) -> ActRule:
    return ActRule(
        points_per_unit=rule["points_per_unit"],
        cap_act=rule["caps"]["act"],
        cap_by_period={kind: rule["caps"][kind] for kind in PeriodKind},
        cool_down_days=rule["cool_down_days"],
        bonus_days=tuple(BonusDay(**each) for each in rule["bonus_days"]),
        later_percent=rule["vesting"]["later_percent"],
        later_after_months=rule["vesting"]["later_after_months"],
    )


def period_start(kind: PeriodKind, day: date) -> date:
    """Return the first day of the period that a day lies in.

    >>> period_start(PeriodKind.MONTH, date(2026, 3, 12))
    datetime.date(2026, 3, 1)
    """
    if kind is PeriodKind.YEAR:
        return date(day.year, 1, 1)
    return day.replace(day=1) if kind is PeriodKind.MONTH else day


def cool_down_window(day: date, *, days: int) -> tuple[date, date] | None:
    """Return the first and last day on which another act would be too near, None without a cool-down.

    Claims are decided in any order, so the window lies on both sides. A cool-down of 1 day means one act a day.
    """
    if days == 0:
        return None
    reach = timedelta(days=days - 1)
    return day - reach, day + reach


def arithmetic_of(rule: ActRule | None, *, quantity: int, acted_on: date, usage: Usage) -> Arithmetic:
    """Return what an act earns, step by step; an act that earns nothing says why in its last line.

    Args:
        rule: of this kind of act; None when the rule set in force has none.
        quantity: units, >= 0.
    """
    if quantity < 0:
        raise ValueError(f"{quantity} units")
    if rule is None:
        return _nothing([], ZeroReason.NO_RATE, quantity=quantity)
    lines: list[Line] = []
    points = quantity * rule.points_per_unit
    lines.append({"code": "units", "quantity": quantity, "points_per_unit": rule.points_per_unit, "points": points})
    if points == 0:
        return _nothing(lines, ZeroReason.NOTHING_COUNTED, quantity=quantity)
    points = _with_bonus(rule.bonus_days, points, acted_on, lines)
    if usage.near_on is not None:
        near: Line = {"days": rule.cool_down_days, "near_on": usage.near_on.isoformat()}
        lines.append({"code": "cool_down", **near, "before": points, "after": 0})
        return _nothing(lines, ZeroReason.COOL_DOWN, quantity=quantity, **near)
    if rule.cap_act is not None and points > rule.cap_act:
        lines.append({"code": "cap_act", "limit": rule.cap_act, "before": points, "after": rule.cap_act})
        points = rule.cap_act
    for kind in PeriodKind:
        limit, used = rule.cap_by_period[kind], usage.points.get(kind, 0)
        if limit is None:
            continue
        left = max(0, limit - used)
        if points > left:
            lines.append({"code": f"cap_{kind}", "limit": limit, "used": used, "before": points, "after": left})
            points = left
        if points == 0:
            return _nothing(lines, ZeroReason(f"cap_{kind}"), quantity=quantity, used=used, limit=limit)
    return _split(rule, points, acted_on, usage, lines)


def _with_bonus(days: Iterable[BonusDay], points: int, acted_on: date, lines: list[Line]) -> int:
    """Return the points with the extra of the day. A fraction of a point is not given."""
    extra = sum(each.extra_percent for each in days if (each.month, each.day) == (acted_on.month, acted_on.day))
    if extra == 0:
        return points
    after = points + points * extra // HUNDRED_PERCENT
    lines.append({"code": "bonus_day", "extra_percent": extra, "before": points, "after": after})
    return after


def _split(rule: ActRule, points: int, acted_on: date, usage: Usage, lines: list[Line]) -> Arithmetic:
    year_limit = rule.cap_by_period[PeriodKind.YEAR]
    if year_limit is not None:
        used = usage.points.get(PeriodKind.YEAR, 0)
        lines.append({"code": "year_so_far", "used": used, "limit": year_limit})
    now, later = split_points(points, later_percent=rule.later_percent)
    later_on = months_after(acted_on, rule.later_after_months) if later else None
    lines.append({"code": "total", "points": points})
    if later_on is not None:
        lines.append({"code": "split", "points_now": now, "points_later": later, "later_on": later_on.isoformat()})
    return Arithmetic(points, now, later, later_on, tuple(lines))


def _nothing(lines: list[Line], reason: ZeroReason, **numbers: int | str) -> Arithmetic:
    return Arithmetic(0, 0, 0, None, (*lines, {"code": "zero", "reason": str(reason), **numbers}))


def split_points(points: int, *, later_percent: int) -> tuple[int, int]:
    """Return the part that is given now and the part that waits. They add up exactly.

    Both are rounded down; the one point that may be left over goes to the larger share, in a tie to the part given now.

    >>> split_points(100, later_percent=40), split_points(3, later_percent=40), split_points(3, later_percent=60)
    ((60, 40), (2, 1), (1, 2))
    """
    later = points * later_percent // HUNDRED_PERCENT
    now = points * (HUNDRED_PERCENT - later_percent) // HUNDRED_PERCENT
    rest = points - now - later
    return (now + rest, later) if later_percent * 2 <= HUNDRED_PERCENT else (now, later + rest)


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month where it has no such day.

    >>> months_after(date(2027, 2, 28), 12), months_after(date(2026, 11, 30), 3)
    (datetime.date(2028, 2, 28), datetime.date(2027, 2, 28))
    """
    years, month = divmod(day.month - 1 + months, MONTHS_IN_YEAR)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def served_in_turn(amounts: Sequence[int], *, room: int) -> int:
    """Return how many amounts, from the first on, fit into `room` together. Nobody overtakes the first that does not fit.

    >>> served_in_turn([60, 60, 10], room=80)
    1
    """
    for served, amount in enumerate(amounts):
        if amount > room:
            return served
        room -= amount
    return len(amounts)
