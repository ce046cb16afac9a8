"""Footprints and factors as the API tells them: the facts with their sentences, in the language of the request."""

from datetime import date
from typing import Any

from app.footprint import texts
from app.footprint.queries import Footprint
from app.footprint.rules.calculation import METHOD, METHOD_VERSION, Calculation, Line
from app.footprint.rules.factors import Choice, Factor
from app.footprint.usecases import Estimate
from app.foundation.data import clock
from app.foundation.http import DomainError, language
from app.places import find_division


def factor_view(factor: Factor) -> dict[str, Any]:
    """Return a factor."""
    return {
        "id": factor.id,
        "document_id": factor.id,
        "key": factor.key,
        "version": factor.version,
        "title": factor.title(language()),
        "title_zh": factor.title_zh,
        "title_en": factor.title_en,
        "value": None if factor.value is None else format(factor.value, "f"),
        "unit": factor.unit,
        "gas_scope": factor.gas_scope,
        "region": factor.region,
        "year_from": factor.year_from,
        "year_to": factor.year_to,
        "source": factor.source,
        "status": factor.status,
        "note": factor.note,
        "computed_from": factor.computed_from,
        "effective_from": factor.effective_from,
    }


def footprint_summary(footprint: Footprint) -> dict[str, Any]:
    """Return a footprint as the list shows it, without its lines."""
    return {
        "id": footprint.id,
        "calculated_at": footprint.calculated_at,
        "assisted": footprint.is_assisted,
        **_summary(
            footprint.calculation, county=footprint.county, calculated_on=clock.civil_day(footprint.calculated_at)
        ),
        "method": footprint.method,
        "method_version": footprint.method_version,
    }


def footprint_view(footprint: Footprint) -> dict[str, Any]:
    """Return a footprint that is kept, whole."""
    return footprint_summary(footprint) | _explained(footprint.calculation)


def estimate_view(estimate: Estimate, *, today: date) -> dict[str, Any]:
    """Return what a reported year comes to, or the problem with it."""
    calculation = estimate.calculation
    if calculation is None:
        return {"footprint": None, "problem": None if estimate.refusal is None else _problem(estimate.refusal)}
    footprint = {
        **_summary(calculation, county=estimate.asked.county, calculated_on=today),
        **_explained(calculation),
        "method": METHOD,
        "method_version": METHOD_VERSION,
    }
    return {"footprint": footprint, "problem": None}


def _summary(calculation: Calculation, *, county: str, calculated_on: date) -> dict[str, Any]:
    division = find_division(county)
    return {
        "year": calculation.year,
        "is_year_over": calculated_on.year > calculation.year,
        "county": county,
        "county_name": division.name(language()) if division is not None else county,
        "total_g": calculation.total_g,
        "mixed_scopes": calculation.mixed_scopes,
        "total_text": texts.total_text(calculation),
        "subtotals": [
            {"gas_scope": each.gas_scope, "emission_g": each.emission_g, "text": texts.scope_name(each.gas_scope)}
            for each in calculation.subtotals
        ],
        "kg_to_cover": calculation.kg_to_cover,
        "data_grade": calculation.data_grade,
    }


def _explained(calculation: Calculation) -> dict[str, Any]:
    return {
        "data_grade_text": texts.grade_text(calculation),
        "uncertainty_text": texts.uncertainty_text(),
        "not_reported": calculation.not_reported,
        "boundary_text": texts.boundary_text(calculation),
        "lines": [_line(each, calculation.year) for each in calculation.lines],
    }


def _line(line: Line, year: int) -> dict[str, Any]:
    return {
        "activity": line.activity,
        "activity_name": texts.activity_name(line.activity),
        "quantity": line.quantity,
        "unit": line.unit,
        "data_grade": line.data_grade,
        "gas_scope": line.gas_scope,
        "emission_g": line.emission_g,
        "kg_to_cover": line.kg_to_cover,
        "text": texts.line_text(line),
        "factor": factor_view(line.factor),
        "choice": None if line.choice is None else _choice(line.choice),
        "product": None
        if line.product is None
        else {
            "text": texts.product_text(line.product, line.factor),
            "inputs": [factor_view(each) for each in line.product.inputs],
        },
        "caveats": [{"code": caveat, "text": texts.caveat_text(caveat, line, year)} for caveat in line.caveats],
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "wanted_region": choice.wanted_region,
        "wanted_year": choice.wanted_year,
        "region": choice.factor.region,
        "is_wider_region": choice.is_wider_region,
        "year": choice.factor.year_to,
        "passed_over": [each.key for each in choice.passed_over],
        "text": texts.choice_text(choice),
    }


def _problem(refusal: DomainError) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "status": refusal.status,
        "title": str(refusal.title),
        "pointer": refusal.pointer,
        "key": refusal.params.get("key"),
    }
