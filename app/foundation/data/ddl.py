"""The part of the schema that models cannot say: append-only guards, grants, and the SQL of the rooms.

Migrations and the catalogue check build it with the same functions.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, MetaData, literal, select
from sqlalchemy import table as sql_table

from app.foundation.data.base import Base

OWNER_ROLE = "lintan_owner"
APP_ROLE = "lintan_app"
_APP = Path(__file__).resolve().parents[2]
_SEPARATOR = "-- ;;"

# One function serves all append-only tables on PostgreSQL. SQLSTATE class LT is ours: the standard leaves I-Z to implementers.
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION foundation_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'append_only: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LT001';
END $$
"""


def append_only(table: str, dialect: str) -> list[str]:
    """Return the statements that make the database refuse changes and deletions in a table."""
    if dialect == "postgresql":
        refuse = "EXECUTE FUNCTION foundation_refuse_change()"
        return [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'append_only: {verb} of {table}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def grant(table: str, privileges: str, dialect: str) -> list[str]:
    """Return the statements that let the serving role do just `privileges`; SQLite has no roles."""
    if dialect != "postgresql" or not privileges:
        return []
    return [f"GRANT {privileges} ON {table} TO {APP_ROLE}"]


def room_sql(room: str, dialect: str, *names: str) -> list[str]:
    """Return the statements of a room's SQL files for one engine, in the order of their numbers.

    Args:
        names: `01_what` of the files; all of the room's when empty. A migration names its own, so that a later
            file does not change it.
    """
    folder = _APP / room / "sql"
    paths = [folder / f"{name}.{dialect}.sql" for name in names] or sorted(folder.glob(f"*.{dialect}.sql"))
    parts = [part for path in paths for part in path.read_text(encoding="utf-8").split(f"\n{_SEPARATOR}")]
    return [part.strip() for part in parts if part.strip()]


def drop_functions(names: Sequence[str], dialect: str) -> list[str]:
    """Return the statements that drop functions with the triggers that call them, before their tables go."""
    if dialect != "postgresql":
        return []
    return [f"DROP FUNCTION {name} CASCADE" for name in names]


def run(connection: Connection, statements: list[str]) -> None:
    """Run statements as they are: no parameters, so a percent sign or a colon in them means itself."""
    for statement in statements:
        escaped = statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
        connection.exec_driver_sql(escaped)


def refuse_to_lose(connection: Connection, *tables: str) -> None:
    """Stop a downgrade that would drop rows which nobody may delete.

    Raises:
        RuntimeError: names the table that is not empty.
    """
    for table in tables:
        if connection.execute(select(literal(1)).select_from(sql_table(table)).limit(1)).first() is not None:
            raise RuntimeError(f"{table} holds rows that must be kept: this downgrade is refused")


def beyond_models(metadata: MetaData, dialect: str) -> list[str]:
    """Return everything that stands beside `metadata.create_all` in a complete database."""
    statements = [REFUSE_CHANGE] if dialect == "postgresql" else []
    for mapped in sorted(_mapped_classes(metadata), key=lambda each: each.__tablename__):
        table = mapped.__tablename__
        statements += grant(table, mapped.__grants__, dialect)
        if mapped.__append_only__:
            statements += append_only(table, dialect)
    for room in sorted(path.parent.name for path in _APP.glob("*/sql")):
        statements += room_sql(room, dialect)
    return statements


def _mapped_classes(metadata: MetaData) -> list[type[Base]]:
    return [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.metadata is metadata]
