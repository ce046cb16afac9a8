"""Shapes of what is asked: activity data, and which factors to list."""

from typing import Any

from marshmallow import post_load

from app.footprint.factor_list import FactorFilter
from app.footprint.rules.calculation import Activity, DataGrade, Reported
from app.footprint.usecases import PersonYear
from app.foundation.http import (
    Choice,
    Many,
    Nested,
    PageQuery,
    PageQuerySchema,
    Schema,
    Text,
    WholeNumber,
)
from app.rulebook import Status

# A million kWh, m3 or km: more than any person's year, and far from the end of whole numbers in JSON.
QUANTITY_MAX = 1_000_000_000
YEAR_MIN, YEAR_MAX = 2000, 2199
ESTIMATES_MAX = 100
_COUNTY = r"^[0-9]{6}$"


def _quantity(description: str, example: int) -> WholeNumber:
    return WholeNumber(
        min=0, max=QUANTITY_MAX, required=True, metadata={"description": description, "example": example}
    )


class _ReportedSchema(Schema):
    """A quantity, and how somebody came by it."""

    data_grade = Choice(
        DataGrade,
        load_default=DataGrade.ESTIMATED,
        metadata={
            "description": "measured: from a meter, a bill or an odometer; calculated: from tickets or payments.",
            "example": "measured",
        },
    )


class ElectricityUsedSchema(_ReportedSchema):
    """Electricity bought."""

    energy_wh = _quantity("Whole watt-hours; a kilowatt-hour is 1,000.", 2_400_000)


class GasUsedSchema(_ReportedSchema):
    """Natural gas bought."""

    volume_l = _quantity("Whole litres; a cubic metre is 1,000.", 180_000)


class CarDrivenSchema(_ReportedSchema):
    """Distance driven by a petrol car, whoever else was in it."""

    distance_m = _quantity("Whole metres; a kilometre is 1,000.", 6_000_000)


class PassengerTravelSchema(_ReportedSchema):
    """Distance travelled as a passenger."""

    passenger_m = _quantity("Whole passenger-metres: metres that one passenger travelled.", 1_200_000)


class ActivitiesSchema(Schema):
    """What was used in the year. An activity that is not named is left out of the footprint, and said to be."""

    electricity = Nested(ElectricityUsedSchema)
    natural_gas = Nested(GasUsedSchema)
    car = Nested(CarDrivenSchema)
    rail = Nested(PassengerTravelSchema)
    flight = Nested(PassengerTravelSchema)

    @post_load
    def build(self, data: dict[str, dict[str, Any]], **_: object) -> tuple[Reported, ...]:
        """Build the typed activities."""
        return tuple(_reported(Activity(name), **given) for name, given in data.items())


def _reported(activity: Activity, *, data_grade: DataGrade, **quantity: int) -> Reported:
    # Each of these schemas has one quantity beside its grade.
    [number] = quantity.values()
    return Reported(activity, number, data_grade)


class PersonYearSchema(Schema):
    """A person's year."""

    year = WholeNumber(
        min=YEAR_MIN,
        max=YEAR_MAX,
        required=True,
        metadata={"description": "The year of the activities, in the city's time.", "example": 2025},
    )
    county = Text(
        max=6,
        pattern=_COUNTY,
        required=True,
        metadata={"description": "Where the person lives: a code of /v1/places.", "example": "331102"},
    )
    activities = Nested(ActivitiesSchema, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> PersonYear:
        """Build the typed input."""
        return PersonYear(data["year"], data["county"], data["activities"])


class EstimatesAskedSchema(Schema):
    """Several years, each by itself."""

    items = Many(Nested(PersonYearSchema), min=1, max=ESTIMATES_MAX, required=True)


class FactorQuerySchema(PageQuerySchema):
    """Which factors to list."""

    key = Text(
        max=80,
        pattern=r"^[A-Za-z0-9._-]+$",
        load_default=None,
        metadata={"description": "What the key begins with.", "example": "grid."},
    )
    region = Text(max=20, pattern=r"^[A-Za-z-]+$", load_default=None, metadata={"example": "CN-ZJ"})
    year = WholeNumber(
        min=1900,
        max=2200,
        strict=False,
        load_default=None,
        metadata={"description": "A year that the number is for.", "example": 2022},
    )
    status = Choice(Status, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> tuple[PageQuery, FactorFilter]:
        """Build the typed query."""
        wanted = FactorFilter(key=data["key"], region=data["region"], year=data["year"], status=data["status"])
        return PageQuery(data["limit"], data["cursor"]), wanted
