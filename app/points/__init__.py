"""Points: what an act earns by the rule set in force, why, and when it reaches the account.

Points thank residents. They never become kilograms: nothing here touches another asset than points.
"""

import json
from datetime import timedelta
from pathlib import Path

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.sync import collections
from app.foundation.work import schedule, subscribe
from app.identity import Role, household_figures
from app.points import routes, synced
from app.points.changes import ACCOUNT_NAME, AWARDS_NAME
from app.points.errors import AwardDiffers, AwardNotFound, AwardReversed, LaterPartSettled
from app.points.models import PartKind, PartState
from app.points.person_data import register_person_data
from app.points.queries import Award, Part, award_for, awards_by_ids, awards_for
from app.points.rule_sets import KIND
from app.points.telling import register_telling
from app.points.texts import Sentence, explain, points_text, signed_text
from app.points.usecases.decide import (
    AWARD_DECIDED,
    AwardPreview,
    decide_award,
    preview_award,
    second_verifier_over,
)
from app.points.usecases.household import points_earned
from app.points.usecases.post import BATCH, QUEUE_MOVES, go_on_with_queue, post_decided, post_queue
from app.points.usecases.reverse import reverse_award
from app.points.usecases.settle import LATER_SETTLED, settle_later
from app.rulebook import declare, ship

__all__ = [
    "Award",
    "AwardDiffers",
    "AwardNotFound",
    "AwardPreview",
    "AwardReversed",
    "LaterPartSettled",
    "Part",
    "PartKind",
    "PartState",
    "Sentence",
    "award_for",
    "awards_by_ids",
    "awards_for",
    "decide_award",
    "explain",
    "points_text",
    "preview_award",
    "register",
    "reverse_award",
    "second_verifier_over",
    "settle_later",
    "signed_text",
]

_DATA = Path(__file__).parent / "data"
_QUEUE_LOOKED_AT = timedelta(hours=1)


def register(app: Flask) -> None:
    """Open the room: its kind of rules with the version that is shipped, the worker's part, the operations."""
    schema = json.loads((_DATA / "rule_set.schema.json").read_text(encoding="utf-8"))
    # Who checks money and who keeps registers: two roles that no verifier of claims needs.
    declare(app, kind=KIND, schema=schema, proposer_role=Role.REGISTRAR, approver_role=Role.FINANCE)
    ship(app, _DATA / "rule_set_lishui_1.json")
    subscribe(app, topic=AWARD_DECIDED, name="points.post", handle=post_decided, batch_size=BATCH)
    subscribe(app, topic=LATER_SETTLED, name="points.post_later", handle=post_decided, batch_size=BATCH)
    subscribe(app, topic=QUEUE_MOVES, name="points.go_on_with_queue", handle=go_on_with_queue)
    schedule(app, name="points.post_queue", period=_QUEUE_LOOKED_AT, run=post_queue)
    collections.register(app, ACCOUNT_NAME, synced.ACCOUNT)
    collections.register(app, AWARDS_NAME, synced.AWARDS)
    household_figures.register(app, "points_earned", points_earned)
    register_telling(app)
    add_operations(app, routes.blp)
    register_person_data(app)
