"""Shape of plantings, in and out."""

from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from app.foundation.http import Choice, Day, Flag, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.places import Crs
from app.planting.rules.claims import FILES_A_SUBMISSION_MAX, ClaimStatus
from app.planting.usecases.record import NewPlanting, SentPosition
from app.review import Verdict

# Any number that a body may name; how many one record may have is a setting, and the refusal says it.
TREE_COUNT_MAX = 1_000_000
NOTE_MAX = 500
CLIENT_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_COUNTY = r"^[0-9]{6}$"
_SPECIES = r"^[A-Z]{4}$"
_FORM = r"^[a-z_]+$"


class PlantingPositionSchema(Schema):
    """A place in whole 1e-7 degrees, in WGS-84 or in the GCJ-02 of Chinese maps and phones."""

    lat_e7 = WholeNumber(min=-900_000_000, max=900_000_000, required=True, metadata={"example": 284_490_000})
    lon_e7 = WholeNumber(min=-1_800_000_000, max=1_800_000_000, required=True, metadata={"example": 1_199_265_000})
    crs = Choice(Crs, required=True)


class SentPlantingPositionSchema(PlantingPositionSchema):
    """A place as the app measured it."""

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> SentPosition:
        """Return the typed position."""
        return SentPosition(**data)


class ClaimMembersSchema(Schema):
    """What a resident declares and may correct."""

    species_code = Text(max=4, pattern=_SPECIES, required=True, metadata={"example": "CICA"})
    tree_count = WholeNumber(min=1, max=TREE_COUNT_MAX, required=True, metadata={"example": 5})
    duty_form = Text(max=20, pattern=_FORM, required=True, metadata={"example": "afforest"})
    position = Nested(SentPlantingPositionSchema, required=True)
    county = Text(max=6, pattern=_COUNTY, required=True, metadata={"example": "331102"})
    note = Text(max=NOTE_MAX, lines=True, load_default=None, allow_none=True)


class NewPlantingSchema(ClaimMembersSchema):
    """A planting as it was recorded on the device, perhaps without a network."""

    client_id = Text(
        max=36,
        pattern=CLIENT_ID,
        required=True,
        metadata={
            "description": "A UUID that the app made, best a version 7; the same for every attempt to send this.",
            "example": "019d0c3e-7a10-7c44-8a51-0f2c6f0a9b31",
        },
    )
    captured_at = Instant(required=True, metadata={"description": "By the clock of the device, at most 30 days ago."})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewPlanting:
        """Return the typed planting."""
        return NewPlanting(**{**data, "client_id": UUID(data["client_id"])})


class PlantingChangeSchema(Schema):
    """The members to change."""

    species_code = Text(max=4, pattern=_SPECIES, metadata={"example": "CICA"})
    tree_count = WholeNumber(min=1, max=TREE_COUNT_MAX, metadata={"example": 4})
    duty_form = Text(max=20, pattern=_FORM, metadata={"example": "afforest"})
    position = Nested(SentPlantingPositionSchema)
    county = Text(max=6, pattern=_COUNTY, metadata={"example": "331102"})
    note = Text(max=NOTE_MAX, lines=True, allow_none=True)


class PlantingSubmissionSchema(Schema):
    """The photos that prove a planting. Those it has already may be named again."""

    file_ids = Many(PrefixedId("fil"), min=1, max=FILES_A_SUBMISSION_MAX, required=True)


class PlantingPhotoSchema(Schema):
    """A photo, with a link that lasts ten minutes."""

    id = PrefixedId("fil", required=True)
    content_path = fields.String(required=True)
    width_px = WholeNumber(min=1, required=True)
    height_px = WholeNumber(min=1, required=True)


class PlantingReasonSchema(Schema):
    """Why a round of the review ended without approval."""

    round = WholeNumber(min=1, required=True)
    verdict = Choice(Verdict, required=True)
    code = fields.String(required=True, metadata={"example": "count_unclear"})
    text = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True)


