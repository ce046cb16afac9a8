"""What is signed: certificates and status lists, complete but for their proof, as W3C Verifiable Credentials 2.0.

Contexts and schemas are static files of the product. They name no host, so they are the same bytes wherever the product runs;
the addresses that documents give for them are this city's own.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from jsonschema import Draft202012Validator

from app.certificates.bitstring import encoded_list
from app.certificates.rules import LIST_TTL_MS, LIST_VALID_FOR, CertificateKind
from app.certificates.texts import TITLES
from app.transparency import Issuer, second_text

_DATA = Path(__file__).parent / "data"
CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"
CONTEXT_PATH = "/contexts/carbon/v1"
CONTEXT_FILE = _DATA / "carbon.v1.context.json"
REVOCATION = "revocation"

TYPES = {CertificateKind.RETIREMENT: "RetirementCertificate"}
SCHEMA_NAMES = {CertificateKind.RETIREMENT: "retirement-certificate"}


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """The bit that tells whether a certificate is revoked."""

    issuer: str
    list_number: int
    index: int


def public_url(path: str) -> str:
    """Return an address as the world reaches it; never from the request's Host header, which anybody can write."""
    return f"{current_app.config['LINTAN_PUBLIC_URL']}{path}"


def list_url(issuer: str, number: int) -> str:
    """Return the address of a status list."""
    return public_url(f"/status/{issuer}/{REVOCATION}/{number}")


def schema_path(name: str) -> Path:
    """Return the file of a schema, version 1."""
    return _DATA / f"{name}.v1.schema.json"


def certificate_content(
    kind: CertificateKind,
    number: str,
    *,
    issuer: Issuer,
    subject: dict[str, Any],
    status: StatusPlace,
    valid_from: datetime,
) -> dict[str, Any]:
    """Return a certificate without its proof."""
    status_list = list_url(status.issuer, status.list_number)
    return {
        "@context": [CREDENTIALS_CONTEXT, public_url(CONTEXT_PATH)],
        "id": public_url(f"/v/{number}"),
        "type": ["VerifiableCredential", TYPES[kind]],
        "name": TITLES[kind][0],
        "issuer": {"id": issuer.did, "name": issuer.name_zh},
        "validFrom": second_text(valid_from),
        "credentialSubject": subject,
        "credentialSchema": {"id": public_url(f"/schemas/{SCHEMA_NAMES[kind]}/v1.json"), "type": "JsonSchema"},
        "credentialStatus": {
            "id": f"{status_list}#{status.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": REVOCATION,
            "statusListIndex": str(status.index),
            "statusListCredential": status_list,
        },
    }


def status_list_content(number: int, *, issuer: Issuer, revoked: Iterable[int], valid_from: datetime) -> dict[str, Any]:
    """Return a status list without its proof: signed by the issuer whose certificates it is about, good for a day."""
    url = list_url(issuer.slug, number)
    return {
        "@context": [CREDENTIALS_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": {"id": issuer.did, "name": issuer.name_zh},
        "validFrom": second_text(valid_from),
        "validUntil": second_text(valid_from + LIST_VALID_FOR),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "encodedList": encoded_list(revoked),
            "ttl": LIST_TTL_MS,
        },
    }


def keeps_schema(kind: CertificateKind, content: dict[str, Any]) -> bool:
    """Return whether a certificate, with or without its proof, has just the members that its schema knows, in their form."""
    return bool(_validator(SCHEMA_NAMES[kind]).is_valid(content))


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_path(name).read_text(encoding="utf-8")))
