"""Operations of guardians and of the children they answer for."""

from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    Blueprint,
    atomic,
    caller_address,
    current_actor,
    idempotent,
    must_find,
    needs_if_match,
    no_idempotency,
    requires,
    version_seen,
    with_etag,
)
from app.identity.entrance.errors import CodeRefused, PhoneNotSupported
from app.identity.entrance.schemas import SentCodeSchema
from app.identity.entrance.usecases.codes import SentCode
from app.identity.people.errors import PhoneTaken
from app.identity.people.family import children, invitations, schemas
from app.identity.people.family.children import Child, NewChild
from app.identity.people.family.errors import (
    BirthDateImplausible,
    ChildHasNumber,
    ChildNotFound,
    HasGuardian,
    InvitationNotFound,
    NoInvitation,
    NotAChild,
    NotOfFullAge,
    OwnNumber,
    TooManyChildren,
    TooManyInvitations,
)
from app.identity.people.family.invitations import Guardian
from app.identity.people.routes import CODE_PROBLEMS, NO_KEY
from app.identity.people.schemas import ChildsCodeSchema, ChildsPhoneSchema
from app.identity.people.usecases import phone_change
from app.identity.people.usecases.phone_change import ChildsCode
from app.identity.staffing.rules.roles import Role

family = Blueprint("family", __name__, description="Guardians, and the children under 14 they answer for.")

_CHILD_ID = {"parameters": {"child_id": "$response.body#/id"}}
_OPENED = {
    "responses": {
        201: {
            "links": {
                name: {"operationId": f"family_{name}", **_CHILD_ID}
                for name in ("show_child", "change_child", "request_child_code")
            }
        }
    }
}
_INVITED = {"responses": {201: {"links": {"show_guardian": {"operationId": "family_show_guardian"}}}}}
_CODE_SENT = {"responses": {201: {"links": {"give_child_phone": {"operationId": "family_give_child_phone"}}}}}
Shown = tuple[Child, dict[str, str]]


def _child_id(text: str) -> UUID:
    try:
        return parse_public_id("per", text)
    except MalformedId:
        raise ChildNotFound() from None


def _invitation_id(text: str) -> UUID:
    try:
        return parse_public_id("gin", text)
    except MalformedId:
        raise InvitationNotFound() from None


def _own_child(child_id: str) -> None:
    children.require_own_child(_child_id(child_id), guardian=current_actor(), now=clock.now())


def _own_invitation(guardian_invitation_id: str) -> None:
    invitations.require_invitation(_invitation_id(guardian_invitation_id), guardian=current_actor(), now=clock.now())


def _declinable(guardian_invitation_id: str) -> None:
    invitations.require_declinable(_invitation_id(guardian_invitation_id), guardian=current_actor(), now=clock.now())


@family.post("/me/children")
@requires(Role.RESIDENT)
@idempotent
@family.doc(**_OPENED)
@family.arguments(schemas.NewChildSchema)
@family.response(201, schemas.ChildSchema, description="The account is open.", example=schemas.CHILD)
@family.problems(BirthDateImplausible, NotAChild, NotOfFullAge, TooManyChildren)
def open_child(new: NewChild) -> tuple[Child, dict[str, str]]:
    """Open an account for a child under 14 without a telephone, and declare that one is the guardian."""
    child = children.open_child(new, guardian=current_actor(), now=clock.now())
    body, headers = with_etag(child, child.version)
    return body, {**headers, "Location": f"/v1/me/children/{public_id('per', child.id)}"}


@family.get("/me/children")
@requires(Role.RESIDENT, assisted=True)
@family.response(200, schemas.ChildListSchema, example=schemas.CHILDREN)
def list_children() -> dict[str, Any]:
    """List the children one answers for."""
    return {"items": children.my_children(current_actor(), now=clock.now()), "next_cursor": None}


@family.get("/me/children/<string:child_id>")
@requires(Role.RESIDENT, assisted=True)
@family.response(200, schemas.ChildSchema, example=schemas.CHILD)
@family.problems(ChildNotFound)
def show_child(child_id: str) -> Shown:
    """Show a child one answers for."""
    child = children.my_child(_child_id(child_id), guardian=current_actor(), now=clock.now())
    return with_etag(child, child.version)


@family.patch("/me/children/<string:child_id>")
@requires(Role.RESIDENT)
@must_find(_own_child)
@needs_if_match
@atomic
@family.arguments(schemas.ChildChangeSchema)
@family.response(200, schemas.ChildSchema, example=schemas.CHILD)
@family.problems(ChildNotFound, BirthDateImplausible, NotAChild)
def change_child(change: dict[str, Any], child_id: str) -> Shown:
    """Correct a child's name or birth date. A date of 14 years or more ends nothing: end the guardianship instead."""
    child = children.change_child(
        _child_id(child_id), change, guardian=current_actor(), seen=version_seen(), now=clock.now()
    )
    return with_etag(child, child.version)


