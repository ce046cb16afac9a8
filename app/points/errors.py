"""What can go wrong with points."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class AwardNotFound(NotFound):
    """There is no such award, or it is somebody else's."""

    code = "points.award_not_found"
    title = _("There is no such award that you can see.")


class AwardDiffers(DomainError):
    """The subject has earned its points already, for another quantity, act or day."""

    code = "points.award_differs"
    status = 409
    title = _("Points for this were decided before, with other figures.")


class AwardReversed(DomainError):
    """Nothing of the award is left to take back."""

    code = "points.award_reversed"
    status = 409
    title = _("Nothing of this award is left to take back.")


class LaterPartSettled(DomainError):
    """The later part of the award is settled, or it never had one."""

    code = "points.later_part_settled"
    status = 409
    title = _("The later part of this award has been settled.")
