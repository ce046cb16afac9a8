"""An audit row waits for its seal from the moment it is written; what was sealed cannot change, go or come unseen."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.foundation.data import clock, db, ddl, new_id, reading, transaction
from app.foundation.proof import (
    Actor,
    ActorKind,
    audit_findings,
    audit_leaves_of,
    audit_overdue,
    audit_seal,
    record,
    select_sealed_audit_count,
    take_audit,
)
from app.foundation.proof.audit import AuditRow, AuditSealedRow, AuditWaitingRow
from tests.insider import insider

NOON = datetime(2026, 11, 24, 4, 0, 0, 123456, tzinfo=UTC)
CLERK = Actor(id=UUID(int=7), kind=ActorKind.STAFF, roles=frozenset({"verifier", "auditor"}), session_id=UUID(int=8))
POSTGRESQL_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"])
SQLITE_ONLY = pytest.mark.parametrize("engine_name", ["sqlite"])


def write(session: Session, count: int = 1, *, at: datetime = NOON) -> list[UUID]:
    """Audit rows of one moment, and their ids in their order."""
    before = set(session.scalars(select(AuditRow.id)))
    with clock.standing_at(at):
        for number in range(count):
            record(
                session,
                action="test.acted",
                object_kind="test.tree",
                object_id=UUID(int=number + 100),
                actor=CLERK,
                after={"number": number},
            )
    session.flush()
    return sorted(set(session.scalars(select(AuditRow.id))) - before)


def waiting(session: Session) -> set[UUID]:
    return set(session.scalars(select(AuditWaitingRow.audit_id)))


@pytest.fixture
def empty(app):
    """The audit of a new database, all of it sealed."""
    with transaction() as session:
        take_audit(session, new_id(), 10_000)
    return app


@pytest.fixture
def sealed(empty) -> list[UUID]:
    """Five rows in one seal."""
    with transaction() as session:
        ids = write(session, 5)
        take_audit(session, new_id(), 10_000)
    return ids


def findings() -> list[str]:
    with reading() as session:
        return list(audit_findings(session))


def test_row_waits_from_the_moment_it_is_written_and_never_without_it(empty):
    with transaction() as session:
        (audit_id,) = write(session)
        assert waiting(session) == {audit_id}
        session.rollback()
    with transaction() as session:
        assert waiting(session) == set()
        assert session.get(AuditRow, audit_id) is None


def test_seal_takes_rows_in_the_order_of_their_ids_and_they_wait_no_more(empty, monkeypatch):
    monkeypatch.setattr(audit_seal, "PAGE", 2)
    first, second = new_id(), new_id()
    with transaction() as session:
        ids = write(session, 7)
    with transaction() as session:
        leaves = [take_audit(session, first, 5), take_audit(session, second, 5), take_audit(session, new_id(), 5)]

    with reading() as session:
        assert [len(each) for each in leaves] == [5, 2, 0]
        assert [audit_leaves_of(session, each) for each in (first, second)] == leaves[:2]
        assert waiting(session) == set()
        order = session.execute(
            select(AuditSealedRow.place, AuditSealedRow.audit_id)
            .where(AuditSealedRow.seal_id == first)
            .order_by(AuditSealedRow.place)
        ).all()
        assert order == list(enumerate(ids[:5]))
        assert list(audit_findings(session)) == []


def test_row_that_commits_late_with_an_early_id_is_taken_by_the_next_seal(empty):
    with transaction() as session:
        write(session, 2)
        take_audit(session, new_id(), 100)
    with transaction() as session:
        late = write(session, at=NOON - timedelta(minutes=1))
    seal = new_id()
    with transaction() as session:
        assert len(take_audit(session, seal, 100)) == 1

    with reading() as session:
        assert session.scalars(select(AuditSealedRow.audit_id).where(AuditSealedRow.seal_id == seal)).all() == late


@POSTGRESQL_ONLY
def test_seal_neither_waits_for_an_open_transaction_nor_loses_its_rows(empty):
    with Session(db.engine) as slow, slow.begin():
        (early,) = write(slow)
        with transaction() as session:
            later = write(session, 2, at=NOON + timedelta(seconds=1))
            taken_beside = take_audit(session, new_id(), 100)
        slow.commit()
    with transaction() as session:
        assert waiting(session) == {early}
        taken_after = take_audit(session, new_id(), 100)

    assert [len(taken_beside), len(taken_after)] == [2, 1]
    assert early < later[0]


@POSTGRESQL_ONLY
def test_two_who_seal_at_once_never_take_the_same_row(empty):
    with transaction() as session:
        write(session, 3)
    with Session(db.engine) as one, one.begin():
        ids = one.scalars(select(AuditWaitingRow.audit_id)).all()
        with transaction() as other:
            take_audit(other, new_id(), 100)

        # What the first had seen is gone when it comes to take it.
        lines = dict.fromkeys(ids, b"")
        with pytest.raises(RuntimeError, match="3 waiting audit rows were taken by somebody else"):
            audit_seal._note_sealed(one, new_id(), lines, first_place=0)


@POSTGRESQL_ONLY
@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO foundation_audit_waiting SELECT gen_random_uuid()",
        "UPDATE foundation_audit_waiting SET audit_id = gen_random_uuid()",
        "SELECT audit_id FROM foundation_audit_waiting FOR UPDATE",
        "TRUNCATE foundation_audit_waiting",
        "DELETE FROM foundation_audit_sealed",
        "UPDATE foundation_audit_sealed SET place = 9",
        "ALTER TABLE foundation_audit DISABLE TRIGGER foundation_audit_waits",
        "DROP TRIGGER foundation_audit_waits ON foundation_audit",
        """
        CREATE TEMPORARY TABLE mine (id uuid);
        CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION foundation_audit_waits()
        """,
    ],
)
def test_role_that_serves_takes_from_the_queue_and_does_nothing_else_to_it(sealed, attack):
    with transaction() as session:
        write(session)
        with pytest.raises(DBAPIError) as raised, session.begin_nested():
            session.execute(text(attack))
        assert session.execute(text("DELETE FROM foundation_audit_waiting")).rowcount == 1
        session.rollback()

    assert "permission denied" in str(raised.value.orig) or "must be owner" in str(raised.value.orig)


@pytest.mark.parametrize(
    "attack", ["UPDATE foundation_audit_sealed SET place = 9", "DELETE FROM foundation_audit_sealed"]
)
def test_what_a_seal_covers_is_neither_changed_nor_deleted(sealed, server, engine_name, attack):
    engine = create_engine(server.url(ddl.OWNER_ROLE)) if engine_name == "postgresql" else db.engine
    with engine.begin() as owner, pytest.raises(DBAPIError, match="append_only"), owner.begin_nested():
        owner.exec_driver_sql(attack)
    engine.dispose()


CHANGES = {
    "id": "'{other}'",
    "at": "'2026-11-24 04:00:00.123457+00'",
    "actor_kind": "'system'",
    "actor_id": "'{other}'",
    "roles": "'admin'",
    "session_id": "NULL",
    "action": "'test.other'",
    "object_kind": "''",
    "object_id": "'{other}'",
    "before_sha256": "''",
    "after_sha256": "NULL",
    "request_id": "''",
    "assisted_by": "'{other}'",
}


def test_every_column_is_tried_here():
    assert list(CHANGES) == [column.name for column in AuditRow.__table__.columns]


@pytest.mark.parametrize("column", CHANGES)
def test_changed_row_is_found_whichever_column_was_changed(sealed, server, engine_name, column):
    value = CHANGES[column].format(other=UUID(int=999))
    if engine_name == "sqlite":
        value = value.replace("+00", "").replace(f"'{UUID(int=999)}'", f"x'{UUID(int=999).hex}'")
    with insider(server, engine_name) as owner:
        changed = owner.exec_driver_sql(
            f"UPDATE foundation_audit SET {column} = {value} WHERE id = {sql_id(sealed[2])}"
        )
        assert changed.rowcount == 1

    if column == "id":
        assert set(findings()) == {f"audit row {sealed[2]} is gone: it was sealed", unguarded(UUID(int=999))}
    else:
        assert findings() == [f"audit row {sealed[2]} is not what was sealed"]


def sql_id(identifier: UUID) -> str:
    return f"x'{identifier.hex}'" if db.engine.dialect.name == "sqlite" else f"'{identifier}'"


def unguarded(audit_id: UUID) -> str:
    return f"audit row {audit_id} was written past the trigger: no seal covers it and it does not wait"


def test_deleted_row_is_found(sealed, server, engine_name):
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"DELETE FROM foundation_audit WHERE id = {sql_id(sealed[0])}")

    assert findings() == [f"audit row {sealed[0]} is gone: it was sealed"]


def test_row_deleted_before_it_is_sealed_is_found_and_stays_found(sealed, server, engine_name, monkeypatch):
    monkeypatch.setattr(audit_seal, "PAGE", 1)
    with transaction() as session:
        gone, kept = write(session, 2)
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"DELETE FROM foundation_audit WHERE id = {sql_id(gone)}")
    with transaction() as session:
        taken = take_audit(session, new_id(), 100)

    with reading() as session:
        assert (len(taken), waiting(session)) == (1, {gone})
    assert findings() == [f"audit row {gone} is gone: it waits for its seal"]
    assert kept not in findings()


def test_row_written_past_the_trigger_is_found(sealed, server, engine_name):
    extra = uuid4()
    columns = [column.name for column in AuditRow.__table__.columns if column.name != "id"]
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"INSERT INTO foundation_audit (id, {', '.join(columns)})"
            f" SELECT {sql_id(extra)}, {', '.join(columns)} FROM foundation_audit WHERE id = {sql_id(sealed[1])}"
        )

    assert findings() == [unguarded(extra)]


def test_two_rows_that_changed_places_are_found(sealed, server, engine_name):
    one, other, spare = (sql_id(each) for each in (*sealed[1:3], UUID(int=999)))
    with insider(server, engine_name) as owner:
        for old, new in ((one, spare), (other, one), (spare, other)):
            owner.exec_driver_sql(f"UPDATE foundation_audit SET id = {new} WHERE id = {old}")

    assert findings() == [f"audit row {each} is not what was sealed" for each in sealed[1:3]]


def test_row_taken_off_the_queue_without_a_seal_is_found(sealed):
    with transaction() as session:
        (lost,) = write(session)
        session.execute(text("DELETE FROM foundation_audit_waiting"))

    assert findings() == [unguarded(lost)]


def test_row_that_waits_though_it_is_sealed_is_found(sealed, server, engine_name):
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"INSERT INTO foundation_audit_waiting VALUES ({sql_id(sealed[4])})")

    assert findings() == [f"audit row {sealed[4]} is sealed and waits all the same"]


@SQLITE_ONLY
@pytest.mark.parametrize("value", ["at = 'yesterday'", "actor_id = x'00'"])
def test_row_that_cannot_even_be_read_is_found(sealed, server, engine_name, value):
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"UPDATE foundation_audit SET {value} WHERE id = {sql_id(sealed[2])}")
        seal = owner.exec_driver_sql(
            f"SELECT seal_id FROM foundation_audit_sealed WHERE audit_id = {sql_id(sealed[2])}"
        ).scalar_one()

    with reading() as session:
        assert audit_leaves_of(session, UUID(bytes=seal)) == []
    assert "the audit cannot be read on from what stands after" in findings()[0]


def test_what_waits_for_its_seal_is_nothing_wrong(sealed):
    with transaction() as session:
        write(session, 2)

    assert findings() == []


def test_many_findings_of_a_kind_are_cut_short(sealed, monkeypatch):
    monkeypatch.setattr(audit_seal, "NAMED_MAX", 2)
    with transaction() as session:
        lost = write(session, 3)
        session.execute(text("DELETE FROM foundation_audit_waiting"))

    assert findings() == [unguarded(lost[0]), unguarded(lost[1]), "there are more than 2 of this kind"]


def test_findings_are_looked_for_in_pages(sealed, server, engine_name, monkeypatch):
    monkeypatch.setattr(audit_seal, "PAGE", 2)
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"UPDATE foundation_audit SET roles = 'x' WHERE id = {sql_id(sealed[4])}")

    assert findings() == [f"audit row {sealed[4]} is not what was sealed"]


@pytest.mark.parametrize(
    ("table", "sqlite", "postgresql"),
    [
        ("foundation_audit", "foundation_audit_waits", "foundation_audit_waits"),
        ("foundation_audit", "foundation_audit_no_update", "foundation_audit_append_only"),
        ("foundation_audit_sealed", "foundation_audit_sealed_no_delete", "foundation_audit_sealed_no_truncate"),
    ],
)
def test_guard_that_is_gone_is_found(sealed, server, engine_name, table, sqlite, postgresql):
    trigger = sqlite if engine_name == "sqlite" else f"{postgresql} ON {table}"
    engine = create_engine(server.url(ddl.OWNER_ROLE)) if engine_name == "postgresql" else db.engine
    with engine.begin() as owner:
        owner.exec_driver_sql(f"DROP TRIGGER {trigger}")
    engine.dispose()

    assert findings() == [
        f"the trigger or function {trigger.split()[0]} is gone, switched off or not the product's own"
    ]


@POSTGRESQL_ONLY
@pytest.mark.parametrize("function", ["foundation_refuse_change", "foundation_audit_waits"])
def test_guard_that_was_made_to_do_nothing_is_found(sealed, server, function):
    engine = create_engine(server.url(ddl.OWNER_ROLE))
    with engine.begin() as owner:
        owner.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
        )
    engine.dispose()

    assert findings() == [f"the trigger or function {function} is gone, switched off or not the product's own"]


def test_what_waits_too_long_is_counted(empty):
    with transaction() as session:
        write(session, 3)
        write(session, 2, at=NOON + timedelta(minutes=10))

    with reading() as session:
        counts = [audit_overdue(session, since=NOON + timedelta(minutes=n)) for n in (0, 5, 20)]
    assert counts == [0, 3, 5]


def test_hash_of_a_row_is_the_hash_of_its_leaf(sealed):
    with reading() as session:
        rows = session.execute(
            select(AuditSealedRow.seal_id, AuditSealedRow.place, AuditSealedRow.sha256).where(
                AuditSealedRow.audit_id == sealed[3]
            )
        ).all()
        ((seal_id, place, sha256),) = rows
        assert hashlib.sha256(audit_leaves_of(session, seal_id)[place]).digest() == sha256
        assert session.scalar(select_sealed_audit_count()) == session.scalar(select(func.count()).select_from(AuditRow))
