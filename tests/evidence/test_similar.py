"""The same photo used twice is found, at a cost that does not grow with the table."""

from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql, sqlite

from app.evidence import EvidenceFileNotFound, bind_files, queries, similar_files
from app.evidence.models import EvidenceFile
from app.evidence.rules.likeness import bands_of
from app.foundation.data import clock, db, reading, transaction
from tests.evidence.pictures import encoded, scene


def bind(owner, file, *, subject_id=None):
    subject_id = subject_id or uuid4()
    with transaction() as session:
        bind_files(
            session, [file.id], owner=owner.actor, subject_kind="planting.claim", subject_id=subject_id, now=clock.now()
        )
    return subject_id


def similar_to(file, **options):
    with reading() as session:
        return similar_files(session, file.id, **options)


def set_hash(file, perceptual_hash: int) -> None:
    bands = bands_of(perceptual_hash)
    with transaction() as session:
        row = session.get(EvidenceFile, file.id)
        row.perceptual_hash = perceptual_hash
        row.hash_band_0, row.hash_band_1, row.hash_band_2, row.hash_band_3 = bands


def test_the_same_photo_of_another_claim_is_found_with_its_subject(sign_in, resident, make_file):
    other = sign_in()
    first = make_file(other.actor, seed=1)
    claim = bind(other, first)

    again = make_file(resident.actor, seed=1)
    found = similar_to(again)

    assert [(each.id, each.owner_id, each.subject_kind, each.subject_id) for each in found] == [
        (first.id, other.actor.id, "planting.claim", claim)
    ]
    assert (found[0].distance, found[0].is_identical) == (0, True)


def test_the_same_picture_sent_through_a_messenger_is_found_and_told_apart(resident, make_file):
    bind(resident, make_file(resident.actor, seed=1))
    smaller = encoded(scene(160, 120, seed=1), "JPEG", quality=40)

    found = similar_to(make_file(resident.actor, content=smaller))

    assert len(found) == 1
    assert found[0].distance <= 3
    assert not found[0].is_identical


def test_another_picture_an_unbound_photo_and_the_own_subject_are_not_named(resident, make_file):
    bind(resident, make_file(resident.actor, seed=2))
    make_file(resident.actor, seed=1)
    file = make_file(resident.actor, seed=1)
    neighbour = make_file(resident.actor, seed=1)
    claim = bind(resident, file)
    bind(resident, neighbour, subject_id=claim)

    assert similar_to(file) == ()


def test_the_nearest_comes_first_then_the_newest_and_distance_is_inclusive(resident, make_file):
    asked = make_file(resident.actor, seed=1)
    set_hash(asked, 0)
    # One changed bit a band: three of them still leave one band alike, and four none. The first three bands are changed
    # in `far`, all in `too_far`, the last in `older`, the first in `newer`.
    hashes = {"same": 0, "far": 1 << 48 | 1 << 32 | 1 << 16, "too_far": 1 << 48 | 1 << 32 | 1 << 16 | 1}
    hashes |= {"older": 1, "newer": 1 << 48}
    files = {}
    for seed, (name, perceptual_hash) in enumerate(hashes.items()):
        files[name] = make_file(resident.actor, seed=10 + seed)
        set_hash(files[name], perceptual_hash)
        bind(resident, files[name])

    names = {file.id: name for name, file in files.items()}
    found = [(names[each.id], each.distance) for each in similar_to(asked)]
    assert found == [("same", 0), ("newer", 1), ("older", 1), ("far", 3)]
    assert [each.distance for each in similar_to(asked, distance_max=1)] == [0, 1, 1]


@pytest.mark.parametrize("distance_max", [-1, 4])
def test_a_distance_that_bands_would_miss_is_refused(resident, make_file, distance_max):
    with pytest.raises(ValueError, match="bands"):
        similar_to(make_file(resident.actor), distance_max=distance_max)


def test_a_file_that_does_not_exist_has_no_likeness(app):
    with reading() as session, pytest.raises(EvidenceFileNotFound):
        similar_files(session, uuid4())


def test_of_a_picture_that_everybody_has_only_the_newest_are_compared(resident, make_file, monkeypatch):
    monkeypatch.setattr(queries, "CANDIDATES_A_BAND", 2)
    files = [make_file(resident.actor, seed=1) for _ in range(4)]
    for file in files[:3]:
        bind(resident, file)

    assert [each.id for each in similar_to(files[3])] == [files[2].id, files[1].id]


def test_every_look_up_of_a_band_uses_its_index(app, engine_name, resident, make_file):
    file = make_file(resident.actor)
    statements = []
    with reading() as session:
        event.listen(session, "do_orm_execute", lambda state: statements.append(state.statement))
        similar_files(session, file.id)
    look_ups = [each for each in statements if "hash_band_" in str(each.whereclause)]
    assert len(look_ups) == 4

    dialect = {"sqlite": sqlite, "postgresql": postgresql}[engine_name].dialect()
    for number, look_up in enumerate(look_ups):
        sql = str(look_up.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        with db.engine.connect() as connection:
            if engine_name == "postgresql":
                # On an empty table reading all of it is cheaper, which says nothing about a full one.
                connection.execute(text("SET enable_seqscan = off"))
                connection.execute(text("SET enable_bitmapscan = off"))
            prefix = "EXPLAIN QUERY PLAN " if engine_name == "sqlite" else "EXPLAIN "
            plan = " ".join(str(row) for row in connection.exec_driver_sql(prefix + sql))
        assert f"evidence_file_hash_band_{number}_idx" in plan
        assert "sort" not in plan.lower()
        assert "temp b-tree" not in plan.lower()
