"""Commands of the operator for keys. docs/keys.md tells when to use which."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.proof import SYSTEM
from app.transparency.errors import KeysRefused
from app.transparency.keys import queries, usecases
from app.transparency.keys.files import key_files
from app.transparency.keys.inspection import ceremony_findings
from app.transparency.keys.queries import Key
from app.transparency.proofs import second_text

Command = TypeVar("Command", bound=Callable[..., Any])

key_commands = AppGroup("keys", help="The keys that sign certificates and the log.")


def _tells_why(command: Command) -> Command:
    """Let a refusal end the command with its reason and status 1."""

    @functools.wraps(command)
    def telling(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KeysRefused as reason:
            raise click.ClickException(str(reason)) from None

    return telling  # type: ignore[return-value]


def _names_owner(command: Command) -> Command:
    """Add --issuer and --log, of which exactly one is given; the command gets `owner`, None for the log."""

    @click.option("--issuer", help="Slug of the issuer whose key it is.")
    @click.option("--log", "is_of_log", is_flag=True, help="The log's own key.")
    @functools.wraps(command)
    def naming(*args: Any, issuer: str | None, is_of_log: bool, **kwargs: Any) -> Any:
        if (issuer is None) != is_of_log:
            raise click.UsageError("name --issuer SLUG or --log, one of them")
        return command(*args, owner=issuer, **kwargs)

    return naming  # type: ignore[return-value]


@key_commands.command("list")
def list_keys() -> None:
    """List all public keys: whose, name, state, whether the private half is on this machine, the key."""
    with reading() as session:
        keys = queries.every_key(session)
    files = key_files()
    for key in keys:
        here = "here" if files.has(key.file_name) else "not here"
        click.echo("\t".join([key.issuer or "log", key.name, _state(key), here, key.multikey]))


@key_commands.command("add")
@_names_owner
@_tells_why
def add_key(owner: str | None) -> None:
    """Make a key pair; from then on the new key signs."""
    key = run_in_transaction(lambda session: usecases.add_key(session, issuer=owner, actor=SYSTEM, now=clock.now()))
    click.echo(f"{key.name}\t{key.method}\t{key.multikey}")
    click.echo(
        f"private half: {key_files().folder / key.file_name}; back it up apart from the database and the passphrase"
    )


@key_commands.command("expire")
@click.argument("name")
@_names_owner
@_tells_why
def expire_key(name: str, owner: str | None) -> None:
    """End a key in good order: what it signed stays good, its private half is destroyed."""
    key = run_in_transaction(
        lambda session: usecases.expire_key(session, issuer=owner, name=name, actor=SYSTEM, now=clock.now())
    )
    _show_end(key, owner)


@key_commands.command("revoke")
@click.argument("name")
@_names_owner
@click.confirmation_option(prompt="Nothing this key signed will verify any more, and nothing undoes it. Revoke it?")
@_tells_why
def revoke_key(name: str, owner: str | None) -> None:
    """Take back a key that somebody else may have; its private half is destroyed."""
    key = run_in_transaction(
        lambda session: usecases.revoke_key(session, issuer=owner, name=name, actor=SYSTEM, now=clock.now())
    )
    _show_end(key, owner)


@key_commands.command("ceremony-check")
def check_ceremony() -> None:
    """Prove that every active key is here, encrypted, private and fits its public half; status 1 if anything is amiss."""
    with reading() as session:
        findings = ceremony_findings(session)
    for finding in findings:
        click.echo(finding)
    if findings:
        raise click.exceptions.Exit(1)
    click.echo("all keys are in order")


def _show_end(key: Key, owner: str | None) -> None:
    click.echo(f"{key.name} {_state(key)}; if other machines have its file, destroy it there too")
    with reading() as session:
        if not any(each.is_active for each in queries.keys_of(session, owner)):
            click.echo("no active key is left: nothing is signed until `flask keys add`")


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return f"revoked {second_text(key.revoked_at)}"
    if key.expires_at is not None:
        return f"expired {second_text(key.expires_at)}"
    return "demo" if key.is_demo else "active"
