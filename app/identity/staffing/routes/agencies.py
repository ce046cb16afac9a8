"""Agencies: everybody reads who decides where; two admins open and rename them."""

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema
from app.foundation.data import clock
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    current_actor,
    idempotent,
    must_find,
    next_link,
    page_schema,
    requires,
)
from app.identity.staffing import examples
from app.identity.staffing.errors import AgencyNotFound, AgencyRefused, AgencyTaken
from app.identity.staffing.models import AgencyRow
from app.identity.staffing.routes import paths
from app.identity.staffing.routes.paths import Proposed, proposed
from app.identity.staffing.rules.roles import Role
from app.identity.staffing.schemas import AgencyNamesSchema, AgencyQuerySchema, AgencySchema, NewAgencySchema
from app.identity.staffing.usecases import agency_proposals, reading
from app.identity.staffing.usecases.agency_proposals import NewAgency
from app.identity.staffing.usecases.reading import AgencyFilter

agencies = Blueprint(
    "agencies", __name__, description="Agencies: the offices that decide, per kind of business and county."
)


@agencies.get("/agencies")
@requires(ANYONE)
@agencies.arguments(AgencyQuerySchema, location="query")
@agencies.response(200, page_schema(AgencySchema), example=examples.AGENCIES)
def list_agencies(asked: tuple[AgencyFilter, PageQuery]) -> tuple[Page[AgencyRow], dict[str, str]]:
    """List agencies, the oldest first."""
    wanted, query = asked
    page = reading.list_agencies(query, wanted)
    return page, next_link(page)


@agencies.get("/agencies/<string:agency_id>")
@requires(ANYONE)
@agencies.response(200, AgencySchema, example=examples.AGENCY)
@agencies.problems(AgencyNotFound)
def read_agency(agency_id: str) -> AgencyRow:
    """Read an agency."""
    return reading.get_agency(paths.id_of_agency(agency_id))


@agencies.post("/agencies")
@requires(Role.ADMIN)
@idempotent
@agencies.arguments(NewAgencySchema, example=examples.NEW_AGENCY)
@agencies.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@agencies.problems(AgencyRefused, AgencyTaken)
@agencies.doc(responses={202: {"links": paths.PROPOSAL_LINKS}})
def propose_agency(new: NewAgency) -> Proposed:
    """Propose to open an agency. It opens when another admin approves; `content.agency_id` is then its id."""
    proposer = current_actor()
    return proposed(agency_proposals.propose_agency(new, proposer=proposer, now=clock.now()), proposer)


@agencies.post("/agencies/<string:agency_id>/names")
@requires(Role.ADMIN)
@must_find(paths.find_agency)
@idempotent
@agencies.arguments(AgencyNamesSchema, example=examples.NAMES)
@agencies.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@agencies.problems(AgencyNotFound)
@agencies.doc(responses={202: {"links": paths.PROPOSAL_LINKS}})
def propose_names(names: dict[str, str], agency_id: str) -> Proposed:
    """Propose other names for an agency. They hold when another admin approves; what it has signed keeps the old ones."""
    proposer = current_actor()
    proposal = agency_proposals.propose_names(
        paths.id_of_agency(agency_id), **names, proposer=proposer, now=clock.now()
    )
    return proposed(proposal, proposer)
