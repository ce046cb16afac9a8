"""What can go wrong with residents' accounts and numbers."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class PersonNotFound(NotFound):
    """There is no resident of this id."""

    code = "identity.person_not_found"
    title = _("There is no resident of this id.")


class PhoneTaken(DomainError):
    """Somebody else uses the number. Only who has proved that they hold it is told."""

    code = "identity.phone_taken"
    status = 409
    title = _("This number belongs to another account that uses it.")


class SamePhone(DomainError):
    """The new number is the present one."""

    code = "identity.same_phone"
    status = 422
    pointer = "/phone"
    title = _("This is the number you have. Give the new one.")


class NoPhone(DomainError):
    """There is no present number to which a code could go."""

    code = "identity.no_phone"
    status = 409
    title = _("There is no number in this account.")


class PhoneMissing(DomainError):
    """A code to a new number needs the number."""

    code = "identity.phone_missing"
    status = 422
    pointer = "/phone"
    title = _("Give the new number.")


class OldCodeNeeded(DomainError):
    """Who holds a number proves it before another one takes its place."""

    code = "identity.old_code_needed"
    status = 422
    pointer = "/old_code"
    title = _("Give the code that was sent to the number you have now.")


class LanguageOfResidents(DomainError):
    """The choice of a language is a resident's; the console asks the browser."""

    code = "identity.language_of_residents"
    status = 422
    pointer = "/language"
    title = _("Only residents choose a language here.")