@family.delete("/me/children/<string:child_id>")
@requires(Role.RESIDENT)
@must_find(_own_child)
@needs_if_match
@atomic
@family.response(204)
@family.problems(ChildNotFound)
def end_guardianship(child_id: str) -> None:
    """Stop answering for a child. The account stays; without a number it is reached at a desk only."""
    children.end_guardianship(_child_id(child_id), guardian=current_actor(), seen=version_seen(), now=clock.now())


@family.post("/me/children/<string:child_id>/phone/codes")
@requires(Role.RESIDENT)
@must_find(_own_child)
@no_idempotency(NO_KEY)
@family.doc(**_CODE_SENT)
@family.arguments(ChildsCodeSchema)
@family.response(201, SentCodeSchema, description="The code is on its way.")
@family.problems(ChildNotFound, ChildHasNumber, *CODE_PROBLEMS)
def request_child_code(asked: ChildsCode, child_id: str) -> SentCode:
    """Send a code to the number that a child is to have."""
    return phone_change.request_childs_code(
        asked, _child_id(child_id), guardian=current_actor(), address=caller_address(), now=clock.now()
    )


@family.put("/me/children/<string:child_id>/phone")
@requires(Role.RESIDENT)
@must_find(_own_child)
@family.arguments(ChildsPhoneSchema)
@family.response(200, schemas.ChildSchema, example=schemas.CHILD)
@family.problems(ChildNotFound, ChildHasNumber, CodeRefused, PhoneTaken)
def give_child_phone(given: dict[str, Any], child_id: str) -> Shown:
    """Give a child without a number the proved one. The child signs in with it from now on."""
    guardian, now = current_actor(), clock.now()
    phone_change.give_child_phone(given["challenge_id"], given["code"], _child_id(child_id), guardian=guardian, now=now)
    child = children.my_child(_child_id(child_id), guardian=guardian, now=now)
    return with_etag(child, child.version)


@family.post("/me/guardian")
@requires(Role.RESIDENT)
@idempotent
@family.doc(**_INVITED)
@family.arguments(schemas.GuardianInvitationSchema)
@family.response(201, schemas.GuardianSchema, description="The invitation waits.", example=schemas.GUARDIAN)
@family.problems(PhoneNotSupported, OwnNumber, NotAChild, HasGuardian, TooManyInvitations)
def invite_guardian(named: dict[str, Any]) -> tuple[Guardian, dict[str, str]]:
    """Name the number of one's guardian. They find the invitation when they sign in; an earlier one gives way."""
    guardian = invitations.invite_guardian(named["phone"], child=current_actor(), now=clock.now())
    return guardian, {"Location": "/v1/me/guardian"}


@family.get("/me/guardian")
@requires(Role.RESIDENT, assisted=True)
@family.response(200, schemas.GuardianSchema, example=schemas.GUARDIAN)
def show_guardian() -> Guardian:
    """Show who answers for the caller, and whom the caller has invited."""
    return invitations.my_guardian(current_actor(), now=clock.now())


@family.delete("/me/guardian/invitation")
@requires(Role.RESIDENT)
@atomic
@family.response(204)
@family.problems(NoInvitation)
def withdraw_invitation() -> None:
    """Take one's invitation to a guardian back."""
    invitations.withdraw_invitation(child=current_actor(), now=clock.now())


@family.get("/guardian-invitations")
@requires(Role.RESIDENT)
@family.response(200, schemas.GuardianInvitationListSchema, example=schemas.INVITATIONS)
def list_invitations() -> dict[str, Any]:
    """List the children who have named one's number as their guardian's."""
    return {"items": invitations.my_invitations(current_actor(), now=clock.now()), "next_cursor": None}


@family.post("/guardian-invitations/<string:guardian_invitation_id>/accept")
@requires(Role.RESIDENT)
@must_find(_own_invitation)
@idempotent
@family.arguments(schemas.AcceptanceSchema)
@family.response(200, schemas.ChildSchema, example=schemas.CHILD)
@family.problems(InvitationNotFound, NotAChild, NotOfFullAge, HasGuardian, TooManyChildren)
def accept_invitation(acceptance: dict[str, Any], guardian_invitation_id: str) -> Shown:
    """Become the guardian of the child who named one's number, and declare that one is."""
    guardian, now = current_actor(), clock.now()
    child_id = invitations.accept_invitation(
        _invitation_id(guardian_invitation_id), acceptance["relation"], guardian=guardian, now=now
    )
    child = children.my_child(child_id, guardian=guardian, now=now)
    return with_etag(child, child.version)


@family.post("/guardian-invitations/<string:guardian_invitation_id>/decline")
@requires(Role.RESIDENT)
@must_find(_declinable)
@idempotent
@family.response(204)
@family.problems(InvitationNotFound)
def decline_invitation(guardian_invitation_id: str) -> None:
    """Refuse to be the guardian of the child who named one's number."""
    invitations.decline_invitation(_invitation_id(guardian_invitation_id), guardian=current_actor(), now=clock.now())
