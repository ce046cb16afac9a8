"""What verifiers fetch at the addresses that signed documents name: status lists, the context, schemas. No part of the API.

Anybody's page may fetch them: they are public, and a verifier in a browser runs under another host's name.
"""

from flask import Blueprint, Response, request

from app.certificates import queries
from app.certificates.documents import CONTEXT_FILE, CONTEXT_PATH, REVOCATION, SCHEMA_NAMES, schema_path
from app.certificates.rules import LIST_TTL_MS
from app.foundation.data import reading
from app.foundation.http import NotFound
from app.transparency import document_by_id

blp = Blueprint("certificates_public", __name__)

# A verifier may keep a list for five minutes, as the list itself says; files of the product never change under their address.
_LIST_CACHED = f"public, max-age={LIST_TTL_MS // 1000}"
_FILE_CACHED = "public, max-age=86400"


@blp.get(f"/status/<slug>/{REVOCATION}/<int(max=999999):number>")
def status_list(slug: str, number: int) -> Response:
    """Answer with a status list as it was signed last, byte for byte."""
    with reading() as session:
        row = queries.find_list(session, slug, number)
        document = document_by_id(session, row.document_id) if row is not None and row.document_id is not None else None
    if document is None:
        raise NotFound()
    answer = Response(document.content, content_type="application/vc")
    answer.set_etag(document.sha256.hex())
    return _open(answer, _LIST_CACHED)


@blp.get(CONTEXT_PATH)
def context() -> Response:
    """Answer with the JSON-LD context of all certificates."""
    return _file(CONTEXT_FILE.read_bytes(), "application/ld+json")


@blp.get("/schemas/<name>/v1.json")
def schema(name: str) -> Response:
    """Answer with the JSON Schema of a kind of certificate."""
    if name not in SCHEMA_NAMES.values():
        raise NotFound()
    return _file(schema_path(name).read_bytes(), "application/schema+json")


def _file(content: bytes, content_type: str) -> Response:
    answer = Response(content, content_type=content_type)
    answer.add_etag()
    return _open(answer, _FILE_CACHED)


def _open(answer: Response, cached: str) -> Response:
    answer.headers["Cache-Control"] = cached
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.make_conditional(request)
    return answer
