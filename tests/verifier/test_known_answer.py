"""A published example with its published signature: a carbon-neutral event, whose key anybody can make from a sentence."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verifier.forge import did_document
from verifier.answers import Refused
from verifier.canonical import canonical, instant, read_strictly
from verifier.figures import check_figures, facts
from verifier.issuer import Issuer, read_issuer
from verifier.proof import check_proof
from verifier.translog import issue_entry

EXAMPLE = Path(__file__).parents[1] / "transparency" / "data" / "event-certificate.json"
DID = "did:web:carbon.example.cn:issuers:lishui-eeb"
KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"known-answer-seed-for-the-exampleissuer").digest())
# The entry of its issue in the log, as it was published beside the example.
ENTRY = (
    b'{"digest":"sha256-I+NaVzk/kAA/ZqhFgRcPsh8N4MaXtb9qq+I2yt+cXxQ=",'
    b'"issuer":"did:web:carbon.example.cn:issuers:lishui-eeb","kind":"issue","time":"2026-05-30T02:15:00Z"}'
)


@pytest.fixture
def example() -> dict[str, Any]:
    return read_strictly(EXAMPLE.read_bytes())


@pytest.fixture
def issuer() -> Issuer:
    document = did_document(KEY, did=DID)
    assert document["verificationMethod"][0]["publicKeyMultibase"] == "z6MkvxcRrizUmV2cyUtDJwh3qhZqV6Z5MkuuXXFatrw1UwTA"
    return read_issuer(rfc8785.dumps(document))


def test_the_canonical_form_is_the_published_one(example):
    data = canonical(example)

    assert len(data) == 3_121
    assert sha256(data).hexdigest() == "23e35a57393f90003f66a84581170fb21f0de0c697b5bf6aabe236cadf9c5f14"
    assert issue_entry(data, DID, instant(example["validFrom"])) == ENTRY


def test_the_published_signature_is_right(example, issuer):
    assert check_proof(example, issuer) == f"{DID}#key-2026-1"


def test_another_signature_is_not(example, issuer):
    value = example["proof"]["proofValue"]
    example["proof"]["proofValue"] = value[:-1] + ("9" if value[-1] != "9" else "8")

    with pytest.raises(Refused) as refused:
        check_proof(example, issuer)
    assert refused.value.reason == "signature.wrong"


def test_its_figures_agree(example):
    assert check_figures(example) == 13_000
    assert ("event 活动", "2026 瓯江绿道半程马拉松(示例)") in list(facts(example))


@pytest.mark.parametrize(
    ("member", "value"),
    [("emissions", "12.481"), ("offset", "13.001"), ("surplus", "0.519"), ("inventory", []), ("retirements", [])],
)
def test_each_sum_is_asked(example, member, value):
    example["credentialSubject"][member] = value

    with pytest.raises(Refused) as refused:
        check_figures(example)
    assert refused.value.reason == "figures.wrong"


def test_a_serial_counts_once(example):
    retired = example["credentialSubject"]["retirements"][0]
    half = [{"block": "LS33-F-0007-2024", "first": first, "last": first + 6_499} for first in (120_001, 126_500)]
    retired["serials"] = half

    with pytest.raises(Refused, match="twice"):
        check_figures(example)
    retired["serials"][1]["first"] += 1
    retired["serials"][1]["last"] += 1
    assert check_figures(example) == 13_000
