"""`flask log check` and `flask log audit`: whoever owns the database may drop its guards, but is found out."""

import hashlib
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import clock, reading, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import NotServable, serving
from app.transparency import LOG_CHECKS, EntryKind, add_key, append_entry, keys_of, revoke_key
from app.transparency.checking import check
from app.transparency.checking.check import check_head, is_signed_by_log
from app.transparency.log import merkle
from app.transparency.log.queries import checkpoint_at
from app.transparency.log.sequencer import sequence
from app.transparency.models import CheckpointRow, DocumentRow, LeafRow, NodeRow
from tests.transparency.forest_office import append_retirement, as_owner, findings, hooked, write_draft

TABLES = ("transparency_leaf", "transparency_node", "transparency_checkpoint", "transparency_document")


@pytest.fixture
def grown(log, monkeypatch):
    """A log of seven leaves under four heads, one document among them; a page of the check is smaller than it."""
    monkeypatch.setattr(check, "PAGE", 3)
    write_draft()
    for count in (2, 1):
        sequence()
        with transaction() as session:
            for _ in range(count):
                append_retirement(session, uuid4())
    sequence()
    return log


def refused_to_serve() -> str:
    with reading() as session:
        try:
            check_head(session)
        except NotServable as reason:
            return str(reason)
    return ""


def run(app, *words: str) -> SimpleNamespace:
    result = app.test_cli_runner().invoke(args=["log", *words])
    return SimpleNamespace(code=result.exit_code, lines=result.output.splitlines())


def test_a_log_as_it_was_signed_has_no_findings(grown):
    assert findings() == []
    assert refused_to_serve() == ""
    done = run(grown, "check")
    assert (done.code, done.lines[0][:8], done.lines[-1]) == (0, "7 leaves", "0 findings")


