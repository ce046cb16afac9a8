"""A certificate's files below its page: what the world fetches, so no part of the API and its address in two spellings."""

import hashlib

from flask import Blueprint, Response, current_app, request

from app.certificates.print.pdf import scanned_address
from app.certificates.print.renderings import SignedFile, pdf_of, signed_file
from app.foundation.data import reading
from app.foundation.http import limited
from app.foundation.render import qr_png
from app.transparency import log_proof

blp = Blueprint("certificates_files", __name__)

# A number has 80 random bits, so that nobody finds one by trying; this keeps who tries from being a load.
_EACH = "60 per minute"


@blp.get("/v/<number>/credential.json")
@blp.get("/V/<number>/credential.json")
@limited(_EACH)
def credential(number: str) -> Response:
    """Answer with the signed document, byte for byte: its SHA-256 is the digest in the log."""
    file = _file(number)
    answer = Response(file.document.content, content_type="application/vc")
    answer.set_etag(file.document.sha256.hex())
    return _finished(answer, file)


@blp.get("/v/<number>/credential.jwt")
@blp.get("/V/<number>/credential.jwt")
@limited(_EACH)
def credential_jwt(number: str) -> Response:
    """Answer with the same claims as a `vc+jwt`."""
    file = _file(number)
    return _finished(_with_digest(Response(file.document.jwt, content_type="application/vc+jwt")), file)


@blp.get("/v/<number>/qr.png")
@blp.get("/V/<number>/qr.png")
@limited(_EACH)
def qr(number: str) -> Response:
    """Answer with the code that leads to the page, at the address the operator has set, whatever host was asked."""
    file = _file(number)
    code = qr_png(scanned_address(current_app.config["LINTAN_PUBLIC_URL"], file.number))
    return _finished(_with_digest(Response(code, content_type="image/png")), file)


@blp.get("/v/<number>/certificate.pdf")
@blp.get("/V/<number>/certificate.pdf")
@limited(_EACH)
def certificate_pdf(number: str) -> Response:
    """Answer with the paper form, the files to check it offline inside."""
    file = _file(number)
    answer = _with_digest(Response(pdf_of(file), content_type="application/pdf"))
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.number}.pdf"'
    return _finished(answer, file)


@blp.get("/v/<number>/log-proof")
@blp.get("/V/<number>/log-proof")
@limited(_EACH)
def proof_of_log(number: str) -> Response:
    """Answer with the place in the log under its newest signed head (C2SP tlog-proof)."""
    with reading() as session:
        file = signed_file(session, number)
        proof = log_proof(session, file.document.leaf_index)
    return _finished(Response(proof, content_type="text/plain; charset=utf-8"), file)


def _file(number: str) -> SignedFile:
    with reading() as session:
        return signed_file(session, number)


def _with_digest(answer: Response) -> Response:
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest())
    return answer


def _finished(answer: Response, file: SignedFile) -> Response:
    """Keep what is a person's out of caches, search engines and other sites' logs; the rest may be kept and asked after."""
    if file.is_personal:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Robots-Tag"] = "noindex"
        answer.headers["Referrer-Policy"] = "no-referrer"
    else:
        answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer
