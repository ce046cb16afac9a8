"""What can go wrong with places."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class DivisionNotFound(NotFound):
    """No county and no city of Lishui has this code."""

    code = "places.division_not_found"
    title = _("There is no division with this code.")


class PositionOutOfRange(DomainError):
    """The numbers are no latitude and longitude on Earth."""

    code = "places.position_out_of_range"
    status = 422
    title = _("The position is not a latitude and a longitude in degrees.")


class PositionOutsideCity(DomainError):
    """The position cannot lie in Lishui: swapped, in another system, or elsewhere."""

    code = "places.outside_city"
    status = 422
    title = _("The position is not in Lishui.")


class CalendarMissing(NotFound):
    """The working days of a year are not known: its notice is not there, and they are never guessed."""

    code = "places.calendar_missing"
    title = _("The working days of this year are not known yet.")


class CalendarInvalid(Exception):
    """A calendar file is not as it should be; the text names the file, the line and what is wrong, for the operator."""
