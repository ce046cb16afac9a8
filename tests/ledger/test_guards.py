"""Each trigger is needed: without it, a short story about the ledger goes wrong, and the audit tells of it (LEDGER 5.6)."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.foundation.data import ddl, prepare_engine
from app.ledger.audit import APPEND_ONLY, audit, guards_missing
from app.ledger.usecases.seal import take_parts
from tests.ledger.conftest import batch_of
from tests.ledger.test_model import LedgerMachine, first_of_month

TABLE_OF = {
    "ledger_account_open": "ledger_account",
    "ledger_entry_spend": "ledger_entry",
    "ledger_entry_waiting": "ledger_entry",
}


def triggers(dialect: str) -> list[str]:
    statements = ddl.room_sql("ledger", dialect)
    return [each.split("CREATE TRIGGER ")[1].split()[0] for each in statements if "CREATE TRIGGER " in each]


def table_of(trigger: str) -> str:
    return TABLE_OF.get(trigger) or "_".join(trigger.split("_")[:2])


def drop(session: Session, trigger: str) -> None:
    on = f" ON {table_of(trigger)}" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(f"DROP TRIGGER {trigger}{on}"))


APPLYING = [(dialect, name) for dialect in ("sqlite", "postgresql") for name in triggers(dialect)]


@contextmanager
def as_owner(server: Any, engine_name: str, session: Session) -> Iterator[Session]:
    """A transaction of the role that may change the schema; rolled back, schema and all."""
    if engine_name == "sqlite":
        yield session
        return
    engine = create_engine(server.url(ddl.OWNER_ROLE))
    prepare_engine(engine)
    try:
        with Session(engine, expire_on_commit=False) as opened:
            yield opened
            opened.rollback()
    finally:
        engine.dispose()


def tell_story(session: Session) -> None:
    """Grant, spend, hold, post, void, expire, reverse, and try what nobody may; compare with the model after each step."""
    machine = LedgerMachine(session, Counter())
    hold, other = uuid4(), uuid4()
    steps: list[Callable[[], None]] = [
        machine.open_accounts,
        lambda: machine.move(uuid4(), "old.issuer", "an.old", 5),
        lambda: machine.grant(uuid4(), "an", 20, first_of_month(machine.today(), 1)),
        lambda: machine.grant(uuid4(), "an", 60, first_of_month(machine.today(), 2)),
        lambda: machine.grant(uuid4(), "bo", 60, first_of_month(machine.today(), 2)),
        lambda: machine.move(uuid4(), "an.points", "redeemed", 25),
        lambda: machine.hold(hold, "bo.points", "redeemed", 40),
        lambda: machine.hold(other, "bo.old", "old.retired", 15),
        lambda: machine.post(uuid4(), machine.holds[0], 30),
        lambda: machine.void(uuid4(), machine.holds[1]),
        lambda: setattr(machine, "now", machine.now + timedelta(days=31)),
        lambda: machine.move(uuid4(), "an.points", "redeemed", 30),
        machine.expire,
        lambda: machine.take_back(uuid4(), machine.moves[0], 10),
        lambda: machine.take_back(uuid4(), machine.moves[0], 10_000),
    ]
    for step in steps:
        step()
        machine.both_ledgers_say_the_same()
    reverse_too_much(session)
    waiting = session.scalar(text("SELECT count(*) FROM ledger_waiting"))
    touched = session.scalar(text("SELECT count(*) FROM ledger_balance WHERE version > 0"))
    assert waiting == touched


def reverse_too_much(session: Session) -> None:
    """Past the use cases: take back more than the original from an account that could well pay it."""
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO ledger_transfer (id, kind, asset_id, debit_account, debit_bucket, credit_account,"
                " credit_bucket, amount, source_kind, source_id, leg, actor_id, created_at, reverses)"
                " SELECT source_id, 'move', asset_id, credit_account, credit_bucket, debit_account,"
                " debit_bucket, amount + 1, 'x', source_id, 'x', actor_id, created_at, id"
                " FROM ledger_transfer WHERE kind = 'move' AND leg = 'move' AND expires_on IS NULL AND reverses IS NULL"
                " ORDER BY amount LIMIT 1"
            )
        )


def changes_of(table: str, dialect: str) -> dict[str, str]:
    """What an append-only table refuses, by the trigger that refuses it."""
    column = {"ledger_entry": "transfer_id", "ledger_seal": "to_seq"}.get(table, "id")
    update, delete = f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"
    if dialect == "sqlite":
        return {f"{table}_no_update": update, f"{table}_no_delete": delete}
    return {
        f"{table}_append_only": f"{update}; {delete}",
        f"{table}_no_truncate": f"TRUNCATE {table} CASCADE",
    }


def is_refused(session: Session, table: str, change: str) -> bool:
    refused = []
    for statement in change.split("; "):
        try:
            with session.begin_nested() as tried:
                session.execute(text(statement))
                tried.rollback()
            refused.append(False)
        except DBAPIError as error:
            refused.append(f"of {table}" in str(error.orig) and "append_only" in str(error.orig))
    return all(refused)


def test_story_goes_well_with_all_triggers(server, engine_name, session):
    with as_owner(server, engine_name, session) as owner:
        tell_story(owner)

        answer = audit(owner)

    assert answer.pop("transfers") > 10
    assert {name: count for name, count in answer.items() if count} == {}


@pytest.mark.parametrize(("engine_name", "trigger"), APPLYING)
def test_story_goes_wrong_without_a_trigger_and_the_audit_says_which(server, engine_name, session, trigger):
    with as_owner(server, engine_name, session) as owner:
        drop(owner, trigger)

        assert guards_missing(owner) == [trigger]
        with pytest.raises((AssertionError, DBAPIError, pytest.fail.Exception, KeyError, StopIteration)):
            tell_story(owner)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_can_be_changed_only_without_a_guard_and_the_audit_says_which(server, engine_name, session, table):
    with as_owner(server, engine_name, session) as owner:
        batch_of(owner, kilograms=5)
        assert take_parts(owner, uuid4(), 10)
        for trigger, change in changes_of(table, engine_name).items():
            assert is_refused(owner, table, change)
            with owner.begin_nested() as without:
                drop(owner, trigger)
                assert guards_missing(owner) == [trigger]
                assert not is_refused(owner, table, change)
                without.rollback()


def test_trigger_of_the_same_name_that_does_something_else_is_noticed(server, engine_name, session):
    other = {"sqlite": "BEGIN SELECT 1; END", "postgresql": "FOR EACH ROW EXECUTE FUNCTION ledger_apply_move()"}
    with as_owner(server, engine_name, session) as owner:
        drop(owner, "ledger_transfer_hold")
        owner.execute(text(f"CREATE TRIGGER ledger_transfer_hold AFTER INSERT ON ledger_transfer {other[engine_name]}"))

        assert guards_missing(owner) == ["ledger_transfer_hold"]


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_trigger_that_was_switched_off_is_noticed(server, engine_name, session):
    with as_owner(server, engine_name, session) as owner:
        owner.execute(text("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_hold"))

        assert guards_missing(owner) == ["ledger_transfer_hold"]
