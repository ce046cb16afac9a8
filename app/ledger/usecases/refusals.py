"""From the name of a constraint to the error that a caller understands."""

from sqlalchemy.exc import IntegrityError

from app.foundation.data import constraint_of
from app.foundation.http import DomainError
from app.ledger.errors import REFUSALS


def refusal_of(error: IntegrityError) -> Exception:
    """Return what the database's refusal means; the database's own error, when it means a fault of ours.

    On PostgreSQL the transaction, or the savepoint it runs in, can only be rolled back after this.
    """
    # SQLite puts its own words before the name: "CHECK constraint failed: ledger_balance_funds".
    name = constraint_of(error).rpartition(": ")[2]
    refusal: type[DomainError] | None = REFUSALS.get(name)
    return error if refusal is None else refusal()
