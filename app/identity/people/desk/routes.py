"""Operations of members of staff at a desk (role `support`)."""

from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    Blueprint,
    caller_address,
    current_actor,
    idempotent,
    limited,
    no_idempotency,
    requires,
)
from app.identity.entrance.errors import CodeRefused, PhoneNotSupported
from app.identity.entrance.schemas import SentCodeSchema
from app.identity.entrance.usecases import assisted
from app.identity.entrance.usecases.assisted import AssistedSession, NewAssistance
from app.identity.entrance.usecases.codes import SentCode
from app.identity.people.desk import assisting, lookup, recovery, schemas
from app.identity.people.desk.assisting import AssistedPerson, NewAssistedPerson
from app.identity.people.desk.errors import CountyUnknown, RecoveryNotFound
from app.identity.people.desk.recovery import DeskCode, NewRecovery, Recovery
from app.identity.people.errors import PersonNotFound, PhoneTaken
from app.identity.people.family.errors import BirthDateImplausible, GuardianNeeded
from app.identity.people.routes import CODE_PROBLEMS, NO_KEY
from app.identity.staffing.rules.roles import Role

desk = Blueprint("desk", __name__, description="What members of staff do for residents who stand in front of them.")

_CODE_SENT = {"responses": {201: {"links": {"open_recovery": {"operationId": "desk_open_recovery"}}}}}
_OPENED = {
    "responses": {
        201: {
            "links": {
                operation: {"operationId": operation, "parameters": {"approval_id": "$response.body#/approval_id"}}
                for operation in ("approvals_get_approval", "approvals_approve")
            }
        }
    }
}
_ASSISTED = {
    "responses": {
        201: {
            "links": {
                "open_assisted_session": {
                    "operationId": "desk_open_assisted_session",
                    "requestBody": {"person_id": "$response.body#/id"},
                }
            }
        }
    }
}
_ENTERED = {"responses": {201: {"links": {"me_show": {"operationId": "me_show"}}}}}


@desk.post("/people/lookup")
@requires(Role.SUPPORT)
@no_idempotency("A look changes nothing; each one is noted.")
@limited("30 per minute")
@desk.arguments(schemas.LookupSchema)
@desk.response(200, schemas.HoldListSchema, example=schemas.HOLDS)
@desk.problems(PhoneNotSupported)
def look_up(asked: dict[str, Any]) -> dict[str, Any]:
    """Find who holds or held exactly this number. The answer is masked; the look and its reason are on record."""
    holds = lookup.look_up(asked["phone"], reason=asked["reason"], staff=current_actor(), now=clock.now())
    return {"items": holds, "next_cursor": None}


@desk.post("/recoveries/codes")
@requires(Role.SUPPORT)
@no_idempotency(NO_KEY)
@desk.doc(**_CODE_SENT)
@desk.arguments(schemas.DeskCodeSchema)
@desk.response(201, SentCodeSchema, description="The code is on its way.")
@desk.problems(PersonNotFound, *CODE_PROBLEMS)
def request_desk_code(asked: DeskCode) -> SentCode:
    """Send a code to the number that a resident at the desk says is theirs now."""
    return recovery.request_desk_code(asked, staff=current_actor(), address=caller_address(), now=clock.now())


@desk.post("/recoveries")
@requires(Role.SUPPORT)
@idempotent(two_step=True)  # A wrong code is counted and committed, whatever is answered.
@desk.doc(**_OPENED)
@desk.arguments(schemas.NewRecoverySchema)
@desk.response(201, schemas.RecoverySchema, description="A second person decides.", example=schemas.RECOVERY)
@desk.problems(PersonNotFound, CodeRefused, PhoneTaken)
def open_recovery(new: NewRecovery) -> tuple[Recovery, dict[str, str]]:
    """Propose a proved number for a resident who has lost theirs. Another member of staff approves under `/v1/approvals`."""
    opened = recovery.open_recovery(new, staff=current_actor(), now=clock.now())
    return opened, {"Location": f"/v1/recoveries/{public_id('rec', opened.id)}"}


@desk.get("/recoveries/<string:recovery_id>")
@requires(Role.SUPPORT, Role.AUDITOR)
@desk.response(200, schemas.RecoverySchema, example=schemas.RECOVERY)
@desk.problems(RecoveryNotFound)
def show_recovery(recovery_id: str) -> Recovery:
    """Show a recovery, and where its proposal stands."""
    return recovery.get_recovery(_recovery_id(recovery_id), now=clock.now())


@desk.post("/assisted-people")
@requires(Role.SUPPORT)
@idempotent
@desk.doc(**_ASSISTED)
@desk.arguments(schemas.NewAssistedPersonSchema)
@desk.response(201, schemas.AssistedPersonSchema, description="The account is open.")
@desk.problems(CountyUnknown, BirthDateImplausible, GuardianNeeded)
def open_assisted_person(new: NewAssistedPerson) -> tuple[AssistedPerson, dict[str, str]]:
    """Open an account for a resident who has no telephone."""
    opened = assisting.open_assisted_person(new, staff=current_actor(), now=clock.now())
    return opened, {"Location": f"/v1/assisted-people/{public_id('per', opened.id)}"}


@desk.get("/assisted-people/<string:person_id>")
@requires(Role.SUPPORT, Role.AUDITOR)
@desk.response(200, schemas.AssistedPersonSchema)
@desk.problems(PersonNotFound)
def show_assisted_person(person_id: str) -> AssistedPerson:
    """Show an account that was opened at a desk."""
    try:
        parsed = parse_public_id("per", person_id)
    except MalformedId:
        raise PersonNotFound() from None
    return assisting.get_assisted_person(parsed)


@desk.post("/assisted-sessions")
@requires(Role.SUPPORT)
@no_idempotency(NO_KEY)
@desk.doc(**_ENTERED)
@desk.arguments(schemas.NewAssistanceSchema)
@desk.response(201, schemas.AssistedSessionSchema, description="The session is open for half an hour.")
@desk.problems(PersonNotFound)
def open_assisted_session(new: NewAssistance) -> AssistedSession:
    """Enter for a resident who has signed a paper for it. Operations with `x-assisted` take the token; no other does."""
    return assisted.open_assisted_session(new, staff=current_actor(), now=clock.now())


def _recovery_id(text: str) -> UUID:
    try:
        return parse_public_id("rec", text)
    except MalformedId:
        raise RecoveryNotFound() from None
