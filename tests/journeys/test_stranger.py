"""A stranger before a certificate from the real flow: it is accepted offline, and what a forger makes of it is not."""

import base64
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pymerkle
import pytest
import rfc8785
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from app.demo.journey import Journey, agree_to_texts, compute_year
from app.demo.journey_credits import issue_batch
from app.demo.journey_proof import buy_and_certify, check_as_stranger
from app.foundation.data import clock, reading
from app.transparency import log_proof
from tests.journeys.tamper import with_code, with_files
from tests.journeys.test_spine import journey
from tests.verifier.forge import FORGER_KEY, did_document, multibase, signed_note, vkey
from verifier import Evidence, Result, check_certificate
from verifier.canonical import read_strictly
from verifier.issuer import read_issuer
from verifier.pdf import read_pdf
from verifier.translog import read_proof, read_vkeys

__all__ = ["journey"]

ISSUERS = ("lishui.issuer", "lishui.issuer2")


@dataclass(frozen=True)
class Brought:
    """What the stranger has: the PDF, and what was fetched beforehand."""

    pdf: bytes
    did: bytes
    vkeys: bytes
    jwt: bytes
    at: datetime
    status: bytes | None = None

    def reasons(self, **changed: Any) -> dict[str, str]:
        """Return why the verifier refuses, check by check, once some of it is exchanged; empty: it accepts."""
        has = replace(self, **changed)
        given = Evidence(
            has.pdf, read_issuer(has.did), read_vkeys(has.vkeys.decode()), has.at, has.status, has.jwt.decode()
        )
        checks, _ = check_certificate(given)
        return {str(check.name): check.reason for check in checks if check.result is not Result.PASSED}


@pytest.fixture
def certified(journey: Journey) -> Journey:
    """Somebody has bought kilograms, and the certificate of it is valid."""
    agree_to_texts(journey)
    issue_batch(journey)
    compute_year(journey)
    buy_and_certify(journey)
    return journey


@pytest.fixture
def brought(certified: Journey) -> Brought:
    links = certified.found["verification"]["links"]
    names = {"did": links["did"], "vkeys": "/log/vkeys", "jwt": links["jwt"], "pdf": links["pdf"]}
    files = {name: certified.fetch(address) for name, address in names.items()}
    return Brought(at=clock.now().replace(microsecond=0), **files)


@pytest.fixture
def document(brought: Brought) -> dict[str, Any]:
    return read_strictly(read_pdf(brought.pdf).attachments["credential.json"])


def test_a_stranger_accepts_it_with_the_network_off(certified):
    told = check_as_stranger(certified)

    assert "file, document, issuer, page, signature, figures, paper, term, status, log, jwt" in told
    assert "not revoked as of" in told
    lines = "\n".join(certified.found["judged"])
    assert f"number 编号: {certified.found['certificate']['number']}" in lines
    assert f"for 受益人: {certified.found['verification']['summary']['holder']}" in lines


def test_forgeries_are_refused_each_for_its_own_reason(app, brought, document):
    assert brought.reasons() == {}
    files = read_pdf(brought.pdf).attachments
    edited = rfc8785.dumps(document | {"credentialSubject": document["credentialSubject"] | {"quantity": "99.000"}})
    kg = sum(each["last"] - each["first"] + 1 for each in document["credentialSubject"]["serials"])
    assert f"{kg // 1000}.{kg % 1000:03}" == document["credentialSubject"]["quantity"]
    forged, forgers_did = resigned(document), forger_did(document)
    note = read_proof(files["log-proof"].decode()).checkpoint
    with reading() as session:
        other_leaf = log_proof(session, 0).encode()
    other_number = document["id"].upper()[:-1] + ("0" if document["id"][-1] != "0" else "1")

    refused = {
        "re-signed by another key that brings its own did.json": brought.reasons(
            pdf=with_files(brought.pdf, credential_json=forged, did_json=forgers_did)
        ),
        "a figure edited": brought.reasons(pdf=with_files(brought.pdf, credential_json=edited)),
        "an attachment replaced": brought.reasons(pdf=with_files(brought.pdf, status_json=files["did.json"])),
        "a code to another page": brought.reasons(pdf=with_code(brought.pdf, other_number)),
        "a code to another host": brought.reasons(
            pdf=with_code(brought.pdf, "HTTPS://LOCALH0ST/V/LSR-0000000000000000")
        ),
        "a list that is too old": brought.reasons(at=brought.at + timedelta(hours=25)),
        "a proof for another leaf": brought.reasons(pdf=with_files(brought.pdf, log__proof=other_leaf)),
        "a checkpoint by another key": brought.reasons(
            pdf=with_files(brought.pdf, log__proof=files["log-proof"].replace(note.encode(), rechecked(note)))
        ),
        "keys of another log": brought.reasons(vkeys=forgers_vkey(note)),
        "a JWT by another key": brought.reasons(jwt=brought.jwt[:-8] + b"AAAAAAAA"),
    }

    figures = {"figures": "figures.wrong", "paper": "not_done"}
    content = {"jwt": "jwt.other_content", "log": "log.other_entry"}
    assert refused == {
        "re-signed by another key that brings its own did.json": {
            "issuer": "issuer.brings_other_keys",
            "signature": "signature.wrong",
            "log": "log.other_entry",
        },
        "a figure edited": {"signature": "signature.wrong", **figures, **content},
        "an attachment replaced": {"status": "status.other_list"},
        "a code to another page": {"page": "page.other_code"},
        "a code to another host": {"page": "page.other_code"},
        "a list that is too old": {"status": "status.stale"},
        "a proof for another leaf": {"log": "log.other_entry"},
        "a checkpoint by another key": {"log": "log.other_key"},
        "keys of another log": {"log": "log.other_key"},
        "a JWT by another key": {"jwt": "jwt.wrong"},
    }


