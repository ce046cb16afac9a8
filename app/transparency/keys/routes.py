"""What a stranger needs to check a signature: the DID document of an issuer, the public keys of the log.

No part of the API: the addresses and forms are those of the standards, did:web and C2SP.
"""

from flask import Blueprint, Response, request

from app.foundation.data import reading
from app.transparency.keys import queries
from app.transparency.keys.errors import IssuerNotFound

blp = Blueprint("transparency_keys", __name__)

# Short, because a revoked key must be known soon; long enough for a page that checks many documents.
_CACHED = "public, max-age=300"


@blp.get("/issuers/<slug>/did.json")
def did_json(slug: str) -> Response:
    """Answer with an issuer's DID document, byte for byte as the log's entry of its last change names it."""
    with reading() as session:
        document = queries.latest_did_document(session, slug)
    if document is None:
        raise IssuerNotFound()
    return _cached(Response(document.content, mimetype="application/did+json"), etag=document.sha256.hex())


@blp.get("/log/vkeys")
def vkeys() -> Response:
    """Answer with the log's public keys, one vkey a line, the one that signs first."""
    with reading() as session:
        lines = [f"{verifier.vkey}\n" for verifier in queries.log_verifiers(session)]
    answer = Response("".join(lines), mimetype="text/plain")
    answer.add_etag()
    return _cached(answer, etag=None)


def _cached(answer: Response, *, etag: str | None) -> Response:
    if etag is not None:
        answer.set_etag(etag)
    answer.headers["Cache-Control"] = _CACHED
    answer.make_conditional(request)
    return answer
