"""The register's figures: written by the worker, equal to what every serial says, and refused when they do not add up."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.credits import Purpose, RegisterFigures, deliver_held, hold_kg, register_figures, retire, retire_held
from app.credits.models import BatchRow, BlockRow, FiguresRow, RetirementRow
from app.credits.usecases.figures import write_figures
from app.foundation.data import clock, reading, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.ledger import CITY_ID, AccountName, AssetKind, accounts_by_ids, ensure_accounts, post_move, totals_by_purpose
from tests.credits.people import NOON, cause, organisation, somebody
from tests.ledger.test_plans import plans_of


def figures() -> RegisterFigures | None:
    with reading() as session:
        return register_figures(session)


@pytest.fixture
def story(register):
    """Two batches of 100 and 40 kg: 30 delivered, 12 retired in three retirements, 5 reserved, 10 in the city's buffer."""
    first, second = register.batch(100), register.batch(40)
    holder = organisation()
    said = {"purpose": Purpose.SELF, "actor": SYSTEM, "now": clock.now()}
    with transaction() as session:
        bought = hold_kg(session, first.id, 30, cause=cause(), until=None, now=clock.now(), deliver_to=holder)
        deliver_held(session, bought.id, cause=cause(), actor=SYSTEM, now=clock.now())
        retire(session, first.id, 4, holder=holder, beneficiary=somebody(), cause=cause(), **said)
        for batch, kg in ((first, 5), (second, 3)):
            held = hold_kg(session, batch.id, kg, cause=cause(), until=None, now=clock.now())
            retire_held(session, held.id, beneficiary=somebody(), cause=cause(), **said)
        hold_kg(session, second.id, 5, cause=cause(), until=None, now=clock.now())
    return first, second


def put_into_the_buffer(batch, kg: int) -> None:
    """Move kilograms to the city's buffer; rules for it come with the projects that must keep one."""
    with transaction() as session:
        sale = accounts_by_ids(session, [batch.sale_account_id])[batch.sale_account_id]
        name = AccountName("city", CITY_ID, batch.asset_id, "buffer")
        buffer = ensure_accounts(session, [name])[name]
        post_move(session, debit=sale, credit=buffer, amount=kg, cause=cause(), now=clock.now())


def test_there_are_no_figures_before_the_first_run(app):
    assert figures() is None


def test_an_empty_register_comes_to_nothing(app):
    work_until_idle()

    told = figures()
    assert (told.issued_kg, told.held_kg, told.retired_kg, told.buffer_kg, told.retirement_count) == (0, 0, 0, 0, 0)


def test_the_worker_writes_where_every_issued_kilogram_is(story):
    put_into_the_buffer(story[0], 10)

    work_until_idle()

    assert figures() == RegisterFigures(
        as_of=NOON, issued_kg=140, held_kg=118, retired_kg=12, buffer_kg=10, retirement_count=3
    )


def test_the_figures_are_those_of_the_serials_and_of_the_retirements(story):
    work_until_idle()

    told = figures()
    with reading() as session:
        assert told.issued_kg == session.scalar(select(func.sum(BatchRow.kg)))
        retired = BlockRow.account_id.in_(select(BatchRow.retired_account_id))
        length = func.sum(BlockRow.last - BlockRow.first + 1)
        assert told.retired_kg == session.scalar(select(length).where(retired))
        assert told.held_kg == session.scalar(select(length).where(~retired))
        counted = select(func.count(), func.sum(RetirementRow.kg)).select_from(RetirementRow)
        assert (told.retirement_count, told.retired_kg) == tuple(session.execute(counted).one())
    assert told.issued_kg == told.held_kg + told.retired_kg + told.buffer_kg


def test_figures_follow_a_minute_later_and_not_at_once(story, hands, register):
    work_until_idle()
    register.batch(1_000)

    work_until_idle()
    assert figures().issued_kg == 140
    hands.move(timedelta(minutes=1))
    work_until_idle()

    assert (figures().issued_kg, figures().as_of) == (1_140, NOON + timedelta(minutes=1))


def test_a_run_that_was_held_up_does_not_replace_newer_figures(story, hands, register):
    hands.move(timedelta(minutes=5))
    work_until_idle()
    register.batch(1_000)
    hands.move(timedelta(minutes=-3))

    with transaction() as session:
        write_figures(session, clock.now())

    assert (figures().issued_kg, figures().as_of) == (140, NOON + timedelta(minutes=5))


@pytest.mark.parametrize(
    "wrong",
    [
        {"held_kg": 99},
        {"issued_kg": 101, "buffer_kg": 2},
        {"held_kg": 101, "retired_kg": -1},
        {"id": 2},
        {"retirement_count": -1},
    ],
)
def test_the_table_refuses_figures_that_do_not_add_up(app, wrong):
    right = {"issued_kg": 100, "held_kg": 100, "retired_kg": 0, "buffer_kg": 0, "retirement_count": 0}
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(FiguresRow(**{"id": 1, "as_of": NOON, **right, **wrong}))
    with transaction() as session:
        session.add(FiguresRow(id=1, as_of=NOON, **right))


def test_kilograms_that_are_no_batch_of_ours_still_add_up(story):
    """Totals are of every account of kilograms, so nothing can stand beside the figures unseen."""
    with reading() as session:
        totals = totals_by_purpose(session, AssetKind.CO2E_KG)

    assert sum(each.posted for each in totals.values()) == 0
    assert set(totals) == {"issuer", "holding", "retired"}


def test_the_run_reads_accounts_of_kilograms_alone(story):
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plans = plans_of(session, lambda: totals_by_purpose(session, AssetKind.CO2E_KG))

    for plan in plans:
        # Assets are as many as batches; accounts and balances are as many as residents, and are found by their keys.
        assert "Seq Scan on ledger_account" not in plan, plan
        assert "Seq Scan on ledger_balance" not in plan, plan
        scans = [line for line in plan.splitlines() if line.startswith("SCAN ")]
        assert scans == ["SCAN ledger_asset"] or not scans, plan


def test_a_page_reads_the_one_row(story):
    work_until_idle()
    with transaction() as session:
        plans = plans_of(session, lambda: register_figures(session))

    assert len(plans) == 1
