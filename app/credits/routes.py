"""The register over HTTP: registrars propose, everybody reads."""

import re
from typing import Any
from uuid import UUID

from app.approvals import APPROVAL_EXAMPLE, ApprovalSchema, ApprovalView, Proposal, approval_view, get_proposal
from app.credits import examples
from app.credits.errors import (
    AgencyAmbiguous,
    BatchCodeTaken,
    BatchNotFound,
    BoundaryInvalid,
    CountyNotYours,
    CountyUnknown,
    ProjectClosed,
    ProjectNotFound,
    RetirementNotFound,
    SerialNotFound,
    SourceNotExternal,
    SourceProofMissing,
    VintageInFuture,
    VintageNotInCode,
)
from app.credits.rules import RETIREMENT_PATTERN
from app.credits.schemas import (
    BatchQuery,
    BatchQuerySchema,
    BatchSchema,
    CreditProjectSchema,
    NewBatchSchema,
    NewPrice,
    NewPriceSchema,
    NewProjectSchema,
    ProjectQuery,
    ProjectQuerySchema,
    RetirementSchema,
    SerialSchema,
    WholeBatchSchema,
    WholeCreditProjectSchema,
)
from app.credits.usecases import issue, price, projects, reading
from app.credits.usecases.issue import NewBatch
from app.credits.usecases.projects import NewProject
from app.credits.views import (
    batch_state_view,
    batch_view,
    project_view,
    retirement_view,
    serial_view,
    whole_project_view,
)
from app.evidence import EvidenceFileNotFound, FileAlreadyBound
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    idempotent,
    mapped,
    must_find,
    next_link,
    page_schema,
    requires,
)
from app.foundation.proof import Actor
from app.identity import Role

blp = Blueprint("credits", __name__, description="Projects, batches, serial numbers and retirements of carbon credits.")

# What comes of a proposal is read and decided in approvals.
_LINKS = {
    operation: {"operationId": operation, "parameters": {"approval_id": "$response.body#/id"}}
    for operation in ("approvals_get_approval", "approvals_approve")
}
Proposed = tuple[ApprovalView, int, dict[str, str]]


def _proposed(proposal: Proposal, proposer: Actor) -> Proposed:
    shown = approval_view(get_proposal(proposal.id, viewer=proposer, now=clock.now()))
    return shown, 202, {"Location": f"/v1/approvals/{public_id('apv', proposal.id)}"}


def _project_id(text: str) -> UUID:
    try:
        return parse_public_id("prj", text)
    except MalformedId:
        raise ProjectNotFound() from None


def _batch_id(text: str) -> UUID:
    try:
        return parse_public_id("bat", text)
    except MalformedId:
        raise BatchNotFound() from None


def _own_batch(batch_id: str) -> None:
    price.require_own(_batch_id(batch_id), proposer=current_actor())


@blp.post("/projects")
@requires(Role.REGISTRAR)
@idempotent
@blp.arguments(NewProjectSchema, example=examples.NEW_PROJECT)
@blp.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(CountyUnknown, CountyNotYours, AgencyAmbiguous, BoundaryInvalid)
@blp.doc(responses={202: {"links": _LINKS}})
def propose_project(new: NewProject) -> Proposed:
    """Propose a project for the register. It enters when a second registrar approves; `content.id` is then its id."""
    proposer = current_actor()
    return _proposed(projects.propose_project(new, proposer=proposer, now=clock.now()), proposer)


