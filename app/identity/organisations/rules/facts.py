"""What the facts of a part must be beyond their shape, and what look-ups read of them. Facts are as the API spells them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.identity.organisations.rules.hours import OpenHours, hours_overlap, minutes_of
from app.identity.organisations.rules.kinds import OrganisationKind, SpeciesGroup

# Members of a part's facts that strangers never see: who answers at night, and with whom money is settled.
PRIVATE = frozenset({"duty_phone", "settlement_contact"})


def fault_in(kind: OrganisationKind, facts: Mapping[str, Any], *, counties: frozenset[str], today: date) -> str | None:
    """Return the JSON pointer of the first member that contradicts the rest or the calendar, or None.

    Args:
        counties: the codes of the city's counties.
    """
    for number, code in enumerate(facts.get("county_codes", [])):
        if code not in counties:
            return f"/county_codes/{number}"
    for number, shop in enumerate(facts.get("shops", [])):
        if shop["county_code"] not in counties:
            return f"/shops/{number}/county_code"
    if kind is OrganisationKind.EVALUATOR and date.fromisoformat(facts["valid_until"]) < today:
        return "/valid_until"
    if kind is OrganisationKind.STATION:
        for number, each in enumerate(facts["hours"]):
            if minutes_of(each["opens"]) is None or minutes_of(each["closes"]) is None:
                return f"/hours/{number}"
        if hours_overlap(hours_of(facts)):
            return "/hours"
    return None


def hours_of(facts: Mapping[str, Any]) -> list[OpenHours]:
    """Return a station's opening hours, once each."""
    found = {
        OpenHours(each["weekday"], minutes_of(each["opens"]) or 0, minutes_of(each["closes"]) or 0)
        for each in facts["hours"]
    }
    return sorted(found)


def reach_of(facts: Mapping[str, Any]) -> list[tuple[str, SpeciesGroup]]:
    """Return each county in which a station takes each group of species, once."""
    return sorted({(code, SpeciesGroup(group)) for code in facts["county_codes"] for group in facts["groups"]})


def last_day_of(kind: OrganisationKind, facts: Mapping[str, Any]) -> date | None:
    """Return the last day on which the facts are true, None without an end."""
    return date.fromisoformat(facts["valid_until"]) if kind is OrganisationKind.EVALUATOR else None


def public_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a part's facts strangers see.

    >>> public_facts({"phone": "0578-2000000", "duty_phone": "13800138000"})
    {'phone': '0578-2000000'}
    """
    return {name: value for name, value in facts.items() if name not in PRIVATE}
