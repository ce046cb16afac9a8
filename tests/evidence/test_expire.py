"""Photos that prove nothing go after a week, and no bytes are left behind."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.evidence import bind_files, register_file, store_upload
from app.evidence.errors import UploadAbandoned
from app.evidence.models import EvidenceFile, EvidenceStray
from app.evidence.usecases import expire
from app.evidence.usecases.expire import UNBOUND_KEPT, expire_files, sweep_strays
from app.evidence.usecases.receive import UPLOAD_LASTS
from app.foundation.data import FileStore, clock, file_store, reading, run_in_transaction, transaction
from app.foundation.work import work_until_idle
from tests.evidence.pictures import jpeg

MONDAY = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)


@pytest.fixture
def standing():
    with clock.standing_at(MONDAY) as fixed:
        yield fixed


def key_of(file) -> str:
    with reading() as session:
        return session.get(EvidenceFile, file.id).store_key


def is_stored(store_key) -> bool:
    try:
        return bool(file_store().get(store_key))
    except FileNotFoundError:
        return False


def rows() -> tuple[int, int]:
    with reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(model)) for model in (EvidenceFile, EvidenceStray))


def run_job() -> None:
    run_in_transaction(lambda session: expire_files(session, clock.now()))


@pytest.mark.parametrize(
    ("later", "is_kept"), [(UNBOUND_KEPT, True), (UNBOUND_KEPT + timedelta(microseconds=1), False)]
)
def test_an_unbound_photo_lasts_seven_days(standing, resident, make_file, later, is_kept):
    store_key = key_of(make_file(resident.actor))
    standing.move(later)

    run_job()

    assert rows() == (int(is_kept), 0)
    assert is_stored(store_key) is is_kept


def test_a_bound_photo_stays(standing, resident, make_file):
    file = make_file(resident.actor)
    with transaction() as session:
        bind_files(
            session, [file.id], owner=resident.actor, subject_kind="planting.claim", subject_id=uuid4(), now=clock.now()
        )
    standing.move(timedelta(days=400))

    run_job()

    assert rows() == (1, 0)
    assert is_stored(key_of(file))


def test_the_worker_does_it_by_itself(standing, resident, make_file):
    store_key = key_of(make_file(resident.actor))
    standing.move(timedelta(days=8))

    work_until_idle()

    assert rows() == (0, 0)
    assert not is_stored(store_key)


def test_a_crash_before_the_bytes_are_deleted_is_made_good_by_the_next_run(standing, resident, make_file, monkeypatch):
    store_key = key_of(make_file(resident.actor))
    standing.move(timedelta(days=8))
    with monkeypatch.context() as crash:
        crash.setattr(expire, "sweep_strays", lambda **_: None)
        run_job()
    assert (rows(), is_stored(store_key)) == ((0, 1), True)

    run_job()

    assert (rows(), is_stored(store_key)) == ((0, 0), False)


def test_a_crash_before_the_note_is_deleted_is_made_good_by_the_next_run(standing, resident, make_file, monkeypatch):
    store_key = key_of(make_file(resident.actor))
    standing.move(timedelta(days=8))

    def forget(*_: object) -> int:
        raise ConnectionError

    with monkeypatch.context() as crash:
        crash.setattr(expire, "forget_strays", forget)
        with pytest.raises(ConnectionError):
            run_job()
    assert (rows(), is_stored(store_key)) == ((0, 1), False)

    run_job()

    assert rows() == (0, 0)


def test_an_upload_that_never_got_its_row_is_swept_after_an_hour(app, standing):
    upload = store_upload(jpeg(), now=clock.now())

    standing.move(UPLOAD_LASTS - timedelta(seconds=1))
    assert sweep_strays(now=clock.now()) == 0
    assert is_stored(upload.store_key)
    standing.move(timedelta(seconds=1))
    assert sweep_strays(now=clock.now()) == 1

    assert not is_stored(upload.store_key)
    assert rows() == (0, 0)


def test_a_store_that_fails_leaves_a_note_and_no_file(app, standing, monkeypatch):
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileStore, "put", no_space)

    with pytest.raises(OSError, match="No space"):
        store_upload(jpeg(), now=clock.now())

    assert rows() == (0, 1)


def test_an_upload_that_was_given_up_gets_no_row(standing, resident):
    upload = store_upload(jpeg(), now=clock.now())
    standing.move(UPLOAD_LASTS)
    sweep_strays(now=clock.now())

    with pytest.raises(UploadAbandoned):
        register_file(upload, purpose="planting", owner=resident.actor)

    assert rows() == (0, 0)


def test_a_transaction_that_rolls_back_leaves_the_bytes_to_the_sweep(standing, resident):
    upload = store_upload(jpeg(), now=clock.now())

    def work(_: object) -> None:
        register_file(upload, purpose="planting", owner=resident.actor)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_in_transaction(work)

    assert rows() == (0, 1)
