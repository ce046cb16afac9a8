"""A file proves one thing."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.evidence import EvidenceFileNotFound, FileAlreadyBound, bind_files, files_by_ids, files_of_subject
from app.evidence.models import EvidenceFile, FileState
from app.foundation.data import clock, constraint_of, public_id, reading, run_in_transaction, transaction


def bind(owner, *files, subject_id, subject_kind="planting.claim"):
    with transaction() as session:
        return bind_files(
            session,
            [file.id for file in files],
            owner=owner.actor,
            subject_kind=subject_kind,
            subject_id=subject_id,
            now=clock.now(),
        )


def test_bound_files_are_the_evidence_of_their_subject(resident, make_file):
    first, second = make_file(resident.actor, seed=1), make_file(resident.actor, seed=2)
    claim = uuid4()

    bound = bind(resident, second, first, subject_id=claim)

    assert [file.id for file in bound] == [second.id, first.id]
    assert {file.state for file in bound} == {FileState.BOUND}
    with reading() as session:
        of_claim = files_of_subject(session, subject_kind="planting.claim", subject_id=claim)
        assert [file.id for file in of_claim] == [first.id, second.id]
        assert files_by_ids(session, [first.id, uuid4()]) == of_claim[:1]


def test_somebody_elses_file_and_no_file_are_the_same_answer(sign_in, resident, make_file):
    theirs = make_file(sign_in().actor)

    with pytest.raises(EvidenceFileNotFound):
        bind(resident, theirs, subject_id=uuid4())
    with transaction() as session, pytest.raises(EvidenceFileNotFound):
        bind_files(session, [uuid4()], owner=resident.actor, subject_kind="x", subject_id=uuid4(), now=clock.now())


def test_a_bound_file_is_refused_to_a_second_subject_and_its_neighbour_stays_free(resident, make_file):
    taken, free = make_file(resident.actor, seed=1), make_file(resident.actor, seed=2)
    bind(resident, taken, subject_id=uuid4())

    with pytest.raises(FileAlreadyBound) as refusal:
        bind(resident, free, taken, subject_id=uuid4())

    assert refusal.value.params == {"file_id": public_id("fil", taken.id)}
    assert (refusal.value.status, refusal.value.code) == (409, "evidence.file_already_bound")
    with reading() as session:
        assert files_by_ids(session, [free.id])[0].state is FileState.RECEIVED


def test_binding_to_the_same_subject_again_changes_nothing(resident, make_file):
    file, claim = make_file(resident.actor), uuid4()
    bind(resident, file, subject_id=claim)
    with reading() as session:
        before = session.get(EvidenceFile, file.id).bound_at

    bind(resident, file, file, subject_id=claim)

    with reading() as session:
        assert session.get(EvidenceFile, file.id).bound_at == before


@pytest.mark.parametrize(
    "change",
    [
        {"subject_id": uuid4()},
        {"subject_kind": "wildlife.report"},
        {"state": FileState.RECEIVED, "subject_kind": None, "subject_id": None, "bound_at": None},
        {"sha256": "0" * 64},
        {"store_key": "evidence/other"},
        {"owner_id": uuid4()},
    ],
)
def test_the_database_itself_keeps_a_bound_file_with_its_subject(resident, make_file, change):
    file = make_file(resident.actor)
    bind(resident, file, subject_id=uuid4())

    with pytest.raises(DBAPIError) as refusal, transaction() as session:
        session.execute(update(EvidenceFile).where(EvidenceFile.id == file.id).values(**change))

    assert "evidence_file_bound_once" in constraint_of(refusal.value)


@pytest.mark.parametrize(
    "change",
    [
        {"state": FileState.BOUND},
        {"subject_id": uuid4()},
        {"subject_kind": "planting.claim", "subject_id": uuid4(), "state": FileState.BOUND},
    ],
)
def test_the_database_knows_no_half_bound_file(resident, make_file, change):
    file = make_file(resident.actor)

    with pytest.raises(IntegrityError) as refusal, transaction() as session:
        session.execute(update(EvidenceFile).where(EvidenceFile.id == file.id).values(**change))

    assert "evidence_file_bound_is_whole" in constraint_of(refusal.value)


def test_of_two_claims_at_once_one_gets_the_photo(app, resident, make_file):
    file = make_file(resident.actor)
    claims = [uuid4() for _ in range(6)]
    start = threading.Barrier(len(claims))
    outcomes = []

    def claim_it(claim):
        def work(session):
            bind_files(
                session,
                [file.id],
                owner=resident.actor,
                subject_kind="planting.claim",
                subject_id=claim,
                now=clock.now(),
            )

        with app.app_context():
            start.wait()
            try:
                run_in_transaction(work)
                outcomes.append(claim)
            except FileAlreadyBound:
                outcomes.append(None)

    threads = [threading.Thread(target=claim_it, args=(claim,)) for claim in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winners = [claim for claim in outcomes if claim is not None]
    assert (len(outcomes), len(winners)) == (6, 1)
    with reading() as session:
        assert session.scalar(select(EvidenceFile.subject_id)) == winners[0]
