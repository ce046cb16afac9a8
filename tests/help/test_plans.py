"""What the desk asks the database finds by an index, however many questions there are."""

import pytest

from app.foundation.data import new_id, transaction
from app.foundation.proof import Actor, ActorKind
from app.help import queries
from app.help.models import TicketRow
from app.help.rules import TicketState
from tests.identity.people import statements_asked
from tests.identity.test_plans import plan_of

RESIDENT = Actor(id=new_id(), kind=ActorKind.RESIDENT, roles=frozenset())
STAFF = Actor(id=new_id(), kind=ActorKind.STAFF, roles=frozenset())
ASKED = {
    "queue": lambda session: session.scalars(
        queries.queue_of(TicketState.WAITING).order_by(TicketRow.due_at, TicketRow.id).limit(20)
    ).all(),
    "own": lambda session: [
        session.scalars(
            queries.tickets_of(who).order_by(TicketRow.opened_at.desc(), TicketRow.id.desc()).limit(20)
        ).all()
        for who in (RESIDENT, STAFF)
    ],
    "open": lambda session: queries.count_open(session, RESIDENT, at_most=20),
    "messages": lambda session: queries.messages_of(session, new_id()),
    "taken": lambda session: queries.lock_taken_by(session, new_id()),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_no_question_reads_a_whole_table(app, engine_name, ask):
    with transaction() as session:
        with statements_asked() as asked:
            ask(session)
        plans = [plan_of(session, engine_name, *each) for each in asked if "help_" in each[0]]

    assert plans
    for plan in plans:
        assert "SCAN help" not in plan, plan
        assert "Seq Scan" not in plan, plan
