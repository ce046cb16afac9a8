"""Private keys at rest: where they lie, who can use them, what a crash leaves, and what the operator is told."""

import os
import stat
import threading

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import text

from app.foundation.data import db, reading
from app.foundation.work import NotServable
from app.transparency import (
    KeysRefused,
    add_key,
    expire_key,
    keys_of,
    revoke_key,
)
from app.transparency.keys import files
from app.transparency.keys.inspection import ceremony_findings, refuse_unsafe_keys
from app.transparency.proofs import multikey
from tests.transparency.ceremony import PASSPHRASE, SLUG, active_key, do, restart


def test_private_half_lies_encrypted_and_closed_outside_the_database(app, key_folder, issuer):
    do(add_key, issuer=SLUG)

    (path,) = key_folder.iterdir()
    pem = path.read_bytes()

    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_folder.stat().st_mode) == 0o700
    with pytest.raises(ValueError, match=r"[Dd]ecrypt"):
        load_pem_private_key(pem, b"another passphrase")
    assert (
        load_pem_private_key(pem, files.key_files().passphrase).public_key().public_bytes_raw() == active_key().public
    )


def test_private_half_is_in_no_column_no_answer_and_no_log_line(app, key_folder, issuer, client, caplog):
    caplog.set_level("DEBUG")
    do(add_key, issuer=SLUG)
    do(add_key, issuer=None)
    seeds = [
        load_pem_private_key(path.read_bytes(), files.key_files().passphrase).private_bytes_raw()
        for path in key_folder.iterdir()
    ]

    with reading() as session:
        tables = ("transparency_key", "transparency_did_document", "transparency_waiting", "foundation_audit")
        told = "".join(str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
    told += repr(active_key()) + repr(files.key_files()) + caplog.text
    told += client.get(f"/issuers/{SLUG}/did.json").get_data(as_text=True) + client.get("/log/vkeys").get_data(
        as_text=True
    )

    assert len(seeds) == 2
    assert "transparency.key.changed" in caplog.text
    for seed in seeds:
        assert not any(spelling in told for spelling in (seed.hex(), repr(seed)[2:-1], multikey(seed)[5:]))
    assert files.key_files().passphrase.decode() not in told


def test_row_waits_for_the_file(key_folder, issuer, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        do(add_key, issuer=SLUG)

    with reading() as session:
        assert keys_of(session, SLUG) == []
    monkeypatch.undo()


def test_crash_after_the_file_leaves_a_file_that_nothing_names_and_no_key(key_folder, issuer):
    def add_and_crash(session, **arguments):
        add_key(session, **arguments)
        raise SystemExit("kill -9")

    with pytest.raises(SystemExit):
        do(add_and_crash, issuer=SLUG)

    assert active_key() is None
    (orphan,) = key_folder.iterdir()
    added = do(add_key, issuer=SLUG)
    assert added.name == "key-2026-1"
    assert active_key().public == added.public
    with reading() as session:
        assert f"{orphan.name}: no key of this database" in "\n".join(ceremony_findings(session))


def test_two_commands_at_once_make_two_keys_that_both_have_their_file(app, key_folder, issuer):
    def add():
        with app.app_context():
            do(add_key, issuer=SLUG)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading() as session:
        keys = keys_of(session, SLUG)
    assert [key.name for key in keys] == [f"key-2026-{n}" for n in range(1, 5)]
    for key in keys:
        assert files.key_files().read(key.file_name, key.public)


def test_key_that_is_not_on_this_machine_leaves_signing_to_the_one_before(app, key_folder, issuer, caplog):
    first, second = do(add_key, issuer=SLUG), do(add_key, issuer=SLUG)
    (key_folder / second.file_name).rename(key_folder / "elsewhere")

    assert active_key().public == first.public
    assert "not_here_an_older_key_signs" in caplog.text, "the operator is told"
    (key_folder / first.file_name).unlink()
    restart(app)
    assert active_key() is None


def test_nothing_is_signed_without_the_passphrase_or_with_another(app, key_folder, issuer, monkeypatch, caplog):
    do(add_key, issuer=SLUG)

    for passphrase in ("", "another passphrase, long enough"):
        monkeypatch.setitem(app.config, "LINTAN_KEYS_PASSPHRASE", passphrase)
        monkeypatch.setitem(app.config, "LINTAN_ENV", "production")
        restart(app)
        assert active_key() is None
        assert active_key() is None

    told = [record.getMessage() for record in caplog.records if "transparency.key.unusable" in record.getMessage()]
    assert ["no_passphrase" in told[0], "not_decrypted" in told[1], len(told)] == [True, True, 2]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("open", "open_to_others"),
        ("swapped", "another_key"),
        ("plain", "not_decrypted"),
        ("garbled", "not_decrypted"),
    ],
)
def test_file_that_is_not_as_it_was_written_is_not_used(key_folder, issuer, spoil, reason):
    key, other = do(add_key, issuer=SLUG), do(add_key, issuer=None)
    path, passphrase = key_folder / key.file_name, files.key_files().passphrase
    private = load_pem_private_key(path.read_bytes(), passphrase)
    if spoil == "open":
        path.chmod(0o640)
    else:
        contents = {
            "swapped": (key_folder / other.file_name).read_bytes(),
            "plain": private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "garbled": b"garbled",
        }
        path.write_bytes(contents[spoil])

    assert active_key() is None
    with reading() as session:
        assert ceremony_findings(session) == [f"{SLUG} key-2026-1: its file cannot be used: {reason}"]


