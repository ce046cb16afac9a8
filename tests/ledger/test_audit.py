"""The audit finds each kind of wrong, and the command says so (LEDGER 5.4)."""

import sys
from uuid import uuid4

from sqlalchemy import text

from app.foundation.data import ddl
from app.ledger import AUDIT_CHECKS, audit, grant_points
from app.ledger.audit import CHECKS
from tests.ledger.conftest import NOON, batch_of, cause, committed
from tests.ledger.test_guards import as_owner, tell_story


def one(table: str, key: str, where: str) -> str:
    return f"{key} = (SELECT {key} FROM {table} WHERE {where} ORDER BY {key} LIMIT 1)"


A_MOVE = one("ledger_transfer", "id", "kind = 'move' AND reverses IS NULL AND expires_on IS NULL")
A_POST = one("ledger_transfer", "id", "kind = 'post'")
AN_ENTRY = one("ledger_entry", "transfer_id", "seq = 1 AND amount > 0")
A_LOT = one("ledger_lot", "account_id", "remaining > 0")
A_HOLDING = one("ledger_balance", "account_id", "floor = 0 AND lot_rule = 'none' AND posted > 9")
A_DEBT = one("ledger_account", "id", "purpose = 'debt'").replace("id =", "account_id =", 1)

THE_LAST_DAY = one("ledger_lot", "expires_on", "remaining > 0").replace(" LIMIT", " DESC LIMIT")

PLANTED = [
    ("assets_not_zero", f"UPDATE ledger_balance SET posted = posted + 1 WHERE {A_HOLDING}"),
    ("last_entries_not_balances", f"UPDATE ledger_balance SET posted = posted + 1 WHERE {A_HOLDING}"),
    ("entries_not_as_transferred", f"UPDATE ledger_entry SET amount = amount + 1 WHERE {AN_ENTRY}"),
    ("entries_not_as_transferred", f"DELETE FROM ledger_entry WHERE {AN_ENTRY}"),
    ("entries_not_as_transferred", f"DELETE FROM ledger_transfer WHERE {A_MOVE}"),
    ("entries_not_as_transferred", f"UPDATE ledger_transfer SET amount = amount + 1 WHERE {A_MOVE}"),
    ("numbers_with_gaps", f"DELETE FROM ledger_entry WHERE {AN_ENTRY}"),
    ("numbers_with_gaps", f"UPDATE ledger_balance SET version = version + 1 WHERE {A_HOLDING}"),
    ("entries_without_balance", f"UPDATE ledger_entry SET bucket = 63 WHERE {AN_ENTRY}"),
    ("running_balances_wrong", f"UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE {AN_ENTRY}"),
    ("running_balances_wrong", "UPDATE ledger_entry SET created_at = '2000-01-01 00:00:00.000000' WHERE seq = 2"),
    ("holds_not_open_holds", f"UPDATE ledger_balance SET held = held + 1 WHERE {A_HOLDING}"),
    ("holds_not_open_holds", "DELETE FROM ledger_transfer WHERE kind = 'void'"),
    ("holds_ended_wrongly", f"UPDATE ledger_transfer SET amount = amount + 100 WHERE {A_POST}"),
    ("holds_ended_wrongly", f"UPDATE ledger_transfer SET credit_account = actor_id WHERE {A_POST}"),
    ("lots_not_balances", f"UPDATE ledger_lot SET remaining = remaining + 1 WHERE {A_LOT}"),
    (
        "lots_not_as_granted",
        "UPDATE ledger_lot SET expires_on = '2099-01-01' WHERE expires_on = (SELECT max(expires_on) FROM ledger_lot)",
    ),
    ("lots_not_as_granted", "UPDATE ledger_entry SET lots = NULL WHERE lots IS NOT NULL"),
    ("reversals_above_original", "UPDATE ledger_transfer SET amount = amount + 100 WHERE reverses IS NOT NULL"),
    ("reversals_above_original", "UPDATE ledger_transfer SET reverses = actor_id WHERE reverses IS NOT NULL"),
    ("transfers_across_assets", f"UPDATE ledger_transfer SET asset_id = id WHERE {A_MOVE}"),
    ("balances_not_as_purposed", f"UPDATE ledger_balance SET floor = -5 WHERE {A_HOLDING}"),
    ("balances_not_as_purposed", "DELETE FROM ledger_balance WHERE bucket = 7"),
    ("debts_above_zero", f"UPDATE ledger_balance SET posted = 5 WHERE {A_DEBT}"),
    ("waiting_not_current", "UPDATE ledger_waiting SET version = version + 1"),
    ("unsealed_not_waiting", "DELETE FROM ledger_waiting"),
    ("ids_not_of_their_cause", f"UPDATE ledger_transfer SET leg = 'other' WHERE {A_MOVE}"),
    ("guards_missing", "DROP TRIGGER ledger_transfer_move"),
]


def test_every_check_is_tried_here():
    tried = {name for name, _ in PLANTED}

    assert tried == CHECKS.keys() | {"lots_not_as_granted", "ids_not_of_their_cause", "guards_missing"}


def unguard(owner) -> None:
    """Switch off what would refuse the plant."""
    if owner.get_bind().dialect.name == "postgresql":
        for table in ("ledger_transfer", "ledger_entry", "ledger_balance", "ledger_lot"):
            owner.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for statement in ddl.append_only("ledger_transfer", "sqlite") + ddl.append_only("ledger_entry", "sqlite"):
        owner.execute(text(f"DROP TRIGGER {statement.split()[2]}"))


def test_planted_wrong_is_found(server, engine_name, session):
    with as_owner(server, engine_name, session) as owner:
        tell_story(owner)
        for name, plant in PLANTED:
            # Each wrong is planted in the same story, and taken out again.
            with owner.begin_nested() as planted:
                if name != "guards_missing":
                    unguard(owner)
                    on = ""
                else:
                    on = " ON ledger_transfer" if engine_name == "postgresql" else ""
                changed = owner.execute(text(plant + on)).rowcount

                assert changed != 0, f"nothing to change: {plant}"
                assert audit(owner)[name] > 0, plant
                planted.rollback()
        assert audit(owner)["guards_missing"] == 0


def test_ids_are_read_in_pages(session, monkeypatch):
    monkeypatch.setattr(sys.modules[audit.__module__], "PAGE", 2)
    batch_of(session, kilograms=5)
    resident = uuid4()
    for _ in range(4):
        grant_points(
            session, resident_id=resident, points=1, expires_on=NOON.date().replace(day=1), cause=cause(), now=NOON
        )

    answer = audit(session)

    assert (answer["transfers"], answer["ids_not_of_their_cause"]) == (5, 0)


def test_command_prints_every_check_and_ends_well(app, engine):
    with committed(engine) as session:
        batch_of(session, kilograms=5)

    result = app.test_cli_runner().invoke(args=["ledger", "audit"])

    assert result.exit_code == 0, result.output
    assert "           1  transfers" in result.output
    assert all(f"           0  {name}" in result.output for name in CHECKS)


def test_command_fails_when_a_later_room_finds_something(app, engine, monkeypatch):
    monkeypatch.setitem(app.extensions["lintan_hooks"], AUDIT_CHECKS.name, {})
    AUDIT_CHECKS.register(app, "serials_without_kilograms", lambda session: 3)

    result = app.test_cli_runner().invoke(args=["ledger", "audit"])

    assert result.exit_code == 1
    assert "           3  serials_without_kilograms" in result.output
