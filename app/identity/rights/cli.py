"""Commands about personal data: what is kept, and telling a restored database who was forgotten."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.identity.rights.usecases.inventory import inventory, not_personal
from app.identity.rights.usecases.replaying import erasure_list, read_list, replay

privacy_commands = AppGroup("privacy", help="Personal data: what is kept of people, and whom to forget again.")


@privacy_commands.command("inventory")
def inventory_command() -> None:
    """Print each table with personal data: which data, what for, how long."""
    for line in inventory():
        click.echo(f"{line.room}\t{line.held.table}\t{line.held.what}\t{line.held.purpose}\t{line.held.kept}")
    click.echo("")
    click.echo("Not personal data of residents:")
    for room, table, why in not_personal():
        click.echo(f"{room}\t{table}\t{why}")


@privacy_commands.command("erasure-list")
def erasure_list_command() -> None:
    """Print one line of ids for each erasure, to be kept apart from the database and its backups."""
    for line in erasure_list():
        click.echo(json.dumps(line, sort_keys=True))


@privacy_commands.command("replay-erasures")
@click.option(
    "--list",
    "list_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with lines of `erasure-list`. Without it the list in the file store is read.",
)
def replay_erasures_command(list_path: Path | None) -> None:
    """Run after a restore, before serving: whoever was forgotten since the backup is forgotten again by the worker."""
    try:
        lines = read_list(list_path.read_text(encoding="utf-8") if list_path is not None else None)
    except ValueError as error:
        raise click.ClickException(f"not a list of erasures: {error}") from error
    done = replay(lines)
    click.echo(f"{done.known} known and done, {done.asked_again} to be carried out again, {done.nobody} of nobody here")
