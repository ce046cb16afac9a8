"""The readable form of a copy: the same content as the JSON, in Chinese, as tables on A4."""

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.foundation.data import clock
from app.foundation.render import can_print, pdf

_HERE = Path(__file__).parent
# What no font of ours has, an emoji in a note, is shown as a box; the JSON has it.
_BOX = "□"
_NOTHING = "—"
# As the JSON spells them; on paper they are shown in Beijing time, to the second.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class Word:
    """The name of a room, a list or a member."""

    zh: str
    en: str


def export_pdf(whole: dict[str, Any], *, made_at: datetime) -> bytes:
    """Return the PDF of a copy.

    Raises:
        RenderersBusy: no renderer became free in time.
    """
    data = {
        "person_id": whole["person_id"],
        "made_at": f"{made_at.astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M}",
        "rooms": [_room(name, content) for name, content in whole["rooms"].items()],
    }
    source = (_HERE / "export.typ").read_text(encoding="utf-8")
    return pdf(
        source,
        inputs={"data": json.dumps(data, ensure_ascii=False)},
        attachments=(),
        made_at=made_at.replace(microsecond=0),
    )


def word(key: str) -> str:
    """Return the Chinese name of a room, list or member; one that nobody has named stands as it is in the JSON."""
    found = words().get(key)
    return found.zh if found is not None else key


@cache
def words() -> dict[str, Word]:
    """Return all names by the key of the JSON."""
    with (_HERE.parent / "data" / "words.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: Word(row["zh"], row["en"]) for row in csv.DictReader(file)}


def unnamed(whole: dict[str, Any]) -> set[str]:
    """Return the keys of a copy that the PDF would have to show in English."""
    keys = set(whole["rooms"]) | {name for content in whole["rooms"].values() for name in content}
    for content in whole["rooms"].values():
        for rows in content.values():
            keys |= {key for row in rows for key in row}
    return keys - words().keys()


def _room(name: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": word(name),
        "lists": [{"title": word(key), "rows": [_row(each) for each in rows]} for key, rows in content.items() if rows],
    }


def _row(row: dict[str, Any]) -> list[list[str]]:
    return [[word(key), printable(_text(value))] for key, value in row.items()]


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return _joined((f"{word(key)} {_text(each)}" for key, each in value.items() if each not in (None, [], {})))
    if isinstance(value, list):
        return "\n".join(_text(each) for each in value)
    text = str(value)
    if _INSTANT.fullmatch(text):
        return f"{datetime.fromisoformat(text).astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M:%S}"
    return text


def _joined(parts: Iterable[str]) -> str:
    return "；".join(parts)


def printable(text: str) -> str:
    """Return a text with a box for each character that cannot be printed; line breaks stay.

    >>> printable("林\\n🌲"), printable("tab\\t")
    ('林\\n□', 'tab□')
    """
    if can_print(text.replace("\n", "")):
        return text
    return "".join(each if each == "\n" or can_print(each) else _BOX for each in text)
