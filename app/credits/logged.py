"""Every retirement stands in the public log: which kilograms, under its own public id, and in nobody's name."""

from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.credits import queries
from app.credits.errors import TooScattered
from app.credits.queries import Retirement
from app.credits.rules import RETIREMENT_RANGES_MAX, joined, tonnes
from app.foundation.data import reading, run_in_transaction
from app.transparency import EntryKind, append_entry, find_leaf, second_text

RETIREMENT_SUBJECT = "credits.retirement"
AT_ONCE = 500


def log_retirement(session: Session, retirement: Retirement) -> None:
    """Let the log tell of a retirement, in the caller's transaction; a second call changes nothing.

    Raises:
        TooScattered: its serials lie in more ranges than an entry can hold.
    """
    ranges = joined(retirement.serials)
    if len(ranges) > RETIREMENT_RANGES_MAX:
        raise TooScattered(ranges_max=RETIREMENT_RANGES_MAX)
    batch = queries.get_batch(session, retirement.batch_id)
    append_entry(
        session,
        kind=EntryKind.RETIRE,
        content={
            "id": f"{current_app.config['LINTAN_PUBLIC_URL']}/retirements/{retirement.public_id}",
            "quantity": tonnes(retirement.kg),
            "serials": [{"block": batch.code, "first": each.first, "last": each.last} for each in ranges],
            "time": second_text(retirement.retired_at),
            "unit": "tCO2e",
        },
        subject_kind=RETIREMENT_SUBJECT,
        subject_id=retirement.id,
    )


def log_older_retirements() -> None:
    """Let the log tell of the retirements made before the product had one; a step of the set-up.

    The newest go first, a batch a transaction. So once the oldest of all stands in the log, nothing is left to do, and a set-up
    that was cut off goes on.
    """
    with reading() as session:
        oldest = queries.oldest_retirement_id(session)
        if oldest is None or is_logged(session, oldest):
            return
    before: UUID | None = None
    while True:
        before = run_in_transaction(lambda session, before=before: _log_some(session, before))  # type: ignore[misc]
        if before is None:
            return


def is_logged(session: Session, retirement_id: UUID) -> bool:
    """Return whether the log tells of a retirement, under a number."""
    leaf = find_leaf(session, kind=EntryKind.RETIRE, subject_kind=RETIREMENT_SUBJECT, subject_id=retirement_id)
    return leaf is not None


def _log_some(session: Session, before: UUID | None) -> UUID | None:
    ids = queries.retirement_ids_before(session, before, limit=AT_ONCE)
    found = queries.retirements_by_ids(session, ids)
    for retirement_id in ids:
        log_retirement(session, found[retirement_id])
    return ids[-1] if ids else None
