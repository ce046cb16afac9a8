"""Staff at the console: who works where in which roles, and what admins propose, end and hand over."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import MalformedId, clock, parse_public_id, public_id, reading
from app.foundation.http import Fault, InvalidRequest, PageQuery, RoleMissing, current_actor, is_plain, language
from app.identity import (
    GRANTABLE_ROLES,
    AgencyFilter,
    EnrolmentCode,
    Leave,
    NewAccount,
    NewRole,
    Role,
    StaffFilter,
    StaffNotFound,
    StaffState,
    agencies_by_ids,
    end_role,
    get_staff,
    leave_staff,
    list_agencies,
    list_staff,
    make_enrolment_code,
    open_work_of,
    propose_account,
    propose_reset,
    propose_role,
)
from app.places import DivisionKind, list_divisions
from app.web import forms, words
from app.web.acting import act, troubles_of
from app.web.blueprints import console
from app.web.desk import ROLE_NAMES
from app.web.entrance import for_staff
from app.web.errors import FormStale
from app.web.frame import console_page

_ROWS = 20
_CURSOR_LENGTH_MAX = 600
_AGENCIES_MAX = 100
_COLLEAGUES_MAX = 100
_REASON_MAX = 300
WHO_READS = frozenset({Role.ADMIN, Role.AUDITOR})
_STATES: dict[StaffState, tuple[str, LazyString]] = {
    StaffState.PROPOSED: ("tag-wait", _("Proposed")),
    StaffState.ENROLLING: ("tag-heed", _("Not enrolled yet")),
    StaffState.ACTIVE: ("tag-ok", _("Active")),
    StaffState.CLOSED: ("", _("Closed")),
}
_DONE: dict[str, LazyString] = {
    "proposed": _("Proposed. It takes effect when another administrator approves it."),
    "ended": _("The role is taken away."),
    "left": _("The account is closed. Open work went to the successor or back to the queues."),
}


@console.get("/staff")
@for_staff
def staff() -> Response:
    """List staff with the roles they hold now; administrators can propose another account."""
    return _list_page()


@console.post("/staff")
@for_staff
def add_staff() -> AnyResponse:
    """Propose an account with its roles."""
    _require_admin()
    sent = _sent()
    return act(
        lambda: _propose_account(sent),
        again=lambda problem, status: _list_page(problem=problem, sent=sent, status=status),
    )


@console.get("/staff/<string:staff_id>")
@for_staff
def member(staff_id: str) -> Response:
    """Show a member of staff: roles, deputies, open work."""
    _require_reader()
    return _page(_staff_id(staff_id))


@console.post("/staff/<string:staff_id>")
@for_staff
def change_member(staff_id: str) -> AnyResponse:
    """Propose a role or a reset, take a role away, or close the account."""
    _require_admin()
    parsed, sent = _staff_id(staff_id), _sent()
    return act(
        lambda: _change(parsed, sent),
        again=lambda problem, status: _page(parsed, problem=problem, sent=sent, status=status),
    )


@console.post("/staff/<string:staff_id>/code")
@for_staff
def show_code(staff_id: str) -> Response:
    """Show the code to hand over in person, once."""
    _require_admin()
    if not forms.is_genuine():
        raise FormStale
    parsed = _staff_id(staff_id)
    return _page(parsed, made=make_enrolment_code(parsed, actor=current_actor(), now=clock.now()))


def _propose_account(sent: dict[str, str]) -> str:
    name = sent.get("display_name", "").strip()
    if not (0 < len(name) <= 40 and is_plain(name)):
        raise _fault("/display_name", gettext("Write the name that colleagues see, at most 40 characters."))
    account = NewAccount(
        username=sent.get("username", "").strip(),
        display_name=name,
        roles=(_role(sent),),
        agency_id=_agency_id(sent),
        counties=_counties(sent),
    )
    propose_account(account, proposer=current_actor(), now=clock.now())
    return url_for("console.staff", done="proposed")


def _change(staff_id: UUID, sent: dict[str, str]) -> str:
    actor, now = current_actor(), clock.now()
    here: dict[str, Any] = {"staff_id": public_id("stf", staff_id)}
    done = sent.get("act", "")
    if done == "role":
        new = NewRole(role=_role(sent), agency_id=_agency_id(sent), counties=_counties(sent))
        propose_role(staff_id, new, proposer=actor, now=now)
        return url_for("console.member", **here, done="proposed")
    if done == "reset":
        propose_reset(staff_id, proposer=actor, now=now)
        return url_for("console.member", **here, done="proposed")
    if done == "end":
        reason = sent.get("reason", "").strip()
        if not (0 < len(reason) <= _REASON_MAX and is_plain(reason)):
            raise _fault("/reason", gettext("Write why the role ends."))
        end_role(staff_id, _id("rol", sent.get("role_id", "")), reason=reason, actor=actor, now=now)
        return url_for("console.member", **here, done="ended")
    if done != "leave":
        raise InvalidRequest
    successor = sent.get("hand_over_to") or None
    leave_staff(staff_id, Leave(hand_over_to=_id("stf", successor) if successor else None), actor=actor, now=now)
    return url_for("console.member", **here, done="left")


def _list_page(
    *, problem: dict[str, Any] | None = None, sent: dict[str, str] | None = None, status: int = 200
) -> Response:
    _require_reader()
    cursor = request.args.get("cursor", "")[:_CURSOR_LENGTH_MAX] or None
    page = list_staff(PageQuery(_ROWS, cursor), StaffFilter(), clock.now())
    agencies = _agency_names({each.agency_id for each in page.items if each.agency_id is not None})
    return console_page(
        "web/desk/staff.html",
        section="staff",
        status=status,
        lines=[
            {
                "href": url_for("console.member", staff_id=public_id("stf", each.id)),
                "name": each.display_name or each.username,
                "username": each.username,
                "agency_name": agencies.get(each.agency_id) if each.agency_id is not None else None,
                "state": _STATES[each.state],
                "roles": [str(ROLE_NAMES[role.role]) for role in each.roles],
            }
            for each in page.items
        ],
        first_href=url_for("console.staff") if cursor else None,
        next_href=url_for("console.staff", cursor=page.next_cursor) if page.next_cursor else None,
        is_admin=Role.ADMIN in current_actor().roles,
        filled=sent or {},
        troubles=troubles_of(problem, _ANCHORS),
        message=_DONE.get(request.args.get("done", "")),
        **_choices(),
    )


_ANCHORS = {
    "/username": "username",
    "/display_name": "display_name",
    "/roles": "role",
    "/role": "role",
    "/agency_id": "agency_id",
    "/counties": "counties",
    "/reason": "reason",
    "": "h1",
}


def _page(
    staff_id: UUID,
    *,
    problem: dict[str, Any] | None = None,
    sent: dict[str, str] | None = None,
    made: EnrolmentCode | None = None,
    status: int = 200,
) -> Response:
    file = get_staff(staff_id, clock.now())
    named = {each.agency_id for each in file.roles} | {file.agency_id}
    agencies = _agency_names({each for each in named if each is not None})
    is_open = file.state is not StaffState.PROPOSED
    return console_page(
        "web/desk/member.html",
        section="staff",
        status=status,
        file=file,
        staff_id=public_id("stf", file.id),
        state=_STATES[file.state],
        agency_name=agencies.get(file.agency_id) if file.agency_id is not None else None,
        roles=[
            {
                "id": public_id("rol", each.id),
                "name": ROLE_NAMES[each.role],
                "held": str(each.held),
                "agency": agencies.get(each.agency_id) if each.agency_id is not None else None,
                "counties": _county_names(each.counties),
                "held_from": each.held_from,
                "held_until": each.held_until,
                "is_deputy": each.deputy_for_id is not None,
                "end_reason": each.end_reason,
            }
            for each in file.roles
        ],
        scope=_scope(file.roles),
        work=len(open_work_of(staff_id)) if is_open else 0,
        colleagues=_colleagues(file.agency_id, staff_id) if file.state is StaffState.ACTIVE else [],
        may_change=Role.ADMIN in current_actor().roles and staff_id != current_actor().id,
        is_active=file.state is StaffState.ACTIVE,
        is_enrolling=file.state is StaffState.ENROLLING,
        code=made,
        filled=sent or {},
        troubles=troubles_of(problem, _ANCHORS),
        message=_DONE.get(request.args.get("done", "")),
        action=url_for("console.change_member", staff_id=public_id("stf", file.id)),
        code_action=url_for("console.show_code", staff_id=public_id("stf", file.id)),
        **_choices(),
    )


def _county_names(codes: Iterable[str]) -> list[str]:
    return [gettext("all counties") if code == "*" else words.county_name(code) for code in codes]


def _scope(roles: Iterable[Any]) -> list[str]:
    """Return where somebody's present roles count; nothing without a role."""
    held = [role for role in roles if str(role.held) == "now"]
    if any(role.agency_id is None for role in held):
        return [gettext("the whole city")]
    return _county_names(dict.fromkeys(code for role in held for code in role.counties))


