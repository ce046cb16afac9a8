"""Footprint: what a year of electricity, gas and travel emits, in grams, with every factor and every step on record.

Emission factors are documents of the rulebook, one each; a calculation keeps those that it used and never changes.
"""

import json
from pathlib import Path

from flask import Flask

from app.footprint import routes, synced
from app.footprint.errors import FactorMissing, FactorNotFound, FactorUnfit, FootprintNotFound
from app.footprint.models import COLLECTION
from app.footprint.person_data import register_person_data
from app.footprint.queries import FACTOR_KIND, Footprint, footprint_by_id
from app.footprint.rules.calculation import Activity, Calculation, DataGrade, Line, Reported, Subtotal, calculate
from app.footprint.rules.factors import Factor, GasScope
from app.footprint.texts import line_text
from app.foundation.http import add_operations
from app.foundation.sync import collections
from app.identity import Role
from app.rulebook import declare, ship

__all__ = [
    "Activity",
    "Calculation",
    "DataGrade",
    "Factor",
    "FactorMissing",
    "FactorNotFound",
    "FactorUnfit",
    "Footprint",
    "FootprintNotFound",
    "GasScope",
    "Line",
    "Reported",
    "Subtotal",
    "calculate",
    "footprint_by_id",
    "line_text",
    "register",
]

_DATA = Path(__file__).parent / "data"


def register(app: Flask) -> None:
    """Open the room: the kind of its factors with those that are shipped, and the operations."""
    schema = json.loads((_DATA / "factor.schema.json").read_text(encoding="utf-8"))
    # Who keeps registers proposes a number; who signs what follows from it approves.
    declare(app, kind=FACTOR_KIND, schema=schema, proposer_role=Role.REGISTRAR, approver_role=Role.ISSUER)
    for name in ("electricity.json", "fuels.json", "activities.json"):
        ship(app, _DATA / name)
    collections.register(app, COLLECTION, synced.FOOTPRINTS)
    add_operations(app, routes.factors)
    register_person_data(app)
    add_operations(app, routes.footprints)
