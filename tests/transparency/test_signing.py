"""What the sequencer signs is checked before it leaves, in both forms, from its own bytes."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.foundation.data import reading
from app.transparency import Draft, EntryKind, ProofInvalid, did_document
from app.transparency.keys.active import signer_for
from app.transparency.log.signing import digest_text, sign_draft
from app.transparency.signer import Ed25519Signer

NOW = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
DID = "did:web:localhost%3A8000:issuers:forest-office"
CONTENT = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:5c1c2f1e-7f0b-4a7e-9a55-2f1f3d6a9b10",
    "type": ["VerifiableCredential"],
    "issuer": {"id": DID, "name": "林业局"},
    "validFrom": "2026-12-01T08:30:00Z",
    "credentialSubject": {"trees": 3},
}
DRAFT = Draft(id=UUID(int=7), issuer="forest-office", kind=EntryKind.ISSUE, content=CONTENT)


@pytest.fixture
def office_key(log):
    with reading() as session:
        return {"key": signer_for(session, "forest-office"), "did_document": did_document(session, "forest-office")}


def test_the_entry_names_the_digest_of_the_bytes_and_the_instant_of_signing(office_key):
    signed = sign_draft(DRAFT, now=NOW, **office_key)

    assert json.loads(signed.entry) == {
        "digest": digest_text(hashlib.sha256(signed.content).digest()),
        "issuer": DID,
        "kind": "issue",
        "time": "2026-12-01T08:30:00Z",
    }
    assert (signed.jwt, signed.method) == (None, office_key["key"].method)


def test_a_list_is_named_in_its_entry(office_key):
    listed = replace(
        DRAFT, kind=EntryKind.LIST, entry={"list": "http://localhost:8000/status/forest-office/revocation/1"}
    )

    said = json.loads(sign_draft(listed, now=NOW, **office_key).entry)

    assert (said["kind"], said["list"]) == ("list", "http://localhost:8000/status/forest-office/revocation/1")


@pytest.mark.parametrize("member", ["digest", "issuer", "time", "kind"])
def test_a_source_cannot_say_what_follows_from_the_signature(office_key, member):
    with pytest.raises(ValueError, match=r"come from the signature|an argument"):
        sign_draft(replace(DRAFT, entry={member: "x"}), now=NOW, **office_key)


@pytest.mark.parametrize("kind", [EntryKind.RETIRE, EntryKind.REVOKE, EntryKind.KEY, EntryKind.SEAL])
def test_only_certificates_and_lists_are_documents(office_key, kind):
    with pytest.raises(ValueError, match="no document has an entry"):
        sign_draft(replace(DRAFT, kind=kind), now=NOW, **office_key)


@pytest.mark.parametrize("breaks_at", [1, 2])
def test_a_signature_that_does_not_verify_never_leaves(office_key, breaks_at):
    other = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))

    class FailsAt:
        """Signs the document, then the token; one of them with another key."""

        def __init__(self, signer) -> None:
            self.signer, self.calls = signer, 0

        def sign(self, message: bytes) -> bytes:
            self.calls += 1
            return (other if self.calls == breaks_at else self.signer).sign(message)

    key = replace(office_key["key"], signer=FailsAt(office_key["key"].signer))

    with pytest.raises(ProofInvalid, match="signature"):
        sign_draft(replace(DRAFT, with_jwt=True), key=key, did_document=office_key["did_document"], now=NOW)


def test_a_document_in_anothers_name_is_not_signed(office_key):
    stranger = CONTENT | {"issuer": {"id": "did:web:localhost%3A8000:issuers:somebody-else", "name": "林业局"}}

    with pytest.raises(ProofInvalid, match="did_document_of_another"):
        sign_draft(replace(DRAFT, content=stranger), now=NOW, **office_key)
