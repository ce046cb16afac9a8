"""The journal of SQLite holds pages as they were. After an erasure it is emptied, or what was erased would still stand in it."""

from app.foundation.data.database import db, in_transaction

_BUSY = 1


def truncate_journal() -> bool:
    """Move the write-ahead log into the database and cut it to nothing; return whether that was possible now.

    A reader that still looks at an older state prevents it: try again later. PostgreSQL has nothing to cut here (its own log is
    recycled, and archived for backups): there it is always done. No transaction may be open.
    """
    if in_transaction():
        raise RuntimeError("the journal cannot be cut inside a transaction")
    if db.engine.dialect.name != "sqlite":
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only = OFF")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
    finally:
        connection.close()
    return bool(busy != _BUSY)
