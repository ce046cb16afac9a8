"""The vc+jwt form: JOSE libraries verify ours, and we refuse what they are tricked with."""

import base64
import hmac
import json
import warnings

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from app.transparency import ProofInvalid, verify_vc_jwt
from app.transparency.proofs import base64url, parse_base64url, vc_jwt
from app.transparency.signer import Ed25519Signer
from tests.transparency import example

HEADER = {"alg": "EdDSA", "cty": "vc", "kid": example.JWK_METHOD, "typ": "vc+jwt"}
JWK_PUBLIC = example.did_document()["verificationMethod"][1]["publicKeyJwk"]


def token_of(header, payload=None, *, private=example.PRIVATE):
    """Return a token that is signed as it stands, whatever its header says."""
    claims = payload if payload is not None else example.content() | {"iss": example.DID}
    parts = (json.dumps(part).encode() if isinstance(part, dict) else part for part in (header, claims))
    signed = ".".join(base64url(part) for part in parts)
    return f"{signed}.{base64url(private.sign(signed.encode()))}"


def issued():
    return vc_jwt(example.content(), signer=example.SIGNER, kid=example.JWK_METHOD)


def refused(token, did_document=None):
    with pytest.raises(ProofInvalid) as refusal:
        verify_vc_jwt(token, did_document or example.did_document())
    return refusal.value.reason


def test_token_says_what_the_document_says():
    token = issued()

    header, payload, _ = token.split(".")

    assert parse_base64url(header).decode() == json.dumps(HEADER, separators=(",", ":"))
    assert json.loads(parse_base64url(payload)) == example.content() | {"iss": example.DID}
    assert verify_vc_jwt(token, example.did_document()) == example.content()


def test_token_is_verified_by_joserfc():
    key = OKPKey.import_key(JWK_PUBLIC)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It tells that RFC 9864 renames the algorithm.
        found = jws.deserialize_compact(issued(), key, algorithms=["EdDSA"])

    assert found.headers() == HEADER
    assert json.loads(found.payload) == example.content() | {"iss": example.DID}


def test_token_is_verified_by_jwcrypto():
    found = JWS()

    found.deserialize(issued(), JWK(**JWK_PUBLIC), alg="EdDSA")

    assert json.loads(found.payload) == example.content() | {"iss": example.DID}


def test_token_made_by_joserfc_under_the_new_name_of_the_algorithm_is_read():
    key = OKPKey.import_key(JWK_PUBLIC | {"d": base64url(example.PRIVATE.private_bytes_raw())})
    payload = json.dumps(example.content() | {"iss": example.DID}).encode()

    token = jws.serialize_compact(HEADER | {"alg": "Ed25519"}, payload, key, algorithms=["Ed25519"])

    assert verify_vc_jwt(token, example.did_document()) == example.content()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"alg": "none"}, "header_algorithm"),
        ({"alg": "None"}, "header_algorithm"),
        ({"alg": "HS256"}, "header_algorithm"),
        ({"alg": "ES256"}, "header_algorithm"),
        ({"alg": ["EdDSA"]}, "header_algorithm"),
        ({"alg": None}, "header_algorithm"),
        ({"typ": "JWT"}, "header_type"),
        ({"typ": "application/vc+jwt"}, "header_type"),
        ({"typ": None}, "header_type"),
        ({"cty": "vp"}, "header_type"),
        ({"jwk": JWK_PUBLIC}, "header_members"),
        ({"jku": "https://evil.example/keys"}, "header_members"),
        ({"x5u": "https://evil.example/cert"}, "header_members"),
        ({"x5c": ["AA"]}, "header_members"),
        ({"crit": ["b64"], "b64": False}, "header_members"),
        ({"kid": "did:web:evil.example:issuers:lishui-eeb#jwk-2026-1"}, "key_of_another"),
        ({"kid": "https://evil.example/keys#jwk-2026-1"}, "key_of_another"),
        ({"kid": "#jwk-2026-1"}, "key_of_another"),
        ({"kid": "jwk-2026-1"}, "key_of_another"),
        ({"kid": None}, "key_of_another"),
        ({"kid": example.DID + "#jwk-2026-9"}, "key_unknown"),
        ({"kid": example.METHOD}, "key_of_another_kind"),
    ],
)
def test_header_that_we_do_not_read_is_refused(changes, reason):
    assert refused(token_of(HEADER | changes)) == reason


