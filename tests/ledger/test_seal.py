"""What a seal of the ledger covers, that no late payment is skipped, and that whoever changes a row is found out."""

import hashlib
import threading
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import rfc8785
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.foundation.data import db, new_id, transaction
from app.ledger import CITY_ID, AssetKind, ensure_account, post_move
from app.ledger.models import AccountRow, AssetRow, EntryRow, SealPartRow, TransferKind, TransferRow
from app.ledger.seals import ACCOUNT, ENTRY, PART, Part, leaves_of_parts, part_findings
from app.ledger.usecases import seal
from app.ledger.usecases.seal import take_parts
from tests.ledger.conftest import NOON, batch_of, cause, rows
from tests.ledger.test_plans import plans_of

POSTGRESQL_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"])


def take(session: Session, limit: int = 10_000) -> list[Part]:
    """Seal once, and return the parts."""
    seal_id = new_id()
    leaves = take_parts(session, seal_id, limit)
    assert leaves_of_parts(session, seal_id) == leaves
    query = select(*PART).where(SealPartRow.seal_id == seal_id).order_by(SealPartRow.account_id, SealPartRow.bucket)
    parts = [Part(*row) for row in session.execute(query)]
    assert len(parts) == len(leaves)
    return parts


def waiting(session: Session) -> int:
    return len(rows(session, "SELECT account_id FROM ledger_waiting"))


@pytest.fixture
def pair(session):
    """Two holders of one batch, whose issue is sealed."""
    _, (seller, buyer) = batch_of(session, kilograms=100)
    assert len(take(session)) == 2
    return seller, buyer


def pay(session, pair, amount=1):
    return post_move(session, debit=pair[0], credit=pair[1], amount=amount, cause=cause(), now=NOON)


def test_seal_covers_what_changed_since_the_last_one_and_then_nothing_waits(session, pair):
    seller, buyer = pair
    assert take(session) == []
    for _ in range(3):
        pay(session, pair)

    parts = take(session)

    expected = [Part(seller.id, 0, 2, 4), Part(buyer.id, 0, 1, 3)]
    assert parts == sorted(expected, key=lambda part: part.account_id)
    assert waiting(session) == 0
    assert take(session) == []
    pay(session, pair)
    assert {part.first for part in take(session)} == {4, 5}
    assert list(part_findings(session)) == []


@pytest.mark.parametrize(("limit", "balances"), [(1, 1), (2, 2), (5, 3)])
def test_seal_covers_no_more_balances_than_it_was_told_to(session, points, give, limit, balances):
    resident = ensure_account(session, "resident", uuid4(), points, "points")
    give(resident, 10)
    give(ensure_account(session, "resident", uuid4(), points, "points"), 10)
    all_of_them = waiting(session)

    parts = take(session, limit)

    assert all_of_them >= 3
    assert len(parts) == min(limit, all_of_them)
    assert waiting(session) == all_of_them - len(parts)


def test_much_that_has_piled_up_is_sealed_bit_by_bit(session, pair, monkeypatch):
    monkeypatch.setattr(seal, "ENTRIES_A_PART_MAX", 3)
    monkeypatch.setattr(seal, "ENTRIES_A_SEAL_MAX", 5)
    for _ in range(4):
        pay(session, pair)

    sizes = []
    while parts := take(session):
        sizes.append([part.last - part.first + 1 for part in parts])

    assert sizes[0] == [3, 2]
    assert sum(sum(size) for size in sizes) == 8
    assert waiting(session) == 0
    assert list(part_findings(session)) == []


def test_version_that_somebody_forged_in_the_queue_seals_nothing_that_is_not_there(session, pair):
    pay(session, pair)
    session.execute(text("UPDATE ledger_waiting SET version = 1000"))

    parts = take(session)

    assert {part.last for part in parts} == {1, 2}
    assert list(part_findings(session)) == []


def test_balance_that_waits_with_nothing_new_leaves_the_queue(session, pair):
    pay(session, pair)
    before = rows(session, "SELECT account_id, bucket, version FROM ledger_waiting")
    take(session)
    for account, bucket, version in before:
        session.execute(
            text("UPDATE ledger_waiting SET version = :v WHERE account_id = :a AND bucket = :b"),
            {"a": account, "b": bucket, "v": version},
        )

    assert take(session) == []
    assert waiting(session) == 0


@pytest.fixture
def paid(app):
    """Two holders in a database of their own, all of it sealed."""
    with transaction() as session:
        _, pair = batch_of(session, kilograms=100)
        take(session)
    return pair


@POSTGRESQL_ONLY
def test_seal_does_not_wait_for_a_payment_and_the_next_one_covers_it(paid):
    with transaction() as session:
        pay(session, paid)
    with Session(db.engine) as slow, slow.begin():
        pay(slow, paid)
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            beside = take(session)
            assert waiting(session) == 2
        slow.commit()
    with transaction() as session:
        after = take(session)

    assert {(part.first, part.last) for part in beside} == {(1, 1), (2, 2)}
    assert {(part.first, part.last) for part in after} == {(2, 2), (3, 3)}


