"""What staffing brings to the application."""

from datetime import timedelta

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.work import schedule
from app.identity.staffing import cli
from app.identity.staffing.open_work import PROPOSALS, PROPOSALS_OF_STAFF, open_work
from app.identity.staffing.proposals import register_proposals
from app.identity.staffing.routes import agencies, deputies, entrance, staff
from app.identity.staffing.usecases.accounts import sweep_pending

_SWEPT_EVERY = timedelta(hours=6)


def register_staffing(app: Flask) -> None:
    """Serve operations and commands, answer for proposals, and let names of what came to nothing go."""
    for blueprint in (agencies.agencies, staff.staff, deputies.deputies, entrance.entrance):
        add_operations(app, blueprint)
    register_proposals(app)
    open_work.register(app, PROPOSALS, PROPOSALS_OF_STAFF)
    app.cli.add_command(cli.agency_commands)
    app.cli.add_command(cli.staff_commands)
    schedule(app, name="identity.sweep_pending_staff", period=_SWEPT_EVERY, run=sweep_pending)
