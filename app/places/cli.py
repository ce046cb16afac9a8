"""Commands of the operator: look at the working-day calendars, and at a file before it is put in their folder."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.foundation.data import clock
from app.places import calendar
from app.places.calendar import ShiftKind
from app.places.errors import CalendarInvalid
from app.places.upkeep import soon_missing

places_commands = AppGroup("places", help="Places and the working-day calendar.")
calendar_commands = AppGroup("calendar", help="Working days: a file a year.")
places_commands.add_command(calendar_commands)


@calendar_commands.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Say which years are known, or whether FILES could be added: working_days_YEAR.csv."""
    try:
        calendar.refuse_invalid(Path(current_app.config["LINTAN_CALENDARS"]))
        shown = [calendar.read_calendar(file) for file in files] or sorted(
            calendar.years().values(), key=lambda each: each.year
        )
    except CalendarInvalid as error:
        raise click.ClickException(str(error)) from None
    for each in shown:
        holidays = sum(shift.kind is ShiftKind.HOLIDAY for shift in each.shifts)
        worked = len(each.shifts) - holidays
        click.echo(f"{each.year}: {holidays} holidays, {worked} shifted working days, {each.status}")
    missing = soon_missing(clock.civil_day(clock.now()))
    if missing is not None and not any(each.year == missing for each in shown):
        click.echo(f"{missing} is missing: put working_days_{missing}.csv in {current_app.config['LINTAN_CALENDARS']}")