def test_an_empty_log_has_no_findings(alone):
    assert findings() == []
    assert refused_to_serve() == ""
    assert run(alone, "check").lines == ["the log is empty", "0 findings"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_the_serving_role_can_neither_change_nor_delete(grown, table, statement):
    column = {"transparency_node": "hash", "transparency_checkpoint": "note", "transparency_document": "jwt"}
    with pytest.raises(DBAPIError, match=r"append_only|permission denied"), transaction() as session:
        session.execute(text(statement.format(table, column.get(table, "entry"))))


def test_a_leaf_changed_by_the_owner_is_found_everywhere_it_matters(grown, server):
    line = b'{"kind":"retire","serials":[]}'
    as_owner(server, "transparency_leaf", "UPDATE transparency_leaf SET entry = ? WHERE leaf_index = 4", line)

    found = findings()

    assert found[0] == "leaf 4: the entry is not the one that was hashed"
    assert "checkpoint 6: the leaves lead to another root" in found
    assert "node 2 of level 1 is other than computed" in found
    assert not any("checkpoint 4" in each or "node 0 of level 1" in each for each in found)
    done = run(grown, "check")
    assert (done.code, done.lines[-1]) == (1, f"{len(found)} findings")


def test_a_leaf_changed_together_with_its_hash_does_not_lead_to_the_signed_heads(grown, server):
    line = b'{"kind":"retire","serials":[]}'
    statement = "UPDATE transparency_leaf SET entry = ?, leaf_hash = ? WHERE leaf_index = 6"
    as_owner(server, "transparency_leaf", statement, line, merkle.leaf_hash(line))

    assert findings() == ["checkpoint 7: the leaves lead to another root"]
    assert "does not lead to its last signed head" in refused_to_serve()


@pytest.mark.parametrize(
    ("table", "statement", "values", "expected"),
    [
        ("leaf", "DELETE FROM {} WHERE leaf_index = 5", (), "leaf 5 is missing: nothing behind it can be checked"),
        ("leaf", "DELETE FROM {} WHERE leaf_index = 6", (), "leaf 6 is missing: nothing behind it can be checked"),
        ("node", "DELETE FROM {} WHERE level = 2", (), "node 0 of level 2 is missing, not computed"),
        ("node", "UPDATE {} SET hash = ? WHERE level = 2", (bytes(32),), "node 0 of level 2 is other than computed"),
        ("node", "UPDATE {} SET position = 9 WHERE level = 2", (), "1 nodes of level 2 stand over leaves that are not there"),
        ("checkpoint", "UPDATE {} SET root = ? WHERE size = 4", (bytes(32),), "checkpoint 4: the leaves lead to another root"),
        ("checkpoint", "UPDATE {} SET root = ? WHERE size = 4", (bytes(32),), "checkpoint 4: the signed text says something else"),
        ("checkpoint", "UPDATE {} SET note = 'x' WHERE size = 7", (), "checkpoint 7: a note is a text, an empty line and signatures"),
        ("checkpoint", "DELETE FROM {} WHERE size = 7", (), "leaves 6 to 6 stand under no signed head"),
    ],
)  # fmt: skip
def test_each_change_by_the_owner_is_told(grown, server, table, statement, values, expected):
    name = f"transparency_{table}"
    if table == "leaf":
        as_owner(server, "transparency_document", "DELETE FROM transparency_document WHERE leaf_index >= 0")
    as_owner(server, name, statement.format(name), *values)

    assert expected in findings()


def test_times_that_run_backwards_are_found(grown, server, engine_name):
    past = clock.now() - timedelta(days=1)
    value = past.strftime("%Y-%m-%d %H:%M:%S.%f") if engine_name == "sqlite" else past
    as_owner(server, "transparency_leaf", "UPDATE transparency_leaf SET at = ? WHERE leaf_index = 6", value)

    assert findings() == [
        "leaf 6: the log's time runs backwards",
        "checkpoint 7: it was signed at another time than its last leaf",
    ]


def test_a_head_that_another_head_replaced_is_found_by_its_signature(grown, server):
    with reading() as session:
        note = session.get(CheckpointRow, 4).note
    as_owner(server, "transparency_checkpoint", "UPDATE transparency_checkpoint SET note = ? WHERE size = 7", note)

    assert findings() == ["checkpoint 7: the signed text says something else"]
    with reading() as session:
        assert is_signed_by_log(session, checkpoint_at(session, 6))
        assert not is_signed_by_log(session, checkpoint_at(session, 7))
    assert "checkpoint 7: the signed text says something else" in refused_to_serve()


def test_heads_of_a_key_revoked_later_stay_good_and_heads_signed_after_do_not(grown, server, engine_name):
    def revoke() -> None:
        with transaction() as session:
            name = keys_of(session, None)[0].name
            revoke_key(session, issuer=None, name=name, actor=SYSTEM, now=clock.now())

    with transaction() as session:
        add_key(session, issuer=None, actor=SYSTEM, now=clock.now())
    revoke()
    assert findings() == []
    assert refused_to_serve() == ""
    sequence()
    assert findings() == []

    ago = clock.now() - timedelta(days=1)
    value = ago.strftime("%Y-%m-%d %H:%M:%S.%f") if engine_name == "sqlite" else ago
    as_owner(server, "transparency_key_end", "UPDATE transparency_key_end SET at = ?", value)

    assert findings() == [f"checkpoint {size}: no known key has signed this note" for size in (2, 4, 6, 7)]


@pytest.mark.parametrize(
    ("table", "statement", "expected"),
    [
        ("node", "DELETE FROM {} WHERE level = 2", "the log is damaged"),
        ("checkpoint", "DELETE FROM {} WHERE size = 7", "another number of leaves"),
        ("checkpoint", "DELETE FROM {} WHERE size > 0", "another number of leaves"),
    ],
)
def test_a_damaged_log_is_not_served(grown, server, table, statement, expected):
    as_owner(server, f"transparency_{table}", statement.format(f"transparency_{table}"))

    with pytest.raises(NotServable, match=expected):
        serving.check_before_serving()


def test_the_audit_names_every_check_and_finds_nothing_wrong_in_a_good_log(grown):
    done = run(grown, "audit")

    names = [line.split()[1] for line in done.lines[:-1]]
    assert {"documents_not_as_logged", "seals_not_as_sealed", "serials_retired_twice"} <= set(names)
    assert (done.code, done.lines[-1]) == (0, "0 findings")


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("SET content = ?", (b"{}",)),
        ("SET content = ?, sha256 = ?", (b"{}", hashlib.sha256(b"{}").digest())),
    ],
)
def test_a_document_that_is_not_the_signed_one_is_found(grown, server, statement, values):
    as_owner(server, "transparency_document", f"UPDATE transparency_document {statement}", *values)

    done = run(grown, "audit")

    assert done.code == 1
    assert "leaf 3: its document is not the one that was signed" in [line.strip() for line in done.lines]


def test_a_document_that_is_gone_is_found(grown, server):
    as_owner(server, "transparency_document", "DELETE FROM transparency_document WHERE leaf_index = ?", 3)

    with reading() as session:
        assert LOG_CHECKS.handler("documents_not_as_logged")(session) == ["leaf 3: its document is gone"]


def test_a_serial_retired_twice_is_found_from_the_entries_alone(grown):
    with transaction() as session:
        append_retirement(session, uuid4(), first=120_001)
        append_retirement(session, uuid4(), first=120_002)
        append_retirement(session, uuid4(), first=120_001)
        append_entry(session, kind=EntryKind.RETIRE, content={"serials": 5}, subject_kind="test", subject_id=uuid4())
    sequence()

    with reading() as session:
        found = LOG_CHECKS.handler("serials_retired_twice")(session)

    assert sorted(found) == [
        "leaf 10: a retirement without serials",
        "leaves 7 and 9: serial 120001 of LS33-F-0007-2024 is retired twice",
    ]


def test_rooms_above_add_their_checks(grown):
    hooked(grown, "transparency.log_checks")["test.room"] = lambda session: ["a certificate without an entry"]
    try:
        done = run(grown, "audit")
    finally:
        del hooked(grown, "transparency.log_checks")["test.room"]

    assert done.code == 1
    assert "           1  test.room" in done.lines
    assert "              a certificate without an entry" in done.lines


def test_the_models_of_the_log_only_grow():
    for model in (LeafRow, NodeRow, CheckpointRow, DocumentRow):
        assert model.__grants__ == "SELECT, INSERT"
        assert model.__append_only__
