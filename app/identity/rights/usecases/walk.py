"""Which tables could hold something about a person, and which of them nobody answers for.

A table is looked at when a column's name says whose something is, when a column could hold somebody's words, place or number,
when it points at a person or at a table that holds personal data, or when a column is marked `info={"personal": True}`.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Enum, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator

from app.foundation.data import Document, Identifier
from app.identity.rights.parts import parts_upwards

PERSON_TABLE = "identity_person"
MARK = "personal"
# Names of columns that say whose something is or who did it.
_WHOSE = re.compile(
    r"(^|_)(person|resident|owner|holder|payer|buyer|submitter|actor|beneficiary|member|guardian|child|head|author"
    r"|recipient|donor|adopter|applicant|reporter|attendee|user|account|subject)_id$"
    r"|(^|_)by(_person)?$|^principal$"
)
# Names of columns that tell something about somebody, whatever their type.
_WHAT = re.compile(
    r"(^|_)(phone|name|email|address|note|notes|wording|dedication|comment|message|body|text|reason|lat|lon|place"
    r"|position|cell|born|birth|openid|exif|salt|token|fingerprint)(_|$)"
)


def looks_personal(table: Table, personal: Iterable[str] = ()) -> str | None:
    """Return why a table could hold something about a person, or None.

    Args:
        personal: tables that are known to; what points at them tells about the same people.
    """
    known = {PERSON_TABLE, *personal}
    for column in table.columns:
        if column.info.get(MARK):
            return f"{column.name} is marked"
        if _WHOSE.search(column.name):
            return f"{column.name} says whose it is"
        if _WHAT.search(column.name):
            return f"{column.name} tells something"
        pointed = {key.column.table.name for key in column.foreign_keys} & known
        if pointed:
            return f"{column.name} points at {sorted(pointed)[0]}"
        if _holds_words(column):
            return f"{column.name} could hold words"
    return None


def unanswered(metadata: MetaData) -> dict[str, str]:
    """Return the tables that look personal and that no room answers for, with the reason."""
    parts = parts_upwards()
    personal = {table for _, part in parts for table in part.tables}
    answered = personal | {table for _, part in parts for table in part.not_personal}
    reasons = {table.name: looks_personal(table, personal) for table in metadata.sorted_tables}
    return {name: why for name, why in reasons.items() if why is not None and name not in answered}


def answered_twice_or_for_nothing(metadata: MetaData) -> list[str]:
    """Return tables that two rooms answer for, that are said to be both, or that there are not."""
    seen: set[str] = set()
    wrong = []
    for room, part in parts_upwards():
        for table in [*part.tables, *part.not_personal]:
            if table in seen or table not in metadata.tables:
                wrong.append(f"{room}: {table}")
            seen.add(table)
    return wrong


def _holds_words(column: Column[Any]) -> bool:
    """Return whether a column's type takes any text, any JSON or any bytes; enumerations and ids do not."""
    kind: Any = column.type
    if isinstance(kind, Enum | Identifier):
        return False
    if isinstance(kind, Document):
        return True
    if isinstance(kind, TypeDecorator):
        return False
    return isinstance(kind, Text | LargeBinary)