def test_once_revoked_it_is_refused_by_the_next_list(certified, brought, document):
    revoke(certified)
    address = path_of(document["credentialStatus"]["statusListCredential"])

    assert certified.wait(lambda: brought.reasons(status=certified.fetch(address)) == {"status": "status.revoked"})
    # What was on record when the paper was made still stands there, and says as of when.
    assert brought.reasons() == {}
    assert certified.expect(200, "GET", f"/v1/verify/{certified.found['certificate']['number']}")["status"] == "revoked"


def test_other_software_finds_the_same(certified, brought, document):
    """The JWT by jwcrypto, the canonical form by rfc8785, the whole log by pymerkle."""
    files = read_pdf(brought.pdf).attachments
    assert rfc8785.dumps(document) == files["credential.json"]

    token, did = JWS(), json.loads(brought.did)
    token.deserialize(brought.jwt.decode().strip())
    kid = token.jose_header["kid"]
    (method,) = [each for each in did["verificationMethod"] if each["id"] == kid]
    token.allowed_algs = ["EdDSA"]
    token.verify(JWK(**method["publicKeyJwk"]))
    assert json.loads(token.payload) == {**{k: v for k, v in document.items() if k != "proof"}, "iss": did["id"]}

    proof = read_proof(certified.fetch(certified.found["verification"]["links"]["log_proof"]).decode())
    _, size, root = proof.checkpoint.split("\n")[:3]
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries_of(certified, int(size)):
        tree.append_entry(entry)
    assert tree.get_root() == base64.b64decode(root)
    assert tuple(tree.prove_inclusion(proof.index + 1, int(size)).path[1:]) == proof.hashes


def revoke(journey: Journey) -> None:
    """Let one issuer of the agency propose and another approve; then wait until it is done."""
    number = journey.found["certificate"]["number"]
    proposer, approver = (journey.sign_in_staff(name) for name in ISSUERS)
    proposal = journey.expect(
        202, "POST", f"/v1/certificates/{number}/revoke", token=proposer, body={"reason": "holder-request"}
    )
    journey.expect(
        200,
        "POST",
        f"/v1/approvals/{proposal['id']}/approve",
        token=approver,
        body={"content_sha256": proposal["content_sha256"]},
    )
    address = f"/v1/verify/{number}"
    assert journey.wait(lambda: journey.expect(200, "GET", address)["status"] == "revoked")


def path_of(address: str) -> str:
    """Return the path of an address."""
    return urlsplit(address).path


def entries_of(journey: Journey, size: int) -> Iterator[bytes]:
    """Yield the entries of a small log: its one tile, each entry after its length (C2SP tlog-tiles)."""
    assert 0 < size < 256
    tile = journey.fetch(f"/log/tile/entries/000.p/{size}")
    while tile:
        (length,) = struct.unpack(">H", tile[:2])
        yield tile[2 : 2 + length]
        tile = tile[2 + length :]


def resigned(document: dict[str, Any]) -> bytes:
    """Return the document signed anew by the forger, under the name of the issuer's key."""
    proof = {name: value for name, value in document["proof"].items() if name != "proofValue"}
    content = {name: value for name, value in document.items() if name != "proof"}
    message = sha256(rfc8785.dumps(proof)).digest() + sha256(rfc8785.dumps(content)).digest()
    return rfc8785.dumps({**content, "proof": {**proof, "proofValue": multibase(FORGER_KEY.sign(message))}})


def forger_did(document: dict[str, Any]) -> bytes:
    key_name = document["proof"]["verificationMethod"].partition("#key-")[2]
    return rfc8785.dumps(did_document(FORGER_KEY, did=document["issuer"]["id"], name=key_name))


def rechecked(note: str) -> bytes:
    """Return a checkpoint signed by the forger in the log's name."""
    text = note.rpartition("\n\n")[0] + "\n"
    return signed_note(text, FORGER_KEY).encode()


def forgers_vkey(note: str) -> bytes:
    return vkey(FORGER_KEY, note.partition("\n")[0]).encode()
