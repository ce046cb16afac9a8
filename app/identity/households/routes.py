"""Households over HTTP: open, invite, join, leave, and the sums of what members did."""

from datetime import date
from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, clock, parse_public_id, public_id, reading
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    Withheld,
    atomic,
    current_actor,
    idempotent,
    must_find,
    needs_if_match,
    next_link,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.identity.households import errors, examples
from app.identity.households.models import InvitationRow, MembershipRow
from app.identity.households.schemas import (
    FiguresQuerySchema,
    HouseholdFiguresSchema,
    HouseholdInvitationSchema,
    HouseholdNameSchema,
    HouseholdSchema,
    LeavingSchema,
    MembershipSchema,
    NewHeadSchema,
    NewHouseholdInvitationSchema,
    NewMembershipSchema,
)
from app.identity.households.usecases import figures, invitations, joining, leaving, opening
from app.identity.households.usecases import reading as views
from app.identity.households.usecases.figures import HouseholdFigures
from app.identity.households.usecases.invitations import NewInvitation
from app.identity.households.usecases.joining import NewMembership
from app.identity.households.usecases.reading import HouseholdView
from app.identity.invitation_codes import HOUSEHOLD_CODES
from app.identity.people.family.errors import GuardianNeeded
from app.identity.staffing.rules.roles import Role

blp = Blueprint("households", __name__, description="Who lives together, and what the members of a household did.")

_LINKS = {
    f"households_{name}": {"operationId": f"households_{name}", "parameters": {"household_id": "$response.body#/id"}}
    for name in ("read_household", "invite", "read_figures")
}
_INVITATION_LINKS = {
    "households_join": {"operationId": "households_join", "requestBody": {"code": "$response.body#/code"}}
}
_MEMBERSHIP_LINKS = {
    "households_read_household": {
        "operationId": "households_read_household",
        "parameters": {"household_id": "$response.body#/household_id"},
    }
}
_CODE = Withheld(("code",), lambda holder: HOUSEHOLD_CODES.code_of(parse_public_id("inv", holder["id"])))
Shown = tuple[HouseholdView, dict[str, str]]


def _household_id(text: str) -> UUID:
    try:
        return parse_public_id("hh", text)
    except MalformedId:
        raise errors.HouseholdNotFound() from None


def _membership_id(text: str) -> UUID:
    try:
        return parse_public_id("mbr", text)
    except MalformedId:
        raise errors.MembershipNotFound() from None


def _headed(household_id: str) -> None:
    with reading() as session:
        invitations.require_head_of(session, _household_id(household_id), current_actor())


def _seen(household_id: str) -> None:
    with reading() as session:
        views.seen_household(session, _household_id(household_id), current_actor())


def _ended_by_me(household_id: str, membership_id: str) -> None:
    with reading() as session:
        leaving.require_may_end(session, _household_id(household_id), _membership_id(membership_id), current_actor())


@blp.post("/households")
@requires(Role.RESIDENT, assisted=True)
@idempotent
@blp.arguments(HouseholdNameSchema, example=examples.NAME)
@blp.response(201, HouseholdSchema, description="A new household.", example=examples.HOUSEHOLD)
@blp.problems(errors.MemberElsewhere, GuardianNeeded)
@blp.doc(responses={201: {"links": _LINKS}})
def open_household(new: dict[str, Any]) -> tuple[HouseholdView, int, dict[str, str]]:
    """Open a household. You are its head and first member, from today on."""
    household_id = opening.open_household(new["name"], actor=current_actor(), now=clock.now())
    body, headers = _shown(household_id)
    return body, 201, {**headers, "Location": f"/v1/households/{public_id('hh', household_id)}"}


@blp.get("/households")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(HouseholdSchema), example={"items": [examples.HOUSEHOLD], "next_cursor": None})
def list_households(query: dict[str, Any]) -> tuple[Page[HouseholdView], dict[str, str]]:
    """List the households that you are or were a member of, newest first."""
    page = views.list_households(PageQuery(**query), actor=current_actor(), now=clock.now())
    return page, next_link(page)


@blp.get("/households/<string:household_id>")
@requires(Role.RESIDENT, assisted=True)
@blp.response(200, HouseholdSchema, example=examples.HOUSEHOLD)
@blp.problems(errors.HouseholdNotFound)
def read_household(household_id: str) -> Shown:
    """Read a household with its members. A past member sees it as far as the day they left."""
    return _shown(_household_id(household_id))


@blp.patch("/households/<string:household_id>")
@requires(Role.RESIDENT, assisted=True)
@must_find(_headed)
@needs_if_match
@atomic
@blp.arguments(HouseholdNameSchema, example=examples.NAME)
@blp.response(200, HouseholdSchema, example=examples.HOUSEHOLD)
@blp.problems(errors.HouseholdNotFound, errors.HeadOnly)
def rename_household(change: dict[str, Any], household_id: str) -> Shown:
    """Call the household something else, as its head."""
    key = _household_id(household_id)
    opening.rename_household(key, change["name"], actor=current_actor(), seen=version_seen())
    return _shown(key)


