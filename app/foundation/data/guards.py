"""Do the triggers and functions of the schema still stand, switched on, with the product's own text?

Whoever can change the schema can switch off every check of the database. This tells of it the day after.
"""

import re

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+)")
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)")


def missing_guards(session: Session, statements: list[str]) -> list[str]:
    """Return the names of triggers and functions that `statements` make and that are gone, switched off or other than made.

    Args:
        statements: as `ddl.append_only` and `ddl.room_sql` give them for this engine; others among them are passed over.
    """
    triggers = _named(_TRIGGER, statements)
    if session.get_bind().dialect.name == "sqlite":
        standing = _pairs(
            session, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN :names", triggers
        )
        return sorted(name for name, sql in triggers.items() if _words(standing.get(name)) != _words(sql))
    query = """
        SELECT tgname, tgrelid::regclass::text, proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
    """
    enabled = {row[0]: (row[1], row[2]) for row in session.execute(text(query))}
    missing = {name for name, sql in triggers.items() if enabled.get(name) != _table_and_function(sql)}
    functions = {name: sql.split("$$")[1] for name, sql in _named(_FUNCTION, statements).items()}
    bodies = _pairs(session, "SELECT proname, prosrc FROM pg_proc WHERE proname IN :names", functions)
    return sorted(missing | {name for name, body in functions.items() if _words(bodies.get(name)) != _words(body)})


def _table_and_function(trigger: str) -> tuple[str, str]:
    return trigger.split(" ON ")[1].split(maxsplit=1)[0], trigger.split(" FUNCTION ")[1].partition("(")[0]


def _named(pattern: re.Pattern[str], statements: list[str]) -> dict[str, str]:
    found = ((pattern.search(statement), statement) for statement in statements)
    return {match[1]: statement[match.start() :] for match, statement in found if match}


def _pairs(session: Session, query: str, names: dict[str, str]) -> dict[str, str]:
    statement = text(query).bindparams(bindparam("names", value=list(names), expanding=True))
    return {row[0]: row[1] for row in session.execute(statement)}


def _words(sql: str | None) -> list[str]:
    return (sql or "").split()
