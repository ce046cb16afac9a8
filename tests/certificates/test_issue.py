"""From a retirement to a signed certificate: what it says, in which order, and that strangers' software accepts it."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.certificates import Verdict, draft_retirement_certificate
from app.certificates.documents import keeps_schema
from app.certificates.queries import claim_of
from app.certificates.rules import CertificateKind, CertificateState
from app.credits import Custody, Purpose, hold_kg, retire_held
from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.transparency import did_document
from tests.certificates import independent
from tests.certificates.bureau import SLUG
from tests.certificates.looking import (
    as_owner,
    content_of,
    document_of,
    faults,
    log_lines,
    page,
    row_of,
    status_list,
    tasks,
)
from tests.credits.people import EXTERNAL, cause, somebody

CITY = "http://localhost:8000"
DID = f"did:web:localhost%3A8000:issuers:{SLUG}"


def keys():
    with reading() as session:
        return did_document(session, SLUG)


def test_a_draft_is_issuing_and_the_worker_makes_it_valid(bureau):
    number = bureau.draft(13)

    drafted = page(number)
    assert (drafted.verdict, drafted.issuer, drafted.checks, drafted.document_id) == (Verdict.ISSUING, None, (), None)
    assert (drafted.holder, drafted.kg, drafted.retirements[0].kg) == ("张**", 13, 13)
    work_until_idle()

    signed = page(number)
    assert (signed.verdict, faults(number)) == (Verdict.VALID, {})
    assert (signed.issuer.did, signed.issuer.host, signed.log.index) == (DID, "localhost:8000", 4)
    kinds = [line["kind"] for line in log_lines()]
    assert (sorted(kinds[:3]), kinds[3:5]) == (["key", "key", "retire"], ["list", "issue"])
    assert [event.code for event in signed.timeline] == ["retired", "issued"]
    assert tasks() == []


def test_the_document_has_just_the_members_of_a_retirement_certificate(bureau):
    number = bureau.issue(13)

    row, document = row_of(number), content_of(number)
    subject = document.pop("credentialSubject")
    proof = document.pop("proof")
    listed = f"{CITY}/status/{SLUG}/revocation/1"
    assert document == {
        "@context": ["https://www.w3.org/ns/credentials/v2", f"{CITY}/contexts/carbon/v1"],
        "id": f"{CITY}/v/{number}",
        "type": ["VerifiableCredential", "RetirementCertificate"],
        "name": "碳汇注销证书",
        "issuer": {"id": DID, "name": "莲都区林业局"},
        "validFrom": "2026-11-24T04:00:00Z",
        "credentialSchema": {"id": f"{CITY}/schemas/retirement-certificate/v1.json", "type": "JsonSchema"},
        "credentialStatus": {
            "id": f"{listed}#{row.list_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(row.list_index),
            "statusListCredential": listed,
        },
    }
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", subject.pop("holderCommitment"))
    assert re.fullmatch(rf"{CITY}/retirements/ret_[0-9a-z]{{16}}", subject.pop("id"))
    assert subject == {
        "type": "Retirement",
        "retiredAt": "2026-11-24T04:00:00Z",
        "registry": "lintan",
        "methodology": "CM-AR-002-V01",
        "projectName": "峰源竹林经营碳汇项目",
        "vintage": 2024,
        "quantity": "0.013",
        "serials": [{"type": "SerialRange", "block": "LS33-F-0001-2024", "first": 1, "last": 13}],
        "custody": "own",
        "purpose": "self",
        "maskedName": "张**",
    }
    assert (proof["created"], proof["@context"]) == (document["validFrom"], document["@context"])
    assert (proof["cryptosuite"], proof["proofPurpose"]) == ("eddsa-jcs-2022", "assertionMethod")


def test_published_software_accepts_document_token_and_list(bureau):
    number = bureau.issue(13)

    stored = document_of(number)
    document = independent.verify_stored(stored.content, keys())
    claims = independent.verify_jwt(stored.jwt, keys())
    del document["proof"]
    assert claims == {**document, "iss": DID}
    assert independent.bits_of(status_list()) == set()
    assert status_list()["credentialSubject"]["ttl"] == 300_000


def test_the_retirement_stands_in_the_log_before_its_certificate(bureau):
    number = bureau.issue(1_013)

    kinds = [line["kind"] for line in log_lines()]
    assert kinds.index("retire") < kinds.index("issue")
    subject = content_of(number)["credentialSubject"]
    assert next(line for line in log_lines() if line["kind"] == "retire") == {
        "id": subject["id"],
        "kind": "retire",
        "quantity": "1.013",
        "serials": [{"block": "LS33-F-0001-2024", "first": 1, "last": 1_013}],
        "time": subject["retiredAt"],
        "unit": "tCO2e",
    }
    assert all(number not in str(line) for line in log_lines())


def test_fifty_retirements_at_once_become_fifty_certificates(bureau):
    numbers = [bureau.draft(2) for _ in range(50)]

    work_until_idle()

    rows = [row_of(number) for number in numbers]
    assert {row.state for row in rows} == {CertificateState.VALID}
    assert len({row.list_index for row in rows}) == len(set(numbers)) == 50
    # Of 50 random places out of 131,072 some lie high: one by one from the bottom they would tell how many there are.
    assert max(row.list_index for row in rows) > 50_000
    assert all(re.fullmatch(r"LSR-[0-9A-HJKMNP-TV-Z]{16}", number) for number in numbers)
    assert faults(numbers[0]) == faults(numbers[-1]) == {}


def test_seconds_come_from_the_sequencer_and_not_from_the_draft(bureau, hands):
    number = bureau.draft()
    hands.move(timedelta(seconds=90, microseconds=700_000))
    work_until_idle()

    document = content_of(number)
    assert document["credentialSubject"]["retiredAt"] == "2026-11-24T04:00:00Z"
    assert document["validFrom"] == document["proof"]["created"] == "2026-11-24T04:01:30Z"


def test_a_gift_is_the_givers_to_hold_and_names_the_recipient_masked(bureau):
    giver = uuid4()

    number = bureau.issue(purpose=Purpose.GIFT, name="欧阳小禾", holder_id=giver)

    subject = content_of(number)["credentialSubject"]
    assert (row_of(number).holder_id, subject["purpose"], subject["maskedName"]) == (giver, "gift", "欧阳**")


def test_an_organisation_stands_with_its_name_and_needs_no_commitment(bureau):
    number = bureau.issue(organisation="示例体育发展有限公司")

    subject = content_of(number)["credentialSubject"]
    assert subject["beneficiary"] == {"type": "Organization", "name": "示例体育发展有限公司"}
    assert not {"maskedName", "holderCommitment"} & subject.keys()
    assert page(number).is_personal is False


def test_kilograms_of_another_registry_say_whether_they_are_cancelled_there(bureau, server):
    external = {**EXTERNAL, "custody": Custody.EXTERNAL}

    pending = bureau.issue(**external)
    later = bureau.draft(**external)
    as_owner(
        server,
        "credits_cancellation",
        "UPDATE credits_cancellation SET reference = ?, cancelled_on = ?, proved_by = ?, proved_at = opened_at"
        " WHERE retirement_id = ?",
        "CCER-2026-000017",
        "2026-11-23",
        UUID(int=7),
        row_of(later).subject_id,
    )
    work_until_idle()

    assert content_of(pending)["credentialSubject"]["sourceCancellation"] == "pending"
    assert content_of(later)["credentialSubject"]["sourceCancellation"] == {
        "registry": "CCER",
        "reference": "CCER-2026-000017",
        "date": "2026-11-23",
    }
    assert faults(pending) == faults(later) == {}
    assert page(later).retirements[0].source_cancellation.reference == "CCER-2026-000017"


@pytest.mark.parametrize("purpose", [Purpose.HOUSEHOLD, Purpose.EVENT, Purpose.OFFICE, Purpose.PLACE, Purpose.SPONSOR])
def test_kilograms_for_another_purpose_are_left_for_its_own_certificate(bureau, purpose):
    batch = bureau.register.batch(13)
    said = {"beneficiary": somebody(), "purpose": purpose, "cause": cause(), "actor": SYSTEM, "now": clock.now()}

    def run(session):
        held = hold_kg(session, batch.id, 13, cause=cause(), until=None, now=clock.now())
        retirement = retire_held(session, held.id, **said)
        more = {"holder_id": uuid4(), "beneficiary_name": "张小明", "now": clock.now()}
        return retirement.id, draft_retirement_certificate(session, retirement=retirement, **more)

    retirement_id, drafted = run_in_transaction(run)

    with reading() as session:
        assert (drafted, claim_of(session, retirement_id)) == (None, None)


def test_the_status_list_is_signed_anew_within_the_hour_and_always_good_for_a_day(bureau, hands):
    bureau.issue()
    first = status_list()
    hands.move(timedelta(minutes=59))
    work_until_idle()
    assert status_list() == first
    hands.move(timedelta(minutes=1))
    work_until_idle()

    again = status_list()
    assert (first["validFrom"], first["validUntil"]) == ("2026-11-24T04:00:00Z", "2026-11-25T04:00:00Z")
    assert (again["validFrom"], again["validUntil"]) == ("2026-11-24T05:00:00Z", "2026-11-25T05:00:00Z")
    assert [line["list"] for line in log_lines() if line["kind"] == "list"] == [again["id"], again["id"]]


def test_a_document_with_one_member_too_many_breaks_the_schema(bureau):
    document = content_of(bureau.issue())

    assert keeps_schema(CertificateKind.RETIREMENT, document)
    subject = document["credentialSubject"]
    for wrong in (
        {**document, "evidence": []},
        {**document, "credentialSubject": {**subject, "fullName": "张小明"}},
        {**document, "credentialSubject": {**subject, "quantity": "0.01"}},
        {**document, "credentialSubject": {**subject, "quantity": 0.013}},
        {**document, "credentialSubject": {**subject, "purpose": "household"}},
        {**document, "credentialSubject": {**subject, "sourceCancellation": "pending"}},
        {**document, "credentialSubject": {k: v for k, v in subject.items() if k != "maskedName"}},
        {**document, "validFrom": "2026-11-24T12:00:00+08:00"},
    ):
        assert not keeps_schema(CertificateKind.RETIREMENT, wrong)


def test_nothing_of_a_draft_is_signed_with_a_clock_that_stands_behind_the_log(bureau, hands):
    bureau.issue()
    number = bureau.draft()
    hands.move(-timedelta(seconds=5))
    work_until_idle()
    assert row_of(number).state is CertificateState.ISSUING

    hands.move(timedelta(seconds=6))
    work_until_idle()
    assert row_of(number).state is CertificateState.VALID
