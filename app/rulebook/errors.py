"""What can go wrong with documents of the rulebook."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class DocumentNotFound(NotFound):
    """No document has this id."""

    code = "rulebook.document_not_found"
    title = _("There is no such document.")


class DocumentMissing(DomainError):
    """Something needs a rule or a number that no document gives for that day."""

    code = "rulebook.document_missing"
    status = 409
    title = _("No rule is in force for this on that day.")


class KindUnknown(DomainError):
    """No room has declared this kind of document."""

    code = "rulebook.kind_unknown"
    status = 422
    pointer = "/kind"
    title = _("There is no such kind of document.")


class CityRoleMissing(DomainError):
    """The caller holds the kind's role, and not for the whole city."""

    code = "rulebook.city_role_missing"
    status = 403
    title = _("What stands in the rulebook holds for the whole city. Propose it with the role for all counties.")


class ContentInvalid(DomainError):
    """The content does not keep the JSON Schema of its kind."""

    code = "rulebook.content_invalid"
    status = 422
    title = _("The content does not have the form that this kind of document needs.")


class EffectiveTooEarly(DomainError):
    """The version would be in force on a day that has passed, or before the version that it follows."""

    code = "rulebook.effective_too_early"
    status = 422
    pointer = "/effective_from"
    title = _("A new version starts today or later, and not before the version that it follows.")


class EffectiveTooLate(DomainError):
    """The version would start so far ahead that a mistake in the date could not be put right."""

    code = "rulebook.effective_too_late"
    status = 422
    pointer = "/effective_from"
    title = _("A new version starts within a year.")


class VersionTaken(DomainError):
    """Another version came into the book since this one was proposed, so the difference that was read is out of date."""

    code = "rulebook.version_taken"
    status = 409
    title = _("Another version has been approved in the meantime. Make the proposal again.")


class EffectiveDayPassed(DomainError):
    """The version was approved only after the day on which it was to start."""

    code = "rulebook.effective_day_passed"
    status = 409
    title = _("The day on which this version was to start has passed. Make the proposal again.")


class ShippedDocumentRefused(Exception):
    """A data file of the product is not as it must be; set-up stops."""


class ShippedDocumentDiffers(ShippedDocumentRefused):
    """A released version was edited. What is in a database is never changed: a change is a new version."""
