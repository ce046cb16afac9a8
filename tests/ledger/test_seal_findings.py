"""Whoever owns the database and changes, deletes, adds or swaps rows of the ledger is found by its seals."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.foundation.data import clock, db, new_id, reading, transaction
from app.ledger import audit, post_move, seals
from app.ledger.audit import ledger_seal_findings
from app.ledger.models import AccountRow, AssetRow, EntryRow, TransferRow
from app.ledger.seals import count_overdue, leaves_of_parts, part_findings
from app.ledger.usecases.seal import take_parts
from app.transparency import seal_streams
from tests.insider import insider
from tests.ledger.conftest import NOON, batch_of, cause
from tests.ledger.test_audit import unguard
from tests.ledger.test_guards import as_owner, tell_story

SQLITE_ONLY = pytest.mark.parametrize("engine_name", ["sqlite"])

OTHER = {"sqlite": "x'000000000000000000000000000003e7'", "postgresql": "'00000000-0000-0000-0000-0000000003e7'"}
LATER = {"sqlite": "'2026-11-24 04:00:00.000001'", "postgresql": "'2026-11-24 04:00:00.000001+00'"}
A_MOVE = "kind = 'move' AND hold_id IS NULL AND hold_until IS NULL AND expires_on IS NULL AND reverses IS NULL"
USED = "owner_kind = 'resident' AND id IN (SELECT account_id FROM ledger_entry)"

# What an insider might write into each column, and into which row.
CHANGES: dict[type[Any], dict[str, tuple[str, str]]] = {
    EntryRow: {
        "account_id": ("{other}", "seq = 1"),
        "bucket": ("bucket + 20", "seq = 1"),
        "seq": ("99", "seq = 1"),
        "transfer_id": ("{other}", "seq = 1"),
        "amount": ("amount + 1", "seq = 1"),
        "balance_after": ("balance_after + 1", "seq = 1"),
        "held_after": ("held_after + 1", "seq = 1"),
        "created_at": ("{later}", "seq = 1"),
        "lots": ("NULL", "lots IS NOT NULL"),
    },
    TransferRow: {
        "id": ("{other}", A_MOVE),
        "kind": ("'hold'", A_MOVE),
        "asset_id": ("{other}", A_MOVE),
        "debit_account": ("{other}", A_MOVE),
        "debit_bucket": ("debit_bucket + 20", A_MOVE),
        "credit_account": ("{other}", A_MOVE),
        "credit_bucket": ("credit_bucket + 20", A_MOVE),
        "amount": ("amount + 1", A_MOVE),
        "hold_id": ("{other}", "kind = 'void'"),
        "hold_until": ("{later}", "kind = 'hold'"),
        "expires_on": ("'2099-01-01'", A_MOVE),
        "source_kind": ("'other'", A_MOVE),
        "source_id": ("{other}", A_MOVE),
        "leg": ("''", A_MOVE),
        "reverses": ("{other}", A_MOVE),
        "actor_id": ("{other}", A_MOVE),
        "created_at": ("{later}", A_MOVE),
    },
    AccountRow: {
        "asset_id": (
            "(SELECT max_id.id FROM ledger_asset max_id WHERE max_id.id <> ledger_account.asset_id LIMIT 1)",
            USED,
        ),
        "owner_kind": ("'organisation'", USED),
        "owner_id": ("{other}", USED),
        "purpose": ("'other'", USED),
        "created_at": ("{later}", USED),
    },
    AssetRow: {
        "code": ("'other'", "kind = 'points'"),
        "unit": ("'t'", "kind = 'co2e_kg'"),
        "kind": ("'cny_fen'", "kind = 'points'"),
    },
}


def test_every_column_is_tried_here():
    for model, changes in CHANGES.items():
        # Balances point to the account's id, and accounts to the asset's: the database itself keeps those.
        keys = {"id"} if model in {AccountRow, AssetRow} else set()
        assert changes.keys() | keys == {column.name for column in model.__table__.columns}


def first_row(model: type[Any], where: str) -> str:
    """A condition that holds for one row."""
    key = [column.name for column in model.__table__.primary_key]
    chosen = f"SELECT {', '.join(key)} FROM {model.__tablename__} {'WHERE ' + where if where else ''}"
    return f"({', '.join(key)}) = ({chosen} ORDER BY {', '.join(key)} LIMIT 1)"


def test_change_of_any_column_is_found(server, engine_name, session):
    with as_owner(server, engine_name, session) as owner:
        tell_story(owner)
        seal = new_id()
        leaves = take_parts(owner, seal, 1_000)
        unguard(owner)
        for table in ("ledger_account", "ledger_asset"):
            unguard_table(owner, table)
        assert list(part_findings(owner)) == []
        for model, changes in CHANGES.items():
            for column, (value, where) in changes.items():
                value = value.format(other=OTHER[engine_name], later=LATER[engine_name])  # noqa: PLW2901
                plant = f"UPDATE {model.__tablename__} SET {column} = {value} WHERE {first_row(model, where)}"
                with owner.begin_nested() as planted:
                    assert owner.execute(text(plant)).rowcount == 1, plant

                    assert list(part_findings(owner)) != [], plant
                    assert leaves_of_parts(owner, seal) != leaves, plant
                    planted.rollback()
                    owner.expire_all()
        assert list(part_findings(owner)) == []


def unguard_table(owner: Any, table: str) -> None:
    if owner.get_bind().dialect.name == "postgresql":
        owner.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        owner.execute(text(f"DROP TRIGGER {table}_no_update"))


@pytest.fixture
def sealed(app):
    """A payment between two holders, in a database of its own, under two seals."""
    with transaction() as session:
        _, pair = batch_of(session, kilograms=100)
        seal_streams(session, NOON)
        paid = [pay(session, pair, amount) for amount in (5, 7)]
        seal_streams(session, NOON + timedelta(minutes=1))
        assert list(ledger_seal_findings(session)) == []
    return pair, paid


def pay(session, pair, amount=1, *, now=NOON):
    return post_move(session, debit=pair[0], credit=pair[1], amount=amount, cause=cause(), now=now)


def findings() -> list[str]:
    with reading() as session:
        return sorted(ledger_seal_findings(session))


def sql_id(identifier) -> str:
    return f"x'{identifier.hex}'" if db.engine.dialect.name == "sqlite" else f"'{identifier}'"


def test_consistent_rewrite_that_every_other_check_believes_is_found(sealed, server, engine_name):
    """Seven kilograms become eight: in the transfer, in both entries and balances. Only the seal remembers."""
    (seller, buyer), (_, transfer) = sealed
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"UPDATE ledger_transfer SET amount = 8 WHERE id = {sql_id(transfer.id)}")
        for account, sign in ((seller, "-"), (buyer, "+")):
            owner.exec_driver_sql(
                f"UPDATE ledger_entry SET amount = {sign}8, balance_after = balance_after {sign} 1"
                f" WHERE transfer_id = {sql_id(transfer.id)} AND account_id = {sql_id(account.id)}"
            )
            owner.exec_driver_sql(
                f"UPDATE ledger_balance SET posted = posted {sign} 1 WHERE account_id = {sql_id(account.id)}"
            )

    with reading() as session:
        wrong = {name: count for name, count in audit(session).items() if count and name != "transfers"}
    assert wrong == {"ledger_seals_do_not_recompute": 3}
    assert findings() == sorted(
        [
            f"account {seller.id} bucket 0 entries 2-3: an entry, its transfer or the account is not what was sealed",
            f"account {buyer.id} bucket 0 entries 1-2: an entry, its transfer or the account is not what was sealed",
            "ledger 3-4: the rows are not those that were sealed",
        ]
    )


def test_two_payments_that_changed_places_are_found(sealed, server, engine_name):
    (seller, buyer), (five, seven) = sealed
    with insider(server, engine_name) as owner:
        for old, new in ((five.id, uuid4()), (seven.id, five.id)):
            owner.exec_driver_sql(
                f"UPDATE ledger_entry SET transfer_id = {sql_id(new)} WHERE transfer_id = {sql_id(old)}"
            )

    told = findings()
    assert {line.partition(" entries")[0] for line in told if line.startswith("account")} == {
        f"account {each.id} bucket 0" for each in (seller, buyer)
    }
    assert "ledger 3-4: the rows are not those that were sealed" in told


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_transfer"])
def test_deleted_row_is_found(sealed, server, engine_name, table):
    (seller, buyer), (five, _) = sealed
    column = "id" if table == "ledger_transfer" else "transfer_id"
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = {sql_id(five.id)}")

    assert findings() == sorted(
        [
            f"account {seller.id} bucket 0 entries 2-3: 1 of them are there with their transfers",
            f"account {buyer.id} bucket 0 entries 1-2: 1 of them are there with their transfers",
            "ledger 3-4: the rows are not those that were sealed",
        ]
    )


@pytest.mark.parametrize(
    ("seq", "version", "expected"),
    [
        (4, 4, "1 balances have entries that no seal covers, and do not wait for one"),
        (4, 3, "1 entries stand outside the numbers of their balances"),
        (0, 3, "1 entries stand outside the numbers of their balances"),
    ],
)
def test_entry_inserted_past_the_triggers_is_found(sealed, server, engine_name, seq, version, expected):
    (seller, _), (five, _) = sealed
    columns = "bucket, transfer_id, amount, balance_after, held_after, created_at, lots"
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(
            f"INSERT INTO ledger_entry (account_id, seq, {columns}) SELECT account_id, {seq}, {columns} FROM ledger_entry"
            f" WHERE account_id = {sql_id(seller.id)} AND transfer_id = {sql_id(five.id)}"
        )
        owner.exec_driver_sql(f"UPDATE ledger_balance SET version = {version} WHERE account_id = {sql_id(seller.id)}")

    assert findings() == [expected]


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        ("DELETE FROM ledger_seal WHERE from_seq > 1", "ledger 3-4: 1 rows are there, 2 were sealed"),
        (
            "UPDATE ledger_seal SET to_seq = to_seq - 1 WHERE to_seq > 1",
            "ledger 3-4: the rows are not those that were sealed",
        ),
        ("UPDATE ledger_seal SET from_seq = 4, to_seq = 4 WHERE from_seq = 2", "should go on at 2"),
        ("UPDATE ledger_seal SET sha256 = {zero}", "is not what was sealed"),
        ("UPDATE ledger_seal SET seal_id = {other} WHERE from_seq = 2", "ledger 3-4: 1 rows are there, 2 were sealed"),
        (
            "INSERT INTO ledger_seal SELECT account_id, bucket, 9, 9, {other}, sha256 FROM ledger_seal WHERE from_seq = 2",
            "ledger: 5 rows are said to be sealed, the seals end at 4",
        ),
    ],
)
def test_change_in_what_the_seals_cover_is_found(sealed, server, engine_name, plant, expected):
    zero = "zeroblob(32)" if engine_name == "sqlite" else "decode(repeat('00', 32), 'hex')"
    with insider(server, engine_name) as owner:
        assert owner.exec_driver_sql(plant.format(zero=zero, other=OTHER[engine_name])).rowcount > 0

    assert any(expected in line for line in findings())


def test_balance_taken_off_the_queue_without_a_seal_is_found(sealed):
    pair, _ = sealed
    with transaction() as session:
        pay(session, pair)
        session.execute(text("DELETE FROM ledger_waiting"))

    assert findings() == ["2 balances have entries that no seal covers, and do not wait for one"]


def test_what_is_incomplete_before_it_is_sealed_is_not_sealed(sealed, server, engine_name):
    pair, _ = sealed
    with transaction() as session:
        bad = pay(session, pair)
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"DELETE FROM ledger_transfer WHERE id = {sql_id(bad.id)}")
    with transaction() as session:
        assert take_parts(session, new_id(), 100) == []
        waiting = session.execute(text("SELECT count(*) FROM ledger_waiting")).scalar_one()

        assert waiting == 2
        assert [count_overdue(session, since=NOON + timedelta(seconds=n)) for n in (0, 1)] == [0, 2]


@SQLITE_ONLY
@pytest.mark.parametrize("value", ["created_at = 'yesterday'", "lots = '[1]'", "lots = '{'", "transfer_id = x'00'"])
def test_row_that_cannot_even_be_read_is_found_and_hides_no_other(sealed, server, engine_name, value):
    (seller, buyer), _ = sealed
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"UPDATE ledger_entry SET {value} WHERE account_id = {sql_id(seller.id)} AND seq = 2")

    told = findings()
    assert f"account {seller.id} bucket 0 entries 2-3: 0 of them are there with their transfers" in told
    assert "ledger 3-4: the rows are not those that were sealed" in told
    assert not any(str(buyer.id) in line for line in told)


def test_findings_are_looked_for_in_pages(sealed, server, engine_name, monkeypatch):
    monkeypatch.setattr(seals, "PAGE", 1)
    (seller, _), _ = sealed
    assert findings() == []
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"UPDATE ledger_account SET owner_id = id WHERE id = {sql_id(seller.id)}")

    assert len([line for line in findings() if str(seller.id) in line]) == 2


def test_command_ends_well_when_all_is_as_it_was_sealed(app, sealed):
    result = app.test_cli_runner().invoke(args=["ledger", "seal", "verify"])

    assert (result.exit_code, result.output) == (0, "4 sealed parts are what was sealed\n")


def test_command_tells_what_it_finds_and_fails(app, sealed, server, engine_name):
    (seller, _), _ = sealed
    with insider(server, engine_name) as owner:
        owner.exec_driver_sql(f"UPDATE ledger_account SET owner_id = id WHERE id = {sql_id(seller.id)}")

    result = app.test_cli_runner().invoke(args=["ledger", "seal", "verify"])

    assert result.exit_code == 1
    assert f"account {seller.id} bucket 0 entries 1-1: an entry, its transfer or the account" in result.output
    assert result.output.endswith("4 findings\n")


@pytest.mark.parametrize(("minutes", "code"), [(4, 0), (6, 1)])
def test_command_fails_when_nobody_seals(app, sealed, minutes, code):
    pair, _ = sealed
    with transaction() as session:
        pay(session, pair)

    with clock.standing_at(NOON + timedelta(minutes=minutes)):
        result = app.test_cli_runner().invoke(args=["ledger", "seal", "verify"])

    assert result.exit_code == code
    assert ("2 balances wait longer than 0:05:00: does the sequencer run?" in result.output) == bool(code)
