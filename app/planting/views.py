"""How a planting is told to its resident: the frozen claim turned into the members of the API, in their language."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.evidence import StoredFile, link_for
from app.foundation.data import clock
from app.foundation.http import language
from app.foundation.proof import Actor
from app.places import degrees_of
from app.planting import words
from app.planting.catalogue import find_duty_form, list_duty_forms, list_species
from app.planting.usecases.reading import Claim, Planting
from app.planting.usecases.record import E7
from app.points import Award, explain
from app.review import Case, reason_text


def claim_line(claim: Claim) -> dict[str, Any]:
    """Return a claim as the list shows it."""
    return {
        "id": claim.id,
        "client_id": str(claim.client_id),
        "status": claim.status,
        "status_text": words.status_text(claim.status),
        "species_code": claim.species_code,
        "species_name": words.species_name(claim.species_code),
        "tree_count": claim.tree_count,
        "duty_form": claim.duty_form,
        "duty_form_name": words.duty_form_name(claim.duty_form),
        "captured_at": claim.captured_at,
        "received_at": claim.received_at,
        "submitted_at": claim.submitted_at,
        "county": claim.county,
        "reasons": _reasons(claim.case),
        "assisted": claim.is_assisted,
        "version": claim.version,
    }


def planting_view(planting: Planting, *, viewer: Actor, now: datetime) -> dict[str, Any]:
    """Return a claim with everything its resident may know; its position in the system in which it came."""
    claim = planting.claim
    shown = degrees_of(claim.position, claim.crs)
    case = claim.case
    review = None
    if case is not None and planting.agency is not None:
        review = {
            "case_id": case.id,
            "agency": planting.agency.name(language()),
            "round": case.round,
            "due_at": case.due_at,
            "due_is_provisional": case.due_is_provisional,
            "decided_at": case.decided_at,
            "moves": [asdict(move) for move in planting.moves],
        }
    return {
        **claim_line(claim),
        "position": {"lat_e7": round(shown.lat * E7), "lon_e7": round(shown.lon * E7), "crs": claim.crs},
        "note": claim.note,
        "files": [_file(file, viewer, now) for file in planting.files],
        "review": review,
        "award": _award(planting.award, claim, now) if planting.award is not None else None,
        "carbon": {"state": "not_yet_measurable", "why": words.carbon_why()},
    }


def species_list() -> dict[str, Any]:
    """Return the species with their names."""
    return {
        "items": [{**asdict(species), "name": species.name(language())} for species in list_species()],
        "next_cursor": None,
    }


def duty_form_list() -> dict[str, Any]:
    """Return the forms of the duty, and what has to be said about those that convert into nothing."""
    return {
        "items": [
            {
                **asdict(form),
                "name": form.name(language()),
                "converts": form.trees_per_unit is not None,
                "note": words.conversion_note(form),
            }
            for form in list_duty_forms()
        ],
        "next_cursor": None,
    }


def _reasons(case: Case | None) -> list[dict[str, Any]]:
    if case is None:
        return []
    return [{**asdict(each), "text": reason_text(each.verdict, each.code, language())} for each in case.reasons]


def _file(file: StoredFile, viewer: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": file.id,
        "content_path": link_for(file, viewer, now),
        "width_px": file.width_px,
        "height_px": file.height_px,
    }


def _award(award: Award, claim: Claim, now: datetime) -> dict[str, Any]:
    lines = explain(award.arithmetic, act=award.act, acted_on=award.acted_on, today=clock.civil_day(now))
    form = find_duty_form(claim.duty_form)
    return {
        "id": award.id,
        "points": award.points,
        "points_now": award.points_now,
        "points_later": award.points_later,
        "later_on": award.later_on,
        "rule_version": award.rule_version,
        "lines": [asdict(line) for line in lines],
        "note": words.conversion_note(form) if form is not None else None,
    }
