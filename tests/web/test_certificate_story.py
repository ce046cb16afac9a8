"""One certificate from its draft to its revocation, as a stranger sees it at its address."""

import re
from datetime import timedelta

import pytest

from app.certificates import Visibility
from app.certificates.models import CertificateRow
from app.certificates.rules import CertificateState, PersonalVisibility, RefusedReason
from app.foundation.data import transaction
from app.foundation.work import work_until_idle
from tests.certificates.bureau import Bureau, open_bureau
from tests.credits.people import Register
from tests.identity.people import make_agency


@pytest.fixture
def bureau(app, hands) -> Bureau:
    """The city's bureau, with keys and a mandate."""
    return open_bureau(Register(make_agency()))


def test_a_certificate_is_being_issued_and_then_valid(bureau, stranger, hands):
    number = bureau.draft(1_250)

    before = stranger(f"/v/{number}")
    work_until_idle()
    after, scanned = stranger(f"/v/{number}"), stranger(f"/V/{number}")

    assert before.title.startswith("Being issued · ")
    assert "Quantity retired 1.250 t" in before.text
    assert after.title == f"Valid · Carbon Credit Retirement Certificate {number} · Lintan"
    assert "7 checks: 6 passed, 1 none yet" in after.text
    assert "1.250 t of carbon credits retired in the name of 张**" in after.text
    assert "小明" not in after.source
    assert (scanned.status, scanned.title) == (200, after.title)


def test_every_file_is_there_and_as_long_as_it_says(bureau, stranger, client):
    number = bureau.issue()
    page = stranger(f"/v/{number}")

    files = [href for href, _ in page.links if href.startswith(f"/v/{number}/")]
    assert [href.rpartition("/")[2] for href in files] == [
        "credential.json",
        "credential.jwt",
        "log-proof",
        "certificate.pdf",
    ]
    for href in files:
        with client.get(href) as answer:
            assert answer.status_code == 200, href
            said = re.search(rf'href="{re.escape(href)}".*?(\d+) KB', page.source)
            if not href.endswith(".pdf"):
                assert int(said[1]) == -(-len(answer.get_data()) // 1_000), href
    picture = next(given["src"] for tag, given in page.tags if tag == "img")
    with client.get(picture) as answer:
        assert answer.mimetype == "image/png"


def test_the_retirement_that_the_page_leads_to_is_the_one(bureau, stranger):
    page = stranger(f"/v/{bureau.issue()}")

    href = page.link("This retirement in the register")
    assert stranger(href).status == 200
    assert href.removeprefix("/retirements/") in page.text


def test_a_revoked_certificate_says_so_from_the_moment_two_people_agreed(bureau, stranger):
    number = bureau.issue()
    bureau.revoke(number)

    at_once = stranger(f"/v/{number}")
    work_until_idle()
    told = stranger(f"/v/{number}")

    for page in (at_once, told):
        assert page.title.startswith("Revoked · ")
        assert "It contained an error." in page.text
        assert "in the name of 张**" in page.text


def test_without_a_fresh_list_of_revocations_the_page_does_not_say_valid(bureau, stranger, hands):
    number = bureau.issue()
    hands.move(timedelta(hours=25))

    page = stranger(f"/v/{number}")

    assert page.title.startswith("Cannot be checked now · ")
    assert "Not done: List of revocations." in page.text


def test_a_holder_who_turns_the_page_off_leaves_the_verdict(bureau, stranger):
    number = bureau.issue()
    with transaction() as session:
        row = session.query(CertificateRow).filter_by(number=number).one()
        row.visibility = Visibility(PersonalVisibility.OFF.value)

    page = stranger(f"/v/{number}")

    assert page.title.startswith("Valid · ")
    assert "张" not in page.source


def test_a_draft_that_was_refused_looks_like_a_number_that_nobody_has(bureau, stranger):
    number, unknown = bureau.draft(), "LSR-7K3M9QWDX4TB2N8R"
    with transaction() as session:
        row = session.query(CertificateRow).filter_by(number=number).one()
        row.state, row.refused_reason = CertificateState.REFUSED, RefusedReason.SIGNING

    refused, never = stranger(f"/v/{number}"), stranger(f"/v/{unknown}")

    assert (refused.status, refused.title) == (404, "No such number · Lintan")
    assert refused.source.replace(number, unknown) == never.source
