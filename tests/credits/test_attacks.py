"""What the role that serves cannot do with serials, even when the application is somebody else's (DESIGN 2.1, 2.2)."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.credits import Purpose, hold_kg, retire_held
from app.credits.models import BlockMoveRow, BlockRow, RetirementRow
from app.foundation.data import clock, constraint_of, new_id, transaction
from app.foundation.proof import SYSTEM
from app.ledger import (
    AssetMismatch,
    accounts_by_ids,
    ensure_account,
    ensure_points,
    post_hold,
    post_hold_part,
    post_move,
    transfer_by_id,
)
from tests.credits.conftest import findings
from tests.credits.people import NOON, cause, somebody

POSTGRESQL_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"])
APPEND_ONLY = ["credits_batch", "credits_price", "credits_block_move", "credits_retirement", "credits_project_cell"]


@pytest.fixture
def batch(register):
    """A hundred kilograms of which 1-10 are retired, and 20 more are on their way."""
    batch = register.batch(100, project_id=register.project(boundary_cells=("8641948b7ffffff",)))
    with transaction() as session:
        held = hold_kg(session, batch.id, 10, cause=cause(), until=None, now=clock.now())
        retire_held(
            session,
            held.id,
            beneficiary=somebody(),
            purpose=Purpose.SELF,
            cause=cause(),
            actor=SYSTEM,
            now=clock.now(),
        )
    return batch


def assert_refused(attack, *names):
    """Try something in a transaction of its own, and see it refused by one of these names."""
    with pytest.raises((DBAPIError, OverflowError)) as raised, transaction() as session:
        attack(session)
    said = constraint_of(raised.value).rpartition(": ")[2]
    assert said in names, said


def to_retired(session, batch, kg):
    """Move kilograms to the retired in the ledger alone, as a careless program would; returns the transfer."""
    sides = accounts_by_ids(session, [batch.sale_account_id, batch.retired_account_id])
    said = {"debit": sides[batch.sale_account_id], "credit": sides[batch.retired_account_id], "now": NOON}
    return post_move(session, amount=kg, cause=cause(), **said)


def block_of(session, batch, first):
    return session.execute(
        select(BlockRow.first, BlockRow.last, BlockRow.transfer_id, BlockRow.account_id).where(
            BlockRow.batch_id == batch.id, BlockRow.first == first
        )
    ).one()


def move(session, transfer, block, **changed):
    """Insert a move past every use case; by default of all that the transfer moved, from the front of a block."""
    said = {
        "transfer_id": transfer.id,
        "first": block.first,
        "last": block.first + transfer.amount - 1,
        "from_account": transfer.debit_account,
        "to_account": transfer.credit_account,
        "from_first": block.first,
        "from_last": block.last,
        "from_transfer_id": block.transfer_id,
        **changed,
    }
    session.execute(BlockMoveRow.__table__.insert().values(**said))


def retirement(session, batch, transfer, kg):
    session.execute(
        RetirementRow.__table__.insert().values(
            id=new_id(),
            public_id=f"ret_{uuid4().hex[:16]}",
            batch_id=batch.id,
            kg=kg,
            beneficiary_kind="resident",
            beneficiary_id=uuid4(),
            purpose="self",
            retired_at=NOON,
            transfer_id=transfer.id,
        )
    )


def test_honest_move_past_the_use_cases_is_let_through(batch):
    with transaction() as session:
        transfer = to_retired(session, batch, 5)
        move(session, transfer, block_of(session, batch, 11))
        retirement(session, batch, transfer, 5)

    assert findings() == {}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"first": 1, "last": 5, "from_first": 1, "from_last": 10}, "credits_block_move_block"),
        ({"last": 16}, "credits_block_move_amount"),
        ({"first": 101, "last": 105, "from_first": 101, "from_last": 105}, "credits_block_move_transfer"),
        ({"first": 99, "last": 103, "from_last": 103}, "credits_block_move_transfer"),
        ({"from_first": None, "from_last": None, "from_transfer_id": None}, "credits_block_move_issued"),
        ({"from_transfer_id": uuid4()}, "credits_block_move_block"),
        ({"from_last": 99}, "credits_block_move_block"),
        ({"from_account": uuid4()}, "credits_block_move_transfer"),
        ({"to_account": uuid4()}, "credits_block_move_transfer"),
        ({"first": 15, "last": 14}, "credits_block_move_forward"),
        ({"first": 9, "last": 13}, "credits_block_move_within"),
        ({"from_first": None}, "credits_block_move_within"),
    ],
)
def test_move_of_serials_that_does_not_follow_its_transfer_is_refused(batch, changed, name):
    def attack(session):
        transfer = to_retired(session, batch, 5)
        move(session, transfer, block_of(session, batch, 11), **changed)

    assert_refused(attack, name)


def test_transfer_that_is_only_a_hold_moves_no_serial(batch):
    def attack(session):
        sides = accounts_by_ids(session, [batch.sale_account_id, batch.retired_account_id])
        said = {"debit": sides[batch.sale_account_id], "credit": sides[batch.retired_account_id], "now": NOON}
        move(session, post_hold(session, amount=5, cause=cause(), **said), block_of(session, batch, 11))

    assert_refused(attack, "credits_block_move_transfer")


def test_serials_follow_a_transfer_once(batch):
    def attack(session):
        transfer = to_retired(session, batch, 5)
        move(session, transfer, block_of(session, batch, 11))
        move(session, transfer, block_of(session, batch, 16))

    assert_refused(attack, "credits_block_move_amount")


def test_retired_kilogram_comes_back_for_nobody(batch):
    def attack(session):
        sides = accounts_by_ids(session, [batch.sale_account_id, batch.retired_account_id])
        said = {"debit": sides[batch.retired_account_id], "credit": sides[batch.sale_account_id], "now": NOON}
        transfer = post_move(session, amount=10, cause=cause(), **said)
        move(session, transfer, block_of(session, batch, 1))

    assert_refused(attack, "credits_block_move_retired")


def test_kilograms_that_came_back_in_the_ledger_alone_have_no_serials_and_the_audit_says_so(batch):
    with transaction() as session:
        sides = accounts_by_ids(session, [batch.sale_account_id, batch.retired_account_id])
        said = {"debit": sides[batch.retired_account_id], "credit": sides[batch.sale_account_id], "now": NOON}
        post_move(session, amount=10, cause=cause(), **said)

    assert findings() == {
        "credits_blocks_not_balances": 2,
        "credits_moves_not_as_transferred": 1,
        "credits_retired_not_as_retirements": 1,
    }


def test_kilogram_goes_back_to_no_issuer(batch):
    def attack(session):
        sides = accounts_by_ids(session, [batch.sale_account_id])
        issued = transfer_by_id(session, block_of(session, batch, 11).transfer_id)
        issuer = accounts_by_ids(session, [issued.debit_account])[issued.debit_account]
        transfer = post_move(
            session, debit=sides[batch.sale_account_id], credit=issuer, amount=5, cause=cause(), now=NOON
        )
        move(session, transfer, block_of(session, batch, 11))

    assert_refused(attack, "credits_block_move_issued")


def test_serials_are_issued_once(batch):
    def attack(session):
        issued = transfer_by_id(session, block_of(session, batch, 11).transfer_id)
        sides = accounts_by_ids(session, [issued.debit_account, issued.credit_account])
        said = {"debit": sides[issued.debit_account], "credit": sides[issued.credit_account], "now": NOON}
        transfer = post_move(session, amount=50, cause=cause(), **said)
        nothing = {"from_first": None, "from_last": None, "from_transfer_id": None}
        move(session, transfer, block_of(session, batch, 1), first=20, last=69, **nothing)

    assert_refused(attack, "credits_block_no_overlap")


@pytest.mark.parametrize(
    "kg",
    [4, 6],
)
def test_retirement_of_another_amount_than_its_serials_is_refused(batch, kg):
    def attack(session):
        transfer = to_retired(session, batch, 5)
        move(session, transfer, block_of(session, batch, 11))
        retirement(session, batch, transfer, kg)

    assert_refused(attack, "credits_retirement_backed")


def test_retirement_without_serials_or_of_a_sale_is_refused(batch):
    def without_serials(session):
        retirement(session, batch, to_retired(session, batch, 5), 5)

    def of_the_issue(session):
        retirement(session, batch, transfer_by_id(session, block_of(session, batch, 11).transfer_id), 100)

    assert_refused(without_serials, "credits_retirement_backed")
    assert_refused(of_the_issue, "credits_retirement_backed")


def test_two_retirements_never_share_a_kilogram(batch):
    def attack(session):
        retirement(session, batch, transfer_by_id(session, block_of(session, batch, 1).transfer_id), 10)

    assert_refused(attack, "credits_retirement_transfer_key", "credits_retirement.transfer_id")


def test_points_never_become_kilograms(batch):
    def exchange(debit_is_points):
        with transaction() as session:
            person = uuid4()
            points = ensure_account(session, "resident", person, ensure_points(session), "points")
            kilograms = accounts_by_ids(session, [batch.sale_account_id])[batch.sale_account_id]
            debit, credit = (points, kilograms) if debit_is_points else (kilograms, points)
            post_move(session, debit=debit, credit=credit, amount=1, cause=cause(), now=NOON)

    for debit_is_points in (True, False):
        with pytest.raises(AssetMismatch):
            exchange(debit_is_points)


def test_serials_of_one_batch_never_stand_in_for_another(batch, register):
    other = register.batch(100)

    def attack(session):
        transfer = to_retired(session, other, 5)
        move(session, transfer, block_of(session, batch, 11))

    assert_refused(attack, "credits_block_move_transfer")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_was_written_is_neither_changed_nor_deleted(batch, table, verb):
    column = {
        "credits_batch": "code",
        "credits_price": "version",
        "credits_retirement": "kg",
        "credits_project_cell": "cell",
    }.get(table, "first")

    with pytest.raises(DBAPIError, match=r"append_only|permission denied"), transaction() as session:
        session.execute(text(verb.format(table, column, column)))


@POSTGRESQL_ONLY
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE credits_block SET account_id = transfer_id",
        "DELETE FROM credits_block",
        "INSERT INTO credits_block SELECT batch_id, 5000, 5001, account_id, transfer_id FROM credits_block",
        "TRUNCATE credits_block",
        "TRUNCATE credits_retirement CASCADE",
        "UPDATE credits_project SET agency_id = id",
        "INSERT INTO credits_serial_space VALUES (1, 1)",
        "DELETE FROM credits_serial_space",
        "UPDATE credits_dedication SET note = 'x'",
        "DELETE FROM credits_cancellation",
        "ALTER TABLE credits_block_move DISABLE TRIGGER ALL",
    ],
)
def test_role_that_serves_writes_no_block(batch, attack):
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), transaction() as session:
        session.execute(text(attack))


@POSTGRESQL_ONLY
def test_function_that_writes_blocks_is_lent_to_nobody(batch):
    hang = "CREATE TRIGGER mine AFTER INSERT ON decoy FOR EACH ROW EXECUTE FUNCTION credits_apply_move()"
    with transaction() as session:
        session.execute(text("CREATE TEMPORARY TABLE decoy (LIKE credits_block_move)"))

        with pytest.raises(DBAPIError, match="permission denied for function"), session.begin_nested():
            session.execute(text(hang))


@POSTGRESQL_ONLY
def test_table_of_the_attackers_own_is_not_mistaken_for_the_blocks(batch):
    def attack(session):
        session.execute(text("CREATE TEMPORARY TABLE credits_block AS SELECT * FROM public.credits_block"))
        session.execute(text("UPDATE pg_temp.credits_block SET last = 200 WHERE first = 11"))
        transfer = to_retired(session, batch, 5)
        move(session, transfer, block_of(session, batch, 11))

    assert_refused(attack, "credits_block_move_block")


@pytest.mark.parametrize("number", [1, 101])
def test_serial_space_never_goes_back(batch, number):
    assert_refused(
        lambda session: session.execute(text(f"UPDATE credits_serial_space SET next_serial = {number}")),
        "credits_serial_space_forward",
    )


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    ("attack", "name"),
    [
        ("DELETE FROM credits_block WHERE first = 1", "credits_block_retired"),
        ("UPDATE credits_block SET account_id = transfer_id WHERE first = 1", "credits_block_retired"),
        ("UPDATE credits_block SET last = 101 WHERE first = 11", "credits_block_unchanged"),
        (
            "INSERT INTO credits_block SELECT batch_id, 50, 60, account_id, transfer_id FROM credits_block LIMIT 1",
            "credits_block_no_overlap",
        ),
        (
            "INSERT INTO credits_block SELECT batch_id, 500, 600, account_id, transfer_id FROM credits_block LIMIT 1",
            "credits_block_in_batch",
        ),
    ],
)
def test_file_without_roles_keeps_its_blocks_too(batch, attack, name):
    assert_refused(lambda session: session.execute(text(attack)), name)


def test_post_of_a_hold_cannot_be_redirected_to_other_serials(batch):
    def attack(session):
        held = hold_kg(session, batch.id, 5, cause=cause(), until=None, now=clock.now())
        transfer = post_hold_part(session, held.id, cause=cause(), now=NOON)
        move(session, transfer, block_of(session, batch, 1))

    assert_refused(attack, "credits_block_move_block")
