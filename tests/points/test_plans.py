"""Queries over tables that grow go by an index, on both engines."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.foundation.data import db, new_id, transaction
from app.points import queries
from app.points.models import AwardRow
from app.points.rules import cool_down_window
from tests.points.conftest import MARCH_12

PERSON = new_id()


def page_of_awards(session: Session) -> Any:
    mine = select(AwardRow).where(AwardRow.person_id == PERSON)
    return session.scalars(mine.order_by(AwardRow.decided_at.desc(), AwardRow.id.desc()).limit(21)).all()


READS: dict[str, tuple[Callable[[Session], Any], set[str]]] = {
    "pending": (lambda session: queries.pending_of(session, PERSON), {"points_part_person_idx"}),
    "queue": (lambda session: queries.lock_queue(session, limit=100), {"points_part_queue_idx"}),
    "anybody_waiting": (queries.is_anybody_waiting, {"points_part_queue_idx"}),
    "awards_of_a_person": (page_of_awards, {"points_award_person_idx"}),
    "awards_of_subjects": (
        lambda session: queries.awards_for(session, "planting.claim", [PERSON]),
        {"points_award_once", "sqlite_autoindex_points_award_2"},
    ),
    "usage": (
        lambda session: queries.usage_of(
            session, person_id=PERSON, act="planting.tree", acted_on=MARCH_12, window=cool_down_window(MARCH_12, days=7)
        ),
        {"points_usage_pkey", "PRIMARY KEY"},
    ),
}


@pytest.mark.parametrize("name", READS)
def test_read_goes_by_its_index(app, engine_name, name):
    read, indexes = READS[name]
    seen: list[tuple[str, Any]] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.lstrip().startswith("SELECT") and "points_" in statement:
            seen.append((statement, parameters))

    with transaction() as session:
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            read(session)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        statement, parameters = seen[0]
        connection = session.connection()
        if engine_name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN " if engine_name == "postgresql" else "EXPLAIN QUERY PLAN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))

    assert any(index in plan for index in indexes), plan
    assert "SCAN points_part\n" not in plan
    assert "Seq Scan" not in plan
