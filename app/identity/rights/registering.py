"""Opening this part of identity: what each subject of the room and the rooms below answer for, operations, worker, commands."""

from datetime import timedelta

from flask import Flask

from app.foundation.http import add_operations, still_here
from app.foundation.proof import ActorKind
from app.foundation.work import loop, schedule
from app.identity.consents.person_data import CONSENTS
from app.identity.entrance.person_data import ENTRANCE
from app.identity.households.person_data import HOUSEHOLDS
from app.identity.organisations.person_data import ORGANISATIONS
from app.identity.people.person_data import PEOPLE
from app.identity.rights.below import register_parts_below
from app.identity.rights.cli import privacy_commands
from app.identity.rights.parts import person_data
from app.identity.rights.person_data import RIGHTS
from app.identity.rights.routes import blp
from app.identity.rights.usecases.building import build_exports, expire_exports
from app.identity.rights.usecases.door import require_not_gone
from app.identity.rights.usecases.erasing import erase_step, look_again
from app.identity.staffing.person_data import STAFFING

LOOKED_EVERY = timedelta(seconds=5)
# First who the person is, which so goes last; then what leads to them; then the rooms below.
_OWN = {
    "identity.people": PEOPLE,
    "identity.rights": RIGHTS,
    "identity.entrance": ENTRANCE,
    "identity.staffing": STAFFING,
    "identity.consents": CONSENTS,
    "identity.households": HOUSEHOLDS,
    "identity.organisations": ORGANISATIONS,
}


def register_rights(app: Flask) -> None:
    """Let people have a copy of their data and be forgotten."""
    for name, part in _OWN.items():
        person_data.register(app, name, part)
    register_parts_below(app)
    still_here.register(app, ActorKind.RESIDENT, require_not_gone)
    add_operations(app, blp)
    app.cli.add_command(privacy_commands)
    loop(app, name="identity.rights", period=LOOKED_EVERY, run=work)
    schedule(app, name="identity.let_go_of_what_laws_kept", period=timedelta(days=1), run=look_again)


def work() -> int:
    """Take a step with each kind of work there is, and return how many were taken."""
    return build_exports() + expire_exports() + erase_step()
