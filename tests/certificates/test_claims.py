"""A retirement serves one certificate, however many ask at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.certificates import draft_retirement_certificate
from app.certificates.models import CertificateRow, ClaimRow
from app.credits import Beneficiary, BeneficiaryKind, Purpose, hold_kg, retire_held
from app.foundation.data import clock, reading, run_in_transaction, transaction
from app.foundation.proof import SYSTEM
from tests.certificates.looking import row_of
from tests.credits.people import cause


def retired(bureau):
    """A retirement that has no certificate yet."""
    batch, holder_id = bureau.register.batch(13), uuid4()

    def run(session):
        held = hold_kg(session, batch.id, 13, cause=cause(), until=None, now=clock.now())
        beneficiary = Beneficiary(kind=BeneficiaryKind.RESIDENT, id=holder_id)
        said = {"beneficiary": beneficiary, "purpose": Purpose.SELF, "actor": SYSTEM, "now": clock.now()}
        return retire_held(session, held.id, cause=cause(), **said)

    return run_in_transaction(run)


def drafted_in_a_thread(app: Flask, retirement, barrier):
    def run(session):
        barrier.wait()
        said = {"holder_id": retirement.beneficiary_id, "beneficiary_name": None, "now": clock.now()}
        return draft_retirement_certificate(session, retirement=retirement, **said).number

    with app.app_context():
        return run_in_transaction(run)


def test_many_threads_draft_one_certificate_of_one_retirement(app, bureau, engine_name):
    retirement = retired(bureau)
    # On SQLite writers stand in line, so they cannot meet inside; there one after the other is the whole test.
    width = 8 if engine_name == "postgresql" else 1
    barrier = threading.Barrier(width)
    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(lambda _: drafted_in_a_thread(app, retirement, barrier), range(8)))

    assert len(numbers) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(CertificateRow)) == 1
        assert session.scalar(select(func.count()).select_from(ClaimRow)) == 1


def test_the_database_lets_no_second_claim_in(bureau):
    first, second = bureau.draft(13), bureau.draft(17)
    claim = {"retirement_id": row_of(first).subject_id, "certificate_id": row_of(second).id}

    with pytest.raises(DBAPIError, match="claim"), transaction() as session:
        session.execute(ClaimRow.__table__.insert().values(**claim))


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_a_claim_passes_to_nobody_but_a_successor(bureau, statement):
    first, second = row_of(bureau.draft(13)), row_of(bureau.draft(17))
    table = ClaimRow.__table__

    wanted = table.update().values(certificate_id=second.id) if statement == "update" else table.delete()

    with pytest.raises(DBAPIError, match=r"claim_kept|permission denied"), transaction() as session:
        session.execute(wanted.where(table.c.retirement_id == first.subject_id))


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "LSR-0000000000000000"},
        {"holder_id": uuid4()},
        {"state": "issuing"},
        {"state": "refused"},
        {"document_id": None},
        {"list_index": 7},
        {"state": "revoked"},
        {"draft": {}},
    ],
    ids=lambda changed: "-".join(f"{name}" for name in changed),
)
def test_what_a_certificate_says_is_not_changed_by_the_role_that_serves(bureau, changed):
    row, table = row_of(bureau.issue()), CertificateRow.__table__

    with pytest.raises(DBAPIError, match=r"certificates_certificate|permission denied"), transaction() as session:
        session.execute(table.update().where(table.c.id == row.id).values(**changed))


def test_a_certificate_is_never_deleted(bureau):
    row, table = row_of(bureau.draft()), CertificateRow.__table__

    with pytest.raises(DBAPIError, match=r"certificates_certificate_kept|permission denied"), transaction() as session:
        session.execute(table.delete().where(table.c.id == row.id))
