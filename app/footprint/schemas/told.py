"""Shapes of what is told: factors, and footprints with everything that explains them."""

from marshmallow import fields

from app.footprint.rules.calculation import Activity, Caveat, DataGrade
from app.footprint.rules.factors import GasScope
from app.footprint.schemas.asked import ESTIMATES_MAX, YEAR_MIN
from app.foundation.http import Choice, Day, Flag, Instant, Many, PrefixedId, Schema, WholeNumber
from app.rulebook import Status


class FactorSchema(Schema):
    """One version of an emission factor, or of a quantity from which one is computed."""

    id = PrefixedId("fac", required=True)
    document_id = PrefixedId("doc", required=True, metadata={"description": "The same in the rulebook."})
    key = fields.String(required=True)
    version = WholeNumber(min=1, required=True)
    title = fields.String(required=True, metadata={"description": "In the language of the answer."})
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    value = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The number digit by digit, as text; null where it is missing."},
    )
    unit = fields.String(required=True)
    gas_scope = Choice(
        GasScope,
        required=True,
        allow_none=True,
        metadata={"description": "What the number counts; null for a quantity that is no emission."},
    )
    region = fields.String(required=True)
    year_from = WholeNumber(min=1900, required=True, allow_none=True)
    year_to = WholeNumber(min=1900, required=True, allow_none=True)
    source = fields.String(required=True)
    status = Choice(Status, required=True)
    note = fields.String(required=True)
    computed_from = Many(fields.String(), max=3, required=True)
    effective_from = Day(required=True)


class FootprintChoiceSchema(Schema):
    """Why this factor of several: the region and the year that were wanted, and what they got."""

    wanted_region = fields.String(required=True)
    wanted_year = WholeNumber(min=YEAR_MIN, required=True)
    region = fields.String(required=True)
    is_wider_region = Flag(required=True)
    year = WholeNumber(min=1900, required=True, allow_none=True)
    passed_over = Many(
        fields.String(),
        max=100,
        required=True,
        metadata={"description": "Keys that come first by the rule and have no value."},
    )
    text = fields.String(required=True)


class FootprintProductSchema(Schema):
    """How a fuel's factor was computed, with the factors that went into it."""

    text = fields.String(required=True)
    inputs = Many(fields.Nested(FactorSchema), max=3, required=True)


class FootprintCaveatSchema(Schema):
    """What a reader should know of a line."""

    code = Choice(Caveat, required=True)
    text = fields.String(required=True)


class FootprintLineSchema(Schema):
    """One activity with its emission. `kg_to_cover` is what buying would take, not what was emitted."""

    activity = Choice(Activity, required=True)
    activity_name = fields.String(required=True)
    quantity = WholeNumber(min=0, required=True)
    unit = fields.String(required=True, metadata={"description": "Wh, L, m or passenger-m."})
    data_grade = Choice(DataGrade, required=True)
    gas_scope = Choice(GasScope, required=True)
    emission_g = WholeNumber(min=0, required=True)
    kg_to_cover = WholeNumber(min=0, required=True)
    text = fields.String(required=True)
    factor = fields.Nested(FactorSchema, required=True)
    choice = fields.Nested(FootprintChoiceSchema, required=True, allow_none=True)
    product = fields.Nested(FootprintProductSchema, required=True, allow_none=True)
    caveats = Many(fields.Nested(FootprintCaveatSchema), max=len(Caveat), required=True)


class FootprintSubtotalSchema(Schema):
    """What the lines of one gas scope emit together."""

    gas_scope = Choice(GasScope, required=True)
    emission_g = WholeNumber(min=0, required=True)
    text = fields.String(required=True)


class _TotalsSchema(Schema):
    """The totals of a year. With `mixed_scopes` the total adds unlike things, and the sub-totals are to be read."""

    year = WholeNumber(min=YEAR_MIN, required=True)
    is_year_over = Flag(required=True, metadata={"description": "Whether the year was over when this was calculated."})
    county = fields.String(required=True)
    county_name = fields.String(required=True)
    method = fields.String(required=True)
    method_version = WholeNumber(min=1, required=True)
    total_g = WholeNumber(min=0, required=True)
    mixed_scopes = Flag(required=True)
    total_text = fields.String(required=True)
    subtotals = Many(fields.Nested(FootprintSubtotalSchema), max=len(GasScope), required=True)
    kg_to_cover = WholeNumber(
        min=0, required=True, metadata={"description": "Each line rounded up to a kilogram by itself."}
    )
    data_grade = Choice(DataGrade, required=True, metadata={"description": "The weakest of the lines."})


class EstimatedFootprintSchema(_TotalsSchema):
    """A year's footprint with everything that explains it."""

    data_grade_text = fields.String(required=True)
    uncertainty_text = fields.String(required=True)
    not_reported = Many(Choice(Activity), max=len(Activity), required=True)
    boundary_text = fields.String(required=True)
    lines = Many(fields.Nested(FootprintLineSchema), max=len(Activity), required=True)


class FootprintSummarySchema(_TotalsSchema):
    """A footprint that is kept, without its lines."""

    id = PrefixedId("fp", required=True)
    calculated_at = Instant(required=True)
    assisted = Flag(required=True, metadata={"description": "A member of staff has entered it for you at a desk."})


class FootprintSchema(EstimatedFootprintSchema, FootprintSummarySchema):
    """A footprint that is kept, with everything that explains it. It never changes."""


class EstimateProblemSchema(Schema):
    """Why a year cannot be calculated."""

    code = fields.String(required=True)
    status = WholeNumber(min=400, max=499, required=True)
    title = fields.String(required=True)
    pointer = fields.String(required=True, allow_none=True)
    key = fields.String(
        required=True, allow_none=True, metadata={"description": "The key of the factor, if one is at fault."}
    )


class EstimateSchema(Schema):
    """A footprint, or the problem with it: one of the two is null."""

    footprint = fields.Nested(EstimatedFootprintSchema, required=True, allow_none=True)
    problem = fields.Nested(EstimateProblemSchema, required=True, allow_none=True)


class EstimatesSchema(Schema):
    """One answer for each year that was asked, in the same order."""

    items = Many(fields.Nested(EstimateSchema), max=ESTIMATES_MAX, required=True)
