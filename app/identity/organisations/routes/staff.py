"""What agencies do with organisations: the queue, verdicts, suspension, the first owner's invitation, imports."""

from typing import Any
from uuid import UUID

from app.foundation.data import clock
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    idempotent,
    mapped,
    must_find,
    needs_if_match,
    next_link,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.identity.organisations import examples
from app.identity.organisations.errors import (
    ImportUnreadable,
    NothingToCheck,
    OrganisationNotFound,
    OrganisationStateForbids,
    OwnedAlready,
    OwnImport,
    OwnOrganisation,
    ProfileNotFound,
    ReasonNeeded,
    TooManyInvitations,
)
from app.identity.organisations.routes.members import LINKS_OF_CODE, WITHHELD
from app.identity.organisations.routes.own import shown
from app.identity.organisations.routes.paths import organisation_of, part_of
from app.identity.organisations.rules.kinds import OrganisationKind
from app.identity.organisations.schemas.listing import ImportReportSchema, NewImportSchema
from app.identity.organisations.schemas.organisations import (
    MadeOrganisationInvitationSchema,
    NewCheckSchema,
    OrganisationQueueLineSchema,
    OrganisationSchema,
    StopReasonSchema,
)
from app.identity.organisations.usecases import check, invitations, reading
from app.identity.organisations.usecases.check import NewCheck
from app.identity.organisations.usecases.imports import ImportReport, NewImport, import_organisations
from app.identity.organisations.views import made_view, organisation_view, queue_view
from app.identity.staffing.rules.roles import Role

blp = Blueprint("organisation-checks", __name__, description="Agencies check organisations.")


def _to_check(organisation_id: str) -> None:
    check.require_checker(organisation_of(organisation_id), OrganisationKind.GENERAL, checker=current_actor())


def _part_to_check(organisation_id: str, kind: str) -> None:
    check.require_checker(organisation_of(organisation_id), part_of(kind), checker=current_actor())


def _in_charge(organisation_id: str) -> None:
    check.require_in_charge(organisation_of(organisation_id), checker=current_actor())


def _as_decided(organisation_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    file = reading.show_as_decided(organisation_id, reader=current_actor(), now=clock.now())
    return with_etag(organisation_view(file), file.row.version)


@blp.get("/organisations/queue")
@requires(Role.VERIFIER)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(
    200, page_schema(OrganisationQueueLineSchema), example={"items": [examples.QUEUE_LINE], "next_cursor": None}
)
def list_queue(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List what waits for a check by one's agency in one's counties, the longest waiting first."""
    page = reading.list_queue(PageQuery(**query), viewer=current_actor())
    return mapped(page, queue_view), next_link(page)


@blp.post("/organisations/<string:organisation_id>/check")
@requires(Role.VERIFIER)
@must_find(_to_check)
@needs_if_match
@idempotent
@blp.arguments(NewCheckSchema, example={"verdict": "needs_more", "reason": "The licence cannot be read."})
@blp.response(200, OrganisationSchema, example=examples.VERIFIED)
@blp.problems(OrganisationNotFound, OwnOrganisation, NothingToCheck, ReasonNeeded)
def check_organisation(new: NewCheck, organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Decide about a sign-up, or about a change of what was verified before, as it was read; what is not approved is dropped."""
    parsed = organisation_of(organisation_id)
    check.check_organisation(parsed, new, seen=version_seen(), checker=current_actor(), now=clock.now())
    return _as_decided(parsed)


@blp.post("/organisations/<string:organisation_id>/profiles/<string:kind>/check")
@requires(Role.VERIFIER)
@must_find(_part_to_check)
@needs_if_match
@idempotent
@blp.arguments(NewCheckSchema, example={"verdict": "approve"})
@blp.response(200, OrganisationSchema, example=examples.VERIFIED)
@blp.problems(OrganisationNotFound, OwnOrganisation, ProfileNotFound, ReasonNeeded)
def check_profile(new: NewCheck, organisation_id: str, kind: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Decide about the proposed facts of a part, as they were read: approved they are in force, else they are dropped."""
    parsed = organisation_of(organisation_id)
    check.check_profile(parsed, part_of(kind), new, seen=version_seen(), checker=current_actor(), now=clock.now())
    return _as_decided(parsed)


@blp.post("/organisations/<string:organisation_id>/suspend")
@requires(Role.VERIFIER)
@must_find(_in_charge)
@idempotent
@blp.arguments(StopReasonSchema, example={"reason": "The licence was revoked."})
@blp.response(200, OrganisationSchema, example=examples.SUSPENDED)
@blp.problems(OrganisationNotFound, OwnOrganisation, OrganisationStateForbids)
def suspend(sent: dict[str, Any], organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Suspend a verified organisation: nobody acts in its name, and it stands in no list."""
    parsed = organisation_of(organisation_id)
    check.suspend(parsed, sent["reason"], checker=current_actor(), now=clock.now())
    return shown(parsed)


@blp.post("/organisations/<string:organisation_id>/reinstate")
@requires(Role.VERIFIER)
@must_find(_in_charge)
@idempotent
@blp.arguments(StopReasonSchema, example={"reason": "The licence is good again."})
@blp.response(200, OrganisationSchema, example=examples.VERIFIED)
@blp.problems(OrganisationNotFound, OwnOrganisation, OrganisationStateForbids)
def reinstate(sent: dict[str, Any], organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Let a suspended organisation act again."""
    parsed = organisation_of(organisation_id)
    check.reinstate(parsed, sent["reason"], checker=current_actor(), now=clock.now())
    return shown(parsed)


@blp.post("/organisations/<string:organisation_id>/owner-invitations")
@requires(Role.VERIFIER)
@must_find(_in_charge)
@idempotent(withheld=WITHHELD)
@blp.response(201, MadeOrganisationInvitationSchema, example={**examples.MADE_INVITATION, "role": "owner"})
@blp.problems(OrganisationNotFound, OwnedAlready, OwnImport, TooManyInvitations)
@blp.doc(responses={201: {"links": LINKS_OF_CODE}})
def invite_owner(organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Make the code of the first owner of an organisation that a colleague of one's agency has entered."""
    made = invitations.invite_owner(organisation_of(organisation_id), staff=current_actor(), now=clock.now())
    return made_view(made), {"Location": f"/v1/organisations/{organisation_id}"}


@blp.post("/organisation-imports")
@requires(Role.VERIFIER)
@idempotent
@blp.arguments(NewImportSchema, example=examples.NEW_IMPORT)
@blp.response(200, ImportReportSchema, example=examples.IMPORT_REPORT)
@blp.problems(ImportUnreadable)
def import_table(new: NewImport) -> ImportReport:
    """Enter the organisations of one's register from a table, all lines or none; the report tells what becomes of each."""
    return import_organisations(new, staff=current_actor(), now=clock.now())
