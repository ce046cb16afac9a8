"""What owners and members do with their organisations."""

from typing import Any
from uuid import UUID

from app.foundation.data import clock, public_id
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    atomic,
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
    CodeFixed,
    CodeInvalid,
    CodeTaken,
    CountyNotOurs,
    DocumentsMissing,
    NoAgencyInCharge,
    OrganisationNotFound,
    OrganisationStateForbids,
    TooManySignUps,
)
from app.identity.organisations.routes.paths import organisation_of, owned
from app.identity.organisations.schemas.organisations import (
    NewOrganisationSchema,
    OrganisationChangeSchema,
    OrganisationFileSchema,
    OrganisationLineSchema,
    OrganisationSchema,
    SubmissionSchema,
)
from app.identity.organisations.usecases import reading, sign_up
from app.identity.organisations.usecases.sign_up import NewOrganisation, OrganisationChange
from app.identity.organisations.views import file_view, line_view, organisation_view
from app.identity.staffing.rules.roles import Role

blp = Blueprint("organisations", __name__, description="Organisations: sign-up, and what their people see of them.")

_LINKS = {
    operation: {"operationId": operation, "parameters": {"organisation_id": "$response.body#/id"}}
    for operation in ("organisations_show", "organisations_submit", "organisations_close")
}


def shown(organisation_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Return an organisation as the caller sees it, without documents."""
    file = reading.show(organisation_id, reader=current_actor(), now=clock.now())
    return with_etag(organisation_view(file), file.row.version)


@blp.post("/organisations")
@requires(Role.RESIDENT)
@idempotent
@blp.arguments(NewOrganisationSchema, example=examples.NEW)
@blp.response(201, OrganisationSchema, example=examples.ORGANISATION)
@blp.problems(CodeInvalid, CountyNotOurs, CodeTaken, TooManySignUps)
@blp.doc(responses={201: {"links": _LINKS}})
def sign_up_organisation(new: NewOrganisation) -> tuple[dict[str, Any], dict[str, str]]:
    """Sign an organisation up as its owner. It is a draft until it is submitted with a picture of its licence."""
    organisation_id = sign_up.sign_up(new, owner=current_actor(), now=clock.now())
    body, headers = shown(organisation_id)
    return body, {**headers, "Location": f"/v1/organisations/{public_id('org', organisation_id)}"}


@blp.get("/organisations")
@requires(Role.RESIDENT)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(OrganisationLineSchema), example={"items": [examples.LINE], "next_cursor": None})
def list_own(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List the organisations one is a member of, in whatever state, the newest membership first."""
    page = reading.list_own(PageQuery(**query), reader=current_actor())
    return mapped(page, line_view), next_link(page)


@blp.get("/organisations/<string:organisation_id>")
@requires(Role.RESIDENT, Role.VERIFIER)
@blp.response(200, OrganisationFileSchema, example=examples.FILE)
@blp.problems(OrganisationNotFound)
def show(organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Show an organisation to its members, and with its documents to owners and to who checks it."""
    file = reading.show(organisation_of(organisation_id), reader=current_actor(), now=clock.now())
    return with_etag(file_view(file), file.row.version)


@blp.patch("/organisations/<string:organisation_id>")
@requires(Role.RESIDENT)
@must_find(owned)
@needs_if_match
@atomic
@blp.arguments(OrganisationChangeSchema, example={"kinds": ["merchant", "sponsor"]})
@blp.response(200, OrganisationSchema, example=examples.ORGANISATION)
@blp.problems(OrganisationNotFound, CodeInvalid, CountyNotOurs, CodeTaken, CodeFixed, OrganisationStateForbids)
@blp.problems(NoAgencyInCharge)
def change(asked: OrganisationChange, organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Change an organisation. Checked facts stay in force until the agency has checked the new ones.

    Sending what is in force takes a proposal back.
    """
    parsed = organisation_of(organisation_id)
    sign_up.change_organisation(parsed, asked, seen=version_seen(), owner=current_actor(), now=clock.now())
    return shown(parsed)


@blp.post("/organisations/<string:organisation_id>/submit")
@requires(Role.RESIDENT)
@must_find(owned)
@idempotent
@blp.arguments(SubmissionSchema, example={"document_ids": ["fil_01kmkdrp0000008000000000g1"]})
@blp.response(200, OrganisationSchema, example=examples.SUBMITTED)
@blp.problems(OrganisationNotFound, OrganisationStateForbids, DocumentsMissing, NoAgencyInCharge)
def submit(sent: dict[str, Any], organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Hand an organisation to the agency in charge, with pictures that were uploaded before."""
    parsed = organisation_of(organisation_id)
    sign_up.submit(parsed, sent["document_ids"], owner=current_actor(), now=clock.now())
    return shown(parsed)


@blp.post("/organisations/<string:organisation_id>/close")
@requires(Role.RESIDENT)
@must_find(owned)
@idempotent
@blp.response(200, OrganisationSchema, example=examples.CLOSED)
@blp.problems(OrganisationNotFound, OrganisationStateForbids)
def close(organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Close an organisation for good: nobody acts in its name any more, and its code is free."""
    parsed = organisation_of(organisation_id)
    sign_up.close(parsed, owner=current_actor(), now=clock.now())
    return shown(parsed)
