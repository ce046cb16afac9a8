"""Words that verifiers wrote before there was a place beside their decisions are moved there, and back."""

from datetime import UTC, datetime

import flask_migrate
import pytest
from sqlalchemy import Table, insert, inspect, text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import db, new_id
from app.identity.staffing.models import AgencyRow
from app.review.models import ReviewCase, ReviewDecision, ReviewNote
from tests.test_migrations import owner  # noqa: F401 - a fixture

THEN = datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
BEFORE = "0030"


def add(connection, model, **values):
    """Insert into the columns that the table has at that revision."""
    table: Table = model.__table__
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    connection.execute(insert(table).values({name: value for name, value in values.items() if name in there}))


def decide(connection, note, reason):
    agency, case, decision = new_id(), new_id(), new_id()
    add(
        connection,
        AgencyRow,
        id=agency,
        slug=str(agency),
        kind="forestry",
        county_code=str(agency)[-6:],
        name_zh="林业局",
        name_en="Bureau",
        created_at=THEN,
    )
    add(
        connection,
        ReviewCase,
        id=case,
        subject_kind="planting.claim",
        subject_id=new_id(),
        agency_id=agency,
        county="331102",
        submitter_id=new_id(),
        state="rejected",
        round=1,
        opened_at=THEN,
        due_at=THEN,
        decided_at=THEN,
        version=1,
    )
    add(
        connection,
        ReviewDecision,
        id=decision,
        case_id=case,
        round=1,
        verifier_id=new_id(),
        verdict="reject",
        reason_code=reason,
        note=note,
        answers={},
        decided_at=THEN,
    )
    return decision


def test_words_move_beside_their_decisions_and_the_decisions_stay_guarded(owner):  # noqa: F811
    with owner.app_context():
        flask_migrate.downgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            ids = {
                decide(connection, note, reason): note
                for note, reason in (("水井旁", "other"), ("院子", "x"), (None, "x"))
            }
        db.engine.dispose()

        flask_migrate.upgrade()

        with db.engine.connect() as connection:
            moved = {row.decision_id: row.note for row in connection.execute(ReviewNote.__table__.select())}
            left = (
                connection.execute(text("SELECT note FROM review_decision WHERE reason_code = 'other'")).scalars().all()
            )
            rest = connection.execute(text("SELECT count(*) FROM review_decision WHERE note <> ''")).scalar()
        assert moved == {decision: note for decision, note in ids.items() if note is not None}
        assert (left, rest) == ([""], 0)
        with pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text("UPDATE review_decision SET round = 2"))

        flask_migrate.downgrade(revision=BEFORE)
        with db.engine.connect() as connection:
            notes = connection.execute(text("SELECT note FROM review_decision WHERE note IS NOT NULL")).scalars().all()
        assert sorted(notes) == ["水井旁", "院子"]
        db.engine.dispose()
