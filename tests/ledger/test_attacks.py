"""What the role that serves cannot do, even when the application is somebody else's (LEDGER 5.5)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.foundation.data import constraint_of
from app.ledger import CITY_ID, AssetKind, ensure_account, ensure_asset, post_hold, post_move
from app.ledger.models import AccountRow, TransferRow
from app.ledger.usecases.seal import take_parts
from tests.ledger.conftest import NOON, batch_of, cause, rows

POSTGRESQL_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture
def batch(session):
    return batch_of(session, kilograms=100)


@pytest.fixture
def insert(session, batch):
    """Insert a transfer past every use case."""
    asset, (seller, buyer) = batch

    def insert(**changes: Any) -> UUID:
        values = {
            "id": uuid4(),
            "kind": "move",
            "asset_id": asset.id,
            "debit_account": seller.id,
            "debit_bucket": 0,
            "credit_account": buyer.id,
            "credit_bucket": 0,
            "amount": 1,
            "source_kind": "attack",
            "source_id": uuid4(),
            "leg": "main",
            "actor_id": uuid4(),
            "created_at": NOON,
        } | changes
        with session.begin_nested():
            session.execute(TransferRow.__table__.insert().values(**values))
        return values["id"]

    return insert


def refused(raised: pytest.ExceptionInfo[DBAPIError], *names: str) -> bool:
    said = constraint_of(raised.value).rpartition(": ")[2]
    return said in names


APPEND_ONLY = ["ledger_transfer", "ledger_entry", "ledger_account", "ledger_asset", "ledger_seal"]
BY_TRIGGERS_ONLY = ["ledger_balance", "ledger_entry", "ledger_lot", "ledger_purpose"]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("attack", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_was_written_is_neither_changed_nor_deleted(session, batch, table, attack):
    column = {"ledger_entry": "transfer_id", "ledger_seal": "to_seq"}.get(table, "id")
    take_parts(session, uuid4(), 10)

    with pytest.raises(DBAPIError) as raised, session.begin_nested():
        session.execute(text(attack.format(table, column, column)))

    assert "append_only" in str(raised.value.orig) or "permission denied" in str(raised.value.orig)


@POSTGRESQL_ONLY
@pytest.mark.parametrize("table", [*APPEND_ONLY, *BY_TRIGGERS_ONLY, "ledger_waiting"])
def test_role_that_serves_empties_no_table(session, table):
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(text(f"TRUNCATE {table} CASCADE"))


@POSTGRESQL_ONLY
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE ledger_balance SET posted = posted + 1",
        "UPDATE ledger_balance SET floor = -1000000",
        "UPDATE ledger_purpose SET floor = NULL",
        "UPDATE ledger_lot SET expires_on = '2099-01-01'",
        "DELETE FROM ledger_balance",
        "DELETE FROM ledger_lot",
        "INSERT INTO ledger_balance SELECT account_id, 9, asset_id, 1, 0, 0, NULL, lot_rule FROM ledger_balance",
        "INSERT INTO ledger_entry SELECT account_id, 9, 1, transfer_id, 1, 1, 0, created_at, NULL FROM ledger_entry",
        "INSERT INTO ledger_lot SELECT id, '2099-01-01', 1000 FROM ledger_account",
        "INSERT INTO ledger_purpose VALUES ('points', 'resident', 'mint', NULL, 1, 'none')",
        "INSERT INTO ledger_waiting SELECT account_id, 9, 1 FROM ledger_balance",
        "SELECT * FROM ledger_balance FOR UPDATE",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_transfer_move ON ledger_transfer",
        "SET session_replication_role = replica",
        "SELECT ledger_grant_lot(id, '2099-01-01', 5) FROM ledger_account",
        "SELECT ledger_spend_lots(id, 0, 5) FROM ledger_account",
        "SELECT ledger_change(id, 0::smallint, asset_id, 5, 0) FROM ledger_account",
        "SELECT ledger_note(b, b.account_id, NULL, 5, NULL) FROM ledger_balance b",
    ],
)
def test_role_that_serves_writes_no_balance_entry_lot_or_purpose(session, batch, attack):
    with pytest.raises(DBAPIError) as raised, session.begin_nested():
        session.execute(text(attack))

    assert "permission denied" in str(raised.value.orig) or "must be owner" in str(raised.value.orig)


@POSTGRESQL_ONLY
def test_table_of_the_attackers_own_is_not_mistaken_for_a_balance(session, batch, insert):
    # A trigger that trusted the caller's search path would find this table first.
    session.execute(text("CREATE TEMPORARY TABLE ledger_balance AS SELECT * FROM public.ledger_balance"))
    session.execute(text("UPDATE pg_temp.ledger_balance SET posted = 1000000"))

    with pytest.raises(IntegrityError) as raised:
        insert(amount=101)

    assert refused(raised, "ledger_balance_funds")


@pytest.mark.parametrize(
    ("amount", "names"),
    [
        (0, ["ledger_transfer_amount"]),
        (-1, ["ledger_transfer_amount"]),
        (2**53, ["ledger_transfer_amount"]),
        (2**63 - 1, ["ledger_transfer_amount"]),
        (101, ["ledger_balance_funds"]),
        (2**53 - 1, ["ledger_balance_funds"]),
    ],
)
@pytest.mark.parametrize("kind", ["move", "hold"])
def test_amount_nobody_has_or_can_write_is_refused(insert, amount, names, kind):
    with pytest.raises(IntegrityError) as raised:
        insert(amount=amount, kind=kind)

    assert refused(raised, *names)


def test_number_beyond_every_column_fails_and_never_wraps(insert, session):
    before = rows(session, "SELECT sum(posted), max(posted) FROM ledger_balance")

    with pytest.raises((DBAPIError, OverflowError)):
        insert(amount=2**63)
    with pytest.raises((DBAPIError, OverflowError)):
        insert(amount=10**30)

    assert rows(session, "SELECT sum(posted), max(posted) FROM ledger_balance") == before


@pytest.mark.parametrize(
    "changes",
    [
        {"asset_id": uuid4()},
        {"debit_account": uuid4()},
        {"credit_account": uuid4()},
        {"debit_bucket": 1},
        {"credit_bucket": 7},
        {"credit_bucket": -1},
    ],
    ids=lambda changes: next(iter(changes)),
)
@pytest.mark.parametrize("kind", ["move", "hold"])
def test_account_bucket_or_asset_that_does_not_fit_is_refused(insert, changes, kind):
    with pytest.raises(IntegrityError) as raised:
        insert(**changes, kind=kind)

    assert refused(raised, "ledger_transfer_asset")


def test_id_is_used_once_and_the_second_row_changes_nothing(insert, session):
    used = insert(amount=5)
    before = rows(session, "SELECT sum(version), sum(posted) FROM ledger_balance")

    with pytest.raises(IntegrityError):
        insert(id=used, amount=6)

    assert rows(session, "SELECT sum(version), sum(posted) FROM ledger_balance") == before


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"kind": "move", "hold_id": uuid4()}, "ledger_transfer_hold_named"),
        ({"kind": "post"}, "ledger_transfer_hold_named"),
        ({"kind": "void"}, "ledger_transfer_hold_named"),
        ({"kind": "post", "hold_id": uuid4()}, "ledger_transfer_hold"),
        ({"kind": "move", "hold_until": NOON}, "ledger_transfer_hold_until"),
        ({"kind": "hold", "expires_on": NOON.date()}, "ledger_transfer_expires_on"),
        ({"kind": "hold", "reverses": uuid4()}, "ledger_transfer_reverses"),
        ({"reverses": uuid4()}, "ledger_transfer_reversal"),
    ],
)
def test_transfer_that_contradicts_itself_is_refused(insert, changes, name):
    with pytest.raises(IntegrityError) as raised:
        insert(**changes)

    assert refused(raised, name)


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO ledger_asset (id, code, unit, kind) SELECT id, 'gold', 'g', 'gold' FROM ledger_account LIMIT 1",
        """
        INSERT INTO ledger_transfer (id, kind, asset_id, debit_account, debit_bucket, credit_account, credit_bucket, amount,
            source_kind, source_id, leg, actor_id, created_at)
        SELECT source_id, 'mint', asset_id, debit_account, debit_bucket, credit_account, credit_bucket, 1,
            source_kind, source_id, leg, actor_id, created_at
        FROM ledger_transfer LIMIT 1
        """,
    ],
)
def test_unknown_kind_of_asset_or_transfer_is_refused(session, batch, attack):
    with pytest.raises(IntegrityError, match=r"(?i)check constraint"), session.begin_nested():
        session.execute(text(attack))


def test_hold_is_not_ended_in_favour_of_somebody_else_nor_for_more_or_for_less(session, batch, insert):
    _, (seller, buyer) = batch
    hold = post_hold(session, debit=seller, credit=buyer, amount=10, cause=cause(), now=NOON)
    asset = batch[0]
    other = ensure_account(session, "resident", uuid4(), asset, "holding")

    for changes in (
        {"kind": "post", "amount": 10, "credit_account": other.id},
        {"kind": "post", "amount": 10, "debit_account": other.id},
        {"kind": "post", "amount": 11},
        {"kind": "void", "amount": 9},
        {"kind": "void", "amount": 11},
    ):
        with pytest.raises(IntegrityError) as raised:
            insert(hold_id=hold.id, **changes)
        assert refused(raised, "ledger_transfer_hold"), changes


def test_reversal_goes_back_the_same_way_and_only_once(session, batch, insert):
    asset, (seller, buyer) = batch
    original = post_move(session, debit=seller, credit=buyer, amount=10, cause=cause(), now=NOON)
    thief = ensure_account(session, "resident", uuid4(), asset, "holding")
    back = {"debit_account": buyer.id, "credit_account": seller.id, "reverses": original.id}

    with pytest.raises(IntegrityError) as raised:
        insert(**back | {"credit_account": thief.id})
    assert refused(raised, "ledger_transfer_reversal")
    with pytest.raises(IntegrityError) as raised:
        insert(**back | {"debit_account": seller.id, "credit_account": thief.id})
    assert refused(raised, "ledger_transfer_reversal")
    with pytest.raises(IntegrityError) as raised:
        insert(**back, amount=11)
    assert refused(raised, "ledger_transfer_reversed", "ledger_balance_funds")
    undone = insert(**back, amount=10)
    post_move(session, debit=seller, credit=buyer, amount=10, cause=cause(), now=NOON)
    with pytest.raises(IntegrityError) as raised:
        insert(**back, amount=1)
    assert refused(raised, "ledger_transfer_reversed")
    with pytest.raises(IntegrityError) as raised:
        insert(reverses=undone)
    assert refused(raised, "ledger_transfer_reversal")


@pytest.mark.parametrize(
    ("owner_kind", "purpose"), [("resident", "issuer"), ("batch", "wallet"), ("resident", "holding ")]
)
def test_account_without_a_floor_cannot_be_opened_under_another_name(session, batch, owner_kind, purpose):
    values = {"id": uuid4(), "asset_id": batch[0].id, "owner_kind": owner_kind, "owner_id": uuid4()}

    with pytest.raises(IntegrityError) as raised, session.begin_nested():
        session.execute(AccountRow.__table__.insert().values(**values, purpose=purpose, created_at=NOON))

    assert refused(raised, "ledger_account_purpose")


def test_second_account_of_the_same_name_is_refused(session, batch):
    _, (seller, _) = batch
    name = seller.name
    values = {"id": uuid4(), "asset_id": name.asset_id, "owner_kind": name.owner_kind, "owner_id": name.owner_id}

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(AccountRow.__table__.insert().values(**values, purpose=name.purpose, created_at=NOON))


def test_money_never_becomes_points(session, points, resident):
    money = ensure_asset(session, "cny", AssetKind.CNY_FEN, "fen")
    clearing = ensure_account(session, "city", CITY_ID, money, "clearing")
    values = {
        "id": uuid4(),
        "kind": "move",
        "debit_account": clearing.id,
        "debit_bucket": 0,
        "credit_account": resident.id,
        "credit_bucket": 0,
        "amount": 5,
        "source_kind": "attack",
        "source_id": uuid4(),
        "leg": "main",
        "actor_id": uuid4(),
        "created_at": NOON,
    }

    for asset in (money, points):
        with pytest.raises(IntegrityError) as raised, session.begin_nested():
            session.execute(TransferRow.__table__.insert().values(**values, asset_id=asset.id))
        assert refused(raised, "ledger_transfer_asset")
