"""DID documents and vkeys: what a stranger fetches before he trusts anything, and how it changes."""

import base64
import hashlib
import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.foundation.data import reading
from app.transparency import add_key, expire_key, open_issuer, revoke_key
from app.transparency.keys.models import DidDocumentRow
from app.transparency.keys.names import did_web, is_ip_address
from app.transparency.log.origin import log_origin
from app.transparency.models import WaitingRow
from app.transparency.proofs import base64url, multikey
from tests.transparency.ceremony import DID, MORNING, SLUG, do

PATH = f"/issuers/{SLUG}/did.json"


@pytest.fixture
def issuer(key_folder):
    """An issuer with a site and without keys."""
    return do(
        open_issuer, slug=SLUG, agency_id=UUID(int=1), name_zh="局", name_en="Bureau", site="https://sthjj.example.cn"
    )


def methods(key, **ends):
    """Return the two methods that a DID document has for a key."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public)}
    return [
        {"id": key.method, "type": "Multikey", "controller": DID, "publicKeyMultibase": multikey(key.public)} | ends,
        {"id": key.jwk_method, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": jwk} | ends,
    ]


def test_document_lists_each_key_twice_and_says_until_when(issuer, client):
    old, lost, new = (do(add_key, issuer=SLUG) for _ in range(3))
    do(expire_key, issuer=SLUG, name=old.name)
    do(revoke_key, issuer=SLUG, name=lost.name)

    answer = client.get(PATH)

    assert answer.status_code == 200
    assert answer.mimetype == "application/did+json"
    assert answer.json == {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": DID,
        "alsoKnownAs": ["https://sthjj.example.cn"],
        "verificationMethod": [
            *methods(old, expires="2026-03-13T01:01:00Z"),
            *methods(lost, revoked="2026-03-13T01:00:00Z"),
            *methods(new),
        ],
        "assertionMethod": [old.method, old.jwk_method, new.method, new.jwk_method],
    }


def test_issuer_without_keys_has_a_document_already(issuer, client):
    assert (client.get(PATH).json["verificationMethod"], client.get(PATH).json["assertionMethod"]) == ([], [])


def test_every_version_is_kept_and_named_in_the_log(issuer, client):
    do(add_key, issuer=SLUG)
    do(revoke_key, now=MORNING + timedelta(hours=1), issuer=SLUG, name="key-2026-1")

    with reading() as session:
        versions = session.scalars(select(DidDocumentRow).order_by(DidDocumentRow.version)).all()
        lines = [json.loads(row.entry) for row in session.scalars(select(WaitingRow).order_by(WaitingRow.entry))]

    assert [row.version for row in versions] == [1, 2, 3]
    digests = ["sha256-" + base64.b64encode(hashlib.sha256(row.content).digest()).decode() for row in versions]
    assert [line["digest"] for line in lines] == digests[1:]
    assert client.get(PATH).data == versions[-1].content
    assert all(row.sha256 == hashlib.sha256(row.content).digest() for row in versions)


def test_document_can_be_kept_for_five_minutes_and_asked_for_again(issuer, client):
    first = client.get(PATH)

    again = client.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    do(add_key, issuer=SLUG)
    changed = client.get(PATH, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["ETag"] == f'"{hashlib.sha256(first.data).hexdigest()}"'
    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200


@pytest.mark.parametrize("slug", ["nobody", "LISHUI-ECOLOGY", "lishui-ecology%2f..", "a" * 5_000])
def test_unknown_issuer_is_a_plain_404(issuer, client, slug):
    answer = client.get(f"/issuers/{slug}/did.json")

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_vkeys_are_lines_of_text_with_the_signing_key_first(issuer, client):
    assert client.get("/log/vkeys").data == b""
    old, lost, new = (do(add_key, issuer=None) for _ in range(3))
    do(expire_key, issuer=None, name=old.name)
    do(revoke_key, issuer=None, name=lost.name)

    answer = client.get("/log/vkeys")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [new.method, old.method]
    name, key_id, key = new.method.split("+", 2)
    assert base64.b64decode(key) == b"\x01" + new.public
    assert key_id == hashlib.sha256(name.encode() + b"\n\x01" + new.public).hexdigest()[:8]
    again = client.get("/log/vkeys", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("url", "did", "origin"),
    [
        ("https://carbon.example.cn", "did:web:carbon.example.cn:issuers:x", "carbon.example.cn/log"),
        ("http://localhost:8000", "did:web:localhost%3A8000:issuers:x", "localhost:8000/log"),
        ("https://Example.CN/carbon", "did:web:example.cn:carbon:issuers:x", "example.cn/carbon/log"),
    ],
)
def test_names_follow_from_the_public_address(app, monkeypatch, url, did, origin):
    monkeypatch.setitem(app.config, "LINTAN_PUBLIC_URL", url)

    assert (did_web(url, "x"), log_origin()) == (did, origin)


def test_a_number_is_no_host_of_a_did():
    assert is_ip_address("https://192.0.2.7:8443")
    assert is_ip_address("https://[2001:db8::1]")
    assert not is_ip_address("https://carbon.example.cn")
