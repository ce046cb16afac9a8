"""`flask log audit` compares certificates, revocations and status lists with the log, and names what does not fit."""

import pytest

from app.certificates.rules import LIST_SIGNED_EVERY
from app.foundation.data import reading
from app.foundation.work import work_until_idle
from app.transparency.checking.audit import audit_log
from tests.certificates.independent import bits_of
from tests.certificates.looking import as_owner, document_of, faults, row_of, status_list


def findings():
    with reading() as session:
        return {name: lines for name, lines in audit_log(session).items() if lines}


@pytest.fixture
def numbers(bureau):
    """Three certificates, one of them revoked."""
    numbers = [bureau.draft(kg) for kg in (5, 7, 11)]
    work_until_idle()
    bureau.revoke(numbers[1])
    return numbers


def test_all_is_well_before_and_after_the_list_tells_of_a_revocation(numbers, hands):
    assert findings() == {}
    work_until_idle()
    assert findings() == {}
    hands.move(LIST_SIGNED_EVERY)
    work_until_idle()
    assert findings() == {}


def test_a_certificate_that_names_another_document(numbers, server):
    one, other = document_of(numbers[0]), row_of(numbers[2])
    statement = "UPDATE transparency_document SET subject_id = ? WHERE id = ?"
    as_owner(server, "transparency_document", statement, other.id, one.id)

    assert sorted(line.partition(":")[2] for line in findings()["certificates_not_as_logged"]) == [
        " 0 documents were signed, or not the one it names",
        " 2 documents were signed, or not the one it names",
    ]


def test_an_issue_that_the_log_does_not_tell_of(numbers, server):
    statement = "UPDATE transparency_leaf SET entry = ? WHERE leaf_index = ?"
    as_owner(server, "transparency_leaf", statement, b"{}", document_of(numbers[0]).leaf_index)

    told = f"certificate {row_of(numbers[0]).id}: the log does not say that it was issued"
    assert findings()["certificates_not_as_logged"] == [told]


def test_a_revocation_for_another_reason_than_the_log_says(numbers, server):
    work_until_idle()
    as_owner(server, "certificates_revocation", "UPDATE certificates_revocation SET reason = 'fraud'")

    told = f"certificate {row_of(numbers[1]).id}: the log tells of another revocation"
    assert findings() == {"revocations_not_as_logged": [told]}


def test_a_revoked_certificate_that_was_made_valid_again(numbers, server):
    work_until_idle()
    statement = "UPDATE certificates_certificate SET state = 'valid' WHERE state = 'revoked'"
    as_owner(server, "certificates_certificate", statement)
    told = f"certificate {row_of(numbers[1]).id}: it was revoked and does not say so"
    assert findings() == {"revocations_not_as_logged": [told]}

    as_owner(server, "certificates_revocation", "DELETE FROM certificates_revocation")
    as_owner(server, "certificates_status_list", "UPDATE certificates_status_list SET is_dirty = ?", True)
    work_until_idle()
    (told,) = findings()["entries_not_as_registered"]
    assert told.endswith("the register does not know the revocation")
    assert bits_of(status_list()) == {row_of(numbers[1]).list_index}, "what the log tells of stays on the list"
    assert faults(numbers[1])["status"] == "disagrees"


def test_a_certificate_that_is_gone(numbers, server):
    row, leaf = row_of(numbers[0]), document_of(numbers[0]).leaf_index
    as_owner(server, "certificates_claim", "DELETE FROM certificates_claim WHERE certificate_id = ?", row.id)
    assert findings() == {"certificates_side_by_side": [f"certificate {row.id}: it has no claim"]}

    as_owner(server, "certificates_commitment", "DELETE FROM certificates_commitment WHERE certificate_id = ?", row.id)
    as_owner(server, "certificates_certificate", "DELETE FROM certificates_certificate WHERE id = ?", row.id)
    assert findings() == {
        "entries_not_as_registered": [f"entry {leaf}: what it says was issued is no certificate of the register"]
    }


def test_a_revocation_that_the_log_does_not_tell_of(numbers, server):
    as_owner(server, "transparency_waiting", "DELETE FROM transparency_waiting WHERE kind = 'revoke'")

    told = f"certificate {row_of(numbers[1]).id}: the log does not tell of its revocation"
    assert findings()["revocations_not_as_logged"] == [told]


def test_two_certificates_for_the_same_retirement(numbers, server):
    first, other = row_of(numbers[0]), row_of(numbers[2])
    statement = "UPDATE certificates_certificate SET subject_id = ?, superseded_by = ? WHERE id = ?"
    as_owner(server, "certificates_certificate", statement, first.subject_id, first.id, other.id)

    told = f"{first.subject_kind} {first.subject_id}: more than one certificate stands for it"
    assert told in findings()["certificates_side_by_side"]


def test_a_list_that_keeps_a_revocation_back(numbers, server):
    as_owner(server, "certificates_status_list", "UPDATE certificates_status_list SET is_dirty = ?", False)

    assert findings() == {"bits_not_as_revoked": ["status list lishui-ecology 1: 1 revocations are not told"]}
