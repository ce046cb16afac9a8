"""Organisations at the console: what waits for a check, one organisation with its documents, and the verdict."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import Fault, InvalidRequest, PageQuery, RoleMissing, current_actor, is_plain
from app.identity import (
    CheckAct,
    CheckVerdict,
    NewCheck,
    OrganisationKind,
    OrganisationNotFound,
    OrganisationState,
    Role,
    check_organisation,
    check_profile,
    organisations_to_check,
    reinstate_organisation,
    show_organisation,
    suspend_organisation,
)
from app.web import forms, words
from app.web.acting import act, seen_version, troubles_of
from app.web.blueprints import console
from app.web.desk import ORGANISATION_KINDS, label_of, said
from app.web.entrance import for_staff
from app.web.frame import console_page

_ROWS = 20
_CURSOR_LENGTH_MAX = 600
_REASON_MAX = 500
_STATES: dict[OrganisationState, tuple[str, LazyString]] = {
    OrganisationState.DRAFT: ("", _("Draft")),
    OrganisationState.SUBMITTED: ("tag-wait", _("Waits for a check")),
    OrganisationState.NEEDS_MORE: ("tag-heed", _("Waits for its owner")),
    OrganisationState.VERIFIED: ("tag-ok", _("Verified")),
    OrganisationState.REJECTED: ("tag-stop", _("Refused")),
    OrganisationState.SUSPENDED: ("tag-stop", _("Suspended")),
    OrganisationState.CLOSED: ("", _("Closed")),
}
_ACTS: dict[CheckAct, LazyString] = {
    CheckAct.APPROVE: _("verified"),
    CheckAct.NEEDS_MORE: _("asked for more"),
    CheckAct.REJECT: _("refused"),
    CheckAct.SUSPEND: _("suspended"),
    CheckAct.REINSTATE: _("reinstated"),
    CheckAct.IMPORT: _("entered by the agency"),
}
_DONE: dict[str, LazyString] = {
    "approve": _("Verified. Its people can act for it now."),
    "needs_more": _("Asked for more. Its owners see your reason."),
    "reject": _("Refused. Its owners see your reason."),
    "suspend": _("Suspended. Nobody acts in its name now."),
    "reinstate": _("Reinstated."),
}


@console.get("/organisations")
@for_staff
def organisations() -> Response:
    """List what waits for a check by one's agency, the longest waiting first."""
    _require_verifier()
    cursor = request.args.get("cursor", "")[:_CURSOR_LENGTH_MAX] or None
    page = organisations_to_check(PageQuery(_ROWS, cursor), viewer=current_actor())
    return console_page(
        "web/desk/organisations.html",
        section="organisations",
        lines=[
            {
                "href": _href(line.organisation.id),
                "name": line.organisation.name,
                "about": ORGANISATION_KINDS[line.about] if not line.is_change else _("Change of facts"),
                "county": words.county_name(line.organisation.county_code),
                "since": line.since,
            }
            for line in page.items
        ],
        first_href=url_for("console.organisations") if cursor else None,
        next_href=url_for("console.organisations", cursor=page.next_cursor) if page.next_cursor else None,
        message=_DONE.get(request.args.get("done", "")),
    )


@console.get("/organisations/<string:organisation_id>")
@for_staff
def organisation(organisation_id: str) -> Response:
    """Show an organisation: what waits first, its documents, then its facts and its history."""
    _require_verifier()
    return _page(_organisation_id(organisation_id))


@console.post("/organisations/<string:organisation_id>")
@for_staff
def check(organisation_id: str) -> AnyResponse:
    """Verify, ask for more, refuse, suspend or reinstate."""
    _require_verifier()
    parsed, sent = _organisation_id(organisation_id), forms.sent_fields()
    return act(
        lambda: _check(parsed, sent),
        again=lambda problem, status: _page(parsed, problem=problem, sent=sent, status=status),
    )


