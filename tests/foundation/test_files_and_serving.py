"""The file store, and what a serving process holds."""

import threading
import time

import pytest

from app.foundation.data import check_public_url, db, file_store, reading, transaction
from app.foundation.data.files import FileStore
from app.foundation.data.memory import PublicUrlDiffers
from app.foundation.work import publish, serving, set_up, subscribe
from tests.engines import app_for


def test_what_is_stored_comes_back_and_can_be_forgotten(app):
    store = file_store()
    store.put("evidence/abc/photo.jpg", b"\xff\xd8 tree")

    assert store.get("evidence/abc/photo.jpg") == b"\xff\xd8 tree"
    store.delete("evidence/abc/photo.jpg")
    store.delete("evidence/abc/photo.jpg")
    with pytest.raises(FileNotFoundError):
        store.get("evidence/abc/photo.jpg")


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../secret", "a/../../b", "A/b", "a//b", "a/.hidden"])
def test_a_key_cannot_leave_the_store(app, key):
    with pytest.raises(ValueError, match="not a key"):
        file_store().put(key, b"x")


def test_a_crash_while_writing_leaves_no_half_file(app, monkeypatch):
    store = file_store()
    monkeypatch.setattr(store._filesystem, "mv", lambda *_: (_ for _ in ()).throw(OSError("no space")))

    with pytest.raises(OSError, match="no space"):
        store.put("evidence/half", b"half")
    with pytest.raises(FileNotFoundError):
        store.get("evidence/half")


def test_a_bucket_is_written_as_a_whole_object():
    written = {}

    class Bucket:
        protocol = ("s3",)
        makedirs = staticmethod(lambda path, exist_ok: None)
        pipe_file = staticmethod(written.__setitem__)

    FileStore(Bucket(), "bucket/lintan/").put("evidence/abc", b"x")

    assert written == {"bucket/lintan/evidence/abc": b"x"}


def test_set_up_makes_the_data_folder(tmp_path):
    home = tmp_path / "not" / "yet"
    app = app_for(home, f"sqlite:///{home}/lintan.db", LINTAN_SECRET="f3b1c5a7e9d2084657fabc0912de34f5")

    with app.app_context():
        set_up()
        db.engine.dispose()

    assert (home / "lintan.db").is_file()


def test_a_database_keeps_the_address_it_was_made_under(app):
    with reading() as session:
        check_public_url(session, app.config["LINTAN_PUBLIC_URL"])
        with pytest.raises(PublicUrlDiffers, match="belongs to"):
            check_public_url(session, "https://other.example")


def test_one_process_serves_a_sqlite_file_and_the_next_waits_for_it(app, engine_name):
    first, second = serving.Serving(app), serving.Serving(app)
    first.start()
    waiting = threading.Thread(target=second.start)
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive() is (engine_name == "sqlite")

    first.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    second.stop()


def test_the_serving_process_works_on_its_own_only_on_sqlite(app, engine_name):
    handled = threading.Event()
    subscribe(app, topic="test.served", name="test.served", handle=lambda session, messages: handled.set())
    process = serving.Serving(app)
    process.start()
    with transaction() as session:
        publish(session, "test.served", "1", {})

    assert handled.wait(5 if engine_name == "sqlite" else 0.5) is (engine_name == "sqlite")
    started = time.monotonic()
    process.stop()
    assert time.monotonic() - started < serving.STOP_WAIT_S
    app.extensions["lintan_subscribers"].pop("test.served")
