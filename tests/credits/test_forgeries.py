"""What no two people could have approved does not enter the register, even past the application (DESIGN 2.2, 2.5)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.approvals.models import ProposalRow
from app.credits.models import BatchRow, PriceRow
from app.foundation.data import new_id, transaction
from app.ledger import AssetKind, ensure_account, ensure_asset
from tests.credits.people import NOON
from tests.credits.test_attacks import assert_refused


@pytest.fixture
def batch(register):
    return register.batch(100)


def forged_approval(session, kind="credits.batch_issue", *, is_approved=True):
    """Two people's approval of nothing at all."""
    table, approval_id = ProposalRow.__table__, uuid4()
    said = {
        "id": approval_id,
        "kind": kind,
        "title": "forged",
        "content": {},
        "content_sha256": "0" * 64,
        "state": "proposed",
        "proposer_kind": "staff",
        "proposed_by": uuid4(),
        "proposed_at": NOON,
        "expires_at": NOON + timedelta(days=7),
        "version": 1,
    }
    session.execute(table.insert().values(**said))
    if is_approved:
        decided = {"state": "approved", "decided_by": uuid4(), "decided_at": NOON, "version": 2}
        session.execute(table.update().where(table.c.id == approval_id).values(**decided))
    return approval_id


def forged_batch(session, batch, **changed):
    """Insert a batch past every use case, good in all but what is changed."""
    batch_id, asset = new_id(), ensure_asset(session, f"batch:{uuid4()}", AssetKind.CO2E_KG, "kg")
    approval_id = forged_approval(session, **changed.pop("proposal", {}))
    row = {
        "id": batch_id,
        "project_id": batch.project_id,
        "code": "LS33-F-9999-2024",
        "vintage": 2024,
        "methodology": "m",
        "registry_name": "r",
        "custody": "own",
        "kg": 10,
        "first": 1_001,
        "last": 1_010,
        "asset_id": asset.id,
        "sale_account_id": ensure_account(session, "project", batch.project_id, asset, "holding").id,
        "retired_account_id": ensure_account(session, "batch", batch_id, asset, "retired").id,
        "approval_id": approval_id,
        "issued_at": NOON,
        **changed,
    }
    session.execute(BatchRow.__table__.insert().values(**row))


EXTERNAL = {"custody": "external", "external_serials": "CN-1", "source_proof_reference": "17"}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({}, None),
        (EXTERNAL, None),
        (EXTERNAL | {"external_serials": None}, "external_proven"),
        (EXTERNAL | {"external_serials": ""}, "external_proven"),
        (EXTERNAL | {"source_proof_reference": None}, "external_proven"),
        (EXTERNAL | {"source_proof_reference": ""}, "external_proven"),
        (EXTERNAL | {"custody": "own"}, "own_alone"),
        ({"kg": 11}, "serial_each_kg"),
        ({"kg": 0, "last": 1_000}, "kg_range"),
        ({"first": 91, "last": 100}, "no_overlap"),
        ({"first": 95, "last": 104}, "no_overlap"),
        ({"vintage": 1999}, "vintage_known"),
        ({"approval_id": uuid4()}, "approved"),
        ({"proposal": {"is_approved": False}}, "approved"),
        ({"proposal": {"kind": "credits.price"}}, "approved"),
    ],
)
def test_batch_that_no_two_people_could_have_issued_is_refused_by_the_database(batch, changed, name):
    def attack(session):
        forged_batch(session, batch, **changed)

    if name is None:
        with transaction() as session:
            attack(session)
    else:
        assert_refused(attack, f"credits_batch_{name}")


def test_accounts_of_another_batch_are_not_this_ones(batch):
    for account in ("sale_account_id", "retired_account_id"):
        theirs = {account: getattr(batch, account)}
        assert_refused(lambda session, theirs=theirs: forged_batch(session, batch, **theirs), "credits_batch_accounts")


def test_price_without_an_approval_is_refused(batch):
    def attack(session):
        said = {"batch_id": batch.id, "version": 2, "price_fen_per_t": 1, "approval_id": uuid4(), "created_at": NOON}
        session.execute(PriceRow.__table__.insert().values(**said))

    assert_refused(attack, "credits_price_approved")
