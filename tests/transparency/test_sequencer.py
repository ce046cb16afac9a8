"""The sequencer: each entry once, in one unbroken log, under signed heads."""

import hashlib
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.foundation.data import clock, new_id, reading, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.transparency import (
    EntryKind,
    add_key,
    append_entry,
    did_document,
    document_by_id,
    documents_of,
    entries,
    expire_key,
    find_leaf,
    first_checkpoint_covering,
    is_included,
    keys_of,
    latest_checkpoint,
    log_verifiers,
    parse_strictly,
    sequencer,
    verify_document,
    verify_vc_jwt,
)
from app.transparency.log.batch import DOCUMENT_SUBJECT
from app.transparency.log.notes import read_checkpoint
from app.transparency.log.sequencer import sequence
from app.transparency.models import WaitingRow
from tests.transparency.conftest import OFFICE
from tests.transparency.forest_office import (
    SLUG,
    append_retirement,
    counts,
    fates,
    findings,
    hooked,
    log_lines,
    retire,
    write_draft,
)


def test_an_entry_gets_the_next_number_and_a_signed_head_covers_it(log):
    subject = uuid4()
    with transaction() as session:
        append_retirement(session, subject)
        assert find_leaf(session, kind=EntryKind.RETIRE, subject_kind="credits.retirement", subject_id=subject) is None

    assert sequence() == 1

    with reading() as session:
        leaf = find_leaf(session, kind=EntryKind.RETIRE, subject_kind="credits.retirement", subject_id=subject)
        head = latest_checkpoint(session)
        assert leaf is not None
        assert head is not None
        assert (leaf.index, head.size) == (2, 3)
        assert is_included(session, leaf, head)
        assert read_checkpoint(head.note, log_verifiers(session)).root == head.root
        assert entries(session, 2, 9) == [leaf]
        assert first_checkpoint_covering(session, 0).size == 2
        assert first_checkpoint_covering(session, 3) is None
    assert counts()["waiting"] == 0
    assert sequence() == 0


def test_the_line_is_canonical_json_and_holds_what_the_caller_said(log):
    with transaction() as session:
        append_entry(
            session,
            kind=EntryKind.REVOKE,
            content={"time": "2026-05-30T02:15:00Z", "issuer": "did:web:x", "reason": "error", "digest": "sha256-x"},
            subject_kind="test.revocation",
            subject_id=uuid4(),
        )
    sequence()

    assert log_lines()[-1] == (
        b'{"digest":"sha256-x","issuer":"did:web:x","kind":"revoke","reason":"error","time":"2026-05-30T02:15:00Z"}'
    )


@pytest.mark.parametrize("content", [{"kind": "issue"}, {"x": 1.5}, {"x": "y" * 65_536}])
def test_what_cannot_be_a_line_is_refused_where_it_is_written(log, content):
    with transaction() as session, pytest.raises(ValueError, match=r"."):
        append_entry(session, kind=EntryKind.KEY, content=content, subject_kind="test", subject_id=uuid4())


def test_saying_it_twice_changes_nothing_before_and_after_the_log_has_it(log):
    subject = uuid4()
    for _ in range(2):
        with transaction() as session:
            append_retirement(session, subject)
    assert counts()["waiting"] == 1
    sequence()
    with transaction() as session:
        append_retirement(session, subject)

    assert (counts()["waiting"], counts()["leaf"]) == (0, 3)


def test_an_entry_that_slipped_in_behind_its_own_leaf_is_dropped(log):
    subject = uuid4()
    with transaction() as session:
        append_retirement(session, subject)
        line = session.scalar(select(WaitingRow.entry))
    sequence()
    with transaction() as session:  # As a caller does who looked before the leaf was committed and wrote after.
        session.add(
            WaitingRow(
                id=new_id(),
                kind=EntryKind.RETIRE,
                subject_kind="credits.retirement",
                subject_id=subject,
                entry=line,
                created_at=clock.now(),
            )
        )

    sequence()

    assert (counts()["waiting"], counts()["leaf"]) == (0, 3)