def test_file_of_another_user_stops_the_signing_and_not_the_process(key_folder, issuer, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    do(add_key, issuer=SLUG)
    monkeypatch.setattr(files.Path, "read_bytes", refuse)

    assert active_key() is None
    with reading() as session:
        assert f"{SLUG} key-2026-1: its file cannot be used: not_readable" in ceremony_findings(session)


def test_key_is_decrypted_once_and_kept_in_the_process(key_folder, issuer):
    key = do(add_key, issuer=SLUG)
    assert active_key().public == key.public

    (key_folder / key.file_name).unlink()

    assert active_key().public == key.public


def test_private_half_is_destroyed_only_once_the_end_is_committed(key_folder, issuer):
    key = do(add_key, issuer=SLUG)

    def end_and_fail(session, **arguments):
        expire_key(session, **arguments)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        do(end_and_fail, issuer=SLUG, name="key-2026-1")

    assert [path.name for path in key_folder.iterdir()] == [key.file_name]
    assert active_key().public == key.public


def test_private_half_is_overwritten_before_its_name_goes(key_folder, issuer):
    key = do(add_key, issuer=SLUG)
    second_name = key_folder.parent / "second name of the same bytes"
    os.link(key_folder / key.file_name, second_name)

    do(expire_key, issuer=SLUG, name="key-2026-1")

    assert set(second_name.read_bytes()) == {0}


@pytest.mark.parametrize("passphrase", ["", "fifteen letters"])
def test_production_makes_no_key_without_a_passphrase_of_16_characters(app, issuer, monkeypatch, passphrase):
    monkeypatch.setitem(app.config, "LINTAN_ENV", "production")
    monkeypatch.setitem(app.config, "LINTAN_KEYS_PASSPHRASE", passphrase)

    with pytest.raises(KeysRefused, match="LINTAN_KEYS_PASSPHRASE"):
        do(add_key, issuer=SLUG)


def test_production_refuses_to_serve_with_a_key_made_for_a_demo(app, issuer, monkeypatch):
    do(add_key, issuer=SLUG)
    do(revoke_key, issuer=SLUG, name="key-2026-1")
    with reading() as session:
        refuse_unsafe_keys(session)

    monkeypatch.setitem(app.config, "LINTAN_ENV", "production")
    monkeypatch.setitem(app.config, "LINTAN_KEYS_PASSPHRASE", PASSPHRASE)

    with reading() as session, pytest.raises(NotServable, match="lishui-ecology key-2026-1"):
        refuse_unsafe_keys(session)


def test_production_on_sqlite_refuses_to_serve_without_the_passphrase(app, issuer, monkeypatch, engine_name):
    monkeypatch.setitem(app.config, "LINTAN_ENV", "production")
    monkeypatch.setitem(app.config, "LINTAN_KEYS_PASSPHRASE", PASSPHRASE)
    do(add_key, issuer=SLUG)
    with reading() as session:
        refuse_unsafe_keys(session)

    monkeypatch.setitem(app.config, "LINTAN_KEYS_PASSPHRASE", "")

    with reading() as session:
        if engine_name == "sqlite":
            with pytest.raises(NotServable, match="LINTAN_KEYS_PASSPHRASE"):
                refuse_unsafe_keys(session)
        else:
            refuse_unsafe_keys(session)  # Only the worker that signs needs it there.


def run(app, *words):
    """Run `flask keys ...`, outside the test's own application context."""
    return app.test_cli_runner().invoke(args=["keys", *words])


def test_ceremony_of_the_operator(app, issuer):
    unfinished = run(app, "ceremony-check")
    assert unfinished.exit_code == 1
    assert unfinished.output.splitlines() == [f"{SLUG} has no active key", "the log has no active key"]

    for owner in (["--log"], ["--issuer", SLUG], ["--issuer", SLUG]):
        assert run(app, "add", *owner).exit_code == 0
    assert (run(app, "ceremony-check").exit_code, run(app, "ceremony-check").output) == (0, "all keys are in order\n")
    assert run(app, "expire", "key-2026-1", "--issuer", SLUG).output.startswith(
        "key-2026-1 expired 2026-03-13T01:01:00Z"
    )
    last = run(app, "revoke", "key-2026-2", "--issuer", SLUG, "--yes")
    assert "no active key is left" in last.output

    listed = [line.split("\t")[:4] for line in run(app, "list").output.splitlines()]
    assert listed == [
        ["log", "key-2026-1", "demo", "here"],
        [SLUG, "key-2026-1", "expired 2026-03-13T01:01:00Z", "not here"],
        [SLUG, "key-2026-2", "revoked 2026-03-13T01:00:00Z", "not here"],
    ]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["add"], 2, "one of them"),
        (["add", "--log", "--issuer", SLUG], 2, "one of them"),
        (["add", "--issuer", "nobody"], 1, "there is no issuer nobody"),
        (["expire", "key-2026-9", "--log"], 1, "the log has no key key-2026-9"),
        (["revoke", "key-2026-9", "--log"], 1, "Aborted"),
    ],
)
def test_command_that_cannot_be_done_says_why(app, key_folder, words, status, told):
    answer = run(app, *words)

    assert answer.exit_code == status
    assert told in answer.output


def test_ceremony_check_finds_what_an_intruder_left(app, key_folder, issuer):
    do(add_key, issuer=None)
    do(add_key, issuer=SLUG)
    key_folder.chmod(0o755)
    (key_folder / "notes.txt").write_text("passphrase: 123456")
    db.engine.dispose()

    found = run(app, "ceremony-check").output

    assert "others can look into the folder" in found
    assert "notes.txt: no key of this database" in found