def _check(organisation_id: UUID, sent: dict[str, str]) -> str:
    checker, now = current_actor(), clock.now()
    done, about = sent.get("verdict", ""), sent.get("about", "")
    reason = sent.get("reason", "").strip().replace("\r\n", "\n") or None
    is_known = done in {*CheckVerdict, CheckAct.SUSPEND, CheckAct.REINSTATE} and about in set(OrganisationKind)
    if not is_known:
        raise InvalidRequest
    if reason is not None and not (len(reason) <= _REASON_MAX and is_plain(reason, lines=True)):
        raise _fault(about, gettext("Write at most %(count)s characters of plain text.", count=_REASON_MAX))
    if reason is None and done != CheckVerdict.APPROVE:
        raise _fault(about, gettext("Write why; its owners see it."))
    if done == CheckAct.SUSPEND:
        suspend_organisation(organisation_id, reason or "", checker=checker, now=now)
    elif done == CheckAct.REINSTATE:
        reinstate_organisation(organisation_id, reason or "", checker=checker, now=now)
    else:
        new = NewCheck(verdict=CheckVerdict(done), reason=reason)
        if about == OrganisationKind.GENERAL:
            check_organisation(organisation_id, new, seen=seen_version(sent), checker=checker, now=now)
        else:
            part = OrganisationKind(about)
            check_profile(organisation_id, part, new, seen=seen_version(sent), checker=checker, now=now)
    return url_for("console.organisations", done=done)


def _fault(about: str, detail: str) -> InvalidRequest:
    return InvalidRequest(faults=(Fault(f"/reason-{about}", "invalid", detail),))


def _page(
    organisation_id: UUID,
    *,
    problem: dict[str, Any] | None = None,
    sent: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    file = show_organisation(organisation_id, reader=current_actor(), now=clock.now())
    row, filled = file.row, sent or {}
    anchors = {f"/reason-{kind}": f"reason-{kind}" for kind in OrganisationKind}
    return console_page(
        "web/desk/organisation.html",
        section="organisations",
        status=status,
        file=file,
        row=row,
        organisation_id=public_id("org", row.id),
        county=words.county_name(row.county_code),
        kinds=[str(ORGANISATION_KINDS[OrganisationKind(kind)]) for kind in _own(row.kinds)],
        state=_STATES[row.state],
        parts=[_part(file, kind) for kind in file.waiting],
        history=[
            (each.checked_at, ORGANISATION_KINDS[each.about], _ACTS[each.act], each.reason) for each in file.checks
        ],
        can_suspend=row.state is OrganisationState.VERIFIED,
        can_reinstate=row.state is OrganisationState.SUSPENDED,
        filled=filled,
        troubles=troubles_of(problem, {**anchors, "": "h1"}),
        action=url_for("console.check", organisation_id=public_id("org", row.id)),
    )


def _own(kinds: Iterable[str]) -> list[str]:
    """Return the parts that an organisation plays besides being signed up, which each is."""
    return [kind for kind in kinds if kind != OrganisationKind.GENERAL]


def _part(file: Any, kind: OrganisationKind) -> dict[str, Any]:
    """Return what waits, each member with what it was before."""
    if kind is OrganisationKind.GENERAL:
        before = {"name": file.row.name, "county_code": file.row.county_code, "kinds": _own(file.row.kinds)}
        after = {**file.row.proposed, "kinds": _own(file.row.proposed["kinds"])} if file.row.proposed else before
        before = before if file.row.proposed else {}
    else:
        profile = next(each for each in file.profiles if each.kind is kind)
        before, after = profile.facts or {}, profile.proposed or {}
    members = sorted({*before, *after})
    return {
        "about": str(kind),
        "title": ORGANISATION_KINDS[kind],
        "rows": [(*label_of(name), said(name, before.get(name)), said(name, after.get(name))) for name in members],
    }


def _href(organisation_id: UUID) -> str:
    return url_for("console.organisation", organisation_id=public_id("org", organisation_id))


def _require_verifier() -> None:
    if Role.VERIFIER not in current_actor().roles:
        raise RoleMissing


def _organisation_id(text: str) -> UUID:
    try:
        return parse_public_id("org", text)
    except MalformedId:
        raise OrganisationNotFound() from None
