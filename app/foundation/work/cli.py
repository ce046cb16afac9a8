"""Commands of the operator: set-up, the database's roles, the worker."""

import signal
import threading

import click
from flask.cli import ScriptInfo, pass_script_info, with_appcontext
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.foundation.data import (
    MalformedId,
    PublicUrlDiffers,
    db,
    ddl,
    parse_public_id,
    public_id,
    reading,
    run_in_transaction,
)
from app.foundation.work.loops import start_loops
from app.foundation.work.serving import STOP_WAIT_S, NotServable, check_before_serving
from app.foundation.work.setup import set_up
from app.foundation.work.tasks import TaskUnknown, open_tasks, retry_dead_letter
from app.foundation.work.worker import run_until, work_until_idle


@click.command("setup")
@with_appcontext
def setup_command() -> None:
    """Migrate the database and fill in what the product ships; may run again at every start."""
    for name in set_up():
        click.echo(f"{name}: done")
    _refuse_unfit_database()


@click.command("db-roles")
@click.option(
    "--admin-url", required=True, help="A PostgreSQL address that may create roles, postgresql+psycopg://postgres@..."
)
@click.option("--owner-password", required=True, prompt=True, hide_input=True)
@click.option("--app-password", required=True, prompt=True, hide_input=True)
def db_roles_command(admin_url: str, owner_password: str, app_password: str) -> None:
    """Create the two PostgreSQL roles and hand the database to the owner: lintan_owner migrates, lintan_app serves."""
    engine = create_engine(admin_url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with engine.connect() as connection:
        for role, password in ((ddl.OWNER_ROLE, owner_password), (ddl.APP_ROLE, app_password)):
            known = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
            quoted = connection.scalar(text("SELECT quote_literal(:password)"), {"password": password})
            connection.exec_driver_sql(
                f"{'ALTER' if known else 'CREATE'} ROLE {role} LOGIN PASSWORD {quoted}".replace("%", "%%")
            )
        database = make_url(admin_url).database
        connection.exec_driver_sql(f'ALTER DATABASE "{database}" OWNER TO {ddl.OWNER_ROLE}')
        connection.exec_driver_sql(f'GRANT CONNECT ON DATABASE "{database}" TO {ddl.APP_ROLE}')
        connection.exec_driver_sql(f"ALTER SCHEMA public OWNER TO {ddl.OWNER_ROLE}")
    click.echo(f"{ddl.OWNER_ROLE} owns {database}, {ddl.APP_ROLE} may connect")


@click.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
@pass_script_info
@with_appcontext
def worker_command(info: ScriptInfo, once: bool) -> None:
    """Handle the outbox, timed jobs and loops until stopped (PostgreSQL: run as many as you like; SQLite: the server does it)."""
    if once:
        click.echo(f"{work_until_idle()} handled")
        return
    if db.engine.dialect.name == "sqlite":
        raise click.ClickException(
            "on SQLite the serving process works; `flask worker --once` is for when it does not run"
        )
    _refuse_unfit_database()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = start_loops(info.load_app(), stop)
    try:
        run_until(info.load_app(), stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join(STOP_WAIT_S)


@click.command("tasks")
@with_appcontext
def tasks_command() -> None:
    """List what waits for a person, oldest first."""
    with reading() as session:
        for task in open_tasks(session):
            click.echo(
                f"{public_id('tsk', task.id)}  {task.created_at:%Y-%m-%d %H:%M}Z  {task.role}  {task.kind}  {task.subject_id}"
            )


@click.command("retry")
@click.argument("task_id")
@with_appcontext
def retry_command(task_id: str) -> None:
    """Give the dead letter of a task ten more tries, and close the task."""
    try:
        run_in_transaction(lambda session: retry_dead_letter(session, parse_public_id("tsk", task_id)))
    except (MalformedId, TaskUnknown) as error:
        raise click.ClickException(f"there is no open task {task_id} of a dead letter") from error
    click.echo("the worker takes it up again")


def _refuse_unfit_database() -> None:
    try:
        check_before_serving()
    except PublicUrlDiffers as reason:
        raise click.ClickException(f"{reason}; use that address, or another LINTAN_HOME") from None
    except NotServable as reason:
        raise click.ClickException(str(reason)) from None


commands = (setup_command, db_roles_command, worker_command, tasks_command, retry_command)
