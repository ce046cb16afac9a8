"""Proofs: what an issuer signs and how anybody checks it. Pure: neither database, Flask nor network."""

from app.transparency.proofs.documents import sign_document, verify_document
from app.transparency.proofs.instants import parse_second, second_text
from app.transparency.proofs.jwt_form import vc_jwt, verify_vc_jwt
from app.transparency.proofs.multibase import (
    MultibaseInvalid,
    base58btc,
    base64url,
    multikey,
    parse_base58btc,
    parse_base64url,
    parse_multikey,
)

__all__ = [
    "MultibaseInvalid",
    "base58btc",
    "base64url",
    "multikey",
    "parse_base58btc",
    "parse_base64url",
    "parse_multikey",
    "parse_second",
    "second_text",
    "sign_document",
    "vc_jwt",
    "verify_document",
    "verify_vc_jwt",
]
