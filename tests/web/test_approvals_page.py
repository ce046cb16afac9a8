"""Four eyes at the console: the exact difference, a decision by another person, a reason for a refusal."""

from typing import Any

import pytest

from app.foundation.data import clock, public_id
from app.foundation.proof import Actor, ActorKind, Grant
from app.identity import Role
from app.payments.usecases.payees import NewPayee, propose_payee
from app.rulebook import NewDocument, Status, propose_document
from tests.identity.people import LIANDU
from tests.web.browser import Clerk


@pytest.fixture
def people(make_clerk) -> tuple[Clerk, Clerk]:
    """Two of finance, both signed in."""
    both = (make_clerk("chen.jie", role=Role.FINANCE), make_clerk("lin.yan", role=Role.FINANCE))
    for each in both:
        assert each.sign_in().status == 200
    return both


@pytest.fixture
def proposal(people, city) -> Any:
    """A new fee, proposed by the first of the two for the whole city."""
    proposer, agency_id = people[0].member.id, city._agencies[LIANDU]
    grants = (Grant(Role.FINANCE, agency_id, ("*",)),)
    return propose_document(
        NewDocument(
            kind="offsets.fee",
            name="lishui",
            title_zh="抵消服务费",
            title_en="Fee on offsets",
            content={"per_mille": 35},
            source="A decision of the tests.",
            status=Status.DECIDED,
            effective_from=clock.civil_day(clock.now()),
        ),
        proposer=Actor(id=proposer, kind=ActorKind.STAFF, roles=frozenset({Role.FINANCE, "staff"}), grants=grants),
        now=clock.now(),
    )


def page_of(clerk: Clerk, proposal: Any):
    return clerk.get(f"/console/approvals/{public_id('apv', proposal.id)}")


def test_the_proposer_sees_the_difference_and_no_button_to_approve(people, proposal):
    listed, shown = people[0].get("/console/approvals"), page_of(people[0], proposal)

    assert proposal.title in listed.text
    assert "your own" in listed.text
    assert "Who proposes cannot approve." in shown.text
    assert "per_mille" in shown.text
    assert [value for _, value in shown.form("/console/approvals/").buttons] == ["withdraw"]


def test_a_proposal_taken_back_is_closed(people, proposal):
    page = people[0].send(page_of(people[0], proposal).form("/console/approvals/"), verdict="withdraw")

    assert "Withdrawn." in page.text
    assert "No proposal waits" in page.text
    assert "Withdrawn" in page_of(people[0], proposal).text


def test_who_may_not_see_a_proposal_finds_none(people, proposal, make_clerk):
    stranger = make_clerk("wang.min")
    stranger.sign_in()

    assert page_of(stranger, proposal).status == 404
    assert proposal.title not in stranger.get("/console/approvals").text
    assert stranger.get("/console/approvals/apv_nonsense").status == 404


def test_a_refusal_needs_a_reason_and_the_proposer_reads_it(make_clerk, city, people):
    """A payee: both of finance are of one agency and county, so the second may decide."""
    opened = _propose_payee(people[0], city)

    page = page_of(people[1], opened)
    again = people[1].send(page.form("/console/approvals/"), verdict="refuse")
    assert again.status == 422
    assert again.title.startswith("Error: ")
    assert "Write why you refuse it" in again.text
    for unseen in ("too \x00 little", "too \u202e little"):
        again = people[1].send(again.form("/console/approvals/"), verdict="refuse", reason=unseen)
        assert again.status == 422, ascii(unseen)

    done = people[1].send(again.form("/console/approvals/"), verdict="refuse", reason="The account is another's.")
    assert "Refused. The proposer sees your reason." in done.text
    assert "The account is another's." in page_of(people[0], opened).text


def test_an_approval_takes_effect_once_however_often_its_button_is_pressed(people, city):
    opened = _propose_payee(people[0], city)
    form = page_of(people[1], opened).form("/console/approvals/")

    first = people[1].send(form, verdict="approve")
    second = people[1].send(form, verdict="approve")

    assert "Approved. It takes effect now" in first.text
    assert second.status == 200
    shown = page_of(people[0], opened)
    assert "Approved" in shown.text
    assert shown.forms[-1].action != form.action


def test_an_approval_of_other_content_or_from_a_stale_form_does_nothing(people, city):
    opened = _propose_payee(people[0], city)
    form = page_of(people[1], opened).form("/console/approvals/")

    differs = people[1].send(form, verdict="approve", content_sha256="0" * 64)
    forged = people[1].send(form, verdict="approve", token="0" * 64, key="another")

    assert (differs.status, forged.status) == (409, 403)
    assert "Waits for a second person" in page_of(people[1], opened).text


def _propose_payee(clerk: Clerk, city: Any) -> Any:
    agency_id = city._agencies[LIANDU]
    new = NewPayee(
        name_zh="峰源林场",
        name_en="Fengyuan Forest Farm",
        county=LIANDU,
        agency_id=agency_id,
        bank_name=None,
        bank_account=None,
        tax_number=None,
        invoice_title=None,
        paid_for=(),
    )
    grants = (Grant(Role.FINANCE, agency_id, (LIANDU,)),)
    roles = frozenset({Role.FINANCE, "staff"})
    return propose_payee(
        new, proposer=Actor(id=clerk.member.id, kind=ActorKind.STAFF, roles=roles, grants=grants), now=clock.now()
    )
