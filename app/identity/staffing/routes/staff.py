"""Staff: read by admins and auditors; accounts, resets and roles by two admins; leaving by one."""

from typing import Any

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema
from app.foundation.data import clock
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    current_actor,
    idempotent,
    must_find,
    next_link,
    no_idempotency,
    page_schema,
    requires,
)
from app.identity.staffing import errors, examples
from app.identity.staffing.routes import paths
from app.identity.staffing.routes.paths import Proposed, proposed
from app.identity.staffing.rules.roles import Role
from app.identity.staffing.schemas import (
    EnrolmentCodeSchema,
    LeaveSchema,
    LeftSchema,
    NewAccountSchema,
    NewRoleSchema,
    OpenWorkSchema,
    RoleEndSchema,
    StaffFileSchema,
    StaffLineSchema,
    StaffQuerySchema,
)
from app.identity.staffing.usecases import accounts, enrolment, granting, leaving, reading
from app.identity.staffing.usecases.accounts import NewAccount
from app.identity.staffing.usecases.enrolment import EnrolmentCode
from app.identity.staffing.usecases.granting import NewRole
from app.identity.staffing.usecases.leaving import Leave, Left
from app.identity.staffing.usecases.reading import StaffFile, StaffFilter, StaffLine

staff = Blueprint("staff", __name__, description="Members of staff, the roles they hold, and what they have open.")

_LINKS_OF_CODE = {
    "choose_credentials": {
        "operationId": "staff_entrance_choose_credentials",
        "requestBody": {"code": "$response.body#/code"},
    }
}


@staff.get("/staff")
@requires(Role.ADMIN, Role.AUDITOR)
@staff.arguments(StaffQuerySchema, location="query")
@staff.response(200, page_schema(StaffLineSchema), example=examples.PAGE)
def list_staff(asked: tuple[StaffFilter, PageQuery]) -> tuple[Page[StaffLine], dict[str, str]]:
    """List staff with the roles held now, the newest account first."""
    wanted, query = asked
    page = reading.list_staff(query, wanted, clock.now())
    return page, next_link(page)


@staff.get("/staff/<string:staff_id>")
@requires(Role.ADMIN, Role.AUDITOR)
@staff.response(200, StaffFileSchema, example=examples.FILE)
@staff.problems(errors.StaffNotFound)
def read_staff(staff_id: str) -> StaffFile:
    """Read a member of staff with the roles held now, later and before; of a proposed account, the name."""
    return reading.get_staff(paths.id_of_staff(staff_id), clock.now())


@staff.post("/staff")
@requires(Role.ADMIN)
@idempotent
@staff.arguments(NewAccountSchema, example=examples.NEW_ACCOUNT)
@staff.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@staff.problems(errors.UsernameRefused, errors.UsernameTaken, errors.AgencyNotFound)
@staff.problems(errors.ScopeRefused, errors.RolesRefused)
@staff.doc(responses={202: {"links": paths.PROPOSAL_LINKS}})
def propose_staff(new: NewAccount) -> Proposed:
    """Propose an account with its roles. It opens when another admin approves; `content.staff_id` is then its id."""
    proposer = current_actor()
    return proposed(accounts.propose_account(new, proposer=proposer, now=clock.now()), proposer)


@staff.post("/staff/<string:staff_id>/enrolment-codes")
@requires(Role.ADMIN)
@must_find(paths.find_enrolment)
@no_idempotency("A stored answer would keep the code; a repetition makes another one, and the first is void.")
@staff.response(201, EnrolmentCodeSchema, example=examples.CODE)
@staff.problems(errors.EnrolmentNotFound, errors.NotYourEnrolment)
@staff.doc(responses={201: {"links": _LINKS_OF_CODE}})
def make_enrolment_code(staff_id: str) -> tuple[EnrolmentCode, int, dict[str, str]]:
    """Make the code that you hand over in person: 24 hours, once. The two admins who agreed on the account may."""
    made = enrolment.make_code(paths.id_of_staff(staff_id), actor=current_actor(), now=clock.now())
    return made, 201, {"Location": f"/v1/staff/{staff_id}"}


@staff.post("/staff/<string:staff_id>/resets")
@requires(Role.ADMIN)
@must_find(paths.find_staff)
@idempotent
@staff.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@staff.problems(errors.StaffNotFound, errors.StaffClosed, errors.OwnAccount)
@staff.doc(responses={202: {"links": paths.PROPOSAL_LINKS}})
def propose_reset(staff_id: str) -> Proposed:
    """Propose that somebody who lost password or phone enrols anew. On approval the old ones are void at once."""
    proposer = current_actor()
    proposal = accounts.propose_reset(paths.id_of_staff(staff_id), proposer=proposer, now=clock.now())
    return proposed(proposal, proposer)


@staff.post("/staff/<string:staff_id>/roles")
@requires(Role.ADMIN)
@must_find(paths.find_staff)
@idempotent
@staff.arguments(NewRoleSchema, example=examples.NEW_ROLE)
@staff.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@staff.problems(errors.StaffNotFound, errors.StaffClosed, errors.OwnAccount, errors.AgencyNotFound)
@staff.problems(errors.ScopeRefused, errors.RolesRefused, errors.PeriodRefused, errors.RoleHeldAlready)
@staff.doc(responses={202: {"links": paths.PROPOSAL_LINKS}})
def propose_role(new: NewRole, staff_id: str) -> Proposed:
    """Propose a role for somebody else. It is held when a third person, an admin, approves."""
    proposer = current_actor()
    proposal = granting.propose_role(paths.id_of_staff(staff_id), new, proposer=proposer, now=clock.now())
    return proposed(proposal, proposer)


@staff.post("/staff/<string:staff_id>/roles/<string:role_id>/end")
@requires(Role.ADMIN)
@must_find(paths.find_staff)
@idempotent
@staff.arguments(RoleEndSchema, example=examples.END)
@staff.response(200, StaffFileSchema, example=examples.FILE)
@staff.problems(errors.StaffNotFound, errors.RoleNotFound)
def end_role(ending: dict[str, Any], staff_id: str, role_id: str) -> StaffFile:
    """Take a role away at once, and with it what a deputy holds because of it."""
    whose, now = paths.id_of_staff(staff_id), clock.now()
    granting.end_role(whose, paths.id_of_role(role_id), reason=ending["reason"], actor=current_actor(), now=now)
    return reading.get_staff(whose, now)


@staff.get("/staff/<string:staff_id>/open-work")
@requires(Role.ADMIN, Role.AUDITOR)
@staff.response(200, OpenWorkSchema, example=examples.WORK)
@staff.problems(errors.StaffNotFound)
def list_open_work(staff_id: str) -> dict[str, Any]:
    """List what somebody has taken and not finished: what would pass on if they left."""
    return {"items": leaving.list_open_work(paths.id_of_staff(staff_id))}


@staff.post("/staff/<string:staff_id>/leave")
@requires(Role.ADMIN)
@must_find(paths.find_staff)
@idempotent
@staff.arguments(LeaveSchema, example=examples.LEAVE)
@staff.response(200, LeftSchema, example=examples.LEFT)
@staff.problems(errors.StaffNotFound, errors.StaffClosed, errors.OwnAccount)
@staff.problems(errors.SuccessorUnfit, errors.LastDayAhead)
def leave(given: Leave, staff_id: str) -> Left:
    """Close an account at once. What the successor may hold goes to them, the rest back to the queues."""
    return leaving.leave(paths.id_of_staff(staff_id), given, actor=current_actor(), now=clock.now())
