"""Shapes of what a resident reads about points."""

from marshmallow import fields

from app.foundation.http import Choice, Day, Instant, Many, PrefixedId, Schema, WholeNumber
from app.ledger import TransferKind
from app.points.models import PartKind, PartState

LINES_MAX = 20
LOTS_MAX = 121  # Points last 120 months at most, and keep one lot a month.


class PendingSchema(Schema):
    """Points that are still to come."""

    state = Choice(PartState, required=True)
    points = WholeNumber(min=1, required=True)
    next_on = Day(required=True, allow_none=True, metadata={"description": "From when the next result can be checked."})
    text = fields.String(required=True)


class ExpiringSchema(Schema):
    """Points that are good until the day before `expires_on`."""

    points = WholeNumber(min=1, required=True)
    expires_on = Day(required=True)
    text = fields.String(required=True)


class AccountSchema(Schema):
    """A resident's points. `free` can be spent now; `debt` is repaid by the next points before anything else."""

    free_points = WholeNumber(min=0, required=True)
    held_points = WholeNumber(min=0, required=True)
    debt_points = WholeNumber(min=0, required=True)
    debt_text = fields.String(required=True, allow_none=True)
    pending = Many(fields.Nested(PendingSchema), max=len(PartState), required=True)
    expiring = Many(fields.Nested(ExpiringSchema), max=LOTS_MAX, required=True)


class LineSchema(Schema):
    """A step of the arithmetic: a sentence, what it adds or takes away, and the numbers behind it."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    points = fields.Integer(required=True, allow_none=True)
    numbers = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class RuleSchema(Schema):
    """The rule set that was in force on the day of the act."""

    document_id = PrefixedId("doc", required=True)
    version = WholeNumber(min=1, required=True)
    text = fields.String(required=True)


class PartSchema(Schema):
    """Points of an award that are given together. `repaid_points` of them repaid a debt."""

    kind = Choice(PartKind, required=True)
    points = WholeNumber(min=1, required=True)
    state = Choice(PartState, required=True)
    posted_at = Instant(required=True, allow_none=True)
    repaid_points = WholeNumber(min=0, required=True)
    text = fields.String(required=True)


class AwardSchema(Schema):
    """What an act earned, and why; an award of 0 points says why not."""

    id = PrefixedId("awd", required=True, attribute="award.id")
    act = fields.String(required=True, attribute="award.act")
    subject_kind = fields.String(required=True, attribute="award.subject_kind")
    acted_on = Day(required=True, attribute="award.acted_on")
    quantity = WholeNumber(min=0, required=True, attribute="award.quantity")
    points = WholeNumber(min=0, required=True, attribute="award.points")
    points_now = WholeNumber(min=0, required=True, attribute="award.points_now")
    points_later = WholeNumber(min=0, required=True, attribute="award.points_later")
    later_on = Day(required=True, allow_none=True, attribute="award.later_on")
    decided_at = Instant(required=True, attribute="award.decided_at")
    rule = fields.Nested(RuleSchema, required=True)
    lines = Many(fields.Nested(LineSchema), max=LINES_MAX, required=True)
    parts = Many(fields.Nested(PartSchema), max=len(PartKind), required=True)


class EntrySchema(Schema):
    """One line of the account. `lines` tell how the award behind it was reckoned; other lines speak for themselves."""

    seq = WholeNumber(min=1, required=True, attribute="entry.seq")
    kind = Choice(TransferKind, required=True, attribute="entry.kind")
    points = fields.Integer(required=True, attribute="entry.amount")
    balance_after = fields.Integer(required=True, attribute="entry.balance_after")
    held_after = WholeNumber(min=0, required=True, attribute="entry.held_after")
    created_at = Instant(required=True, attribute="entry.created_at")
    expires_on = Day(required=True, allow_none=True, attribute="entry.expires_on")
    award_id = PrefixedId("awd", required=True, allow_none=True, attribute="award.id")
    act = fields.String(required=True, allow_none=True, attribute="award.act")
    rule = fields.Nested(RuleSchema, required=True, allow_none=True)
    text = fields.String(required=True)
    lines = Many(fields.Nested(LineSchema), max=LINES_MAX, required=True)
