"""Migrations go up, down and up again, and refuse to lose what must be kept."""

from datetime import UTC, datetime

import flask_migrate
import pytest
from sqlalchemy import Column, MetaData, Table, insert, inspect

from app.foundation.data import db, new_id, run_in_transaction
from app.foundation.proof import SYSTEM, ActorKind, record
from app.foundation.proof.audit import AuditRow
from tests.engines import PostgresServer, app_for


@pytest.fixture
def owner(app, server):
    """The application as the owner of the schema, who migrates."""
    if isinstance(server, PostgresServer):
        return app_for(server.home, server.url("lintan_owner"), owner_url=server.url("lintan_owner"))
    return app


def names() -> set[str]:
    found = set(inspect(db.engine).get_table_names())
    db.engine.dispose()
    return found


def without_documents() -> None:
    """Empty the tables that set-up fills, as only the owner of a database file or cluster can."""
    with db.engine.begin() as connection:
        for table in ("foundation_audit", "rulebook_document"):
            if db.engine.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_delete")
                connection.exec_driver_sql(f"DELETE FROM {table}")
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT 1; END"
                )
            else:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                connection.exec_driver_sql(f"DELETE FROM {table}")
    db.engine.dispose()


def test_a_database_goes_down_and_up_again(owner):
    with owner.app_context():
        before = names()
        without_documents()

        flask_migrate.downgrade(revision="base")
        assert names() == {"alembic_version"}
        flask_migrate.upgrade()

        assert names() == before
        db.engine.dispose()


def test_a_downgrade_that_would_lose_the_audit_is_refused(owner, caplog):
    with owner.app_context():
        without_documents()
        run_in_transaction(
            lambda session: record(session, action="test.kept", object_kind="test", object_id=new_id(), actor=SYSTEM)
        )

        with pytest.raises(SystemExit):  # Flask-Migrate logs the reason and ends the command.
            flask_migrate.downgrade(revision="base")

        assert "foundation_audit holds rows" in caplog.text
        assert "foundation_audit" in names()


# As that release wrote it: its table had no more columns.
_OLD_ROW = {
    "id": new_id(),
    "at": datetime(2026, 3, 12, 4, 0, tzinfo=UTC),
    "actor_kind": ActorKind.SYSTEM,
    "actor_id": SYSTEM.id,
    "roles": "system",
    "action": "test.old",
    "object_kind": "test",
    "object_id": new_id(),
}


def _audit_of_then() -> Table:
    """The table without what later releases have added to it."""
    columns = [Column(name, AuditRow.__table__.c[name].type) for name in _OLD_ROW]
    return Table(AuditRow.__tablename__, MetaData(), *columns)


def test_audit_rows_from_before_there_were_seals_wait_for_their_first(owner):
    with owner.app_context():
        without_documents()
        flask_migrate.downgrade(revision="0014")
        with db.engine.begin() as connection:
            connection.execute(insert(_audit_of_then()).values(**_OLD_ROW))
        db.engine.dispose()
        flask_migrate.upgrade()

        with db.engine.connect() as connection:
            written, waiting = (
                connection.exec_driver_sql(f"SELECT {column} FROM {table}").all()
                for column, table in (("id", "foundation_audit"), ("audit_id", "foundation_audit_waiting"))
            )
        db.engine.dispose()
        assert len(written) == 1
        assert waiting == written