@POSTGRESQL_ONLY
def test_payment_that_comes_while_the_seal_is_made_waits_for_the_next_one(app, paid):
    def pay_beside():
        with app.app_context(), transaction() as session:
            pay(session, paid)

    with transaction() as session:
        pay(session, paid)
    with transaction() as session:
        first = take(session)
        beside = threading.Thread(target=pay_beside)
        beside.start()
        beside.join(0.3)
        assert beside.is_alive()  # Its upsert waits for the row that the seal is about to delete.
    beside.join(10)
    with transaction() as session:
        assert waiting(session) == 2
        second = take(session)

    assert {part.last for part in first} == {1, 2}
    assert {(part.first, part.last) for part in second} == {(2, 2), (3, 3)}


@POSTGRESQL_ONLY
def test_payment_that_commits_between_reading_and_deleting_keeps_the_balance_waiting(paid, monkeypatch):
    with transaction() as session:
        pay(session, paid)
    delete = seal._wait_no_more

    def pay_first(session, upto):
        with Session(db.engine) as other, other.begin():
            pay(other, paid)
        delete(session, upto)

    monkeypatch.setattr(seal, "_wait_no_more", pay_first)
    with transaction() as session:
        first = take(session)
        assert waiting(session) == 2
    monkeypatch.setattr(seal, "_wait_no_more", delete)
    with transaction() as session:
        second = take(session)

    assert {part.last for part in first} == {1, 2}
    assert {(part.first, part.last) for part in second} == {(2, 2), (3, 3)}


def test_seal_that_is_rolled_back_never_was(paid):
    with transaction() as session:
        pay(session, paid)
    with transaction() as session:
        assert len(take(session)) == 2
        session.rollback()
    with transaction() as session:
        assert (waiting(session), len(take(session))) == (2, 2)


def test_form_names_every_column_that_could_be_changed():
    def names(columns, model):
        return [column.key for column in columns if column.class_ is model]

    def all_but(model, *left_out):
        return [column.name for column in model.__table__.columns if column.name not in left_out]

    assert names(ENTRY, EntryRow) == all_but(EntryRow, "account_id", "bucket")
    assert names(ENTRY, TransferRow) == all_but(TransferRow, "id")  # It stands in the entry.
    assert names(ACCOUNT, AccountRow) == all_but(AccountRow)
    assert names(ACCOUNT, AssetRow) == all_but(AssetRow, "id")  # It stands in the account.


def test_same_entries_have_the_same_leaf_in_both_databases_and_for_ever(session):
    at, us = datetime(2026, 11, 24, 4, 0, 0, 123456, tzinfo=UTC), 1795492800123456
    asset, issuer, holder, *transfers = (UUID(int=number) for number in (1, 2, 3, 5, 4))
    session.add(AssetRow(id=asset, code="batch:林", unit="kg", kind=AssetKind.CO2E_KG))
    session.flush()
    for account, owner_kind, purpose in ((issuer, "batch", "issuer"), (holder, "resident", "holding")):
        row = {"owner_kind": owner_kind, "owner_id": account, "purpose": purpose, "created_at": at}
        session.add(AccountRow(id=account, asset_id=asset, **row))
    session.flush()
    cause_of = {"source_kind": "test", "source_id": UUID(int=6), "leg": "main", "actor_id": CITY_ID, "created_at": at}
    sides = {"debit_account": issuer, "debit_bucket": 0, "credit_account": holder, "credit_bucket": 0}
    for transfer, amount in zip(transfers, (7, 2), strict=True):
        session.add(
            TransferRow(id=transfer, kind=TransferKind.MOVE, asset_id=asset, amount=amount, **sides, **cause_of)
        )
        session.flush()

    leaves = take_parts(session, new_id(), 10)

    # Spelled out by hand and by another library: what a stranger would hash.
    def entry(seq, transfer, amount, balance):
        moved = ["move", str(asset), str(issuer), 0, str(holder), 0, abs(amount), None, None, None]
        caused = ["test", str(UUID(int=6)), "main", None, str(CITY_ID), us]
        return ["ledger.part.entry/1", seq, str(transfer), amount, balance, 0, us, None, *moved, *caused]

    def leaf(account, owner_kind, purpose, sign):
        owner = [str(account), str(asset), owner_kind, str(account), purpose, us, "batch:林", "kg", "co2e_kg"]
        entries = [entry(1, transfers[0], 7 * sign, 7 * sign), entry(2, transfers[1], 2 * sign, 9 * sign)]
        lines = [["ledger.part.account/1", 0, 1, 2, *owner], *entries]
        digest = hashlib.sha256(b"\n".join(rfc8785.dumps(line) for line in lines)).hexdigest()
        return rfc8785.dumps(["ledger.part/1", str(account), 0, 1, 2, digest])

    assert leaves == [leaf(issuer, "batch", "issuer", -1), leaf(holder, "resident", "holding", 1)]
    assert leaves[0].decode().endswith('"ba90d6197b79b6339507bb51e67de98ae601ab9b87cc205de326df44ecf8646b"]')


def test_queue_and_entries_are_read_through_their_keys(session, pair):
    for _ in range(20):
        pay(session, pair)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))  # Small tables are read whole by right.
    seal_id = new_id()

    plans = plans_of(session, lambda: take_parts(session, seal_id, 100))
    plans += plans_of(session, lambda: leaves_of_parts(session, seal_id))

    assert len(plans) == 6
    for plan in plans:
        assert "Seq Scan on ledger" not in plan, plan
        # The queue alone is read from its beginning, in the order of its key.
        assert not any(
            line.startswith("SCAN ledger") and not line.startswith("SCAN ledger_waiting") for line in plan.splitlines()
        ), plan
