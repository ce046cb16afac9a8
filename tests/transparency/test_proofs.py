"""Signed documents: the known answer comes out byte for byte, and whatever is not as it was signed is refused."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK

from app.transparency import JsonRefused, ProofInvalid, verify_document
from app.transparency.proofs import (
    MultibaseInvalid,
    base58btc,
    base64url,
    multikey,
    parse_base58btc,
    parse_base64url,
    parse_multikey,
    parse_second,
    second_text,
    sign_document,
)
from app.transparency.signer import Ed25519Signer, signature_fits
from tests.transparency import example


def signed(**changes):
    return sign_document(
        example.content() | changes, signer=example.SIGNER, method=example.METHOD, created=example.SIGNED_AT
    )


def refused(document, did_document=None):
    with pytest.raises(ProofInvalid) as refusal:
        verify_document(document, did_document or example.did_document())
    return refusal.value.reason


def test_known_certificate_gets_the_known_proof():
    document = signed()

    assert document == example.document()
    assert document["proof"]["proofValue"] == example.PROOF_VALUE
    assert multikey(example.PRIVATE.public_key().public_bytes_raw()) == example.PUBLIC_MULTIKEY


def test_known_certificate_verifies():
    verify_document(example.document(), example.did_document())


def test_proof_holds_by_the_letters_of_the_suite_with_other_peoples_software():
    proof = dict(example.document()["proof"])
    signature = parse_base58btc(proof.pop("proofValue"))
    jwk = JWK(**example.did_document()["verificationMethod"][1]["publicKeyJwk"])
    key = jwk.get_op_key("verify")

    hashes = (hashlib.sha256(rfc8785.dumps(part)).digest() for part in (proof, example.content()))

    assert isinstance(key, Ed25519PublicKey)
    key.verify(signature, b"".join(hashes))


@pytest.mark.parametrize("path", [("credentialSubject", "offset"), ("validFrom",), ("issuer", "name"), ("id",)])
def test_edited_document_is_refused(path):
    document = example.document()
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] += "0"

    assert refused(document) == "signature"


def test_member_added_or_taken_away_is_refused():
    assert refused(example.document() | {"validUntil": "2027-05-30T02:15:00Z"}) == "signature"
    assert refused({name: value for name, value in example.document().items() if name != "evidence"}) == "signature"


def test_context_appended_after_signing_is_refused():
    document = example.document()
    document["@context"].append("https://evil.example/other-meanings/v1")

    assert refused(document) == "signature"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "Ed25519Signature2020"}, "proof_suite"),
        ({"cryptosuite": "eddsa-rdfc-2022"}, "proof_suite"),
        ({"cryptosuite": ["eddsa-jcs-2022"]}, "proof_suite"),
        ({"proofPurpose": "authentication"}, "proof_purpose"),
        ({"nonce": "1"}, "proof_members"),
        ({"expires": "2030-01-01T00:00:00Z"}, "proof_members"),
        ({"id": "urn:uuid:1"}, "proof_members"),
        ({"created": "2026-05-30T02:15:00+00:00"}, "proof_created"),
        ({"created": "2026-02-30T02:15:00Z"}, "proof_created"),
        ({"created": 1780107300}, "proof_created"),
        ({"created": "2026-05-30T02:16:00Z"}, "signature"),
        ({"@context": []}, "proof_contexts"),
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "proof_contexts"),
        ({"@context": ["https://carbon.example.cn/contexts/carbon/v1"]}, "proof_contexts"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "signature"),
        ({"proofValue": None}, "proof_value"),
        ({"proofValue": "u" + example.PROOF_VALUE[1:]}, "proof_value"),
        ({"proofValue": example.PROOF_VALUE + "0"}, "proof_value"),
        ({"proofValue": base58btc(bytes(63))}, "proof_value"),
        ({"proofValue": base58btc(bytes(65))}, "proof_value"),
        ({"proofValue": "z" + "1" * 100_000}, "proof_value"),
        ({"proofValue": base58btc(bytes(64))}, "signature"),
        ({"verificationMethod": None}, "key_of_another"),
        ({"verificationMethod": "did:web:evil.example:issuers:lishui-eeb#key-2026-1"}, "key_of_another"),
        ({"verificationMethod": example.DID + ":sub#key-2026-1"}, "key_of_another"),
        ({"verificationMethod": example.DID + "#key-2026-2"}, "key_unknown"),
        ({"verificationMethod": example.JWK_METHOD}, "key_of_another_kind"),
    ],
)
def test_spoiled_proof_is_refused(changes, reason):
    document = example.document()
    document["proof"] |= changes

    assert refused(document) == reason


def test_there_is_exactly_one_proof():
    document = example.document()
    proof = document["proof"]

    assert refused(document | {"proof": [proof, proof]}) == "proof_not_one"
    assert refused(document | {"proof": [proof]}) == "proof_not_one"
    assert refused(document | {"proof": "none"}) == "proof_not_one"
    assert refused(example.content()) == "proof_missing"
    del proof["created"]
    assert refused(document) == "proof_members"


def test_document_signed_by_another_key_is_refused_even_with_a_did_document_of_its_own():
    forged = sign_document(
        example.content(),
        signer=Ed25519Signer(example.ANOTHER),
        method=example.METHOD,
        created=example.SIGNED_AT,
    )
    brought = example.did_document("did:web:evil.example:issuers:lishui-eeb", example.ANOTHER)

    assert refused(forged) == "signature"
    assert refused(forged, brought) == "did_document_of_another"


def test_document_of_another_issuer_does_not_verify_with_our_key():
    elsewhere = {"id": "did:web:evil.example", "name": "示例市生态环境局"}

    assert refused(signed(issuer=elsewhere)) == "did_document_of_another"
    assert refused(signed(issuer="urn:uuid:1")) == "issuer_missing"
    assert refused(signed(issuer=None)) == "issuer_missing"


def test_key_out_of_assertion_method_proves_nothing():
    did_document = example.did_document()
    did_document["assertionMethod"] = [example.JWK_METHOD]

    assert refused(example.document(), did_document) == "key_not_for_assertions"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"revoked": "2027-01-01T00:00:00Z"}, "key_not_for_assertions"),
        ({"expires": "2026-05-30T02:14:59Z"}, "key_expired"),
        ({"expires": "never"}, "key_expiry_malformed"),
        ({"controller": "did:web:evil.example"}, "key_of_another_kind"),
        ({"publicKeyMultibase": "z6MkvxcRrizUmV2cyUtDJwh3qhZqV6Z5MkuuXXFatrw1UwTB"}, "signature"),
        ({"publicKeyMultibase": "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"}, "key_malformed"),
        ({"publicKeyMultibase": None}, "key_malformed"),
    ],
)
def test_key_that_may_not_have_signed_is_refused(changes, reason):
    did_document = example.did_document()
    did_document["verificationMethod"][0] |= changes

    assert refused(example.document(), did_document) == reason


def test_key_that_expires_in_the_second_of_signing_was_still_good():
    did_document = example.did_document()
    did_document["verificationMethod"][0]["expires"] = "2026-05-30T02:15:00Z"

    verify_document(example.document(), did_document)


def test_method_listed_twice_is_nobodys():
    did_document = example.did_document()
    did_document["verificationMethod"].append(did_document["verificationMethod"][0])

    assert refused(example.document(), did_document) == "key_unknown"


@pytest.mark.parametrize("member", ["verificationMethod", "assertionMethod"])
def test_did_document_without_its_lists_is_refused(member):
    did_document = example.did_document()
    did_document[member] = "all"

    assert refused(example.document(), did_document) == "did_document_malformed"


def test_float_is_neither_signed_nor_verified():
    document = example.document()
    document["credentialSubject"]["participants"] = 480.0

    assert refused(document) == "not_canonical"
    with pytest.raises(JsonRefused, match="float"):
        signed(participants=480.0)


def test_only_content_without_a_proof_and_with_contexts_is_signed():
    for spoiled in (example.document(), example.content() | {"@context": "https://www.w3.org/ns/credentials/v2"}):
        with pytest.raises(ValueError, match="no proof yet"):
            sign_document(spoiled, signer=example.SIGNER, method=example.METHOD, created=example.SIGNED_AT)


def test_signing_changes_nothing_in_what_it_was_given():
    given_content = example.content()

    document = sign_document(given_content, signer=example.SIGNER, method=example.METHOD, created=example.SIGNED_AT)
    document["proof"]["@context"].append("more")

    assert given_content == example.content()


def test_instants_are_spelled_in_whole_seconds_of_utc():
    in_lishui = datetime(2026, 5, 30, 10, 15, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))

    assert second_text(in_lishui) == "2026-05-30T02:15:00Z"
    assert parse_second("2026-05-30T02:15:00Z", reason="x") == datetime(2026, 5, 30, 2, 15, tzinfo=UTC)
    with pytest.raises(ValueError, match="naive"):
        second_text(datetime(2026, 5, 30))  # noqa: DTZ001 - that is what is refused.


@given(st.binary(max_size=80))
def test_bytes_survive_both_bases(data):
    assert parse_base58btc(base58btc(data)) == data
    assert parse_base64url(base64url(data)) == data


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "z"),
        (b"\x00\x00", "z11"),
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    ],
)
def test_base58_gives_the_published_answers(data, text):
    # draft-msporny-base58-03, section 5.
    assert base58btc(data) == text
    assert parse_base58btc(text) == data


@pytest.mark.parametrize("text", ["", "2NEpo7TZRRrLZSi2U", "z0", "zO", "zI", "zl", "z 2", "z" + "1" * 129])
def test_text_that_is_no_base58_is_refused(text):
    with pytest.raises(MultibaseInvalid):
        parse_base58btc(text)


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "A+", "A/", "AAA\n", "林林林林"])
def test_text_that_is_no_base64url_or_not_its_only_spelling_is_refused(text):
    with pytest.raises(MultibaseInvalid):
        parse_base64url(text)


def test_signature_fits_its_own_message_and_key_only():
    public, signature = example.PRIVATE.public_key().public_bytes_raw(), example.SIGNER.sign(b"message")

    assert signature_fits(public, signature, b"message")
    for spoiled in (
        (public, signature, b"Message"),
        (example.ANOTHER.public_key().public_bytes_raw(), signature, b"message"),
        (public[:31], signature, b"message"),
        (public, signature[:63], b"message"),
        (public, signature + b"\x00", b"message"),
        (public, b"", b"message"),
    ):
        assert not signature_fits(*spoiled)


def test_multikey_of_another_length_or_kind_is_refused():
    for spoiled in (multikey(bytes(31)), multikey(bytes(33)), base58btc(b"\xec\x01" + bytes(32)), base58btc(bytes(32))):
        with pytest.raises(MultibaseInvalid):
            parse_multikey(spoiled)
