"""A small issuer with its log and its printer, made of published software alone: what a certificate is, and what a forger can do.

The signatures are by `cryptography`, the tree by pymerkle, the JWT by joserfc, the PDF by typst; nothing of the product is in it.
"""

import base64
import gzip
import json
import tempfile
import warnings
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pymerkle
import qrcode
import rfc8785
import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey

from verifier.answers import Result
from verifier.canonical import BASE58, instant_text, read_strictly
from verifier.certificate import Evidence, check_certificate
from verifier.issuer import read_issuer
from verifier.pdf import read_pdf
from verifier.translog import read_vkeys

HOST, SLUG, NUMBER = "carbon.example.cn", "lishui-eeb", "LSR-7K3M9QWDX4TB2N8R"
DID = f"did:web:{HOST}:issuers:{SLUG}"
CONTEXT = ["https://www.w3.org/ns/credentials/v2", f"https://{HOST}/contexts/carbon/v1"]
ISSUED_AT = datetime(2026, 5, 30, 2, 15, tzinfo=UTC)
LIST = f"https://{HOST}/status/{SLUG}/revocation/1"
LIST_BITS, INDEX, ENTRIES_BEFORE = 131_072, 9_273, 5


def key_of(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


ISSUER_KEY, LOG_KEY, FORGER_KEY = key_of("the issuer's"), key_of("the log's"), key_of("the forger's")


def multibase(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def did_document(
    key: Ed25519PrivateKey = ISSUER_KEY, *, name: str = "2026-1", did: str = DID, **more: Any
) -> dict[str, Any]:
    raw = key.public_key().public_bytes_raw()
    both = {"controller": did, **more}
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": did,
        "verificationMethod": [
            {"id": f"{did}#key-{name}", "type": "Multikey", "publicKeyMultibase": multibase(b"\xed\x01" + raw), **both},
            {"id": f"{did}#jwk-{name}", "type": "JsonWebKey", "publicKeyJwk": jwk(key), **both},
        ],
        "assertionMethod": [f"{did}#key-{name}", f"{did}#jwk-{name}"],
    }


def jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_key().public_bytes_raw())}


def retirement_document(**changes: Any) -> dict[str, Any]:
    """A retirement certificate without its proof; `changes` replace members of its subject."""
    return {
        "@context": CONTEXT,
        "id": f"https://{HOST}/v/{NUMBER}",
        "type": ["VerifiableCredential", "RetirementCertificate"],
        "name": "碳汇注销证书",
        "issuer": {"id": DID, "name": "丽水市生态环境局"},
        "validFrom": instant_text(ISSUED_AT),
        "credentialSubject": {
            "id": f"https://{HOST}/retirements/ret_7q2m4t8wxk0d9neb",
            "type": "Retirement",
            "retiredAt": "2026-05-30T02:14:58Z",
            "registry": "lintan",
            "methodology": "CM-AR-002-V01",
            "projectName": "峰源竹林经营碳汇项目",
            "vintage": 2025,
            "quantity": "0.013",
            "serials": [
                {"type": "SerialRange", "block": "LS33-ABC-0007-2025", "first": 120_001, "last": 120_010},
                {"type": "SerialRange", "block": "LS33-ABC-0007-2025", "first": 120_021, "last": 120_023},
            ],
            "custody": "own",
            "purpose": "self",
            "maskedName": "M***",
            **changes,
        },
        "credentialStatus": {
            "id": f"{LIST}#{INDEX}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(INDEX),
            "statusListCredential": LIST,
        },
    }


def signed(
    document: dict[str, Any], key: Ed25519PrivateKey = ISSUER_KEY, *, method: str = f"{DID}#key-2026-1", **changes: Any
) -> bytes:
    """Return the canonical bytes of a document with its proof; `changes` replace members of the proof before it is signed."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": document["validFrom"],
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
        **changes,
    }
    message = sha256(rfc8785.dumps(proof)).digest() + sha256(rfc8785.dumps(document)).digest()
    return rfc8785.dumps({**document, "proof": {**proof, "proofValue": multibase(key.sign(message))}})


def status_list(
    *revoked: int,
    key: Ed25519PrivateKey = ISSUER_KEY,
    made: datetime = ISSUED_AT,
    did: str = DID,
    address: str = LIST,
    kind: str = "BitstringStatusListCredential",
    **subject: Any,
) -> bytes:
    bits = bytearray(LIST_BITS // 8)
    for index in revoked:
        bits[index // 8] |= 128 >> index % 8
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", kind],
        "issuer": {"id": did, "name": "丽水市生态环境局"},
        "validFrom": instant_text(made),
        "validUntil": instant_text(made + timedelta(hours=24)),
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(bytes(bits)),
            **subject,
        },
    }
    return signed(document, key, method=f"{did}#key-2026-1")


def encoded(bits: bytes) -> str:
    return "u" + base64url(gzip.compress(bits))


def entry_of(document: bytes, *, at: datetime, did: str = DID) -> bytes:
    digest = base64.b64encode(sha256(document).digest()).decode()
    return rfc8785.dumps({"digest": f"sha256-{digest}", "issuer": did, "kind": "issue", "time": instant_text(at)})


def vkey(key: Ed25519PrivateKey = LOG_KEY, name: str = f"{HOST}/log", kind: bytes = b"\x01") -> str:
    typed = kind + key.public_key().public_bytes_raw()
    return f"{name}+{_key_id(name, typed).hex()}+{base64.b64encode(typed).decode()}"


def log_proof(
    document: bytes,
    *,
    at: datetime = ISSUED_AT,
    key: Ed25519PrivateKey = LOG_KEY,
    origin: str = f"{HOST}/log",
    extra: str = "",
) -> str:
    """Return the proof that a log of a few entries holds the issue of a document."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(ENTRIES_BEFORE):
        tree.append_entry(b"entry %d" % number)
    tree.append_entry(entry_of(document, at=at))
    tree.append_entry(b"the last entry")
    path = tree.prove_inclusion(ENTRIES_BEFORE + 1, tree.get_size()).path[1:]
    hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in path)
    text = f"{origin}\n{tree.get_size()}\n{base64.b64encode(tree.get_root()).decode()}\n"
    return f"c2sp.org/tlog-proof@v1\n{extra}index {ENTRIES_BEFORE}\n{hashes}\n{signed_note(text, key)}"


