"""Two people of the issuing agency revoke, for good; the bits of the list are the revocations, and the log tells of each."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.certificates import CheckName, CheckResult, RevocationReason, Verdict
from app.certificates.issuing import status_lists
from app.certificates.models import CertificateRow, ClaimRow, RevocationRow
from app.certificates.queries import claim_of, find_commitment
from app.certificates.rules import CertificateState
from app.foundation.data import reading, transaction
from app.foundation.proof import Actor, ActorKind
from app.foundation.work import work_until_idle
from app.identity import AgencyKind
from app.transparency.log.sequencer import sequence
from tests.certificates import independent
from tests.certificates.bureau import issuer_of
from tests.certificates.looking import (
    content_of,
    document_of,
    faults,
    log_lines,
    page,
    results,
    row_of,
    status_list,
)
from tests.identity.people import make_agency


def revoke(client, number, reason="error"):
    return client.post(f"/v1/certificates/{number}/revoke", json={"reason": reason})


def approve(client, proposal):
    body = {"content_sha256": proposal["content_sha256"]}
    return client.post(f"/v1/approvals/{proposal['id']}/approve", json=body)


def test_one_proposes_and_another_revokes(bureau, client_of):
    number = bureau.issue()
    one, other = (client_of(actor) for actor in bureau.issuers)

    proposed = revoke(one, number)
    assert (proposed.status_code, proposed.json["state"]) == (202, "proposed")
    assert page(number).verdict is Verdict.VALID
    assert [change["member"] for change in proposed.json["difference"]["changed"]] == ["/state", "/revocation_reason"]
    alone = approve(one, proposed.json)
    assert (alone.status_code, alone.json["code"]) == (403, "approvals.own_proposal")
    assert approve(other, proposed.json).status_code == 200
    work_until_idle()

    seen = page(number)
    assert (seen.verdict, seen.revocation_reason, faults(number)) == (
        Verdict.REVOKED,
        RevocationReason.ERROR,
        {"status": "revoked"},
    )
    assert independent.bits_of(status_list()) == {row_of(number).list_index}


def test_the_page_says_revoked_before_the_list_does(bureau):
    number = bureau.issue()

    bureau.revoke(number)

    assert (page(number).verdict, faults(number)) == (Verdict.REVOKED, {"status": "revoked_soon"})


def test_the_log_tells_of_the_revocation_before_the_list_that_says_so(bureau, hands):
    number = bureau.issue()
    hands.move(timedelta(minutes=7))
    bureau.revoke(number, RevocationReason.HOLDER_REQUEST)
    work_until_idle()

    told = [line for line in log_lines() if line["kind"] in ("revoke", "list")]
    assert [line["kind"] for line in told] == ["list", "revoke", "list"]
    assert told[1] == {
        "digest": page(number).digest,
        "issuer": content_of(number)["issuer"]["id"],
        "kind": "revoke",
        "reason": "holder-request",
        "time": "2026-11-24T04:07:00Z",
    }


def test_bits_are_the_revocations_and_nothing_else(bureau):
    numbers = [bureau.draft() for _ in range(20)]
    work_until_idle()
    revoked = numbers[::3]
    for number in revoked:
        bureau.revoke(number)
    work_until_idle()

    assert independent.bits_of(status_list()) == {row_of(number).list_index for number in revoked}
    assert {page(number).verdict for number in numbers if number not in revoked} == {Verdict.VALID}
    digests = {page(number).digest for number in revoked}
    assert {line["digest"] for line in log_lines() if line["kind"] == "revoke"} == digests


def test_an_issuer_of_another_agency_finds_no_such_certificate(bureau, client_of):
    number = bureau.issue()
    other = make_agency("lishui-park", county=None, kind=AgencyKind.PARK)
    stranger = client_of(issuer_of(other, "park.issuer", "lishui-park"))

    assert revoke(stranger, number).status_code == 404
    proposed = revoke(client_of(bureau.issuers[0]), number)
    assert approve(stranger, proposed.json).status_code == 404
    assert page(number).verdict is Verdict.VALID


def test_only_issuers_ask_and_only_with_a_reason_from_the_list(bureau, client_of):
    number = bureau.issue()
    holder = client_of(bureau.holder_id)
    auditor = client_of(Actor(id=uuid4(), kind=ActorKind.STAFF, roles=frozenset({"staff", "auditor"})))
    issuer = client_of(bureau.issuers[0])

    assert [revoke(client, number).status_code for client in (holder, auditor)] == [403, 403]
    answer = revoke(issuer, number, "because")
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_choice")
    assert revoke(issuer, "LSR-0000000000000000").status_code == 404


def test_what_is_not_valid_is_not_revoked(bureau, client_of):
    one, other = (client_of(actor) for actor in bureau.issuers)
    issuing = bureau.draft()
    assert revoke(one, issuing).status_code == 404  # Nobody is its issuer yet.
    work_until_idle()
    first, second = revoke(one, issuing).json, revoke(one, issuing, "fraud").json
    assert approve(other, first).status_code == 200

    late = approve(other, second)
    assert (late.status_code, late.json["code"], late.json["state"]) == (409, "certificates.not_revocable", "revoked")
    again = revoke(one, issuing)
    assert (again.status_code, again.json["code"]) == (409, "certificates.not_revocable")
    assert page(issuing).revocation_reason is RevocationReason.ERROR


def test_a_revocation_is_not_taken_back_by_the_role_that_serves(bureau):
    number = bureau.issue()
    bureau.revoke(number)
    row = row_of(number)
    table, revocations = CertificateRow.__table__, RevocationRow.__table__

    for statement in (
        table.update().where(table.c.id == row.id).values(state="valid"),
        revocations.delete(),
        revocations.update().values(list_index=7),
    ):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(statement)
    assert page(number).verdict is Verdict.REVOKED


def test_nobody_revokes_past_a_second_person(bureau):
    row = row_of(bureau.issue())
    forged = {
        "certificate_id": row.id,
        "issuer": row.issuer,
        "list_number": row.list_number,
        "list_index": row.list_index,
        "reason": RevocationReason.FRAUD,
        "revoked_at": row.valid_from,
    }
    table = CertificateRow.__table__

    with pytest.raises(DBAPIError, match="revocation_approved"), transaction() as session:
        session.execute(RevocationRow.__table__.insert().values(**forged, proposal_id=uuid4()))
    with pytest.raises(DBAPIError, match="certificate_revoked"), transaction() as session:
        session.execute(table.update().where(table.c.id == row.id).values(state="revoked"))


def test_a_superseded_certificate_leads_to_its_successor_which_has_the_claim(bureau):
    former = bureau.issue(13, name="张小明")
    document = document_of(former)

    bureau.revoke(former, RevocationReason.SUPERSEDED)
    work_until_idle()

    seen = page(former)
    successor = seen.superseded_by
    assert (seen.verdict, page(successor).verdict) == (Verdict.REPLACED, Verdict.VALID)
    assert (faults(former), faults(successor)) == ({"status": "revoked"}, {})
    assert seen.timeline[-1].params == {"number": successor}
    assert document_of(former).content == document.content
    old, new = row_of(former), row_of(successor)
    assert (old.holder_id, old.subject_id, old.state) == (new.holder_id, new.subject_id, CertificateState.REVOKED)
    with reading() as session:
        assert claim_of(session, old.subject_id) == new.id
        assert find_commitment(session, old.id).salt != find_commitment(session, new.id).salt
    assert independent.bits_of(status_list()) == {old.list_index}
    assert results(former)[CheckName.CLAIM] == (CheckResult.PASSED, "replaced")


def test_nobody_names_a_successor_of_a_certificate_that_is_not_revoked(bureau):
    table = CertificateRow.__table__
    row, other = row_of(bureau.issue(13)), row_of(bureau.issue(17))

    with pytest.raises(DBAPIError, match="certificate_superseded"), transaction() as session:
        session.execute(table.update().where(table.c.id == row.id).values(superseded_by=other.id))


def test_a_claim_passes_to_no_certificate_of_another_retirement(bureau):
    former = bureau.issue(13)
    other = row_of(bureau.issue(17))
    bureau.revoke(former, RevocationReason.SUPERSEDED)
    retirement, claims = row_of(former).subject_id, ClaimRow.__table__

    with pytest.raises(DBAPIError, match="claim_kept"), transaction() as session:
        session.execute(claims.update().where(claims.c.retirement_id == retirement).values(certificate_id=other.id))


def test_a_revocation_while_the_list_is_being_signed_is_told_by_the_next_one(app, bureau, monkeypatch):
    first, second = bureau.issue(13), bureau.issue(17)
    bureau.revoke(first)
    is_signing, whole = threading.Event(), status_lists.status_list_content

    def slowly(*args, **said):
        content = whole(*args, **said)
        is_signing.set()
        time.sleep(0.5)
        return content

    def sign():
        with app.app_context():
            return sequence()

    monkeypatch.setattr(status_lists, "status_list_content", slowly)
    with ThreadPoolExecutor(1) as pool:
        signing = pool.submit(sign)
        assert is_signing.wait(10)
        bureau.revoke(second)
        assert signing.result() > 0
    assert independent.bits_of(status_list()) == {row_of(first).list_index}
    work_until_idle()

    assert independent.bits_of(status_list()) == {row_of(first).list_index, row_of(second).list_index}
    assert faults(second) == {"status": "revoked"}
