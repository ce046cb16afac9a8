"""What must never be false is said again by the database, whatever the application does."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.approvals import approve_proposal
from app.foundation.data import constraint_of, reading, transaction
from tests.approvals.conftest import NOW, registrar


def run(statement, **values):
    with transaction() as session:
        session.execute(text(statement), values)


def refused(statement, **values):
    with pytest.raises(DBAPIError) as caught:
        run(statement, **values)
    return constraint_of(caught.value)


@pytest.fixture
def proposal(make_proposal):
    return make_proposal(registrar())


@pytest.mark.parametrize(
    "change",
    [
        "content = '{\"price_fen\": 1}'",
        "content_sha256 = replace(content_sha256, 'a', 'b') || ''",
        "title = 'another'",
        "kind = 'another.kind'",
        "proposed_by = id",
        "subject_id = id",
        "agency_id = id",
        "expires_at = '2027-12-01 02:00:00.000000'",
        "version = version",
    ],
)
def test_content_and_frame_of_a_proposal_never_change(proposal, change):
    # The rest of the statement is a withdrawal, which alone would be good.
    told = refused(
        f"UPDATE approvals_proposal SET state = 'withdrawn', decided_at = proposed_at, version = version + 1, {change}"
        if not change.startswith("version")
        else f"UPDATE approvals_proposal SET state = 'withdrawn', decided_at = proposed_at, {change}"
    )

    assert "approvals_proposal_kept" in told


def test_withdrawal_alone_is_good(proposal):
    run("UPDATE approvals_proposal SET state = 'withdrawn', decided_at = proposed_at, version = version + 1")

    with reading() as session:
        assert session.scalar(text("SELECT state FROM approvals_proposal")) == "withdrawn"


def test_decided_proposal_is_never_decided_again(proposal):
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=registrar(), now=NOW)

    told = refused("UPDATE approvals_proposal SET state = 'refused', reason = 'no', version = version + 1")

    assert "approvals_proposal_kept" in told


def test_proposal_is_never_deleted(app, proposal):
    with pytest.raises(DBAPIError, match=r"approvals_proposal_kept|permission denied"):
        run("DELETE FROM approvals_proposal")


CLOSE = "UPDATE approvals_proposal SET version = version + 1, state = "


@pytest.mark.parametrize(
    ("outcome", "constraint"),
    [
        ("'approved', decided_by = proposed_by, decided_at = proposed_at", "approvals_proposal_second_person"),
        ("'approved', decided_at = proposed_at", "approvals_proposal_decider_known"),
        ("'withdrawn', decided_by = id, decided_at = proposed_at", "approvals_proposal_decider_known"),
        ("'approved', decided_by = id", "approvals_proposal_end_dated"),
        ("'approved', decided_by = id, decided_at = expires_at", "approvals_proposal_approved_in_time"),
        ("'refused', decided_by = id, decided_at = proposed_at", "approvals_proposal_refused_with_reason"),
    ],
)
def test_outcome_that_cannot_be_is_refused(proposal, outcome, constraint):
    assert constraint in refused(CLOSE + outcome)


def test_proposal_never_comes_in_decided(proposal):
    columns = (
        "kind, title, content, content_sha256, proposer_kind, proposed_by, proposed_at, expires_at, decided_at, version"
    )

    told = refused(
        f"INSERT INTO approvals_proposal (id, state, decided_by, {columns})"
        f" SELECT proposed_by, 'approved', id, {columns.replace('decided_at', 'proposed_at')} FROM approvals_proposal"
    )

    assert "approvals_proposal_kept" in told


def test_seven_days_are_kept_in_the_row(proposal):
    assert proposal.expires_at == NOW + timedelta(days=7)
