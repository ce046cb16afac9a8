"""Deputies: proposed by the person or an admin, approved by another admin, ended early by either of the two."""

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema
from app.foundation.data import clock
from app.foundation.http import Blueprint, current_actor, idempotent, must_find, requires
from app.identity.staffing import errors, examples
from app.identity.staffing.routes import paths
from app.identity.staffing.routes.paths import Proposed, proposed
from app.identity.staffing.rules.roles import Role
from app.identity.staffing.schemas import NewDeputySchema
from app.identity.staffing.usecases import deputies as usecases
from app.identity.staffing.usecases.deputies import NewDeputy

deputies = Blueprint("deputies", __name__, description="Who stands in for whom, and for which time.")


@deputies.post("/staff/<string:staff_id>/deputies")
@requires(Role.STAFF)
@must_find(paths.find_own_staff)
@idempotent
@deputies.arguments(NewDeputySchema, example=examples.NEW_DEPUTY)
@deputies.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@deputies.problems(errors.StaffNotFound, errors.StaffClosed, errors.OwnAccount, errors.DeputyUnfit)
@deputies.problems(errors.PeriodRefused, errors.NothingToPassOn, errors.RolesRefused)
@deputies.doc(responses={202: {"links": paths.PROPOSAL_LINKS}})
def propose_deputy(new: NewDeputy, staff_id: str) -> Proposed:
    """Propose who stands in for you, or as an admin for somebody. An admin who is neither of the two approves."""
    proposer = current_actor()
    proposal = usecases.propose_deputy(paths.id_of_staff(staff_id), new, proposer=proposer, now=clock.now())
    return proposed(proposal, proposer)


@deputies.post("/staff/<string:staff_id>/deputies/<string:deputyship_id>/end")
@requires(Role.STAFF)
@must_find(paths.find_own_deputyship)
@idempotent
@deputies.response(204)
@deputies.problems(errors.DeputyshipNotFound)
def end_deputyship(staff_id: str, deputyship_id: str) -> None:
    """End a time as a deputy before its day. Either of the two may, and an admin."""
    usecases.end_deputyship(
        paths.id_of_staff(staff_id), paths.id_of_deputyship(deputyship_id), actor=current_actor(), now=clock.now()
    )
