"""What can go wrong with planting claims."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class PlantingNotFound(NotFound):
    """No claim has this id, or it is somebody else's."""

    code = "planting.not_found"
    title = _("There is no planting with this id.")


class ClientIdConflict(DomainError):
    """The app used a client_id for two different plantings."""

    code = "planting.client_id_conflict"
    status = 409
    pointer = "/client_id"
    title = _("This client_id belongs to another planting of yours.")


class CapturedTooLongAgo(DomainError):
    """The planting was recorded on the device too long ago."""

    code = "planting.captured_too_long_ago"
    status = 422
    pointer = "/captured_at"
    title = _("The planting was recorded too long ago.")


class CapturedInFuture(DomainError):
    """The clock of the device is fast."""

    code = "planting.captured_in_future"
    status = 422
    pointer = "/captured_at"
    title = _("The time of the planting lies in the future. Check the clock of the device.")


class SpeciesUnknown(DomainError):
    """The list of species has no such code."""

    code = "planting.species_unknown"
    status = 422
    pointer = "/species_code"
    title = _("Choose a species from the list.")


class DutyFormUnknown(DomainError):
    """There are eight forms of the planting duty, and this is none of them."""

    code = "planting.duty_form_unknown"
    status = 422
    pointer = "/duty_form"
    title = _("Choose one of the eight forms of the planting duty.")


class CountyUnknown(DomainError):
    """The code is none of the nine counties."""

    code = "planting.county_unknown"
    status = 422
    pointer = "/county"
    title = _("Choose one of the nine counties of Lishui.")


class TooManyTrees(DomainError):
    """One claim is for what one outing can plant."""

    code = "planting.too_many_trees"
    status = 422
    pointer = "/tree_count"
    title = _("Enter a number of trees within the limit for one record.")


class PlantingSettled(DomainError):
    """The claim cannot be changed or submitted where it stands now."""

    code = "planting.settled"
    status = 409
    title = _("This planting cannot be changed any more.")


class CountySettled(DomainError):
    """The bureau of the county has the case; another county would be another claim."""

    code = "planting.county_settled"
    status = 409
    pointer = "/county"
    title = _("The county cannot be changed after submission. Withdraw this planting and record it again.")


class NoAgency(DomainError):
    """Nobody in the county can check plantings yet."""

    code = "planting.no_agency"
    status = 409
    title = _("The forestry bureau of this county does not check plantings here yet.")


class TooManyFiles(DomainError):
    """The claim has as many photos as one claim may have."""

    code = "planting.too_many_files"
    status = 422
    pointer = "/file_ids"
    title = _("This planting has as many photos as it may have.")
