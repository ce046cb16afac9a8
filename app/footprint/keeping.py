"""How a calculation is kept as JSON, whole, so that it reads the same when the rulebook has moved on."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.footprint.rules.calculation import Activity, Caveat, DataGrade, Line, Reported
from app.footprint.rules.factors import Choice, Factor, GasScope, PassedOver, Product
from app.rulebook import Status


def reported_json(reported: Reported) -> dict[str, Any]:
    """Return reported activity data as JSON."""
    return {
        "activity": reported.activity.value,
        "quantity": reported.quantity,
        "data_grade": reported.data_grade.value,
    }


def line_json(line: Line) -> dict[str, Any]:
    """Return a line as JSON: every factor with its id, value, unit, region, year, source and status."""
    return {
        "activity": line.activity.value,
        "quantity": line.quantity,
        "unit": line.unit,
        "data_grade": line.data_grade.value,
        "gas_scope": line.gas_scope.value,
        "emission_g": line.emission_g,
        "factor": _factor_json(line.factor),
        "choice": None if line.choice is None else _choice_json(line.choice),
        "product": None if line.product is None else _product_json(line.product),
        "caveats": [caveat.value for caveat in line.caveats],
    }


def line_from(kept: dict[str, Any]) -> Line:
    """Return the line that was kept."""
    factor = _factor_from(kept["factor"])
    return Line(
        activity=Activity(kept["activity"]),
        quantity=kept["quantity"],
        unit=kept["unit"],
        data_grade=DataGrade(kept["data_grade"]),
        gas_scope=GasScope(kept["gas_scope"]),
        emission_g=kept["emission_g"],
        factor=factor,
        choice=None if kept["choice"] is None else _choice_from(kept["choice"], factor),
        product=None if kept["product"] is None else _product_from(kept["product"]),
        caveats=tuple(Caveat(code) for code in kept["caveats"]),
    )


def _factor_json(factor: Factor) -> dict[str, Any]:
    return {
        "id": str(factor.id),
        "key": factor.key,
        "version": factor.version,
        "title_zh": factor.title_zh,
        "title_en": factor.title_en,
        "value": None if factor.value is None else format(factor.value, "f"),
        "unit": factor.unit,
        "gas_scope": None if factor.gas_scope is None else factor.gas_scope.value,
        "region": factor.region,
        "year_from": factor.year_from,
        "year_to": factor.year_to,
        "source": factor.source,
        "status": factor.status.value,
        "note": factor.note,
        "effective_from": factor.effective_from.isoformat(),
        "computed_from": list(factor.computed_from),
    }


def _factor_from(kept: dict[str, Any]) -> Factor:
    return Factor(
        **{
            **kept,
            "id": UUID(kept["id"]),
            "value": None if kept["value"] is None else Decimal(kept["value"]),
            "gas_scope": None if kept["gas_scope"] is None else GasScope(kept["gas_scope"]),
            "status": Status(kept["status"]),
            "effective_from": date.fromisoformat(kept["effective_from"]),
            "computed_from": tuple(kept["computed_from"]),
        }
    )


def _choice_json(choice: Choice) -> dict[str, Any]:
    return {
        "wanted_region": choice.wanted_region,
        "wanted_year": choice.wanted_year,
        "is_wider_region": choice.is_wider_region,
        "passed_over": [{"key": each.key, "region": each.region, "year": each.year} for each in choice.passed_over],
    }


def _choice_from(kept: dict[str, Any], factor: Factor) -> Choice:
    passed_over = tuple(PassedOver(**each) for each in kept["passed_over"])
    return Choice(factor, kept["wanted_region"], kept["wanted_year"], kept["is_wider_region"], passed_over)


def _product_json(product: Product) -> dict[str, Any]:
    return {"inputs": [_factor_json(each) for each in product.inputs], "value": format(product.value, "f")}


def _product_from(kept: dict[str, Any]) -> Product:
    return Product(tuple(_factor_from(each) for each in kept["inputs"]), Decimal(kept["value"]))
