"""One at a time in the whole city: locks of PostgreSQL that are had at once or not at all, and end with the transaction."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Numbers of PostgreSQL's advisory locks, "log" and "seal" in ASCII; they must differ from all others of the product.
SEQUENCING = 0x006C6F67
SEALING = 0x7365616C


def is_alone(session: Session, lock: int) -> bool:
    """Return whether this transaction has the lock now; on SQLite whoever writes is alone anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock}))
