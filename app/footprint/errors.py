"""What can go wrong with factors and footprints."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class FootprintNotFound(NotFound):
    """There is no such footprint, or it is somebody else's."""

    code = "footprint.not_found"
    title = _("There is no such footprint that you can see.")


class FactorNotFound(NotFound):
    """No factor has this id."""

    code = "footprint.factor_not_found"
    title = _("There is no such emission factor.")


class FactorMissing(DomainError):
    """The emission factor that is needed has no value: nothing is counted as zero, and nothing is invented."""

    code = "footprint.factor_missing"
    status = 422
    title = _("No value is known for the emission factor that this needs, so nothing can be calculated with it.")


class FactorUnfit(DomainError):
    """The rulebook gives the factor in a unit that the activity is not measured in."""

    code = "footprint.factor_unfit"
    status = 409
    title = _("The emission factor in the rulebook has a unit that does not fit this activity.")


class NothingReported(DomainError):
    """The body names no activity. A footprint of nothing would read as zero."""

    code = "footprint.nothing_reported"
    status = 422
    pointer = "/activities"
    title = _("Report at least one activity.")


class YearNotBegun(DomainError):
    """The year lies in the future."""

    code = "footprint.year_not_begun"
    status = 422
    pointer = "/year"
    title = _("This year has not begun.")


class CountyUnknown(DomainError):
    """The code is neither the city's nor one of its counties'."""

    code = "footprint.county_unknown"
    status = 422
    pointer = "/county"
    title = _("There is no county of Lishui with this code.")
