"""The log for anybody's software: checkpoint and tiles at the addresses and in the forms of C2SP tlog-tiles. No part of the API."""

import gzip

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import reading
from app.foundation.http import NotFound
from app.transparency.log.queries import latest_checkpoint
from app.transparency.serving.tiles import parse_tile, read_tile

blp = Blueprint("transparency_log", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"


@blp.get("/log/checkpoint")
def checkpoint() -> AnyResponse:
    """Answer with the newest signed head, to be asked for again each time."""
    with reading() as session:
        found = latest_checkpoint(session)
    if found is None:
        raise NotFound()
    answer = Response(found.note, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@blp.get("/log/tile/<path:path>")
def tile(path: str) -> Response:
    """Answer with a tile of hashes or a bundle of entries; either never changes."""
    wanted = parse_tile(path)
    if wanted is None:
        raise NotFound()
    with reading() as session:
        content = read_tile(session, wanted)
    if content is None:
        raise NotFound()
    answer = Response(content, content_type="application/octet-stream")
    answer.headers["Cache-Control"] = _FOR_EVER
    if wanted.level is None:
        _compress(answer, content)
    return answer


def _compress(answer: Response, content: bytes) -> None:
    """Send entries compressed to who can read it: they are text, and a log is read through again and again."""
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(content, mtime=0))
        answer.content_encoding = "gzip"
