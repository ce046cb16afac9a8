"""What planting says to people, in the language of the request."""

from datetime import date, datetime

from flask_babel import format_date, format_datetime, gettext, ngettext
from flask_babel import lazy_gettext as _

from app.foundation.data import clock
from app.foundation.http import language
from app.identity import Person, masked_name
from app.places import find_division
from app.planting.catalogue import DutyForm, find_duty_form, find_species
from app.planting.rules.claims import ClaimStatus

STATUS_TEXTS = {
    ClaimStatus.DRAFT: _("Draft"),
    ClaimStatus.SUBMITTED: _("In review"),
    ClaimStatus.NEEDS_MORE: _("More is needed"),
    ClaimStatus.APPROVED: _("Approved"),
    ClaimStatus.REJECTED: _("Not approved"),
    ClaimStatus.WITHDRAWN: _("Withdrawn"),
}
FLAG_TEXTS = {
    "duplicate": _("Perhaps a duplicate"),
    "place_differs": _("Place differs"),
    "time_differs": _("Time differs"),
    "photo_elsewhere": _("Photo used elsewhere"),
}


def claim_title(tree_count: int, species_code: str) -> str:
    """Return `5 × Cinnamomum camphora`, or `5 株樟(香樟)`."""
    return gettext("%(count)s × %(species)s", count=f"{tree_count:,}", species=species_name(species_code))


def species_name(code: str) -> str:
    """Return the name of a species; the code itself when the list no longer has it."""
    species = find_species(code)
    return species.name(language()) if species is not None else code


def duty_form_name(code: str) -> str:
    """Return the name of a duty form; the code itself when the list no longer has it."""
    form = find_duty_form(code)
    return form.name(language()) if form is not None else code


def county_name(code: str) -> str:
    """Return the name of a county."""
    division = find_division(code)
    return division.name(language()) if division is not None else code


def person_name(person: Person | None) -> str:
    """Return a resident's masked name; a resident without one is a resident."""
    masked = masked_name(person.display_name) if person is not None else ""
    return masked or gettext("A resident")


def status_text(status: ClaimStatus) -> str:
    """Return where a claim stands."""
    return str(STATUS_TEXTS[status])


def day_text(day: date) -> str:
    """Return `12 March 2026`."""
    # Translators: a pattern for a date (Unicode, UTS 35), not words.
    return str(format_date(day, gettext("d MMMM y")))  # type: ignore[no-untyped-call]


def moment_text(instant: datetime) -> str:
    """Return `12 March 2026, 09:40` by the city's clocks."""
    # Translators: a pattern for a date with time (Unicode, UTS 35), not words.
    return str(format_datetime(instant.astimezone(clock.CITY_ZONE), gettext("d MMMM y, HH:mm"), rebase=False))  # type: ignore[no-untyped-call]


def apart_minutes_text(minutes: int) -> str:
    """Return how far two times lie apart, in the largest whole unit of days, hours and minutes."""
    days, hours = minutes // (24 * 60), minutes // 60
    if days:
        return ngettext("%(num)s day apart", "%(num)s days apart", days)
    if hours:
        return ngettext("%(num)s hour apart", "%(num)s hours apart", hours)
    return ngettext("%(num)s minute apart", "%(num)s minutes apart", minutes)


def carbon_why() -> str:
    """Return why no kilograms stand beside a planted tree (FORESTS 0 and 1)."""
    return gettext(
        "A seedling has no measurable carbon. A figure is shown once the tree is thick enough to be measured, with its formula "
        "and its range; it is information and never a credit."
    )


def conversion_note(form: DutyForm) -> str | None:
    """Return what has to be said about a form for which no conversion into trees is known, None where one is."""
    if form.trees_per_unit is not None:
        return None
    return gettext("No rate is known by which this form counts as trees, so it counts as none and earns no points.")
