"""Versions come in through four eyes, start on their day, and stay."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.approvals import approve_proposal, get_proposal
from app.foundation.data import Base, constraint_of, new_id, reading, transaction
from app.foundation.http import RoleMissing
from app.rulebook import (
    ContentInvalid,
    DocumentMissing,
    DocumentNotFound,
    Origin,
    document_by_id,
    document_in_force,
    documents_in_force,
    propose_document,
)
from app.rulebook.errors import EffectiveDayPassed, EffectiveTooEarly, EffectiveTooLate, KindUnknown, VersionTaken
from tests.approvals.conftest import registrar
from tests.rulebook.conftest import CONTENT, KIND, NOW, TODAY, new_document

NEW_YEAR = date(2027, 1, 1)
AUDIT = Base.metadata.tables["foundation_audit"]


def in_force(on, name="planting"):
    with reading() as session:
        return document_in_force(session, KIND, name, on)


def propose(now=NOW, **changes):
    return propose_document(new_document(**changes), proposer=registrar(), now=now)


def approve(proposal, approver, now=NOW):
    return approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=now)


def test_approved_version_is_in_force_from_its_day_and_the_older_one_before(add_version):
    add_version(content=CONTENT)
    add_version(content=CONTENT | {"points_per_tree": 30}, effective_from=NEW_YEAR)

    days = [TODAY, NEW_YEAR - timedelta(days=1), NEW_YEAR, NEW_YEAR + timedelta(days=900)]

    assert [in_force(day).version for day in days] == [1, 1, 2, 2]
    assert in_force(NEW_YEAR).content["points_per_tree"] == 30


def test_day_before_the_first_version_has_no_rule(add_version):
    add_version()

    with pytest.raises(DocumentMissing) as caught:
        in_force(TODAY - timedelta(days=1))

    assert caught.value.params == {"kind": KIND, "name": "planting", "on": "2026-11-23"}


def test_version_of_the_same_day_replaces_the_one_before_it(add_version):
    add_version(effective_from=NEW_YEAR)
    add_version(effective_from=NEW_YEAR, content=CONTENT | {"points_per_tree": 25})

    assert (in_force(NEW_YEAR).version, in_force(NEW_YEAR).content["points_per_tree"]) == (2, 25)


def test_names_of_a_kind_have_versions_of_their_own(add_version):
    add_version(name="planting")
    add_version(name="care")
    add_version(name="care", effective_from=NEW_YEAR)

    def versions(on):
        with reading() as session:
            return [(each.name, each.version) for each in documents_in_force(session, KIND, on)]

    assert versions(TODAY) == [("care", 1), ("planting", 1)]
    assert versions(NEW_YEAR) == [("care", 2), ("planting", 1)]
    assert versions(TODAY - timedelta(days=1)) == []


def test_proposal_alone_changes_nothing(kind):
    propose()

    with pytest.raises(DocumentMissing):
        in_force(TODAY)


def test_document_tells_its_approval_and_the_audit_who_brought_it_in(kind, issuer):
    proposal = propose()
    approve(proposal, issuer)

    document = in_force(TODAY)

    assert (document.origin, document.proposal_id) == (Origin.APPROVED, proposal.id)
    statement = select(AUDIT.c.actor_id).where(
        AUDIT.c.object_id == document.id, AUDIT.c.action == "rulebook.document_added"
    )
    with reading() as session:
        assert document_by_id(session, document.id) == document
        assert session.scalars(statement).all() == [issuer.id]
        with pytest.raises(DocumentNotFound):
            document_by_id(session, new_id())


def test_difference_is_against_the_version_before_also_once_it_is_approved(add_version, issuer):
    add_version(content=CONTENT | {"note": "old"})
    proposal = propose(content={**CONTENT, "points_per_tree": 30, "is_open": True}, effective_from=NEW_YEAR)

    before = get_proposal(proposal.id, viewer=issuer, now=NOW)
    approve(proposal, issuer)
    after = get_proposal(proposal.id, viewer=issuer, now=NOW)

    assert [(each.member, each.word) for each in before.changes] == [
        ("/content/is_open", "added"),
        ("/content/note", "removed"),
        ("/content/points_per_tree", "changed"),
        ("/effective_from", "changed"),
        ("/version", "changed"),
    ]
    assert before.unchanged_count == 7
    assert after.changes == before.changes


def test_first_version_adds_every_member(kind, issuer):
    seen = get_proposal(propose().id, viewer=issuer, now=NOW)

    assert {each.word for each in seen.changes} == {"added"}
    assert seen.unchanged_count == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "test.none"}, KindUnknown),
        ({"content": {"points_per_tree": -1}}, ContentInvalid),
        ({"effective_from": TODAY - timedelta(days=1)}, EffectiveTooEarly),
        ({"effective_from": TODAY + timedelta(days=367)}, EffectiveTooLate),
    ],
)
def test_bad_version_is_not_even_proposed(kind, changes, error):
    with pytest.raises(error):
        propose(**changes)


def test_only_the_proposers_role_of_the_kind_proposes(kind):
    with pytest.raises(RoleMissing):
        propose_document(new_document(), proposer=registrar(role="verifier"), now=NOW)


def test_version_that_would_start_before_the_former_one_is_refused(add_version):
    add_version(effective_from=NEW_YEAR)

    with pytest.raises(EffectiveTooEarly) as caught:
        propose(effective_from=NEW_YEAR - timedelta(days=1))

    assert caught.value.params == {"earliest": "2027-01-01"}


def test_today_ends_at_midnight_in_lishui(kind, issuer):
    # 16:00 UTC is midnight in Lishui: on the next day there, yesterday's date is past.
    midnight = NOW.replace(hour=16)
    proposal = propose(now=midnight - timedelta(seconds=1))

    with pytest.raises(EffectiveTooEarly):
        propose(now=midnight)
    with pytest.raises(EffectiveDayPassed):
        approve(proposal, issuer, now=midnight)

    assert approve(proposal, issuer, now=midnight - timedelta(seconds=1)).decided_by == issuer.id


def test_second_of_two_proposals_for_one_version_is_out_of_date(kind, issuer):
    first, second = propose(), propose(content=CONTENT | {"points_per_tree": 99})
    approve(first, issuer)

    with pytest.raises(VersionTaken):
        approve(second, issuer)

    assert in_force(TODAY).content == CONTENT
    assert get_proposal(second.id, viewer=issuer, now=NOW).state == "proposed"


def test_proposal_left_behind_by_several_versions_is_out_of_date(add_version, issuer):
    stale = propose(content=CONTENT | {"points_per_tree": 99}, effective_from=NEW_YEAR)
    add_version()
    add_version()

    with pytest.raises(VersionTaken):
        approve(stale, issuer)

    assert in_force(NEW_YEAR).version == 2


def test_two_proposals_approved_at_the_same_moment_make_one_version(app, kind):
    proposals = [propose(content=CONTENT | {"points_per_tree": n}) for n in range(4)]
    start, outcomes = threading.Barrier(len(proposals)), []

    def decide(proposal):
        start.wait()
        with app.app_context():
            try:
                approve(proposal, registrar(role="issuer"))
            except VersionTaken:
                outcomes.append("taken")
            else:
                outcomes.append("approved")

    threads = [threading.Thread(target=decide, args=(each,)) for each in proposals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approved", "taken", "taken", "taken"]
    assert in_force(TODAY).version == 1


@pytest.mark.parametrize("statement", ["UPDATE rulebook_document SET source = 'x'", "DELETE FROM rulebook_document"])
def test_document_is_never_changed_or_deleted(add_version, statement):
    add_version()

    with pytest.raises(DBAPIError, match=r"append_only|permission denied"), transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("version", "effective_from", "constraint"),
    [
        (2, "2026-12-31", "rulebook_document_forward"),
        (3, "2027-01-01", "rulebook_document_forward"),
        (1, "2027-01-01", "rulebook_document_version_key"),
    ],
)
def test_database_keeps_versions_in_order(add_version, version, effective_from, constraint):
    document = add_version(effective_from=NEW_YEAR)
    columns = "kind, name, title_zh, title_en, content, content_sha256, source, status, created_at"

    with pytest.raises(DBAPIError) as caught, transaction() as session:
        session.execute(
            text(
                f"INSERT INTO rulebook_document (id, version, effective_from, origin, {columns})"
                f" SELECT proposal_id, {version}, '{effective_from}', 'shipped', {columns} FROM rulebook_document"
                " WHERE proposal_id IS NOT NULL"
            )
        )

    # SQLite names the columns of a unique key, PostgreSQL the key.
    told = constraint_of(caught.value).replace("rulebook_document.kind, rulebook_document.name", constraint)
    assert constraint in told
    assert in_force(NEW_YEAR) == document