class PlantingMoveSchema(Schema):
    """That the planting came to the wrong county first."""

    from_county = fields.String(required=True, metadata={"example": "331102"})
    to_county = fields.String(required=True, metadata={"example": "331181"})
    moved_at = Instant(required=True)


class PlantingReviewSchema(Schema):
    """Who looks at it, and until when."""

    case_id = PrefixedId("cas", required=True)
    agency = fields.String(required=True, metadata={"example": "莲都区林业局"})
    round = WholeNumber(min=1, required=True)
    due_at = Instant(required=True)
    due_is_provisional = Flag(
        required=True, metadata={"description": "Counted Monday to Friday: a year's working days are not known yet."}
    )
    decided_at = Instant(required=True, allow_none=True)
    moves = fields.List(fields.Nested(PlantingMoveSchema), required=True)


class PlantingAwardLineSchema(Schema):
    """One step of the arithmetic."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    points = fields.Integer(required=True, allow_none=True)


class PlantingAwardSchema(Schema):
    """What the planting earned, and why. Zero is explained too."""

    id = PrefixedId("awd", required=True)
    points = WholeNumber(min=0, required=True)
    points_now = WholeNumber(min=0, required=True)
    points_later = WholeNumber(min=0, required=True)
    later_on = Day(required=True, allow_none=True)
    rule_version = WholeNumber(min=1, required=True)
    lines = fields.List(fields.Nested(PlantingAwardLineSchema), required=True)
    note = fields.String(required=True, allow_none=True)


class PlantingCarbonSchema(Schema):
    """Why no kilograms are shown."""

    state = fields.String(required=True, metadata={"enum": ["not_yet_measurable"]})
    why = fields.String(required=True)


class PlantingLineSchema(Schema):
    """A planting in the list."""

    id = PrefixedId("plt", required=True)
    client_id = fields.String(required=True)
    status = Choice(ClaimStatus, required=True)
    status_text = fields.String(required=True)
    species_code = fields.String(required=True, metadata={"example": "CICA"})
    species_name = fields.String(required=True, metadata={"example": "樟(香樟)"})
    tree_count = WholeNumber(min=1, required=True)
    duty_form = fields.String(required=True, metadata={"example": "afforest"})
    duty_form_name = fields.String(required=True, metadata={"example": "造林绿化"})
    captured_at = Instant(required=True)
    received_at = Instant(required=True)
    submitted_at = Instant(required=True, allow_none=True)
    county = fields.String(required=True, metadata={"example": "331102"})
    reasons = fields.List(fields.Nested(PlantingReasonSchema), required=True)
    assisted = Flag(required=True, metadata={"description": "A member of staff has entered it for you at a desk."})
    version = WholeNumber(min=1, required=True)


class PlantingSchema(PlantingLineSchema):
    """A planting with everything about it."""

    position = fields.Nested(PlantingPositionSchema, required=True)
    note = fields.String(required=True, allow_none=True)
    files = fields.List(fields.Nested(PlantingPhotoSchema), required=True)
    review = fields.Nested(PlantingReviewSchema, required=True, allow_none=True)
    award = fields.Nested(PlantingAwardSchema, required=True, allow_none=True)
    carbon = fields.Nested(PlantingCarbonSchema, required=True)


class SpeciesSchema(Schema):
    """A species that a planting can name."""

    code = fields.String(required=True, metadata={"example": "CICA"})
    name = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_la = fields.String(required=True)
    group = fields.String(required=True)


class SpeciesListSchema(Schema):
    """All species; they fit on one page."""

    items = fields.List(fields.Nested(SpeciesSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DutyFormSchema(Schema):
    """A form of the planting duty. Without a rate it counts as no trees."""

    code = fields.String(required=True, metadata={"example": "afforest"})
    name = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    converts = fields.Boolean(required=True)
    note = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)
    rate_status = fields.String(required=True, metadata={"example": "MISSING"})


class DutyFormListSchema(Schema):
    """All eight forms."""

    items = fields.List(fields.Nested(DutyFormSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