@blp.get("/projects")
@requires(ANYONE)
@blp.arguments(ProjectQuerySchema, location="query")
@blp.response(200, page_schema(CreditProjectSchema), example={"items": [examples.PROJECT], "next_cursor": None})
def list_projects(query: ProjectQuery) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List projects, newest first."""
    page = reading.list_projects(query.page, county=query.county)
    return mapped(page, project_view), next_link(page)


@blp.get("/projects/<string:project_id>")
@requires(ANYONE)
@blp.response(200, WholeCreditProjectSchema, example=examples.WHOLE_PROJECT)
@blp.problems(ProjectNotFound)
def get_project(project_id: str) -> dict[str, Any]:
    """Read a project: what it is, whose, where, by which methodology."""
    return whole_project_view(*reading.get_project(_project_id(project_id)))


@blp.post("/batches")
@requires(Role.REGISTRAR)
@idempotent
@blp.arguments(NewBatchSchema, example=examples.NEW_BATCH)
@blp.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(ProjectNotFound, ProjectClosed, BatchCodeTaken, VintageInFuture, VintageNotInCode)
@blp.problems(SourceProofMissing, SourceNotExternal, EvidenceFileNotFound, FileAlreadyBound)
@blp.doc(responses={202: {"links": _LINKS}})
def propose_batch(new: NewBatch) -> Proposed:
    """Propose to issue a batch with its price. It is issued when a second registrar approves; `content.id` is its id."""
    proposer = current_actor()
    return _proposed(issue.propose_batch(new, proposer=proposer, now=clock.now()), proposer)


@blp.get("/batches")
@requires(ANYONE)
@blp.arguments(BatchQuerySchema, location="query")
@blp.response(200, page_schema(BatchSchema), example={"items": [examples.BATCH], "next_cursor": None})
def list_batches(query: BatchQuery) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List batches, the latest issued first."""
    page = reading.list_batches(query.page, query.wanted)
    return mapped(page, batch_view), next_link(page)


@blp.get("/batches/<string:batch_id>")
@requires(ANYONE)
@blp.response(200, WholeBatchSchema, example=examples.WHOLE_BATCH)
@blp.problems(BatchNotFound)
def get_batch(batch_id: str) -> dict[str, Any]:
    """Read a batch: what was issued, what it costs, and how much is available, reserved and retired."""
    return batch_state_view(reading.get_batch_state(_batch_id(batch_id), now=clock.now()))


@blp.post("/batches/<string:batch_id>/prices")
@requires(Role.REGISTRAR)
@must_find(_own_batch)
@idempotent
@blp.arguments(NewPriceSchema, example={"price_fen_per_t": 8_000})
@blp.response(202, ApprovalSchema, example=APPROVAL_EXAMPLE)
@blp.problems(BatchNotFound)
@blp.doc(responses={202: {"links": _LINKS}})
def propose_price(new: NewPrice, batch_id: str) -> Proposed:
    """Propose the next price of a batch, or the end of its sale. It holds when a second registrar approves."""
    proposer = current_actor()
    proposal = price.propose_price(_batch_id(batch_id), new.price_fen_per_t, proposer=proposer, now=clock.now())
    return _proposed(proposal, proposer)


@blp.get("/serials/<string:serial>")
@requires(ANYONE)
@blp.response(200, SerialSchema, example=examples.SERIAL)
@blp.problems(SerialNotFound)
def get_serial(serial: str) -> dict[str, Any]:
    """Read the whole history of one kilogram by its printed serial: issued, moved, retired, and in whose name."""
    return serial_view(reading.get_serial(serial))


@blp.get("/retirements")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(RetirementSchema), example={"items": [examples.RETIREMENT], "next_cursor": None})
def list_retirements(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List what is retired in one's own name, newest first."""
    page = reading.own_retirements(PageQuery(**query), reader=current_actor())
    return mapped(page, retirement_view), next_link(page)


@blp.get("/retirements/<string:retirement_id>")
@requires(ANYONE)
@blp.response(200, RetirementSchema, example=examples.RETIREMENT)
@blp.problems(RetirementNotFound)
def get_retirement(retirement_id: str) -> dict[str, Any]:
    """Read a retirement: which kilograms, when, for what, and in whose name."""
    if not re.fullmatch(RETIREMENT_PATTERN, retirement_id):
        raise RetirementNotFound()
    return retirement_view(reading.get_retirement(retirement_id))
