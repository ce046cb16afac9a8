"""Divisions over HTTP."""

from flask import Flask

from app.foundation.http import ANYONE, Blueprint, add_operations, language, requires
from app.places import queries
from app.places.errors import DivisionNotFound
from app.places.schemas import DivisionList, DivisionListSchema, DivisionSchema, DivisionView, division_view

blp = Blueprint("places", __name__, description="The city and its nine counties.")


@blp.get("/places")
@requires(ANYONE)
@blp.response(200, DivisionListSchema)
def list_places() -> DivisionList:
    """List the city and its counties.

    In the order of their codes, all on one page, each with its name in the language of the answer and in both.
    """
    return DivisionList(tuple(division_view(each, language=language()) for each in queries.list_divisions()))


@blp.get("/places/<code>")
@requires(ANYONE)
@blp.response(200, DivisionSchema)
@blp.problems(DivisionNotFound)
def get_place(code: str) -> DivisionView:
    """Read the city or a county.

    The code is the six digits of the state's list of divisions.
    """
    return division_view(queries.get_division(code), language=language())


def register(app: Flask) -> None:
    """Serve the room's operations."""
    add_operations(app, blp)
