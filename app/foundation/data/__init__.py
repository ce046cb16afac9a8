"""Data: the database and its transactions, column types, ids, units, the clock, the file store.

The lowest part of the house; it imports nothing of it.
"""

from app.foundation.data import clock, ddl, types, units
from app.foundation.data.base import AppendOnly, Base
from app.foundation.data.database import (
    DatabaseBusy,
    after_commit,
    before_commit,
    constraint_of,
    db,
    in_transaction,
    open_database,
    prepare_engine,
    reading,
    run_in_transaction,
    sqlstate_of,
    transaction,
)
from app.foundation.data.files import FileStore, file_store, open_store
from app.foundation.data.guards import missing_guards
from app.foundation.data.ids import PREFIXES, MalformedId, crockford, new_id, parse_any_id, parse_public_id, public_id
from app.foundation.data.journal import truncate_journal
from app.foundation.data.memory import PublicUrlDiffers, check_public_url, remember_public_url
from app.foundation.data.secrets import derived_key
from app.foundation.data.types import Document, ExactDecimal, Identifier, UtcInstant, instant_text
from app.foundation.data.units import FEN_MAX, GRAMS_MAX, JSON_INTEGER_MAX, KG_MAX, POINTS_MAX, ceil_kg
from app.foundation.data.writes import delete_in_batches, insert_once, insert_those_missing, rows_written

__all__ = [
    "FEN_MAX",
    "GRAMS_MAX",
    "JSON_INTEGER_MAX",
    "KG_MAX",
    "POINTS_MAX",
    "PREFIXES",
    "AppendOnly",
    "Base",
    "DatabaseBusy",
    "Document",
    "ExactDecimal",
    "FileStore",
    "Identifier",
    "MalformedId",
    "PublicUrlDiffers",
    "UtcInstant",
    "after_commit",
    "before_commit",
    "ceil_kg",
    "check_public_url",
    "clock",
    "constraint_of",
    "crockford",
    "db",
    "ddl",
    "delete_in_batches",
    "derived_key",
    "file_store",
    "in_transaction",
    "insert_once",
    "insert_those_missing",
    "instant_text",
    "missing_guards",
    "new_id",
    "open_database",
    "open_store",
    "parse_any_id",
    "parse_public_id",
    "prepare_engine",
    "public_id",
    "reading",
    "remember_public_url",
    "rows_written",
    "run_in_transaction",
    "sqlstate_of",
    "transaction",
    "truncate_journal",
    "types",
    "units",
]
