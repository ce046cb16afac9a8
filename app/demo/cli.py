"""Commands for looking around the demo city."""

import sys
import time
from collections.abc import Callable

import click
import pyotp
from flask.cli import AppGroup

from app.demo.city import second_factors
from app.demo.journey import Journey, StepFailed
from app.demo.people import PASSWORD, RESIDENTS, STAFF
from app.demo.steps import STEPS
from app.demo.wire import Unreachable, Wire
from app.foundation.data import clock

demo_commands = AppGroup("demo", help="The demo city.")

POLL_S = 0.2
PATIENCE_S = 70.0  # Two codes of a second factor.


@demo_commands.command("sign-ins")
def sign_ins_command() -> None:
    """Tell how to sign in: residents by phone, staff by name, password and code."""
    click.echo(f"Staff (password {PASSWORD}, code from `flask --app wsgi demo totp NAME`):")
    for staff in STAFF:
        click.echo(f"  {staff.username:<18} {staff.agency or staff.roles[0]}")
    click.echo("Residents (the code stands in the answer, nothing is sent):")
    for resident in RESIDENTS:
        click.echo(f"  {resident.phone}")


@demo_commands.command("totp")
@click.argument("username", type=click.Choice([staff.username for staff in STAFF]))
def totp_command(username: str) -> None:
    """Show the six digits that an authenticator app would show now."""
    click.echo(pyotp.TOTP(second_factors()[username]).at(clock.now()))


@demo_commands.command("journey")
@click.option("--base-url", required=True, help="Where the product serves, such as http://127.0.0.1:8000.")
def journey_command(base_url: str) -> None:
    """Walk the main journey over HTTP against the running server, one line a step; exit 1 at the first that fails."""
    journey = Journey(Wire(base_url), second_factors(), wait=_wait_for)
    for number, step in enumerate(STEPS, start=1):
        try:
            click.echo(f"{number}. {step(journey)}")
        except (StepFailed, Unreachable) as failure:
            click.echo(f"{number}. {failure}", err=True)
            sys.exit(1)


def _wait_for(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(POLL_S)
    return condition()
