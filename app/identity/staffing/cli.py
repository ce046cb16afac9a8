"""Commands of the operator: agencies and staff. In production the first admin is made here too."""

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from app.foundation.data import clock
from app.foundation.proof import SYSTEM
from app.identity.staffing.errors import CannotDo
from app.identity.staffing.rules.roles import GRANTABLE_ROLES, AgencyKind, Role
from app.identity.staffing.usecases import agencies, staff
from app.identity.staffing.usecases.staff import Enrolment, NewStaff

Command = TypeVar("Command", bound=Callable[..., Any])

agency_commands = AppGroup("agency", help="Agencies, the offices that decide.")
staff_commands = AppGroup("staff", help="Staff accounts.")


def _tells_why(command: Command) -> Command:
    """Let a refusal end the command with its reason and status 1."""

    @functools.wraps(command)
    def telling(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CannotDo as reason:
            raise click.ClickException(str(reason)) from None

    return telling  # type: ignore[return-value]


@agency_commands.command("create")
@click.option("--slug", required=True, help="How addresses name it, such as liandu-forestry.")
@click.option("--kind", required=True, type=click.Choice([str(kind) for kind in AgencyKind]))
@click.option("--county", help="Six-digit code of its county; without it the agency is the city's.")
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@_tells_why
def create_agency(slug: str, kind: str, county: str | None, name_zh: str, name_en: str) -> None:
    """Open an agency."""
    agencies.create_agency(
        slug=slug,
        kind=AgencyKind(kind),
        county_code=county,
        name_zh=name_zh,
        name_en=name_en,
        actor=SYSTEM,
        now=clock.now(),
    )
    click.echo(f"agency {slug} created")


@agency_commands.command("issuer")
@click.argument("slug")
@click.option("--site", help="The agency's own pages, https://…")
@_tells_why
def make_issuer(slug: str, site: str | None) -> None:
    """Let an agency sign certificates; its key is made by `flask keys add`."""
    issuer = agencies.make_issuer(slug=slug, site=site, actor=SYSTEM, now=clock.now())
    click.echo(f"agency {slug} is the issuer {issuer.did}")


@staff_commands.command("create")
@click.option("--username", required=True)
@click.option("--name", required=True, help="How colleagues see the person.")
@click.option("--agency", help="Slug of the agency; verifiers, registrars, issuers and finance need one.")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice([str(role) for role in sorted(GRANTABLE_ROLES)])
)
@click.option("--county", "counties", multiple=True, help="At a city agency: six-digit code, repeated, or * for all.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@_tells_why
def create_staff(
    username: str,
    name: str,
    agency: str | None,
    roles: tuple[str, ...],
    counties: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Open a staff account and print, once, the address for the authenticator app."""
    new = NewStaff(
        username=username,
        display_name=name,
        password=_password(from_stdin=password_stdin),
        roles=[Role(role) for role in roles],
        agency_slug=agency,
        counties=counties,
    )
    _show(staff.create_staff(new, actor=SYSTEM, now=clock.now()), f"staff {username} created")


@staff_commands.command("reset")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@_tells_why
def reset_staff(username: str, password_stdin: bool) -> None:
    """Give an account a new password and second factor; its sessions end."""
    password = _password(from_stdin=password_stdin)
    _show(staff.reset_staff(username, password, actor=SYSTEM, now=clock.now()), f"staff {username} reset")


@staff_commands.command("disable")
@click.argument("username")
@_tells_why
def disable_staff(username: str) -> None:
    """Close an account at once, with its sessions."""
    staff.disable_staff(username, actor=SYSTEM, now=clock.now())
    click.echo(f"staff {username} disabled")


@staff_commands.command("list")
def list_accounts() -> None:
    """List accounts with their roles."""
    for line in staff.list_accounts(clock.now()):
        state = "disabled" if line.is_disabled else "active"
        scope = " ".join(filter(None, [line.agency_slug, ",".join(line.counties)])) or "-"
        click.echo("\t".join([line.username, state, ",".join(line.roles) or "-", scope, line.display_name or "-"]))


def _password(*, from_stdin: bool) -> str:
    """Return the password without white space around it, as sign-in reads it too."""
    if from_stdin:
        return sys.stdin.readline().strip()
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer.strip()


def _show(enrolment: Enrolment, done: str) -> None:
    click.echo(done)
    click.echo("Second factor, shown once; scan it as a QR code or type its secret into an authenticator app:")
    click.echo(enrolment.totp_uri)
