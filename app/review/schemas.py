"""Shape of the queue, of a case with everything about it, and of decisions."""

from typing import Any

from marshmallow import fields, post_load, validate

from app.evidence import Agreement
from app.foundation.http import (
    Choice,
    Day,
    Flag,
    Instant,
    PageQuery,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)
from app.review.queries import QueueFilter
from app.review.rules import CaseState, Verdict
from app.review.usecases.decide import NewDecision
from app.review.usecases.forwarding import NewPlace

_CODE = r"^[a-z][a-z0-9_]*$"
_COUNTY = {"description": "Six digits.", "example": "331102"}
ROUND_MAX = 1_000
ANSWERS_MAX = 20


class _Answers(fields.Dict):
    """Question id -> value of the chosen option."""

    default_error_messages = {"required": "missing", "null": "null", "invalid": "not_object"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            keys=Text(max=100),
            values=Text(max=40),
            validate=validate.Length(max=ANSWERS_MAX, error="bad_length"),
            **kwargs,
        )


class QueueQuerySchema(PageQuerySchema):
    """The queue's filters."""

    state = Choice(CaseState, load_default=CaseState.OPEN)
    subject_kind = Text(
        max=60, pattern=r"^[a-z_]+\.[a-z_]+$", load_default=None, metadata={"example": "planting.claim"}
    )
    flag = Text(
        max=40,
        pattern=_CODE,
        load_default=None,
        metadata={"description": "A flag's code, or `any` for cases with at least one.", "example": "any"},
    )
    mine = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        error_messages={"invalid": "not_boolean"},
        metadata={"description": "Only the cases that you have taken."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> tuple[QueueFilter, PageQuery]:
        """Return filters and page apart."""
        page = PageQuery(limit=data.pop("limit"), cursor=data.pop("cursor"))
        return QueueFilter(**data), page


class ReviewFlagSchema(Schema):
    """Something that needs judgement."""

    code = fields.String(required=True, metadata={"example": "duplicate"})
    text = fields.String(required=True, metadata={"example": "疑似重复"})


class CaseLineSchema(Schema):
    """A case as the queue shows it."""

    id = PrefixedId("cas", required=True)
    subject_kind = fields.String(required=True, metadata={"example": "planting.claim"})
    state = Choice(CaseState, required=True)
    round = WholeNumber(min=1, required=True)
    county = fields.String(required=True, metadata=_COUNTY)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    due_is_provisional = Flag(
        required=True,
        metadata={"description": "A year's working days are not known yet and were counted Monday to Friday."},
    )
    title = fields.String(required=True, metadata={"example": "5 株樟(香樟)"})
    submitter = fields.String(required=True, metadata={"description": "Masked.", "example": "张**"})
    flags = fields.List(fields.Nested(ReviewFlagSchema), required=True)
    version = WholeNumber(min=1, required=True)
    taken_by_id = PrefixedId("stf", required=True, allow_none=True)
    taken_by = fields.String(required=True, allow_none=True, metadata={"example": "王敏"})
    taken_at = Instant(required=True, allow_none=True)


class ReviewAgencySchema(Schema):
    """The agency that decides."""

    id = PrefixedId("agy", required=True)
    name_zh = fields.String(required=True, metadata={"example": "莲都区林业局"})
    name_en = fields.String(required=True)


class ReviewMadeDecisionSchema(Schema):
    """A decision of this case."""

    round = WholeNumber(min=1, required=True)
    verdict = Choice(Verdict, required=True)
    reason_code = fields.String(required=True, allow_none=True)
    reason_text = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    verifier = fields.String(required=True, allow_none=True, metadata={"example": "王敏"})
    decided_at = Instant(required=True)
    deputy_for = fields.String(
        required=True, allow_none=True, metadata={"description": "In whose place the verifier acted."}
    )


class ReviewMoveSchema(Schema):
    """That the case was sent on to another county."""

    from_county = fields.String(required=True, metadata=_COUNTY)
    to_county = fields.String(required=True, metadata=_COUNTY)
    reason = fields.String(required=True, allow_none=True)
    moved_by = fields.String(required=True, allow_none=True)
    moved_at = Instant(required=True)
    due_at_before = Instant(required=True)
    due_at = Instant(required=True)


class ReviewReasonSchema(Schema):
    """A reason that may be given."""

    verdict = Choice(Verdict, required=True)
    code = fields.String(required=True, metadata={"example": "count_unclear"})
    text = fields.String(required=True)


class ReviewWgsPositionSchema(Schema):
    """A place in WGS-84, in whole 1e-7 degrees."""

    lat_e7 = WholeNumber(min=-900_000_000, max=900_000_000, required=True, metadata={"example": 284_517_000})
    lon_e7 = WholeNumber(min=-1_800_000_000, max=1_800_000_000, required=True, metadata={"example": 1_199_219_000})


class ReviewPhotoSchema(Schema):
    """A photo, with a link that lasts ten minutes, and what the camera wrote."""

    file_id = PrefixedId("fil", required=True)
    content_path = fields.String(required=True)
    width_px = WholeNumber(min=1, required=True)
    height_px = WholeNumber(min=1, required=True)
    captured_at = Instant(required=True, allow_none=True)
    position = fields.Nested(ReviewWgsPositionSchema, required=True, allow_none=True)


class ReviewFactSchema(Schema):
    """A declared fact."""

    label = fields.String(required=True)
    value = fields.String(required=True)


class ReviewComparisonSchema(Schema):
    """A declared fact beside what a photo says. Absent is normal."""

    what = fields.String(required=True, metadata={"enum": ["place", "time"]})
    file_id = PrefixedId("fil", required=True)
    label = fields.String(required=True)
    declared = fields.String(required=True)
    photo = fields.String(required=True, allow_none=True)
    agreement = Choice(Agreement, required=True)
    apart = WholeNumber(
        min=0, required=True, allow_none=True, metadata={"description": "Metres for place, minutes for time."}
    )


class ReviewOptionSchema(Schema):
    """An answer."""

    value = fields.String(required=True, metadata={"example": "different"})
    text = fields.String(required=True)
    allows_approval = Flag(required=True)


class ReviewQuestionSchema(Schema):
    """A doubt; an approval answers all of them."""

    id = fields.String(required=True, metadata={"example": "place_differs"})
    flag = fields.String(required=True)
    text = fields.String(required=True)
    options = fields.List(fields.Nested(ReviewOptionSchema), required=True)


class ReviewNearestSchema(Schema):
    """The most similar other record, and the numbers that make it similar."""

    id = fields.String(required=True, attribute="public_id")
    title = fields.String(required=True)
    submitter = fields.String(required=True, metadata={"example": "陈*"})
    day = Day(required=True)
    status = fields.String(required=True)
    status_text = fields.String(required=True)
    distance_m = WholeNumber(min=0, required=True)
    days_apart = WholeNumber(min=0, required=True)
    hash_distance = WholeNumber(min=0, max=64, required=True, allow_none=True)
    score = WholeNumber(min=0, max=100, required=True)
    photo = fields.Nested(ReviewPhotoSchema, required=True, allow_none=True)


class ReviewPointsLineSchema(Schema):
    """One step of the arithmetic."""

    text = fields.String(required=True)
    points = fields.Integer(required=True, allow_none=True)


class ReviewPointsPreviewSchema(Schema):
    """What an approval would give, or why that cannot be said."""

    points = WholeNumber(min=0, required=True, allow_none=True)
    lines = fields.List(fields.Nested(ReviewPointsLineSchema), required=True)
    why = fields.String(required=True, allow_none=True)
    needs_second_verifier = Flag(required=True)


class ReviewPastRecordSchema(Schema):
    """An earlier record of the same person."""

    title = fields.String(required=True)
    day = Day(required=True)
    status = fields.String(required=True)
    status_text = fields.String(required=True)


class ReviewDossierSchema(Schema):
    """The subject."""

    id = fields.String(required=True, attribute="public_id")
    title = fields.String(required=True)
    submitter = fields.String(required=True)
    facts = fields.List(fields.Nested(ReviewFactSchema), required=True)
    position = fields.Nested(ReviewWgsPositionSchema, required=True)
    cell = fields.String(required=True, metadata={"description": "H3."})
    photos = fields.List(fields.Nested(ReviewPhotoSchema), required=True)
    comparisons = fields.List(fields.Nested(ReviewComparisonSchema), required=True)
    questions = fields.List(fields.Nested(ReviewQuestionSchema), required=True)
    nearest = fields.Nested(ReviewNearestSchema, required=True, allow_none=True)
    points = fields.Nested(ReviewPointsPreviewSchema, required=True)
    history = fields.List(fields.Nested(ReviewPastRecordSchema), required=True)


class CaseSchema(CaseLineSchema):
    """A case with everything that is needed to decide it."""

    decided_at = Instant(required=True, allow_none=True)
    agency = fields.Nested(ReviewAgencySchema, required=True)
    decisions = fields.List(fields.Nested(ReviewMadeDecisionSchema), required=True)
    reasons = fields.List(fields.Nested(ReviewReasonSchema), required=True)
    subject = fields.Nested(ReviewDossierSchema, required=True)
    can_decide = Flag(required=True)
    moves = fields.List(fields.Nested(ReviewMoveSchema), required=True)
    assisted = Flag(required=True, metadata={"description": "A member of staff has entered it for the resident."})


class NewDecisionSchema(Schema):
    """A decision."""

    verdict = Choice(Verdict, required=True)
    reason_code = Text(max=40, pattern=_CODE, load_default=None)
    note = Text(max=500, lines=True, load_default=None)
    answers = _Answers(load_default=dict)
    round = WholeNumber(min=1, max=ROUND_MAX, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewDecision:
        """Return the typed decision."""
        return NewDecision(**data)


class DecidedSchema(Schema):
    """Where the case stands after the decision."""

    id = PrefixedId("cas", required=True)
    state = Choice(CaseState, required=True)
    round = WholeNumber(min=1, required=True)
    decided_at = Instant(required=True, allow_none=True)
    version = WholeNumber(min=1, required=True)


class TakeSchema(Schema):
    """Taking a case; a reason where a colleague has it."""

    reason = Text(max=500, lines=True, load_default=None, allow_none=True)


class AssignmentSchema(Schema):
    """Who has taken the case."""

    id = PrefixedId("cas", required=True, attribute="case_id")
    taken_by_id = PrefixedId("stf", required=True, allow_none=True, attribute="staff_id")
    taken_by = fields.String(required=True, allow_none=True)
    taken_at = Instant(required=True, allow_none=True)


class ForwardSchema(Schema):
    """The county that a case belongs to, and why."""

    county = Text(max=6, pattern=r"[0-9]{6}", required=True)
    reason = Text(max=500, lines=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewPlace:
        """Return the typed input."""
        return NewPlace(**data)


class SentOnSchema(Schema):
    """Where the case is now."""

    id = PrefixedId("cas", required=True, attribute="case_id")
    agency = fields.Nested(ReviewAgencySchema, required=True)
    county = fields.String(required=True, metadata=_COUNTY)
    due_at = Instant(required=True)
    round = WholeNumber(min=1, required=True)
    version = WholeNumber(min=1, required=True)
