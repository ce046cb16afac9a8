"""Factors and footprints over HTTP."""

from typing import Any
from uuid import UUID

from app.footprint import examples, usecases
from app.footprint.errors import (
    CountyUnknown,
    FactorMissing,
    FactorNotFound,
    FactorUnfit,
    FootprintNotFound,
    NothingReported,
    YearNotBegun,
)
from app.footprint.factor_list import FactorFilter, page_of_factors
from app.footprint.schemas.asked import EstimatesAskedSchema, FactorQuerySchema, PersonYearSchema
from app.footprint.schemas.told import EstimatesSchema, FactorSchema, FootprintSchema, FootprintSummarySchema
from app.footprint.usecases import PersonYear
from app.footprint.views import estimate_view, factor_view, footprint_summary, footprint_view
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    idempotent,
    mapped,
    next_link,
    no_idempotency,
    page_schema,
    requires,
)
from app.identity import Role

factors = Blueprint("factors", __name__, description="Emission factors with unit, scope, region, year, source, status.")
footprints = Blueprint("footprints", __name__, description="A person's year in grams, each figure with its reasons.")


@factors.get("/factors")
@requires(ANYONE)
@factors.arguments(FactorQuerySchema, location="query")
@factors.response(200, page_schema(FactorSchema), example={"items": [examples.FACTOR], "next_cursor": None})
def list_factors(query: tuple[PageQuery, FactorFilter]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List the factors in force today, by key; those whose value is missing stand among them and say so."""
    page = page_of_factors(*query, today=clock.civil_day(clock.now()))
    return mapped(page, factor_view), next_link(page)


@factors.get("/factors/<string:factor_id>")
@requires(ANYONE)
@factors.response(200, FactorSchema, example=examples.FACTOR)
@factors.problems(FactorNotFound)
def show_factor(factor_id: str) -> dict[str, Any]:
    """Show one version of a factor, in force or not: a footprint names the versions that it used."""
    try:
        parsed = parse_public_id("fac", factor_id)
    except MalformedId:
        raise FactorNotFound() from None
    return factor_view(usecases.show_factor(parsed))


@footprints.post("/footprints")
@requires(Role.RESIDENT, assisted=True)
@idempotent
@footprints.arguments(PersonYearSchema, example=examples.PERSON_YEAR)
@footprints.response(201, FootprintSchema, example=examples.FOOTPRINT)
@footprints.problems(CountyUnknown, NothingReported, YearNotBegun, FactorMissing, FactorUnfit)
def calculate_footprint(new: PersonYear) -> tuple[dict[str, Any], dict[str, str]]:
    """Calculate one's year and keep the result, which never changes; a correction is another calculation."""
    made = usecases.calculate_footprint(new, resident=current_actor(), now=clock.now())
    return footprint_view(made), {"Location": f"/v1/footprints/{public_id('fp', made.id)}"}


@footprints.get("/footprints")
@requires(Role.RESIDENT, assisted=True)
@footprints.arguments(PageQuerySchema, location="query")
@footprints.response(
    200, page_schema(FootprintSummarySchema), example={"items": [examples.SUMMARY], "next_cursor": None}
)
def list_footprints(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List one's footprints, newest first."""
    page = usecases.my_footprints(current_actor(), PageQuery(**query))
    return mapped(page, footprint_summary), next_link(page)


@footprints.get("/footprints/<string:footprint_id>")
@requires(Role.RESIDENT, assisted=True)
@footprints.response(200, FootprintSchema, example=examples.FOOTPRINT)
@footprints.problems(FootprintNotFound)
def show_footprint(footprint_id: str) -> dict[str, Any]:
    """Show one of one's footprints: each line with its factor, source and arithmetic, as they were."""
    return footprint_view(usecases.my_footprint(current_actor(), _footprint_id(footprint_id)))


@footprints.post("/footprint-estimates")
@requires(ANYONE)
@no_idempotency("An estimate changes nothing and is not kept.")
@footprints.arguments(EstimatesAskedSchema, example=examples.ESTIMATES_ASKED)
@footprints.response(200, EstimatesSchema, example=examples.ESTIMATES)
def estimate_footprints(asked: dict[str, list[PersonYear]]) -> dict[str, Any]:
    """Calculate up to 100 years without an account and keep nothing; each answers by itself, in the order asked."""
    now = clock.now()
    estimates = usecases.estimate_footprints(asked["items"], now=now)
    return {"items": [estimate_view(each, today=clock.civil_day(now)) for each in estimates]}


def _footprint_id(text: str) -> UUID:
    try:
        return parse_public_id("fp", text)
    except MalformedId:
        raise FootprintNotFound() from None
