"""What agencies and staff may not do."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class CannotDo(Exception):
    """A command asks for what the rules of agencies and staff forbid. The message is for the operator, in English."""


class AgencyNotFound(NotFound):
    """No agency has this id."""

    code = "agencies.not_found"
    title = _("There is no agency with this id.")


class AgencyTaken(DomainError):
    """There is an agency of this kind for this county, or one with this slug."""

    code = "agencies.taken"
    status = 409
    title = _("There is such an agency already.")


class AgencyRefused(DomainError):
    """The slug has the wrong form, or the county is none of the city's."""

    code = "agencies.refused"
    status = 422
    title = _("This is no slug or county that an agency can have.")


class AgencyChanged(DomainError):
    """Between the proposal and its approval somebody renamed the agency."""

    code = "agencies.changed"
    status = 409
    title = _("The agency has changed since this was proposed. It has to be proposed again.")


class StaffNotFound(NotFound):
    """No member of staff has this id, or it is not for this caller."""

    code = "staff.not_found"
    title = _("There is no member of staff with this id.")


class UsernameTaken(DomainError):
    """Somebody has this name at sign-in, or is proposed with it."""

    code = "staff.username_taken"
    status = 409
    pointer = "/username"
    title = _("This user name is taken.")


class UsernameRefused(DomainError):
    """The name at sign-in has the wrong form."""

    code = "staff.username_refused"
    status = 422
    pointer = "/username"
    title = _(
        "A user name has 3 to 40 lower-case letters and digits, with single dots, hyphens or underscores between."
    )


class RolesRefused(DomainError):
    """The roles do not go together, or lack an agency or a county."""

    code = "staff.roles_refused"
    status = 422
    title = _("These roles cannot be held so.")


class ScopeRefused(DomainError):
    """The agency does not work in these counties."""

    code = "staff.scope_refused"
    status = 422
    pointer = "/counties"
    title = _("The agency does not work in these counties.")


class PeriodRefused(DomainError):
    """The time begins in the past, ends before it begins, or is too long."""

    code = "staff.period_refused"
    status = 422
    pointer = "/until"
    title = _("The period lies in the past, ends before it begins, or is too long.")


class OwnAccount(DomainError):
    """Nobody gives a role to themselves, and nobody closes their own account."""

    code = "staff.own_account"
    status = 403
    title = _("Other people do this for your account.")


class StaffClosed(DomainError):
    """The account is closed."""

    code = "staff.closed"
    status = 409
    title = _("This account is closed.")


class RoleHeldAlready(DomainError):
    """The person holds the role there at that time."""

    code = "staff.role_held"
    status = 409
    title = _("This role is held there already.")


class RoleNotFound(NotFound):
    """This member of staff has no such role, now or later."""

    code = "staff.role_not_found"
    title = _("There is no such role to take away.")


class DeputyUnfit(DomainError):
    """The deputy must be active, of the same agency, and somebody else."""

    code = "staff.deputy_unfit"
    status = 422
    pointer = "/deputy_id"
    title = _("A deputy is another active member of staff of the same agency.")


class NothingToPassOn(DomainError):
    """The person does not hold such a role of their own at that time; a deputy passes nothing on."""

    code = "staff.nothing_to_pass_on"
    status = 409
    pointer = "/roles"
    title = _("A deputy gets roles that the person holds in their own right for that time.")


class DeputyshipNotFound(NotFound):
    """There is no such time as a deputy that has not ended, or it is not for this caller."""

    code = "staff.deputyship_not_found"
    title = _("There is no such deputyship that you can end.")


class SuccessorUnfit(DomainError):
    """The successor must be active, of the same agency, and somebody else."""

    code = "staff.successor_unfit"
    status = 422
    pointer = "/hand_over_to"
    title = _("A successor is another active member of staff of the same agency.")


class LastDayAhead(DomainError):
    """An account is closed on the last day, not before."""

    code = "staff.last_day_ahead"
    status = 422
    pointer = "/last_day"
    title = _("Close the account on the last day; it ends at once.")


class EnrolmentNotFound(NotFound):
    """Nobody waits to be enrolled under this account."""

    code = "staff.enrolment_not_found"
    title = _("Nobody is to be enrolled under this account.")


class NotYourEnrolment(DomainError):
    """Only the two admins who opened or reset the account hand its code out."""

    code = "staff.not_your_enrolment"
    status = 403
    title = _("One of the two admins who agreed on this hands the code out.")


class EnrolmentRefused(DomainError):
    """The code is wrong, used or too old, or is for another name; which of these is not said."""

    code = "auth.enrolment_refused"
    status = 401
    title = _("The enrolment code is wrong or no longer good. Ask your admin for a new one.")


class PasswordWeak(DomainError):
    """The new password is too short, too plain or well known."""

    code = "auth.password_weak"
    status = 422
    title = _("Take at least 12 characters that nobody would guess.")


class SecondFactorRefused(DomainError):
    """The one-time code is not that of the new second factor."""

    code = "auth.second_factor_refused"
    status = 401
    title = _("The one-time code is wrong. Check the clock of your phone and try the next one.")