def test_token_without_a_signature_is_refused():
    header, payload, _ = issued().split(".")
    unsigned = base64url(json.dumps(HEADER | {"alg": "none"}).encode())

    assert refused(f"{header}.{payload}.") == "signature"
    assert refused(f"{unsigned}.{payload}.") == "header_algorithm"


def test_public_key_is_no_secret_of_hs256():
    header, payload = base64url(json.dumps(HEADER | {"alg": "HS256"}).encode()), issued().split(".")[1]
    secret = parse_base64url(JWK_PUBLIC["x"])
    mac = hmac.digest(secret, f"{header}.{payload}".encode(), "sha256")

    assert refused(f"{header}.{payload}.{base64url(mac)}") == "header_algorithm"


def test_edited_token_is_refused():
    header, _, signature = issued().split(".")
    edited = example.content() | {"iss": example.DID, "validFrom": "2026-05-30T02:15:01Z"}

    assert refused(f"{header}.{base64url(json.dumps(edited).encode())}.{signature}") == "signature"


def test_token_of_another_key_is_refused():
    forged = vc_jwt(example.content(), signer=Ed25519Signer(example.ANOTHER), kid=example.JWK_METHOD)
    brought = example.did_document("did:web:evil.example", example.ANOTHER)

    assert refused(forged) == "signature"
    assert refused(forged, brought) == "did_document_of_another"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "did:web:evil.example"}, "claims"),
        ({"iss": None}, "claims"),
        ({"vc": {}}, "claims"),
        ({"vp": {}}, "claims"),
        ({"proof": {}}, "claims"),
        ({"issuer": {"name": "nobody"}}, "issuer_missing"),
        ({"validFrom": "soon"}, "valid_from"),
    ],
)
def test_claims_that_do_not_belong_there_are_refused(claims, reason):
    assert refused(token_of(HEADER, example.content() | {"iss": example.DID} | claims)) == reason


def test_claims_are_read_strictly():
    twice = json.dumps(example.content())[:-1] + ', "validFrom": "2020-01-01T00:00:00Z"}'

    assert refused(token_of(HEADER, twice.encode())) == "not_a_token"
    assert refused(token_of(HEADER, example.content() | {"participants": 480.5})) == "not_a_token"


@pytest.mark.parametrize(
    "spoil", [str.upper, lambda t: t + "=", lambda t: t + ".AA", lambda t: t.replace(".", "!"), lambda _: ""]
)
def test_text_that_is_no_compact_token_is_refused(spoil):
    assert refused(spoil(issued())) == "not_a_token"


def test_signature_has_one_spelling():
    token = issued()
    # 64 bytes leave four bits unused in the last of 86 characters: a lax reader takes sixteen spellings.
    last = base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")

    assert refused(token[:-1] + chr(ord(token[-1]) + 1)) == "not_a_token"
    assert refused(token.rpartition(".")[0] + "." + base64url(last + b"\x00")) == "signature"


def test_key_that_ended_before_the_token_is_valid_did_not_sign_it():
    did_document = example.did_document()
    did_document["verificationMethod"][1]["expires"] = "2026-05-30T02:14:59Z"

    assert refused(issued(), did_document) == "key_expired"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kty": "EC"}, "key_malformed"),
        ({"crv": "X25519"}, "key_malformed"),
        ({"x": "AAAA"}, "key_malformed"),
        ({"d": "AAAA"}, "key_malformed"),
    ],
)
def test_jwk_that_is_no_public_ed25519_key_is_refused(changes, reason):
    did_document = example.did_document()
    did_document["verificationMethod"][1]["publicKeyJwk"] |= changes

    assert refused(issued(), did_document) == reason


@pytest.mark.parametrize("member", ["proof", "iss"])
def test_only_a_bare_credential_becomes_a_token(member):
    with pytest.raises(ValueError, match="without its proof"):
        vc_jwt(example.content() | {member: "x"}, signer=example.SIGNER, kid=example.JWK_METHOD)
