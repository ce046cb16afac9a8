"""No question about certificates reads a whole table, however many there are."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from app.certificates import queries
from app.certificates.models import CertificateRow
from app.credits import RETIREMENT_SUBJECT
from app.foundation.data import clock, transaction
from tests.certificates.bureau import SLUG
from tests.certificates.looking import row_of
from tests.ledger.test_plans import plans_of


def own(session, row):
    mine = queries.select_own(row.holder_id)
    return session.scalars(mine.order_by(CertificateRow.created_at.desc(), CertificateRow.id.desc()).limit(20)).all()


QUESTIONS = {
    "by number": lambda s, r: queries.find_certificate(s, r.number),
    "of a subject": lambda s, r: queries.certificates_of_subjects(s, RETIREMENT_SUBJECT, [r.subject_id, uuid4()]),
    "a holder's": own,
    "waiting": lambda s, r: queries.lock_issuing(s, clock.now(), limit=50),
    "whether any waits": lambda s, r: queries.is_any_issuing(s, clock.now()),
    "places in a list": lambda s, r: queries.taken_among(s, SLUG, 1, [7, 9]),
    "the bits of a list": lambda s, r: queries.revoked_indexes(s, SLUG, 1),
    "a revocation": lambda s, r: queries.find_revocation(s, r.id),
    "claims": lambda s, r: queries.claims_of(s, [r.subject_id, uuid4()]),
    "issued on a day": lambda s, r: queries.issued_on(s, SLUG, r.kind, clock.civil_day(clock.now())),
}
SORTED_BY_INDEX = {"a holder's", "waiting"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_is_answered_through_an_index(bureau, name):
    row = row_of(bureau.issue())
    for _ in range(3):
        bureau.draft()
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            # Small tables are read whole by right; this leaves that way only where there is no index.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plans = plans_of(session, lambda: QUESTIONS[name](session, row))

    assert plans
    for plan in plans:
        assert "Seq Scan on certificates" not in plan, plan
        scans = [line for line in plan.splitlines() if line.startswith("SCAN certificates")]
        assert [line for line in scans if " USING " not in line] == [], plan
        if name in SORTED_BY_INDEX:
            assert "Sort" not in plan, plan
            assert "TEMP B-TREE" not in plan, plan
