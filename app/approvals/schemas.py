"""Shape of decisions, and of what is told about a proposal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from app.approvals.rules import ABSENT, REASON_LENGTH_MAX, Change, Proposal, ProposalState
from app.approvals.usecases import Approval, ProposalFilter
from app.foundation.data import public_id
from app.foundation.http import Choice, Instant, PageQuery, PageQuerySchema, PrefixedId, Schema, Text, WholeNumber
from app.foundation.proof import ActorKind

SHA256_PATTERN = "^[0-9a-f]{64}$"
_PREFIX_OF = {ActorKind.STAFF: "stf", ActorKind.RESIDENT: "per"}
_HASH = "9c1f0a7f0c8e3cb1f9e2f3a6f1b7c2d4e5a60718293a4b5c6d7e8f9012345678"

SUMMARY_EXAMPLE: dict[str, Any] = {
    "id": "apv_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "kind": "rulebook.points.rule_set",
    "title": "积分规则 2027 (planting, version 2)",
    "state": "proposed",
    "agency_id": None,
    "county": None,
    "content_sha256": _HASH,
    "proposed_by": "stf_01jd5kmh2ef8q9w3v6rx0t4y7a",
    "proposed_at": "2026-11-24T02:10:00Z",
    "expires_at": "2026-12-01T02:10:00Z",
    "decided_by": None,
    "decided_at": None,
    "reason": None,
    "version": 1,
}
APPROVAL_EXAMPLE: dict[str, Any] = {
    **SUMMARY_EXAMPLE,
    "content": {"version": 2, "effective_from": "2027-01-01", "content": {"points_per_tree": 30}},
    "difference": {
        "changed": [{"member": "/content/points_per_tree", "change": "changed", "before": 20, "after": 30}],
        "unchanged_count": 6,
    },
    "may_decide": True,
}
CLOSED_EXAMPLE: dict[str, Any] = {
    **SUMMARY_EXAMPLE,
    "state": "refused",
    "decided_by": "stf_01jd5kmh2ef8q9w3v6rx0t4y7b",
    "decided_at": "2026-11-24T07:30:00Z",
    "reason": "来源没有给出页码。",
    "version": 2,
}
APPROVED_EXAMPLE: dict[str, Any] = {**CLOSED_EXAMPLE, "state": "approved", "reason": None}
WITHDRAWN_EXAMPLE: dict[str, Any] = {**APPROVED_EXAMPLE, "state": "withdrawn", "decided_by": None}


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approver sends: the hash of what they have read."""

    content_sha256: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusing person sends."""

    reason: str


@dataclass(frozen=True, slots=True)
class ProposalQuery:
    """A page of a list, and its filters."""

    page: PageQuery
    wanted: ProposalFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """A line of the list of proposals."""

    id: UUID
    kind: str
    title: str
    state: ProposalState
    agency_id: UUID | None
    county: str | None
    content_sha256: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView(SummaryView):
    """A proposal in whole, with its difference."""

    content: dict[str, Any]
    difference: dict[str, Any]
    may_decide: bool


def summary_view(proposal: Proposal, *, now: datetime) -> SummaryView:
    """Return a proposal without its content."""
    return SummaryView(**_common(proposal, proposal.state_at(now)))


def approval_view(approval: Approval) -> ApprovalView:
    """Return a proposal with content and difference, as `ApprovalSchema` writes it."""
    return ApprovalView(
        **_common(approval.proposal, approval.state),
        content=approval.proposal.content,
        difference={
            "changed": [_change_view(each) for each in approval.changes],
            "unchanged_count": approval.unchanged_count,
        },
        may_decide=approval.may_decide,
    )


def _common(proposal: Proposal, state: ProposalState) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "kind": proposal.kind,
        "title": proposal.title,
        "state": state,
        "agency_id": proposal.agency_id,
        "county": proposal.county,
        "content_sha256": proposal.content_sha256,
        "proposed_by": public_id(_PREFIX_OF[proposal.proposer_kind], proposal.proposed_by),
        "proposed_at": proposal.proposed_at,
        "expires_at": proposal.expires_at,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
        "reason": proposal.reason,
        "version": proposal.version,
    }


def _change_view(change: Change) -> dict[str, Any]:
    shown = {"member": change.member, "change": change.word, "before": change.before, "after": change.after}
    return {name: value for name, value in shown.items() if value is not ABSENT}


class DecisionSchema(Schema):
    """The body of an approval."""

    content_sha256 = Text(
        required=True,
        min=64,
        max=64,
        pattern=SHA256_PATTERN,
        metadata={"description": "`content_sha256` of the proposal that you have read."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Decision:
        """Build the typed input."""
        return Decision(**data)


class RefusalSchema(Schema):
    """The body of a refusal."""

    reason = Text(required=True, max=REASON_LENGTH_MAX, lines=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Refusal:
        """Build the typed input."""
        return Refusal(**data)


class ProposalQuerySchema(PageQuerySchema):
    """The query of the list."""

    state = Choice(ProposalState, load_default=None)
    kind = Text(max=120, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> ProposalQuery:
        """Build the typed input."""
        return ProposalQuery(
            PageQuery(data["limit"], data["cursor"]), ProposalFilter(state=data["state"], kind=data["kind"])
        )


class ApprovalSummarySchema(Schema):
    """A proposal, without what it says."""

    id = PrefixedId("apv", required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    state = Choice(ProposalState, required=True)
    agency_id = PrefixedId("agy", required=True, allow_none=True)
    county = fields.String(required=True, allow_none=True)
    content_sha256 = fields.String(required=True)
    proposed_by = fields.String(required=True, metadata={"description": "A staff member's or a resident's id."})
    proposed_at = Instant(required=True)
    expires_at = Instant(required=True)
    decided_by = PrefixedId("stf", required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    version = WholeNumber(required=True, min=1)


class ChangeSchema(Schema):
    """A member that changes; `before` is left out of what is added, `after` of what is removed."""

    member = fields.String(required=True, metadata={"description": "A JSON pointer."})
    change = fields.String(required=True, metadata={"enum": ["added", "removed", "changed"]})
    before = fields.Raw()
    after = fields.Raw()


class DifferenceSchema(Schema):
    """What approval would change; members that stay are only counted."""

    changed = fields.List(fields.Nested(ChangeSchema), required=True)
    unchanged_count = WholeNumber(required=True, min=0)


class ApprovalSchema(ApprovalSummarySchema):
    """A proposal in whole."""

    content = fields.Dict(required=True, keys=fields.String())
    difference = fields.Nested(DifferenceSchema, required=True)
    may_decide = fields.Boolean(required=True, metadata={"description": "Whether you can approve or refuse it now."})
