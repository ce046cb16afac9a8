"""Whoever owns the database can drop its guards and change what is stored; the page says which check fails."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certificates import Verdict
from app.certificates.documents import status_list_content
from app.certificates.queries import find_list
from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.transparency import add_key, canonical_json, find_issuer, revoke_key
from app.transparency.proofs import sign_document
from app.transparency.signer import Ed25519Signer
from tests.certificates.bureau import SLUG
from tests.certificates.looking import as_owner, content_of, document_of, faults, page, row_of

FORGER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a forger's own key").digest()))
METHOD = f"did:web:localhost%3A8000:issuers:{SLUG}#key-2026-1"


def store(server, number, content: bytes, *, with_hash: bool = True) -> None:
    """Put other bytes in the place of the signed ones."""
    sha256 = hashlib.sha256(content).digest() if with_hash else document_of(number).sha256
    statement = "UPDATE transparency_document SET content = ?, sha256 = ? WHERE id = ?"
    as_owner(server, "transparency_document", statement, content, sha256, row_of(number).document_id)


def resigned(document, **subject):
    """The same document with another subject, signed by somebody else's key under the issuer's name."""
    content = {name: value for name, value in document.items() if name != "proof"}
    content["credentialSubject"] = {**content["credentialSubject"], **subject}
    created = datetime.strptime(content["validFrom"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return canonical_json(sign_document(content, signer=FORGER, method=METHOD, created=created))


def test_another_name_in_the_stored_bytes(bureau, server):
    number = bureau.issue()
    forged = document_of(number).content.replace("张**".encode(), "李**".encode())

    store(server, number, forged, with_hash=False)

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert faults(number) == {"document": "digest", "proof": "failed", "log": "other_entry"}


def test_another_name_and_the_hash_to_it(bureau, server):
    number = bureau.issue()

    store(server, number, document_of(number).content.replace("张**".encode(), "李**".encode()))

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert faults(number) == {"proof": "failed", "log": "other_entry"}


def test_more_kilograms_signed_by_a_key_of_ones_own(bureau, server):
    number = bureau.issue(13)

    store(server, number, resigned(content_of(number), quantity="13.000"))

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert faults(number) == {"proof": "failed", "log": "other_entry", "claim": "differs"}


def test_a_member_that_nobody_knows(bureau, server):
    number = bureau.issue()

    store(server, number, resigned(content_of(number), fullName="张小明"))

    assert faults(number) == {"schema": "failed", "proof": "failed", "log": "other_entry"}


def test_spaces_in_the_stored_bytes(bureau, server):
    number = bureau.issue()

    store(server, number, json.dumps(content_of(number), ensure_ascii=False).encode())

    assert faults(number) == {"document": "not_canonical", "log": "other_entry"}


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"a":1.5}', b'{"a":1,"a":2}', b"\xff", b"[" * 5_000])
def test_bytes_that_are_no_certificate_at_all(bureau, server, content, client):
    number = bureau.issue()

    store(server, number, content)

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert page(number).holder is None
    answer = client.get(f"/v1/verify/{number}")
    assert (answer.status_code, answer.json["status"], answer.json["summary"]) == (200, "check_failed", None)


def test_the_document_of_another_certificate(bureau, server):
    number, other = bureau.issue(13), bureau.issue(17)

    store(server, number, document_of(other).content)

    assert faults(number) == {"document": "of_another", "log": "other_entry", "claim": "differs"}


def test_a_document_that_is_gone(bureau, server):
    number = bureau.issue()

    statement = "DELETE FROM transparency_document WHERE id = ?"
    as_owner(server, "transparency_document", statement, row_of(number).document_id)

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert faults(number)["document"] == "missing"


def test_an_entry_of_the_log_that_says_something_else(bureau, server):
    number = bureau.issue()
    index = document_of(number).leaf_index

    as_owner(server, "transparency_leaf", "UPDATE transparency_leaf SET entry = ? WHERE leaf_index = ?", b"{}", index)

    assert faults(number) == {"log": "other_entry"}


def test_a_date_of_issue_set_back_in_the_log(bureau, server, engine_name):
    number = bureau.issue()
    at = "2026-11-24 03:49:59+00" if engine_name == "postgresql" else "2026-11-24 03:49:59.000000"
    index = document_of(number).leaf_index

    as_owner(server, "transparency_leaf", "UPDATE transparency_leaf SET at = ? WHERE leaf_index = ?", at, index)

    assert faults(number) == {"log": "time"}


def test_an_entry_that_was_hashed_otherwise(bureau, server):
    number = bureau.issue()
    statement = "UPDATE transparency_leaf SET leaf_hash = ? WHERE leaf_index <> ?"

    as_owner(server, "transparency_leaf", statement, bytes(32), document_of(number).leaf_index)

    assert faults(number) == {"log": "not_included"}


def test_a_head_of_the_log_that_nobody_signed(bureau, server):
    number = bureau.issue()

    as_owner(server, "transparency_checkpoint", "UPDATE transparency_checkpoint SET root = ?", bytes(32))

    assert faults(number) == {"log": "checkpoint"}


def test_a_log_without_a_head_cannot_be_checked(bureau, server):
    number = bureau.issue()

    as_owner(server, "transparency_checkpoint", "DELETE FROM transparency_checkpoint")

    assert page(number).verdict is Verdict.CANNOT_CHECK
    assert faults(number) == {"log": "no_checkpoint"}


def test_a_retirement_that_left_the_log(bureau, server):
    number = bureau.issue()

    as_owner(server, "transparency_leaf", "UPDATE transparency_leaf SET entry = ? WHERE kind = 'retire'", b"{}")

    assert faults(number)["claim"] == "not_logged"


def test_a_retirement_that_serves_another(bureau, server):
    number, other = bureau.issue(13), bureau.issue(17)
    statement = "UPDATE certificates_claim SET certificate_id = ? WHERE certificate_id = ?"

    as_owner(server, "certificates_claim", statement, row_of(other).id, row_of(number).id)

    assert (faults(number), faults(other)) == ({"claim": "other"}, {})


def test_a_register_that_says_something_else(bureau, server):
    number = bureau.issue()

    as_owner(server, "credits_batch", "UPDATE credits_batch SET methodology = 'another'")

    assert faults(number) == {"claim": "differs"}


def test_a_revocation_that_was_deleted(bureau, server):
    number = bureau.issue()
    bureau.revoke(number)
    work_until_idle()

    as_owner(server, "certificates_revocation", "DELETE FROM certificates_revocation")
    statement = "UPDATE certificates_certificate SET state = 'valid' WHERE number = ?"
    as_owner(server, "certificates_certificate", statement, number)

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert faults(number) == {"status": "disagrees"}


def test_a_list_that_was_put_back(bureau, server):
    number = bureau.issue()
    with reading() as session:
        before = find_list(session, SLUG, 1).document_id
    bureau.revoke(number)
    clock_later = clock.now() + timedelta(seconds=5)
    with clock.standing_at(clock_later):
        work_until_idle()
        statement = "UPDATE certificates_status_list SET document_id = ?"
        as_owner(server, "certificates_status_list", statement, before)

        assert page(number).verdict is Verdict.CHECK_FAILED
        assert faults(number) == {"status": "disagrees"}


def test_a_list_signed_by_a_key_of_ones_own(bureau, server):
    number = bureau.issue()
    with reading() as session:
        document_id, issuer = find_list(session, SLUG, 1).document_id, find_issuer(session, SLUG)
    content = status_list_content(1, issuer=issuer, revoked=(), valid_from=clock.now())
    forged = canonical_json(sign_document(content, signer=FORGER, method=METHOD, created=clock.now()))

    statement = "UPDATE transparency_document SET content = ?, sha256 = ? WHERE id = ?"
    as_owner(server, "transparency_document", statement, forged, hashlib.sha256(forged).digest(), document_id)

    assert faults(number) == {"status": "list_invalid"}


def test_a_list_that_expired_cannot_be_checked_and_a_new_one_can(bureau, hands):
    number = bureau.issue()
    hands.move(timedelta(hours=24))

    assert (page(number).verdict, faults(number)) == (Verdict.CANNOT_CHECK, {"status": "list_expired"})
    work_until_idle()
    assert (page(number).verdict, faults(number)) == (Verdict.VALID, {})


def test_a_list_that_is_not_there_cannot_be_checked(bureau, server):
    number = bureau.issue()

    statement = "UPDATE certificates_status_list SET document_id = NULL, signed_at = NULL"
    as_owner(server, "certificates_status_list", statement)

    assert (page(number).verdict, faults(number)) == (Verdict.CANNOT_CHECK, {"status": "no_list"})


def test_a_key_that_was_taken_back(bureau, hands):
    number = bureau.issue()
    hands.move(timedelta(seconds=5))
    run_in_transaction(lambda s: add_key(s, issuer=SLUG, actor=SYSTEM, now=clock.now()))
    run_in_transaction(lambda s: revoke_key(s, issuer=SLUG, name="key-2026-1", actor=SYSTEM, now=clock.now()))
    hands.move(timedelta(hours=1))
    work_until_idle()

    assert page(number).verdict is Verdict.CHECK_FAILED
    assert faults(number) == {"proof": "failed"}


def test_a_witness_is_said_to_be_missing_and_fails_nothing(bureau):
    number = bureau.issue()

    witness = page(number).checks[-1]

    assert (witness.name.value, witness.result.value, page(number).verdict) == ("witness", "not_yet", Verdict.VALID)
