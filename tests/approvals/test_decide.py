"""One proposes, another decides, and only on what both have read."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from flask import current_app
from sqlalchemy import select

from app.approvals import (
    AlreadyDecided,
    ContentDiffers,
    MayNotApprove,
    NotYourProposal,
    OwnProposal,
    ProposalExpired,
    ProposalNotFound,
    ProposalState,
    approve_proposal,
    get_proposal,
    propose,
    refuse_proposal,
    withdraw_proposal,
    withdraw_proposals_of,
)
from app.approvals.rules import OPEN_FOR
from app.approvals.usecases import ProposalFilter, list_proposals
from app.foundation.data import Base, clock, new_id, reading, transaction
from app.foundation.http import PageQuery
from app.foundation.proof import SYSTEM, Actor, ActorKind, HookMissing, content_sha256
from app.foundation.work import work_until_idle
from tests.approvals.conftest import KIND, NOW, PriceLocked, registrar

LATER = NOW + timedelta(hours=1)
FORESTRY, ECOLOGY = UUID(int=1), UUID(int=2)
LIANDU, LONGQUAN = "331102", "331181"
AUDIT = Base.metadata.tables["foundation_audit"]


def approve(proposal, approver, *, now=LATER, sha256=None):
    return approve_proposal(proposal.id, content_sha256=sha256 or proposal.content_sha256, approver=approver, now=now)


def states(viewer, *, now=LATER, **wanted):
    with current_app.test_request_context("/v1/approvals"):  # A cursor belongs to the address of its list.
        page = list_proposals(PageQuery(), ProposalFilter(**wanted), viewer=viewer, now=now)
    return [(each.id, each.state_at(now)) for each in page.items]


def actions():
    statement = select(AUDIT.c.action, AUDIT.c.actor_id).where(AUDIT.c.object_kind == "approvals.proposal")
    with reading() as session:
        return [tuple(row) for row in session.execute(statement.order_by(AUDIT.c.id))]


def test_approval_by_a_second_person_takes_effect_once(make_proposal, prices):
    proposer, approver = registrar(), registrar()
    proposal = make_proposal(proposer)

    approved = approve(proposal, approver)

    assert (approved.state, approved.decided_by, approved.decided_at) == (ProposalState.APPROVED, approver.id, LATER)
    assert prices.effects == [(proposal.id, approver.id)]
    assert actions() == [("approvals.proposed", proposer.id), ("approvals.approved", approver.id)]


def test_nobody_decides_their_own_proposal(make_proposal, prices):
    proposer = registrar()
    proposal = make_proposal(proposer)

    with pytest.raises(OwnProposal):
        approve(proposal, proposer)
    with pytest.raises(OwnProposal):
        refuse_proposal(proposal.id, reason="no", approver=proposer, now=LATER)

    assert prices.effects == []


def test_the_system_neither_proposes_nor_approves(make_proposal, prices):
    proposal = make_proposal(registrar())
    machine = Actor(id=new_id(), kind=ActorKind.SYSTEM, roles=frozenset({"registrar"}))

    with pytest.raises(ValueError, match="made by a person"):
        make_proposal(SYSTEM)
    with pytest.raises(MayNotApprove):
        approve(proposal, machine)

    assert prices.effects == []


def test_approval_of_another_hash_changes_nothing(make_proposal, prices):
    proposal = make_proposal(registrar())

    with pytest.raises(ContentDiffers):
        approve(proposal, registrar(), sha256=content_sha256({"price_fen": 6_001, "unit": "kg"}))

    assert prices.effects == []
    assert get_proposal(proposal.id, viewer=registrar(), now=LATER).state == ProposalState.PROPOSED


def test_hash_is_that_of_the_stored_content(make_proposal):
    proposal = make_proposal(registrar())

    stored = get_proposal(proposal.id, viewer=registrar(), now=LATER).proposal

    assert stored.content == {"price_fen": 6_000, "unit": "kg"}
    assert stored.content_sha256 == content_sha256(stored.content) == proposal.content_sha256


def test_approval_is_good_until_the_last_moment_of_seven_days(make_proposal, prices):
    early, late = make_proposal(registrar()), make_proposal(registrar())

    approve(early, registrar(), now=NOW + OPEN_FOR - timedelta(microseconds=1))
    with pytest.raises(ProposalExpired):
        approve(late, registrar(), now=NOW + OPEN_FOR)

    assert [proposal for proposal, _ in prices.effects] == [early.id]
    assert early.expires_at - early.proposed_at == timedelta(days=7)


def test_expired_proposal_is_marked_by_the_timed_job_and_by_nobody(app, make_proposal):
    old, fresh = make_proposal(registrar()), make_proposal(registrar(), now=NOW + timedelta(days=1))

    with clock.standing_at(NOW + OPEN_FOR):
        work_until_idle()

    approver = registrar()
    assert states(approver, state=ProposalState.PROPOSED) == [(fresh.id, ProposalState.PROPOSED)]
    assert states(approver, state=ProposalState.EXPIRED) == [(old.id, ProposalState.EXPIRED)]
    assert get_proposal(old.id, viewer=approver, now=LATER).proposal.decided_by is None
    assert ("approvals.expired", SYSTEM.id) in actions()


def test_proposal_counts_as_expired_before_the_job_has_come(make_proposal):
    proposal = make_proposal(registrar())
    approver, after = registrar(), NOW + OPEN_FOR

    seen = get_proposal(proposal.id, viewer=approver, now=after)

    assert (seen.state, seen.may_decide) == (ProposalState.EXPIRED, False)
    assert states(approver, now=after, state=ProposalState.EXPIRED) == [(proposal.id, ProposalState.EXPIRED)]
    assert states(approver, now=after, state=ProposalState.PROPOSED) == []


@pytest.mark.parametrize("outcome", ["approved", "refused", "withdrawn"])
def test_closed_proposal_stays_closed(make_proposal, prices, outcome):
    proposer, approver, other = registrar(), registrar(), registrar()
    proposal = make_proposal(proposer)
    close(proposal, outcome, proposer=proposer, approver=approver)
    before = list(prices.effects)

    for attempt in ("approved", "refused", "withdrawn"):
        with pytest.raises(AlreadyDecided):
            close(proposal, attempt, proposer=proposer, approver=other)

    assert prices.effects == before
    assert get_proposal(proposal.id, viewer=other, now=LATER).state == outcome


def close(proposal, outcome, *, proposer, approver):
    if outcome == "approved":
        approve(proposal, approver)
    elif outcome == "refused":
        refuse_proposal(proposal.id, reason="Too high.", approver=approver, now=LATER)
    else:
        withdraw_proposal(proposal.id, proposer=proposer, now=LATER)


def test_refusal_keeps_its_reason_and_its_author(make_proposal, prices):
    approver = registrar()
    proposal = make_proposal(registrar())

    refused = refuse_proposal(proposal.id, reason="Too high.", approver=approver, now=LATER)

    assert (refused.state, refused.reason, refused.decided_by) == (ProposalState.REFUSED, "Too high.", approver.id)
    assert prices.effects == []


def test_only_the_proposer_withdraws(make_proposal):
    proposer = registrar()
    proposal = make_proposal(proposer)

    with pytest.raises(NotYourProposal):
        withdraw_proposal(proposal.id, proposer=registrar(), now=LATER)

    assert withdraw_proposal(proposal.id, proposer=proposer, now=LATER).state == ProposalState.WITHDRAWN


def test_what_the_kind_refuses_leaves_the_proposal_open(make_proposal, prices):
    proposal, approver = make_proposal(registrar()), registrar()
    prices.is_locked = True

    with pytest.raises(PriceLocked):
        approve(proposal, approver)

    prices.is_locked = False
    assert approve(proposal, approver).state == ProposalState.APPROVED
    assert [action for action, _ in actions()] == ["approvals.proposed", "approvals.approved"]


def test_kind_may_ask_more_than_the_role(make_proposal, prices):
    proposal, approver = make_proposal(registrar()), registrar()
    prices.fen_max = 5_999

    with pytest.raises(MayNotApprove):
        approve(proposal, approver)

    assert get_proposal(proposal.id, viewer=approver, now=LATER).may_decide is False


@pytest.mark.parametrize(
    ("approver", "is_theirs"),
    [
        (registrar(FORESTRY, LIANDU), True),
        (registrar(FORESTRY, "*"), True),
        (registrar(FORESTRY, LONGQUAN), False),
        (registrar(ECOLOGY, LIANDU), False),
        (registrar(FORESTRY, LIANDU, role="verifier"), False),
    ],
)
def test_proposal_of_an_agency_and_county_is_for_its_own_approvers(make_proposal, prices, approver, is_theirs):
    proposal = make_proposal(registrar(FORESTRY, LIANDU), agency_id=FORESTRY, county=LIANDU)

    if is_theirs:
        assert states(approver) == [(proposal.id, ProposalState.PROPOSED)]
        assert get_proposal(proposal.id, viewer=approver, now=LATER).may_decide
        approve(proposal, approver)
    else:
        assert states(approver) == []
        for attempt in (
            lambda: get_proposal(proposal.id, viewer=approver, now=LATER),
            lambda: approve(proposal, approver),
            lambda: refuse_proposal(proposal.id, reason="no", approver=approver, now=LATER),
            lambda: withdraw_proposal(proposal.id, proposer=approver, now=LATER),
        ):
            with pytest.raises(ProposalNotFound):
                attempt()
    assert len(prices.effects) == is_theirs


def test_matter_of_a_whole_agency_is_for_its_approvers_in_any_county(make_proposal):
    proposal = make_proposal(registrar(), agency_id=FORESTRY)

    assert states(registrar(FORESTRY, LONGQUAN)) == [(proposal.id, ProposalState.PROPOSED)]
    assert states(registrar(ECOLOGY, "*")) == []


def test_auditor_reads_every_proposal_and_decides_none(make_proposal, prices):
    proposal = make_proposal(registrar(), agency_id=FORESTRY, county=LIANDU)
    auditor = registrar(role="auditor")

    assert states(auditor) == [(proposal.id, ProposalState.PROPOSED)]
    with pytest.raises(MayNotApprove):
        approve(proposal, auditor)


def test_proposer_without_the_approvers_role_sees_their_own(make_proposal):
    proposer, stranger = registrar(role="verifier"), registrar(role="verifier")
    proposal = make_proposal(proposer, agency_id=FORESTRY, county=LIANDU)

    assert states(proposer) == [(proposal.id, ProposalState.PROPOSED)]
    assert states(stranger) == []


def test_unknown_proposal_is_not_found(prices):
    with pytest.raises(ProposalNotFound):
        approve_proposal(new_id(), content_sha256="0" * 64, approver=registrar(), now=LATER)


def test_difference_shows_what_changes_and_counts_what_stays(make_proposal):
    proposal = make_proposal(registrar())

    seen = get_proposal(proposal.id, viewer=registrar(), now=LATER)

    assert [(each.member, each.before, each.after) for each in seen.changes] == [("/price_fen", 5_000, 6_000)]
    assert seen.unchanged_count == 1


def test_inexact_content_and_unknown_kinds_are_never_proposed(prices):
    with transaction() as session:
        with pytest.raises(ValueError, match="/price_fen"):
            propose(session, kind=KIND, content={"price_fen": 0.5}, title="half", proposer=registrar(), now=NOW)
        with pytest.raises(HookMissing):
            propose(session, kind="test.none", content={}, title="none", proposer=registrar(), now=NOW)


def test_end_of_an_account_takes_its_open_proposals_back(make_proposal, prices):
    leaving, admin = registrar(), registrar(role="admin")
    first, second, other = make_proposal(leaving), make_proposal(leaving), make_proposal(registrar())
    refuse_proposal(first.id, reason="no", approver=registrar(), now=LATER)

    with transaction() as session:
        count = withdraw_proposals_of(session, leaving.id, actor=admin, now=LATER)

    assert count == 1
    with pytest.raises(AlreadyDecided):
        approve(second, registrar())
    assert approve(other, registrar()).state == ProposalState.APPROVED
    assert ("approvals.withdrawn", admin.id) in actions()


def test_two_approvers_at_once_have_one_effect(app, make_proposal, prices):
    proposal = make_proposal(registrar())
    start, outcomes = threading.Barrier(4), []

    def decide(approver):
        start.wait()
        with app.app_context():
            try:
                approve(proposal, approver)
            except AlreadyDecided:
                outcomes.append("late")
            else:
                outcomes.append("approved")

    threads = [threading.Thread(target=decide, args=(registrar(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approved", "late", "late", "late"]
    assert len(prices.effects) == 1
