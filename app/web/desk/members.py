"""The members of a content as people read them: labels in place of names, names in place of numbers and codes."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString, gettext
from markupsafe import Markup, escape

from app.approvals import ABSENT, Change
from app.foundation.data import MalformedId, parse_public_id, reading
from app.foundation.http import language
from app.identity import agencies_by_ids, staff_by_ids
from app.web.desk.names import (
    AGENCY_KINDS,
    ANIMAL_GROUPS,
    DOCUMENT_KINDS,
    FOR_MACHINES,
    LABELS,
    ORGANISATION_KINDS,
    ROLE_NAMES,
    WITHOUT,
)
from app.web.filters import day, han, moment, separator
from app.web.words import county_name

_PEOPLE = frozenset({"staff_id", "deputy_id", "for_staff_id"})
_COUNTIES = frozenset({"counties", "county", "county_code", "county_codes"})
_NAMES: dict[str, Mapping[str, LazyString]] = {
    "role": ROLE_NAMES,
    "roles": ROLE_NAMES,
    "kinds": ORGANISATION_KINDS,
    "kind": AGENCY_KINDS,
    "document_kind": DOCUMENT_KINDS,
    "groups": ANIMAL_GROUPS,
}
_WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": tuple("一二三四五六日")}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T[0-9:.]+(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class SaidChange:
    """One line of a difference.

    Args:
        label: what the member is called; its own name where it has no other.
        is_raw: whether that is its own name.
        before, after: None where the member is not there.
    """

    label: str
    is_raw: bool
    before: str | Markup | None
    after: str | Markup | None


def said_changes(changes: Iterable[Change]) -> list[SaidChange]:
    """Return the lines of a difference that people decide by; items of a list that come or go together are one line."""
    lines = []
    for path, before, after in _gathered(changes):
        name = path[-1]
        if name in FOR_MACHINES or _is_unknown(name, after):
            continue
        # Deeper down a name means little without the names above it, except in the roles that a deputy gets.
        is_raw = name not in LABELS or not set(path[:-1]) <= {"roles"}
        label = "/".join(path) if is_raw else str(LABELS[name])
        lines.append(SaidChange(label, is_raw, *(_said("" if is_raw else name, each) for each in (before, after))))
    return _in_order(lines)


def said(name: str, value: object) -> str | Markup | None:
    """Return the value of a member as people read it, or None for one that is not there."""
    return None if value is None else _said(name, value)


def label_of(name: str) -> tuple[str, bool]:
    """Return what a member is called, and whether that is only its own name."""
    return (str(LABELS[name]), False) if name in LABELS else (name, True)


def _in_order(lines: list[SaidChange]) -> list[SaidChange]:
    """Return lines in the order of the labels; as they come where one label stands twice, as in roles that a deputy gets."""
    order = [str(label) for label in LABELS.values()]
    labels = [line.label for line in lines]
    if len(set(labels)) < len(labels) or any(line.is_raw for line in lines):
        return lines
    return sorted(lines, key=lambda line: order.index(line.label))


def _gathered(changes: Iterable[Change]) -> list[tuple[tuple[str, ...], Any, Any]]:
    """Return path, before and after of each member; the items of a list that all come, or all go, as one list."""
    gathered: list[tuple[tuple[str, ...], Any, Any]] = []
    open_list: tuple[list[str], list[Any], bool] | None = None
    for change in changes:
        parts = change.member.removeprefix("/").replace("~1", "/").replace("~0", "~").split("/")
        is_added = change.before is ABSENT
        if not parts[-1].isdigit() or is_added == (change.after is ABSENT):
            gathered.append((_path(parts), change.before, change.after))
            open_list = None
            continue
        item = change.after if is_added else change.before
        if open_list is not None and open_list[0] == parts[:-1] and open_list[2] == is_added:
            open_list[1].append(item)
            continue
        items = [item]
        gathered.append((_path(parts[:-1]), ABSENT, items) if is_added else (_path(parts[:-1]), items, ABSENT))
        open_list = (parts[:-1], items, is_added)
    return gathered


def _path(parts: list[str]) -> tuple[str, ...]:
    """Return the names on the way to a member; places in lists only where the names have no words."""
    names = tuple(part for part in parts if not part.isdigit())
    return names if names and all(name in LABELS or name in FOR_MACHINES for name in names) else tuple(parts)


def _said(name: str, value: Any) -> str | Markup | None:
    if value is ABSENT:
        return None
    if isinstance(value, list) and all(not isinstance(each, (dict, list)) for each in value):
        return _joined([_one(name, each) for each in value])
    if isinstance(value, list):
        return Markup("<br>").join(_one(name, each) for each in value)
    return _one(name, value)


def _one(name: str, value: Any) -> str | Markup:
    if value is None or value == []:
        return str(WITHOUT[name]) if name in WITHOUT else gettext("none")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return _record(value)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name in _COUNTIES:
        return gettext("all counties") if value == "*" else county_name(value)
    if name in _NAMES and value in _NAMES[name]:
        return str(_NAMES[name][value])
    if name == "agency_id":
        return _agency(value) or value
    if name in _PEOPLE:
        return _person(value) or value
    return _spelled(value)


def _spelled(value: str) -> str | Markup:
    if _INSTANT.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    if _DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    return han(value)


def _is_unknown(name: str, value: Any) -> bool:
    """Return whether a member is the number of a person or an agency that the proposal itself would bring."""
    if name in _PEOPLE:
        return _person(value) is None
    return name == "agency_id" and isinstance(value, str) and _agency(value) is None


def _record(value: Mapping[str, Any]) -> str | Markup:
    """Return an object in one line; hours of a station as a clock says them."""
    if set(value) == {"weekday", "opens", "closes"}:
        english = language() == "en"
        weekday = _WEEKDAYS["en" if english else "zh"][value["weekday"] - 1]
        return f"{weekday if english else '周' + weekday} {value['opens']}\N{EN DASH}{value['closes']}"
    return _joined([_said(each, value[each]) or gettext("none") for each in value])


def _joined(parts: list[str | Markup]) -> str | Markup:
    return escape(separator()).join(parts) if parts else gettext("none")


def _agency(text: str) -> str | None:
    try:
        agency_id = parse_public_id("agy", text)
    except MalformedId:
        return None
    with reading() as session:
        agency = agencies_by_ids(session, [agency_id]).get(agency_id)
    return agency.name(language()) if agency is not None else None


def _person(text: object) -> str | None:
    try:
        staff_id = parse_public_id("stf", str(text))
    except MalformedId:
        return None
    with reading() as session:
        found = staff_by_ids(session, [staff_id]).get(staff_id)
    return found.display_name if found is not None else None
