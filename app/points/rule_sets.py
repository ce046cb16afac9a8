"""The rule set in force: one document of the rulebook, read by everything that decides about points."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.points import rules
from app.points.rules import RuleSet
from app.rulebook import document_in_force

KIND = "points.rule_set"
NAME = "lishui"


@dataclass(frozen=True, slots=True)
class RuleSetInForce:
    """A rule set, and the document it stands in."""

    document_id: UUID
    version: int
    effective_from: date
    rule_set: RuleSet


def rule_set_on(session: Session, day: date) -> RuleSetInForce:
    """Return the rule set in force on a day: older acts keep the older rules.

    Raises:
        DocumentMissing: none was in force.
    """
    document = document_in_force(session, KIND, NAME, day)
    return RuleSetInForce(document.id, document.version, document.effective_from, rules.read_rule_set(document.content))