def _choices() -> dict[str, Any]:
    """Return what the forms for a role offer."""
    agencies = list_agencies(PageQuery(_AGENCIES_MAX, None), AgencyFilter()).items
    return {
        "role_choices": [(str(role), ROLE_NAMES[role]) for role in sorted(GRANTABLE_ROLES)],
        "agency_choices": [
            (public_id("agy", each.id), each.name_en if language() == "en" else each.name_zh) for each in agencies
        ],
        "county_choices": [
            ("*", gettext("the whole city")),
            *((each.code, each.name(language())) for each in list_divisions() if each.kind is DivisionKind.COUNTY),
        ],
    }


def _colleagues(agency_id: UUID | None, staff_id: UUID) -> list[tuple[str, str | None]]:
    if agency_id is None:
        return []
    page = list_staff(PageQuery(_COLLEAGUES_MAX, None), StaffFilter(agency_id=agency_id), clock.now())
    return [
        (public_id("stf", each.id), each.display_name or each.username)
        for each in page.items
        if each.id != staff_id and each.state is StaffState.ACTIVE
    ]


def _agency_names(ids: set[UUID]) -> dict[UUID, str]:
    with reading() as session:
        return {id: agency.name(language()) for id, agency in agencies_by_ids(session, ids).items()}


def _role(sent: dict[str, str]) -> Role:
    chosen = sent.get("role", "")
    if chosen not in {str(role) for role in GRANTABLE_ROLES}:
        raise _fault("/role", gettext("Choose a role."))
    return Role(chosen)


def _agency_id(sent: dict[str, str]) -> UUID | None:
    return _id("agy", sent["agency_id"]) if sent.get("agency_id") else None


def _counties(sent: dict[str, str]) -> tuple[str, ...]:
    return tuple(sent.get("counties", "").split())


def _sent() -> dict[str, str]:
    """Return the fields that were sent; the counties that were ticked with spaces between."""
    return {**forms.sent_fields(), "counties": " ".join(forms.sent_values("counties"))}


def _id(prefix: str, text: str) -> UUID:
    try:
        return parse_public_id(prefix, text)
    except MalformedId:
        raise InvalidRequest from None


def _fault(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(faults=(Fault(pointer, "invalid", detail),))


def _require_reader() -> None:
    if current_actor().roles.isdisjoint(WHO_READS):
        raise RoleMissing


def _require_admin() -> None:
    if Role.ADMIN not in current_actor().roles:
        raise RoleMissing


def _staff_id(text: str) -> UUID:
    try:
        return parse_public_id("stf", text)
    except MalformedId:
        raise StaffNotFound() from None
