"""How a room opens a kind of document: its form, who proposes, who approves."""

from typing import Any

from flask import Flask

from app.approvals import ProposalKind
from app.approvals import kinds as proposal_kinds
from app.rulebook.kinds import add_kind
from app.rulebook.usecases import acts_for_city, apply_document, difference_of, proposal_kind_of


def declare(app: Flask, *, kind: str, schema: dict[str, Any], proposer_role: str, approver_role: str) -> None:
    """Open a kind of document; call it in `register(app)` of the room that reads it.

    Args:
        kind: `room.what`, such as `points.rule_set`.
        schema: JSON Schema, draft 2020-12, of an object. Numbers with a fraction are text.
        proposer_role, approver_role: held for the whole city; they may be the same, the two people may not.

    Raises:
        SchemaError, ValueError: the schema or the name is not good.
    """
    add_kind(app, kind=kind, schema=schema, proposer_role=proposer_role, approver_role=approver_role)
    proposal_kinds.register(
        app,
        proposal_kind_of(kind),
        ProposalKind(
            approver_role=approver_role,
            difference=difference_of,
            apply=apply_document,
            may_approve=lambda approver, _: acts_for_city(approver, approver_role),
        ),
    )
