"""A signed retirement certificate and what goes with it into the PDF, invented whole: no database, no key."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.certificates.bitstring import encoded_list
from app.certificates.documents import CONTEXT_FILE
from app.certificates.print.pdf import Files, certificate_pdf
from app.transparency import canonical_json

CITY = "https://carbon.example.cn"
NUMBER = "LSR-7K3M9QWDX4TB2N8R"
INDEX = 9_273
REVOKED_AT = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)  # In Lishui it was 2 June.


def serials(count: int) -> list[dict[str, Any]]:
    """Ranges of 17 serials each, none of which touches the next."""
    return [
        {"type": "SerialRange", "block": "LS33-F-0007-2024", "first": first, "last": first + 16}
        for first in range(120_001, 120_001 + 100 * count, 100)
    ]


def credential(**changed: Any) -> dict[str, Any]:
    """Return a document in the form of the schema; `changed` are members of its subject."""
    subject = {
        "id": f"{CITY}/retirements/ret_7q2m4t8wxk0d9neb",
        "type": "Retirement",
        "retiredAt": "2026-05-30T01:15:42Z",
        "registry": "林碳登记簿",
        "methodology": "CM-AR-002-V01",
        "projectName": "峰源竹林经营碳汇项目",
        "vintage": 2024,
        "quantity": "1.013",
        "serials": [{"type": "SerialRange", "block": "LS33-F-0007-2024", "first": 120_001, "last": 121_013}],
        "custody": "own",
        "purpose": "self",
        "maskedName": "张**",
        "holderCommitment": "A" * 43,
        **changed,
    }
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", f"{CITY}/contexts/carbon/v1"],
        "id": f"{CITY}/v/{NUMBER}",
        "type": ["VerifiableCredential", "RetirementCertificate"],
        "name": "碳汇注销证书",
        "issuer": {"id": "did:web:carbon.example.cn:issuers:lishui-ecology", "name": "丽水市生态环境局"},
        "validFrom": "2026-05-30T02:15:09Z",
        "credentialSubject": {name: value for name, value in subject.items() if value is not None},
        "credentialStatus": {"statusListIndex": str(INDEX)},
    }


def files(document: dict[str, Any] | None = None, **changed: Any) -> Files:
    """Return what a PDF is made of."""
    status_list = {"validFrom": "2026-05-30T02:14:00Z", "credentialSubject": {"encodedList": encoded_list([])}}
    made = Files(
        credential=canonical_json(document or credential()),
        did='{"id":"did:web:carbon.example.cn:issuers:lishui-ecology"}',
        context=CONTEXT_FILE.read_text(encoding="utf-8"),
        status_list=canonical_json(status_list),
        log_proof="c2sp.org/tlog-proof@v1\nindex 48213\nAAAA\n\ncarbon.example.cn/log\n48214\n",
        revoked=None,
    )
    return replace(made, **changed)


def listed(*indexes: int) -> bytes:
    """Return a status list in which these bits are set."""
    encoded = encoded_list(indexes)
    return canonical_json({"validFrom": "2026-06-01T16:31:00Z", "credentialSubject": {"encodedList": encoded}})


def paper(document: dict[str, Any] | None = None, *, is_demo: bool = False, **changed: Any) -> bytes:
    """Return the PDF of a document."""
    return certificate_pdf(files(document, **changed), public_url=CITY, is_demo=is_demo)
