"""What a member of staff has at the help desk when they leave: it goes back to the queue, in its place."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.proof import Actor
from app.help import queries
from app.help.rules import Act, TicketState
from app.help.telling import TICKET
from app.help.usecases.moving import move
from app.identity import OpenWork, WorkItem


def _list(session: Session, staff_id: UUID) -> list[WorkItem]:
    return [WorkItem(TICKET, each.id, None, None, each.due_at) for each in queries.taken_by(session, staff_id)]


def _put_back(session: Session, staff_id: UUID, _: UUID | None, actor: Actor, now: datetime) -> int:
    """Put everything back: a question is anybody's of the desk, and none of them waits for one person's return."""
    for ticket in queries.lock_taken_by(session, staff_id):
        move(session, ticket, Act.RELEASE, TicketState.WAITING, actor=actor, now=now)
    return 0


TICKETS_OF_STAFF = OpenWork(list=_list, hand_over=_put_back)
