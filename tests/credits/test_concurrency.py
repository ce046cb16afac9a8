"""Many at once for the same kilograms, with real threads and committed transactions."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from app.approvals import approve_proposal
from app.credits import Custody, Purpose, deliver_held, get_batch, hold_kg, retire, retire_held, transfer_kg
from app.credits.usecases.issue import NewBatch, propose_batch
from app.foundation.data import clock, parse_public_id, reading, transaction
from app.foundation.http import DomainError
from app.foundation.proof import SYSTEM
from tests.credits.conftest import findings, rows
from tests.credits.people import cause, organisation, registrar_of, somebody

THREADS = 10


@pytest.fixture
def at_once(app):
    """Run jobs in threads that start together, each in a transaction of its own, and count how they end."""

    def at_once(jobs, threads=THREADS):
        ready = threading.Barrier(threads)
        outcomes = []

        def work(mine):
            with app.app_context():
                ready.wait()
                for job in mine:
                    try:
                        # No second try: a deadlock would be counted and not hidden.
                        with transaction() as session:
                            job(session)
                        outcomes.append("done")
                    except DomainError as error:
                        outcomes.append(error.code)

        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work, jobs[n::threads]) for n in range(threads)]:
                done.result()
        return Counter(outcomes)

    yield at_once
    assert findings() == {}


def buy(batch):
    order = uuid4()

    def job(session):
        held = hold_kg(session, batch.id, 1, cause=cause("hold", order), until=None, now=clock.now())
        retire_held(
            session,
            held.id,
            beneficiary=somebody(),
            purpose=Purpose.SELF,
            cause=cause("retire", order),
            actor=SYSTEM,
            now=clock.now(),
        )

    return job


def test_fifty_buyers_of_the_last_seven_kilograms(at_once, register):
    batch = register.batch(7)

    outcomes = at_once([buy(batch) for _ in range(50)], threads=50)

    assert outcomes == {"done": 7, "credits.not_enough_kg": 43}
    with transaction() as session:
        retired = rows(session, "SELECT first, last FROM credits_block ORDER BY first")
    assert retired == [(number, number) for number in range(1, 8)]


def test_one_order_sent_fifty_times_retires_once(at_once, register):
    batch, order, person = register.batch(100), uuid4(), somebody()

    def job(session):
        held = hold_kg(session, batch.id, 3, cause=cause("hold", order), until=None, now=clock.now())
        said = {"beneficiary": person, "purpose": Purpose.SELF, "actor": SYSTEM, "now": clock.now()}
        retire_held(session, held.id, cause=cause("retire", order), **said)

    outcomes = at_once([job] * 50, threads=50)

    assert outcomes == {"done": 50}
    with transaction() as session:
        assert rows(session, "SELECT sum(kg), count(*) FROM credits_retirement") == [(3, 1)]


def test_holders_who_pass_on_and_retire_at_once_do_not_wait_for_each_other_for_ever(at_once, register):
    batch, one, other = register.batch(400), organisation(), organisation()
    said = {"actor": SYSTEM, "now": clock.now()}
    for holder in (one, other):
        with transaction() as session:
            source = hold_kg(session, batch.id, 200, cause=cause(), until=None, now=clock.now(), deliver_to=holder)
            deliver_held(session, source.id, cause=cause(), **said)

    def pass_on(sender, receiver):
        return lambda session: transfer_kg(
            session, batch.id, 2, sender=sender, receiver=receiver, cause=cause(), **said
        )

    def retire_from(holder):
        return lambda session: retire(
            session, batch.id, 1, holder=holder, beneficiary=somebody(), purpose=Purpose.SELF, cause=cause(), **said
        )

    jobs = [pass_on(one, other), pass_on(other, one), retire_from(one), retire_from(other)] * 15
    outcomes = at_once(jobs)

    assert outcomes == {"done": 60}


def test_batches_approved_at_once_share_no_serial(at_once, register):
    project_id, agency_id = register.project(), register.agency_id
    proposals = [
        propose_batch(
            NewBatch(
                project_id=project_id,
                code=f"LS33-X-{number:04}-2024",
                vintage=2024,
                kg=5,
                methodology=None,
                registry=None,
                custody=Custody.OWN,
                external_serials=None,
                source_proof_reference=None,
                source_proof_file_id=None,
                price_fen_per_t=None,
            ),
            proposer=registrar_of(agency_id),
            now=clock.now(),
        )
        for number in range(20)
    ]

    def approve(proposal):
        approver = registrar_of(agency_id)
        return lambda _: approve_proposal(
            proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=clock.now()
        )

    outcomes = at_once([approve(each) for each in proposals])

    assert outcomes == {"done": 20}
    with reading() as session:
        batches = [get_batch(session, parse_public_id("bat", each.content["id"])) for each in proposals]
    assert sorted(each.first for each in batches) == list(range(1, 101, 5))
