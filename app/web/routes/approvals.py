"""Four eyes at the console: what waits for a second person, the exact difference, and the decision."""

import json
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.approvals import (
    Proposal,
    ProposalFilter,
    ProposalNotFound,
    ProposalState,
    approve_proposal,
    get_proposal,
    list_proposals,
    refuse_proposal,
    withdraw_proposal,
)
from app.foundation.data import MalformedId, clock, parse_public_id, public_id, reading
from app.foundation.http import Fault, InvalidRequest, PageQuery, current_actor, is_plain
from app.identity import staff_by_ids
from app.web import forms
from app.web.acting import act, troubles_of
from app.web.blueprints import console
from app.web.desk import proposal_heading, said_changes
from app.web.entrance import for_staff
from app.web.frame import console_page

_ROWS = 20
_CURSOR_LENGTH_MAX = 600
_REASON_LENGTH_MAX = 500
_STATES: dict[ProposalState, tuple[str, LazyString]] = {
    ProposalState.PROPOSED: ("tag-wait", _("Waits for a second person")),
    ProposalState.APPROVED: ("tag-ok", _("Approved")),
    ProposalState.REFUSED: ("tag-stop", _("Refused")),
    ProposalState.WITHDRAWN: ("", _("Withdrawn")),
    ProposalState.EXPIRED: ("", _("Not decided in time")),
}
_DONE: dict[str, LazyString] = {
    "approved": _("Approved. It takes effect now, or on the day that it names."),
    "refused": _("Refused. The proposer sees your reason."),
    "withdrawn": _("Withdrawn."),
}


@console.get("/approvals")
@for_staff
def approvals() -> Response:
    """List what one may decide and what one has proposed; open proposals unless the address asks for all."""
    viewer, now = current_actor(), clock.now()
    shows_all = request.args.get("show") == "all"
    wanted = ProposalFilter(state=None if shows_all else ProposalState.PROPOSED)
    cursor = request.args.get("cursor", "")[:_CURSOR_LENGTH_MAX] or None
    page = list_proposals(PageQuery(_ROWS, cursor), wanted, viewer=viewer, now=now)
    members: dict[str, Any] = {"show": "all"} if shows_all else {}
    return console_page(
        "web/desk/approvals.html",
        section="approvals",
        lines=[_line(each) for each in page.items],
        shows_all=shows_all,
        first_href=url_for("console.approvals", **members) if cursor else None,
        next_href=url_for("console.approvals", **members, cursor=page.next_cursor) if page.next_cursor else None,
        message=_DONE.get(request.args.get("done", "")),
    )


@console.get("/approvals/<string:approval_id>")
@for_staff
def approval(approval_id: str) -> Response:
    """Show a proposal: what it changes first, then who proposed it, then all that it says."""
    return _page(_proposal_id(approval_id))


@console.post("/approvals/<string:approval_id>")
@for_staff
def decide_approval(approval_id: str) -> AnyResponse:
    """Approve exactly what was shown, refuse it with a reason, or take one's own proposal back."""
    proposal_id, sent = _proposal_id(approval_id), forms.sent_fields()
    return act(
        lambda: _decide(proposal_id, sent),
        again=lambda problem, status: _page(proposal_id, problem=problem, reason=sent.get("reason", ""), status=status),
    )


def _decide(proposal_id: UUID, sent: dict[str, str]) -> str:
    actor, now = current_actor(), clock.now()
    verdict = sent.get("verdict", "")
    if verdict == "approve":
        approve_proposal(proposal_id, content_sha256=sent.get("content_sha256", ""), approver=actor, now=now)
        return url_for("console.approvals", done="approved")
    if verdict == "withdraw":
        withdraw_proposal(proposal_id, proposer=actor, now=now)
        return url_for("console.approvals", done="withdrawn")
    reason = sent.get("reason", "").strip().replace("\r\n", "\n")
    if not (0 < len(reason) <= _REASON_LENGTH_MAX and is_plain(reason, lines=True)):
        fault = Fault("/reason", "missing", gettext("Write why you refuse it, in at most 500 characters."))
        raise InvalidRequest(faults=(fault,))
    refuse_proposal(proposal_id, reason=reason, approver=actor, now=now)
    return url_for("console.approvals", done="refused")


def _page(proposal_id: UUID, *, problem: dict[str, Any] | None = None, reason: str = "", status: int = 200) -> Response:
    viewer, now = current_actor(), clock.now()
    found = get_proposal(proposal_id, viewer=viewer, now=now)
    proposal = found.proposal
    with reading() as session:
        people = staff_by_ids(session, [each for each in (proposal.proposed_by, proposal.decided_by) if each])
    proposer = people.get(proposal.proposed_by)
    decider = people.get(proposal.decided_by) if proposal.decided_by is not None else None
    return console_page(
        "web/desk/approval.html",
        section="approvals",
        status=status,
        found=found,
        proposal=proposal,
        approval_id=public_id("apv", proposal.id),
        state=_STATES[found.state],
        is_open=found.state is ProposalState.PROPOSED,
        is_own=proposal.proposed_by == viewer.id,
        proposer=proposer.display_name if proposer is not None else None,
        decider=decider.display_name if decider is not None else None,
        heading=proposal_heading(proposal),
        changes=said_changes(found.changes),
        content=json.dumps(proposal.content, ensure_ascii=False, indent=2, sort_keys=True),
        reason=reason,
        troubles=troubles_of(problem, {"/reason": "reason", "": "decide"}),
        action=url_for("console.decide_approval", approval_id=public_id("apv", proposal.id)),
    )


def _line(proposal: Proposal) -> dict[str, Any]:
    return {
        "href": url_for("console.approval", approval_id=public_id("apv", proposal.id)),
        "title": proposal_heading(proposal),
        "state": _STATES[proposal.state],
        "is_own": proposal.proposed_by == current_actor().id,
        "proposed_at": proposal.proposed_at,
        "expires_at": proposal.expires_at,
        "is_open": proposal.state is ProposalState.PROPOSED,
    }


def _proposal_id(text: str) -> UUID:
    try:
        return parse_public_id("apv", text)
    except MalformedId:
        raise ProposalNotFound() from None
