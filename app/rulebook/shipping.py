"""Documents that the product brings along, put into the book once by `flask setup`.

A room keeps them in its `data/*.json`, one kind a file, versions of a name in order:

    {"kind": "points.rule_set",
     "documents": [{"name": "planting", "version": 1, "title_zh": "…", "title_en": "…", "content": {…},
                    "source": "…", "status": "DECIDED", "effective_from": "2026-01-01"}]}

Once people have approved a version of a name, the name is theirs: the product's later versions of it are passed over.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.foundation.data import clock, run_in_transaction
from app.foundation.proof import SYSTEM, content_sha256, logger
from app.rulebook import queries
from app.rulebook.errors import KindUnknown, ShippedDocumentDiffers, ShippedDocumentRefused
from app.rulebook.kinds import kind_of
from app.rulebook.rules import Document, NewDocument, Origin, Status, content_faults
from app.rulebook.usecases import add_document

_EXTENSION = "lintan_rulebook_files"
_MEMBERS = {"name", "version", "title_zh", "title_en", "content", "source", "status", "effective_from"}

log = logger(__name__)


def ship(app: Flask, path: Path | str) -> None:
    """Let the set-up put a file's documents into the book; call it beside `declare` of their kind."""
    app.extensions.setdefault(_EXTENSION, []).append(Path(path))


def ship_all() -> None:
    """Put the documents of every file into the book; what is there already must be the same.

    Raises:
        ShippedDocumentDiffers: a released version was edited.
        ShippedDocumentRefused: a file is not as it must be.
    """
    paths: list[Path] = current_app.extensions.get(_EXTENSION, [])
    for path in paths:
        _ship_file(path)


def _ship_file(path: Path) -> None:
    documents = list(_documents_in(path))

    def put(session: Session) -> None:
        for new, version in documents:
            latest = queries.find_latest(session, new.kind, new.name)
            stored = queries.find_version(session, new.kind, new.name, version)
            nearest = stored or latest
            if nearest is not None and nearest.origin == Origin.APPROVED:
                log.info("rulebook.shipped_version.passed_over", kind=new.kind, document=new.name, version=version)
            elif stored is not None:
                _require_same(new, stored, path)
            else:
                _require_next(new, version, latest, path)
                add_document(session, new, version=version, proposal_id=None, actor=SYSTEM, now=clock.now())

    run_in_transaction(put)


def _documents_in(path: Path) -> Iterator[tuple[NewDocument, int]]:
    file = json.loads(path.read_text(encoding="utf-8"))
    try:
        kind = kind_of(file["kind"])
    except KindUnknown:
        raise ShippedDocumentRefused(f"{path}: no room has declared the kind {file['kind']}") from None
    for each in file["documents"]:
        if each.keys() != _MEMBERS:
            raise ShippedDocumentRefused(f"{path}: {each.get('name')}: the members are {', '.join(sorted(_MEMBERS))}")
        faults = content_faults(each["content"], kind.validator)
        if faults:
            told = "; ".join(f"{fault.pointer}: {fault.code}" for fault in faults)
            raise ShippedDocumentRefused(f"{path}: {each['name']} {each['version']}: {told}")
        yield _new_of(kind.kind, each), each["version"]


def _new_of(kind: str, members: dict[str, Any]) -> NewDocument:
    return NewDocument(
        kind=kind,
        name=members["name"],
        title_zh=members["title_zh"],
        title_en=members["title_en"],
        content=members["content"],
        source=members["source"],
        status=Status(members["status"]),
        effective_from=date.fromisoformat(members["effective_from"]),
    )


def _require_same(new: NewDocument, stored: Document, path: Path) -> None:
    compared = ("title_zh", "title_en", "source", "status", "effective_from")
    differing = [member for member in compared if getattr(new, member) != getattr(stored, member)]
    if content_sha256(new.content) != stored.content_sha256:
        differing.append("content")
    if differing:
        raise ShippedDocumentDiffers(
            f"{path}: {stored.kind} {stored.name} version {stored.version} differs from what the database holds in"
            f" {', '.join(differing)}: a released version is never edited, ship a new one"
        )


def _require_next(new: NewDocument, version: int, latest: Document | None, path: Path) -> None:
    expected = 1 if latest is None else latest.version + 1
    if version != expected:
        raise ShippedDocumentRefused(f"{path}: {new.name}: version {version} comes where {expected} is next")
    if latest is not None and new.effective_from < latest.effective_from:
        raise ShippedDocumentRefused(f"{path}: {new.name} {version} starts before the version that it follows")
