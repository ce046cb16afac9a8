"""The hourly run that takes due points, one batch a transaction, until none is left."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock
from app.foundation.proof import logger
from app.foundation.work import Message, publish
from app.ledger.usecases.expiry import expire_due

EXPIRY_GOES_ON = "ledger.expiry_goes_on"
BATCH = 500

log = logger(__name__)


def start_expiry(session: Session, due_at: datetime) -> None:
    """Take the first batch of what is due now; most hours there is none."""
    _take_batch(session, run=due_at.isoformat(), number=1)


def go_on_expiring(session: Session, messages: list[Message]) -> None:
    """Take the next batch of a run."""
    for message in messages:
        _take_batch(session, run=str(message.payload["run"]), number=int(message.payload["number"]))


def _take_batch(session: Session, *, run: str, number: int) -> None:
    accounts = expire_due(session, now=clock.now(), limit=BATCH)
    if accounts:
        # A batch that was not full may still have left something: one account can have several lots in it.
        following = {"run": run, "number": number + 1}
        publish(session, EXPIRY_GOES_ON, key=f"{run} {number + 1}", payload=following)
        after_commit(log.info, "ledger.points.expired", accounts=accounts, run=run, number=number)
