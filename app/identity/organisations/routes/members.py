"""Who acts for an organisation: members, invitations, joining."""

from typing import Any
from uuid import UUID

from app.foundation.data import clock, parse_public_id, public_id
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    Withheld,
    atomic,
    current_actor,
    idempotent,
    limited,
    mapped,
    must_find,
    needs_if_match,
    next_link,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.identity.invitation_codes import ORGANISATION_CODES
from app.identity.organisations import examples
from app.identity.organisations.errors import (
    InvitationNotFound,
    MemberAlready,
    OrganisationMemberNotFound,
    OrganisationNotFound,
    OwnerNeeded,
    TooManyInvitations,
)
from app.identity.organisations.routes.own import shown
from app.identity.organisations.routes.paths import invitation_of, member_of_path, organisation_of, owned
from app.identity.organisations.schemas.organisations import (
    JoinSchema,
    MadeOrganisationInvitationSchema,
    MemberRoleSchema,
    OrganisationInvitationSchema,
    OrganisationMemberSchema,
    OrganisationSchema,
)
from app.identity.organisations.usecases import invitations, members
from app.identity.organisations.usecases.members import Member
from app.identity.organisations.views import invitation_view, made_view
from app.identity.staffing.rules.roles import Role

blp = Blueprint("organisation-members", __name__, description="Who acts for an organisation.")

# The code is made from the id, so it need not be kept with the answer.
WITHHELD = Withheld(("code",), lambda holder: ORGANISATION_CODES.code_of(parse_public_id("oiv", holder["id"])))

LINKS_OF_CODE = {"join": {"operationId": "organisation-members_join", "requestBody": {"code": "$response.body#/code"}}}
_LINKS = {
    "show": {"operationId": "organisations_show", "parameters": {"organisation_id": "$response.body#/id"}},
}


def _owned_member(organisation_id: str, organisation_member_id: str) -> None:
    members.require_owner_of_member(
        organisation_of(organisation_id), member_of_path(organisation_member_id), owner=current_actor()
    )


def _seen_member(organisation_id: str, organisation_member_id: str) -> None:
    members.show_member(
        organisation_of(organisation_id), member_of_path(organisation_member_id), reader=current_actor()
    )


def _member(organisation_id: UUID, member_id: UUID) -> tuple[Member, dict[str, str]]:
    member = members.show_member(organisation_id, member_id, reader=current_actor())
    return with_etag(member, member.version)


@blp.get("/organisations/<string:organisation_id>/members")
@requires(Role.RESIDENT)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(OrganisationMemberSchema), example={"items": [examples.MEMBER], "next_cursor": None})
@blp.problems(OrganisationNotFound)
def list_members(query: dict[str, Any], organisation_id: str) -> tuple[Page[Member], dict[str, str]]:
    """List the members to one of them, by the names they appear under."""
    page = members.list_members(organisation_of(organisation_id), PageQuery(**query), reader=current_actor())
    return page, next_link(page)


@blp.patch("/organisations/<string:organisation_id>/members/<string:organisation_member_id>")
@requires(Role.RESIDENT)
@must_find(_owned_member)
@needs_if_match
@atomic
@blp.arguments(MemberRoleSchema, example={"role": "owner"})
@blp.response(200, OrganisationMemberSchema, example={**examples.MEMBER, "role": "owner", "version": 2})
@blp.problems(OrganisationNotFound, OrganisationMemberNotFound, OwnerNeeded)
def change_role(
    change: dict[str, Any], organisation_id: str, organisation_member_id: str
) -> tuple[Member, dict[str, str]]:
    """Make a member an owner, or an owner a member."""
    organisation, member = organisation_of(organisation_id), member_of_path(organisation_member_id)
    members.change_role(
        organisation, member, change["role"], seen=version_seen(), owner=current_actor(), now=clock.now()
    )
    return _member(organisation, member)


@blp.delete("/organisations/<string:organisation_id>/members/<string:organisation_member_id>")
@requires(Role.RESIDENT)
@must_find(_seen_member)
@needs_if_match
@atomic
@blp.response(204)
@blp.problems(OrganisationNotFound, OrganisationMemberNotFound, OwnerNeeded)
def end_membership(organisation_id: str, organisation_member_id: str) -> None:
    """Remove a member, or leave. It takes effect with the next request of whoever it is."""
    members.end_membership(
        organisation_of(organisation_id),
        member_of_path(organisation_member_id),
        seen=version_seen(),
        actor=current_actor(),
        now=clock.now(),
    )


@blp.post("/organisations/<string:organisation_id>/invitations")
@requires(Role.RESIDENT)
@must_find(owned)
@idempotent(withheld=WITHHELD)
@blp.arguments(MemberRoleSchema, example={"role": "member"})
@blp.response(201, MadeOrganisationInvitationSchema, example=examples.MADE_INVITATION)
@blp.problems(OrganisationNotFound, TooManyInvitations)
@blp.doc(responses={201: {"links": LINKS_OF_CODE}})
def invite(asked: dict[str, Any], organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Make a code with which one person joins in a role, once, within seven days."""
    made = invitations.invite(organisation_of(organisation_id), asked["role"], owner=current_actor(), now=clock.now())
    return made_view(made), {"Location": f"/v1/organisations/{organisation_id}/invitations"}


@blp.get("/organisations/<string:organisation_id>/invitations")
@requires(Role.RESIDENT)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(
    200, page_schema(OrganisationInvitationSchema), example={"items": [examples.INVITATION], "next_cursor": None}
)
@blp.problems(OrganisationNotFound)
def list_invitations(query: dict[str, Any], organisation_id: str) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List to an owner the invitations that can still be used, without their codes."""
    page = invitations.list_invitations(
        organisation_of(organisation_id), PageQuery(**query), owner=current_actor(), now=clock.now()
    )
    return mapped(page, invitation_view), next_link(page)


@blp.post("/organisations/<string:organisation_id>/invitations/<string:organisation_invitation_id>/withdraw")
@requires(Role.RESIDENT)
@must_find(owned)
@idempotent
@blp.response(200, OrganisationInvitationSchema, example=examples.INVITATION)
@blp.problems(OrganisationNotFound, InvitationNotFound)
def withdraw(organisation_id: str, organisation_invitation_id: str) -> dict[str, Any]:
    """Make an invitation useless."""
    withdrawn = invitations.withdraw(
        organisation_of(organisation_id),
        invitation_of(organisation_invitation_id),
        owner=current_actor(),
        now=clock.now(),
    )
    return invitation_view(withdrawn)


@blp.post("/organisation-memberships")
@requires(Role.RESIDENT)
@limited("20 per minute")
@idempotent
@blp.arguments(JoinSchema, example={"code": "7k3m9qwdx4"})
@blp.response(201, OrganisationSchema, example={**examples.ORGANISATION, "my_role": "member", "contact": None})
@blp.problems(InvitationNotFound, MemberAlready)
@blp.doc(responses={201: {"links": _LINKS}})
def join(sent: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Become a member by the code of an invitation."""
    organisation_id = invitations.join(sent["code"], person=current_actor(), now=clock.now())
    body, headers = shown(organisation_id)
    return body, {**headers, "Location": f"/v1/organisations/{public_id('org', organisation_id)}"}
