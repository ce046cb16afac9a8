"""What everybody may look up: stations that take injured animals, and technical bodies."""

from typing import Any

from app.foundation.data import clock
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    mapped,
    next_link,
    page_schema,
    requires,
)
from app.identity.organisations import examples
from app.identity.organisations.schemas.listing import EvaluatorSchema, StationQuerySchema, StationSchema
from app.identity.organisations.usecases import reading
from app.identity.organisations.views import listed_view

blp = Blueprint("organisation-lists", __name__, description="Verified stations and technical bodies, for everybody.")


@blp.get("/stations")
@requires(ANYONE)
@blp.arguments(StationQuerySchema, location="query")
@blp.response(200, page_schema(StationSchema), example={"items": [examples.STATION], "next_cursor": None})
def list_stations(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List wildlife stations: which animals they take, where, when, and whom to call."""
    page = reading.list_stations(
        PageQuery(limit=query["limit"], cursor=query["cursor"]),
        county_code=query["county"],
        group=query["group"],
        open_at=query["open_at"],
        now=clock.now(),
    )
    return mapped(page, listed_view), next_link(page)


@blp.get("/evaluators")
@requires(ANYONE)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(EvaluatorSchema), example={"items": [examples.EVALUATOR], "next_cursor": None})
def list_evaluators(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List the technical bodies whose accreditation holds today."""
    page = reading.list_evaluators(PageQuery(**query), now=clock.now())
    return mapped(page, listed_view), next_link(page)
