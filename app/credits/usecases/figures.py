"""What the whole register comes to, written once a minute from the ledger's balances and read by pages as one row."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.credits.models import FiguresRow
from app.foundation.data import clock, insert_once, rows_written
from app.ledger import AssetKind, PurposeTotal, totals_by_purpose

_THE_ROW = 1
_NOTHING = PurposeTotal(posted=0, entries=0)
# Accounts of kilograms by purpose, as the ledger's own table of purposes names them.
_ISSUER, _HOLDING, _RETIRED, _BUFFER = "issuer", "holding", "retired", "buffer"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFigures:
    """What was issued, and where it is: issued = held + retired + buffer, to the kilogram."""

    as_of: datetime
    issued_kg: int
    held_kg: int
    retired_kg: int
    buffer_kg: int
    retirement_count: int


def register_figures(session: Session) -> RegisterFigures | None:
    """Return the register's figures as the last run found them, or None before the first run."""
    row = session.get(FiguresRow, _THE_ROW)
    if row is None:
        return None
    return RegisterFigures(**{name: getattr(row, name) for name in RegisterFigures.__slots__})


def write_figures(session: Session, _due_at: datetime) -> None:
    """Write the figures of now over those before.

    A batch's own account stands below zero by all that was issued; each of the other purposes is summed for itself, so
    that what does not add up is refused by the table and not smoothed over. Each entry of an account for retired
    kilograms is one retirement, so their number is known without counting them.
    """
    now = clock.now()
    totals = totals_by_purpose(session, AssetKind.CO2E_KG)
    retired = totals.get(_RETIRED, _NOTHING)
    figures = {
        "as_of": now,
        "issued_kg": -totals.get(_ISSUER, _NOTHING).posted,
        "held_kg": totals.get(_HOLDING, _NOTHING).posted,
        "retired_kg": retired.posted,
        "buffer_kg": totals.get(_BUFFER, _NOTHING).posted,
        "retirement_count": retired.entries,
    }
    if insert_once(session, FiguresRow, id=_THE_ROW, **figures):
        return
    # A run that was held up may come after the next one: older figures never replace newer ones.
    rows_written(session, update(FiguresRow).where(FiguresRow.id == _THE_ROW, FiguresRow.as_of < now).values(**figures))
