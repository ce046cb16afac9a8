"""One's rights over HTTP: a copy of one's data, and its erasure. Correcting it is `PATCH /v1/me` (PIPL art. 46)."""

from typing import Any
from uuid import UUID

from flask import Response

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    atomic,
    current_actor,
    idempotent,
    limited,
    requires,
)
from app.foundation.http import language as language_of_caller
from app.identity.people.family.errors import GuardianNeeded
from app.identity.rights.errors import (
    ErasureAsked,
    ErasureBegun,
    ErasureBlocked,
    ErasureNotFound,
    ErasurePersonNotFound,
    ExportLinkExpired,
    ExportNotFound,
    ExportPersonNotFound,
    ExportRunning,
    FreshSignInNeeded,
    TooManyExports,
)
from app.identity.rights.examples import COPY, ERASURE, EXPORT, EXPORT_READY
from app.identity.rights.rules import CONFIRMATION, Law, retention
from app.identity.rights.schemas import (
    ErasureSchema,
    ExportLink,
    ExportLinkSchema,
    ExportSchema,
    NewErasure,
    NewErasureSchema,
    NewExport,
    NewExportSchema,
    WhoseErasureSchema,
)
from app.identity.rights.usecases import erasure, exports
from app.identity.rights.usecases.exports import FileFormat
from app.identity.staffing.rules.roles import Role

blp = Blueprint("rights", __name__, description="A copy of everything kept of you, and its erasure.")

_CONTENT = {
    "application/json": {"schema": {"type": "object"}, "example": COPY},
    "application/pdf": {"schema": {"type": "string", "format": "binary"}},
}
_TYPES = {FileFormat.JSON: "application/json", FileFormat.PDF: "application/pdf"}
_EXPORT_LINKS = {
    "export": {
        "operationId": "rights_show_export",
        "parameters": {"export_id": "$response.body#/id"},
        "description": "Look whether the copy is ready, and get links to its files.",
    }
}
_ERASURE_LINKS = {
    "erasure": {
        "operationId": "rights_show_erasure",
        "parameters": {"erasure_id": "$response.body#/id"},
        "description": "Look where the erasure stands, also when the account is gone.",
    }
}


@blp.post("/me/exports")
@requires(Role.RESIDENT, assisted=True)
@idempotent
@blp.arguments(NewExportSchema, example={"person_id": None})
@blp.response(201, ExportSchema, example=EXPORT)
@blp.problems(ExportRunning, ExportPersonNotFound, TooManyExports)
@blp.doc(responses={201: {"links": _EXPORT_LINKS}})
def ask_for_export(new: NewExport) -> tuple[exports.Export, int, dict[str, str]]:
    """Ask for a copy of everything kept of you, or of a child under 14 whose guardian you are.

    It is made within minutes, as JSON and as a PDF to read; both are deleted after seven days.
    """
    made = exports.ask_for_export(new.person_id, actor=current_actor(), now=clock.now())
    return made, 201, {"Location": f"/v1/me/exports/{public_id('exp', made.id)}"}


@blp.get("/me/exports/<string:export_id>")
@requires(Role.RESIDENT, assisted=True)
@blp.response(200, ExportSchema, example=EXPORT_READY)
@blp.problems(ExportNotFound)
def show_export(export_id: str) -> exports.Export:
    """Look whether a copy is ready; then it has links to its two files, good for ten minutes."""
    return exports.show_export(_export_id(export_id), actor=current_actor(), now=clock.now())


@blp.get("/exports/<string:export_id>/content")
@limited("60 per minute")
@requires(ANYONE)
@blp.arguments(ExportLinkSchema, location="query")
@blp.response(200, description="The file.")
@blp.problems(ExportNotFound, ExportLinkExpired)
@blp.doc(responses={200: {"content": _CONTENT}})
def open_export(link: ExportLink, export_id: str) -> Response:
    """Download a file of a copy through its short link; the signature in the address is the permission."""
    parsed = _export_id(export_id)
    content = exports.open_export_file(
        parsed, link.format, expires=link.expires, signature=link.signature, now=clock.now()
    )
    answer = Response(content, content_type=_TYPES[link.format])
    name = f"{public_id('exp', parsed)}.{link.format.value}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blp.post("/me/erasure")
@requires(Role.RESIDENT, assisted=True)
@idempotent
@blp.arguments(NewErasureSchema, example={"confirmation": CONFIRMATION})
@blp.response(201, ErasureSchema, example=ERASURE)
@blp.problems(FreshSignInNeeded, ErasurePersonNotFound, GuardianNeeded, ErasureAsked, ErasureBegun, ErasureBlocked)
@blp.doc(responses={201: {"links": _ERASURE_LINKS}})
def ask_for_erasure(new: NewErasure) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Ask that your account and everything kept of you be erased, or that of a child under 14 whose guardian you are.

    For seven days you can call it off. What a law keeps is named with the day on which it goes too. Keep the id of the answer:
    it shows where the erasure stands when the account is gone.
    """
    asked = erasure.ask_for_erasure(new.person_id, actor=current_actor(), now=clock.now())
    return _erasure(asked), 201, {"Location": f"/v1/erasures/{public_id('era', asked.id)}"}


@blp.get("/me/erasure")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(WhoseErasureSchema, location="query")
@blp.response(200, ErasureSchema, example=ERASURE)
@blp.problems(ErasureNotFound)
def show_own_erasure(whose: NewErasure) -> dict[str, Any]:
    """Look where the erasure that you asked for stands, your own or a child's."""
    return _erasure(erasure.show_own_erasure(whose.person_id, actor=current_actor()))


@blp.delete("/me/erasure")
@requires(Role.RESIDENT, assisted=True)
@atomic
@blp.arguments(WhoseErasureSchema, location="query")
@blp.response(204)
@blp.problems(ErasureNotFound, GuardianNeeded, ErasureBegun)
def call_off_erasure(whose: NewErasure) -> None:
    """Call the erasure off, your own or a child's, within the seven days. Nothing has happened to the data."""
    erasure.call_off_erasure(whose.person_id, actor=current_actor(), now=clock.now())


@blp.get("/erasures/<string:erasure_id>")
@limited("60 per minute")
@requires(ANYONE)
@blp.response(200, ErasureSchema, example=ERASURE)
@blp.problems(ErasureNotFound)
def show_erasure(erasure_id: str) -> dict[str, Any]:
    """Look where an erasure stands, by the id that its answer gave. It tells nothing of anybody."""
    try:
        parsed = parse_public_id("era", erasure_id)
    except MalformedId:
        raise ErasureNotFound() from None
    return _erasure(erasure.show_erasure(parsed))


def _export_id(text: str) -> UUID:
    try:
        return parse_public_id("exp", text)
    except MalformedId:
        raise ExportNotFound() from None


def _erasure(shown: erasure.ErasureView) -> dict[str, Any]:
    return {
        **{name: getattr(shown, name) for name in shown.__slots__},
        "kept": [
            {
                "room": each.room,
                "what": each.what,
                "until": each.until,
                "law": Law(each.law),
                "law_text": _law_text(each.law),
            }
            for each in shown.kept
        ],
    }


def _law_text(key: str) -> str:
    law = retention(Law(key))
    return law.law_en if language_of_caller() == "en" else law.law_zh