@blp.post("/households/<string:household_id>/invitations")
@requires(Role.RESIDENT, assisted=True)
@must_find(_headed)
@idempotent(withheld=_CODE)
@blp.response(201, NewHouseholdInvitationSchema, description="A new invitation.", example=examples.NEW_INVITATION)
@blp.problems(errors.HouseholdNotFound, errors.HeadOnly, errors.HouseholdClosed, errors.TooManyInvitations)
@blp.doc(responses={201: {"links": _INVITATION_LINKS}})
def invite(household_id: str) -> tuple[NewInvitation, int, dict[str, str]]:
    """Make a code with which one person can join within 7 days, as the head. It is shown this once: hand it on yourself."""
    new = invitations.invite(_household_id(household_id), actor=current_actor(), now=clock.now())
    return new, 201, {"Location": f"/v1/households/{household_id}/invitations"}


@blp.get("/households/<string:household_id>/invitations")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(
    200, page_schema(HouseholdInvitationSchema), example={"items": [examples.INVITATION], "next_cursor": None}
)
@blp.problems(errors.HouseholdNotFound, errors.HeadOnly)
def list_invitations(query: dict[str, Any], household_id: str) -> tuple[Page[InvitationRow], dict[str, str]]:
    """List the open invitations, newest first, as the head. Codes are not shown again."""
    page = invitations.list_invitations(
        _household_id(household_id), PageQuery(**query), actor=current_actor(), now=clock.now()
    )
    return page, next_link(page)


@blp.delete("/households/<string:household_id>/invitations/<string:invitation_id>")
@requires(Role.RESIDENT, assisted=True)
@atomic
@blp.response(204)
@blp.problems(errors.HouseholdNotFound, errors.HeadOnly, errors.InvitationNotFound)
def withdraw_invitation(household_id: str, invitation_id: str) -> None:
    """Withdraw an invitation, as the head. Its code is good for nothing from then on."""
    key = _household_id(household_id)
    try:
        invitation = parse_public_id("inv", invitation_id)
    except MalformedId:
        raise errors.InvitationNotFound() from None
    invitations.withdraw_invitation(key, invitation, actor=current_actor(), now=clock.now())


@blp.post("/household-memberships")
@requires(Role.RESIDENT, assisted=True)
@idempotent
@blp.arguments(NewMembershipSchema, example=examples.JOINING)
@blp.response(201, MembershipSchema, description="A new membership.", example=examples.MEMBERSHIP)
@blp.problems(
    errors.InvitationRefused,
    GuardianNeeded,
    errors.JoinedOnOutOfRange,
    errors.MemberElsewhere,
    errors.MemberUnknown,
    errors.HouseholdFull,
    errors.HouseholdClosed,
)
@blp.doc(responses={201: {"links": _MEMBERSHIP_LINKS}})
def join(new: NewMembership) -> tuple[MembershipRow, int, dict[str, str]]:
    """Join a household with a code, from today or a day up to 31 days back. A person counts in one household at a time."""
    row = joining.join_household(new, actor=current_actor(), now=clock.now())
    return row, 201, {"Location": f"/v1/households/{public_id('hh', row.household_id)}"}


@blp.post("/households/<string:household_id>/members/<string:membership_id>/leave")
@requires(Role.RESIDENT, assisted=True)
@must_find(_ended_by_me)
@idempotent
@blp.arguments(LeavingSchema, example=examples.LEAVING)
@blp.response(200, MembershipSchema, example={**examples.MEMBERSHIP, **examples.LEAVING})
@blp.problems(
    errors.HouseholdNotFound,
    errors.MembershipNotFound,
    errors.HeadOnly,
    GuardianNeeded,
    errors.MembershipEnded,
    errors.LeftOnOutOfRange,
    errors.SuccessorNeeded,
    errors.SuccessorUnfit,
    errors.OutlastsHead,
)
def leave(body: dict[str, Any], household_id: str, membership_id: str) -> MembershipRow:
    """Leave by a day, or end another's membership as the head. A day up to 60 days ahead announces it."""
    return leaving.leave_household(
        _household_id(household_id),
        _membership_id(membership_id),
        body["left_on"],
        successor_id=body["successor_id"],
        actor=current_actor(),
        now=clock.now(),
    )


@blp.post("/households/<string:household_id>/head")
@requires(Role.RESIDENT, assisted=True)
@must_find(_headed)
@idempotent
@blp.arguments(NewHeadSchema, example=examples.NEW_HEAD)
@blp.response(200, MembershipSchema, example=examples.MEMBERSHIP)
@blp.problems(errors.HouseholdNotFound, errors.HeadOnly, errors.SuccessorUnfit)
def change_head(body: dict[str, Any], household_id: str) -> MembershipRow:
    """Make another member the head, as the head. The answer is their membership."""
    return leaving.change_head(
        _household_id(household_id), body["membership_id"], actor=current_actor(), now=clock.now()
    )


@blp.get("/households/<string:household_id>/figures")
@requires(Role.RESIDENT, assisted=True)
@must_find(_seen)
@blp.arguments(FiguresQuerySchema, location="query")
@blp.response(200, HouseholdFiguresSchema, example=examples.FIGURES)
@blp.problems(errors.HouseholdNotFound, errors.FiguresPeriodOutOfRange)
def read_figures(query: dict[str, date], household_id: str) -> HouseholdFigures:
    """Add up what the members did in a period, each only while they were a member."""
    return figures.figures_of(
        _household_id(household_id), query["first"], query["until"], actor=current_actor(), now=clock.now()
    )


def _shown(household_id: UUID) -> Shown:
    view = views.get_household(household_id, actor=current_actor(), now=clock.now())
    return with_etag(view, view.version)
