"""Looks for traces of a person wherever the product could have left one: database, journal, files."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy import MetaData, create_engine, select, text

from app.foundation.data import db

Canaries = Mapping[str, tuple[bytes, ...]]


def spellings(value: str) -> tuple[bytes, ...]:
    """Return a text as it may stand in a file: in UTF-8, and escaped as JSON escapes it."""
    escaped = json.dumps(value)[1:-1].encode()
    return tuple({value.encode(), escaped, escaped.replace(b"\\", b"\\\\")})


def place_spellings(lat_e7: int, lon_e7: int) -> tuple[bytes, ...]:
    """Return a place as JSON holds it, and as the two neighbouring columns of a SQLite row."""
    as_columns = lat_e7.to_bytes(4, "big") + lon_e7.to_bytes(4, "big")
    return (str(lat_e7).encode(), str(lon_e7).encode(), as_columns)


def found_in(content: bytes, canaries: Canaries) -> set[str]:
    return {name for name, forms in canaries.items() if any(form in content for form in forms)}


def traces(app: Flask, home: Path, owner_url: str | None, canaries: Canaries) -> set[tuple[str, str]]:
    """Return (where, which canary) for every trace in the database's tables, its files on SQLite, and the file store."""
    found = set()
    for where, content in [*_tables(owner_url), *_files(home)]:
        found |= {(where, name) for name in found_in(content, canaries)}
    return found


def _tables(owner_url: str | None) -> Iterator[tuple[str, bytes]]:
    """Read every row of every table; on PostgreSQL as the owner, to whom nothing is hidden."""
    engine = create_engine(owner_url) if owner_url else db.engine
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(text("*")).select_from(table)):
                yield table.name, b"\x00".join(_bytes(value) for value in row)
    if owner_url:
        engine.dispose()


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).encode()
    return str(value).encode()


def _files(home: Path) -> Iterator[tuple[str, bytes]]:
    """Read the files of the data folder; of the databases there the one in use, with its journal."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.name not in {"made.db", "template.db"}:
            yield str(path.relative_to(home)), path.read_bytes()