def test_a_document_is_signed_logged_and_placed_together(log):
    draft = write_draft()

    work_until_idle()

    with reading() as session:
        (document,) = documents_of(session, draft)
        content = parse_strictly(document.content)
        verify_document(content, did_document(session, SLUG))
        assert verify_vc_jwt(document.jwt, did_document(session, SLUG)) == {
            name: value for name, value in content.items() if name != "proof"
        }
        assert document == document_by_id(session, document.id)
        leaf = find_leaf(session, kind=EntryKind.ISSUE, subject_kind=DOCUMENT_SUBJECT, subject_id=document.id)
        assert leaf is not None
        said = json.loads(leaf.entry)
    assert hashlib.sha256(document.content).digest() == document.sha256
    assert said["digest"].startswith("sha256-")
    assert said["kind"] == "issue"
    assert said["issuer"] == "did:web:localhost%3A8000:issuers:forest-office"
    assert said["time"] == content["validFrom"] == content["proof"]["created"]
    assert fates() == {draft: str(document.leaf_index)}
    assert (document.subject_id, document.leaf_index, document.signed_at) == (draft, leaf.index, leaf.at)


def test_entries_stand_in_the_order_of_their_making_and_before_the_certificates_that_use_them(log):
    for _ in range(3):
        write_draft()
    with transaction() as session:
        append_entry(session, kind=EntryKind.SEAL, content={}, subject_kind="test", subject_id=uuid4())
    retire()

    assert sequence() == 8

    kinds = [json.loads(line)["kind"] for line in log_lines()[2:]]
    assert kinds == ["retire"] * 3 + ["seal", "retire"] + ["issue"] * 3


def test_documents_wait_while_more_entries_wait_than_one_batch_holds(log, monkeypatch):
    monkeypatch.setattr(sequencer, "ENTRIES_AT_ONCE", 3)
    asked = []
    source = hooked(log, "transparency.documents")[OFFICE]
    hooked(log, "transparency.documents")[OFFICE] = replace(
        source, waiting=lambda *given: asked.append(len(log_lines())) or source.waiting(*given)
    )
    write_draft()
    retire(4)

    assert [sequence() for _ in range(4)] == [3, 3, 0, 0]

    assert asked == [5, 8, 8], "nobody builds documents that cannot be signed yet"

    kinds = [json.loads(line)["kind"] for line in log_lines()[2:]]
    assert kinds == ["retire"] * 5 + ["issue"]


def test_a_full_batch_of_entries_leaves_the_documents_to_the_next(log, monkeypatch):
    monkeypatch.setattr(sequencer, "ENTRIES_AT_ONCE", 3)
    write_draft()
    retire(2)

    assert [sequence() for _ in range(3)] == [3, 1, 0]


def test_a_new_key_of_the_log_signs_on_and_the_old_heads_stay_good(log):
    with transaction() as session:
        add_key(session, issuer=None, actor=SYSTEM, now=clock.now())
        expire_key(session, issuer=None, name=keys_of(session, None)[0].name, actor=SYSTEM, now=clock.now())
    work_until_idle()

    with reading() as session:
        newest = keys_of(session, None)[-1]
        assert newest.method.split("+")[1] == log_verifiers(session)[0].key_id.hex()
        assert read_checkpoint(latest_checkpoint(session).note, log_verifiers(session)[:1]).size == 4
    assert findings() == []


def test_many_batches_of_many_sizes_make_one_consistent_log(log):
    for size in (1, 2, 3, 1, 5, 8, 1, 13, 4):
        retire(size)
        assert sequence() == size

    assert findings() == []
    with reading() as session:
        head = latest_checkpoint(session)
        assert head.size == 40
        assert all(is_included(session, leaf, head) for leaf in entries(session, 0, 39))