def signed_note(text: str, key: Ed25519PrivateKey, name: str | None = None) -> str:
    """Return a text with its signature, in the name that stands in its first line unless another is given."""
    name, typed = name or text.partition("\n")[0], b"\x01" + key.public_key().public_bytes_raw()
    signature = base64.b64encode(_key_id(name, typed) + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {name} {signature}\n"


def _key_id(name: str, typed: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + typed).digest()[:4]


def token(document: bytes, key: Ed25519PrivateKey = ISSUER_KEY, **header: Any) -> str:
    claims = {name: value for name, value in read_strictly(document).items() if name != "proof"} | {"iss": DID}
    names = {"alg": "EdDSA", "cty": "vc", "kid": f"{DID}#jwk-2026-1", "typ": "vc+jwt", **header}
    private = OKPKey.import_key({**jwk(key), "d": base64url(key.private_bytes_raw())})
    registry = jws.JWSRegistry(algorithms=["EdDSA", "Ed25519"], strict_check_header=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jws.serialize_compact(names, rfc8785.dumps(claims), private, registry=registry)


@dataclass(frozen=True)
class Presented:
    """A PDF in its parts, and what the checker brought along; a test replaces one part."""

    document: bytes = field(default_factory=lambda: signed(retirement_document()))
    did: bytes | None = field(default_factory=lambda: rfc8785.dumps(did_document()))
    status: bytes | None = field(default_factory=status_list)
    log_proof: str | None = None
    code: str | None = f"https://{HOST}/V/{NUMBER}".upper()
    printed: str = f"{NUMBER} M*** 0.013 t 13 kg LS33-ABC-0007-2025 120001-120010 120021-120023"
    trusted_did: bytes = field(default_factory=lambda: rfc8785.dumps(did_document()))
    trusted_vkeys: str = field(default_factory=vkey)
    at: datetime = ISSUED_AT + timedelta(hours=1)
    fresh_status: bytes | None = None
    jwt: str | None = None

    def but(self, **changes: Any) -> "Presented":
        return replace(self, **changes)

    def signed_anew(self, subject: dict[str, Any]) -> "Presented":
        """The issuer itself signs and logs another subject."""
        return self.with_document(retirement_document(**subject))

    def with_document(self, content: dict[str, Any]) -> "Presented":
        """The issuer itself signs and logs another document."""
        document = signed(content)
        return self.but(document=document, log_proof=log_proof(document))

    def pdf(self) -> bytes:
        proof = self.log_proof if self.log_proof is not None else log_proof(self.document)
        files = {"credential.json": self.document, "did.json": self.did, "status.json": self.status}
        return printed(self.printed, self.code, {**files, "log-proof": proof.encode() or None})

    def evidence(self) -> Evidence:
        issuer, vkeys = read_issuer(self.trusted_did), read_vkeys(self.trusted_vkeys)
        return Evidence(self.pdf(), issuer, vkeys, self.at, self.fresh_status, self.jwt)

    def reasons(self) -> dict[str, str]:
        """Return the reasons of all checks that did not pass, by their name; none: the certificate is accepted."""
        checks, _ = check_certificate(self.evidence(), read_pdf=read_pdf)  # In this process: it is quicker.
        return {str(check.name): check.reason for check in checks if check.result is not Result.PASSED}


def printed(text: str, code: str | None, files: dict[str, bytes | None]) -> bytes:
    """Return a PDF with this text, this QR code and these attachments."""
    with tempfile.TemporaryDirectory() as folder:
        source = [f"#text({json.dumps(text, ensure_ascii=False)})"]
        if code is not None:
            qrcode.make(code, border=4).save(Path(folder) / "code.png")
            source.append('#image("code.png", width: 30mm)')
        for name, content in files.items():
            if content is not None:
                (Path(folder) / name).write_bytes(content)
                source.append(f'#pdf.attach("{name}")')
        (Path(folder) / "paper.typ").write_text("\n\n".join(source), encoding="utf-8")
        compiled = typst.compile(Path(folder) / "paper.typ", ignore_system_fonts=True)
    assert isinstance(compiled, bytes)
    return compiled
