"""Shapes of the facts of each part, in and out: what the document of the API publishes of them."""

from typing import Any

from app.foundation.http import Choice, Day, Many, Nested, Schema, Text, WholeNumber
from app.identity.organisations.rules.kinds import OrganisationKind, SpeciesGroup

COUNTY = r"^[0-9]{6}$"
CLOCK = r"^([01][0-9]|2[0-4]):[0-5][0-9]$"
PHONE = r"^[0-9+][0-9 -]{2,19}$"
COUNTIES_MAX, SHOPS_MAX, HOURS_MAX, SCOPES_MAX = 9, 50, 28, 20


def phone_field(what: str, **kwargs: Any) -> Text:
    """Return the field of a telephone number: digits with spaces or hyphens, a plus for a country."""
    return Text(max=20, pattern=PHONE, metadata={"description": what, "example": "0578-2000000"}, **kwargs)


def counties_field() -> Many:
    """Return the field of the counties that something reaches."""
    return Many(Text(max=6, pattern=COUNTY), min=1, max=COUNTIES_MAX, required=True, metadata={"example": ["331102"]})


class EvaluatorFactsSchema(Schema):
    """What a technical body may evaluate, and until when."""

    accreditation_number = Text(max=60, required=True, metadata={"example": "CMA 251100000000"})
    scope = Many(
        Text(max=100), min=1, max=SCOPES_MAX, required=True, metadata={"example": ["Events", "Public institutions"]}
    )
    valid_until = Day(
        required=True, metadata={"description": "The last day on which it holds.", "example": "2028-12-31"}
    )


class OpenHoursSchema(Schema):
    """Hours of one weekday. A station open all night says 00:00 to 24:00; a midday break is two lines."""

    weekday = WholeNumber(min=1, max=7, required=True, metadata={"description": "1 is Monday.", "example": 1})
    opens = Text(max=5, pattern=CLOCK, required=True, metadata={"example": "08:30"})
    closes = Text(max=5, pattern=CLOCK, required=True, metadata={"example": "17:30"})


class PublicStationFactsSchema(Schema):
    """Where a station takes which animals, when, and under which number."""

    groups = Many(Choice(SpeciesGroup), min=1, max=len(SpeciesGroup), required=True)
    hours = Many(Nested(OpenHoursSchema), min=1, max=HOURS_MAX, required=True)
    county_codes = counties_field()
    phone = phone_field("The line for the public.", required=True)
    capacity = WholeNumber(
        min=1, max=10_000, required=True, metadata={"description": "Animals at the same time.", "example": 12}
    )


class StationFactsSchema(PublicStationFactsSchema):
    """A station's facts with the number for colleagues."""

    duty_phone = phone_field(
        "Who answers outside the hours. Strangers never see it.", load_default=None, allow_none=True
    )


class ShopSchema(Schema):
    """A place where vouchers are taken."""

    name = Text(max=80, required=True, metadata={"example": "瓯江边书店"})
    address = Text(max=200, required=True, metadata={"example": "莲都区中山街 1 号"})
    county_code = Text(max=6, pattern=COUNTY, required=True, metadata={"example": "331102"})


class SettlementContactSchema(Schema):
    """With whom vouchers are settled."""

    name = Text(max=40, required=True, metadata={"example": "会计室"})
    phone = phone_field("Strangers never see it.", required=True)


class MerchantFactsSchema(Schema):
    """A merchant's shops, and with whom vouchers are settled."""

    shops = Many(Nested(ShopSchema), min=1, max=SHOPS_MAX, required=True)
    settlement_contact = Nested(SettlementContactSchema, required=True)


class SponsorFactsSchema(Schema):
    """How a sponsor appears where it thanks residents."""

    shown_as = Text(max=80, required=True, metadata={"example": "瓯江源生态基金"})
    statement = Text(max=500, lines=True, load_default=None, allow_none=True)


class ProjectOwnerFactsSchema(Schema):
    """What land or plants a project owner works, and where."""

    county_codes = counties_field()
    description = Text(max=500, lines=True, required=True, metadata={"example": "毛竹经营 1,200 亩"})


FACTS_SCHEMA: dict[OrganisationKind, type[Schema]] = {
    OrganisationKind.EVALUATOR: EvaluatorFactsSchema,
    OrganisationKind.STATION: StationFactsSchema,
    OrganisationKind.MERCHANT: MerchantFactsSchema,
    OrganisationKind.SPONSOR: SponsorFactsSchema,
    OrganisationKind.PROJECT_OWNER: ProjectOwnerFactsSchema,
}


def spelled_facts(kind: OrganisationKind, loaded: dict[str, Any]) -> dict[str, Any]:
    """Return facts that a schema has read as they are kept: plain JSON, in the API's spelling."""
    spelled: dict[str, Any] = FACTS_SCHEMA[kind]().dump(loaded)
    return spelled
