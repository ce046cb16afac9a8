"""Factors for rules: a shelf of them, and the ones that the product ships."""

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from app import footprint
from app.footprint.rules.calculation import Activity, DataGrade, Reported, calculate
from app.footprint.rules.factors import Factor, GasScope
from app.rulebook import Status

DATA = Path(footprint.__file__).parent / "data"
FILES = ("electricity.json", "fuels.json", "activities.json")
_NAMESPACE = UUID(int=7)


def make_factor(key: str = "grid.CN-ZJ.2022", value: str | None = "0.5153", **changes: Any) -> Factor:
    """A factor of the grid, with what a test is about changed."""
    members: dict[str, Any] = {
        "id": uuid5(_NAMESPACE, key),
        "key": key,
        "version": 1,
        "title_zh": "因子",
        "title_en": "A factor",
        "value": None if value is None else Decimal(value),
        "unit": "kgCO2/kWh",
        "gas_scope": GasScope.CO2,
        "region": "CN-ZJ",
        "year_from": 2022,
        "year_to": 2022,
        "source": "a notice",
        "status": Status.MISSING if value is None else Status.VERIFIED,
        "note": "",
        "effective_from": date(2026, 1, 1),
    }
    return Factor(**(members | changes))


def documents() -> list[dict[str, Any]]:
    """Every document of the data files."""
    return [each for name in FILES for each in json.loads((DATA / name).read_text(encoding="utf-8"))["documents"]]


@cache
def shipped() -> dict[str, Factor]:
    """The shipped factors by key, read without the application."""
    return {each["name"]: _factor(each) for each in documents()}


def _factor(document: dict[str, Any]) -> Factor:
    content = document["content"]
    return make_factor(
        document["name"],
        content["value"],
        title_zh=document["title_zh"],
        title_en=document["title_en"],
        source=document["source"],
        status=Status(document["status"]),
        gas_scope=None if content["gas_scope"] is None else GasScope(content["gas_scope"]),
        computed_from=tuple(content.get("computed_from", ())),
        **{name: content[name] for name in ("unit", "region", "year_from", "year_to", "note")},
    )


def reported(activity: Activity, quantity: int, grade: DataGrade = DataGrade.MEASURED) -> Reported:
    return Reported(activity, quantity, grade)


def calculated(*activities: Reported, year: int = 2025, find: Any = None) -> Any:
    """A year, calculated in 2026 with the shipped factors unless others are given."""
    return calculate(activities, year=year, current_year=2026, find=find or shipped().get)
