"""What can go wrong with birth dates and guardians."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class GuardianNeeded(DomainError):
    """A child under 14 consents through a guardian only (PIPL, art. 31)."""

    code = "identity.guardian_needed"
    status = 409
    title = _("A guardian has to do this for a child under 14.")


class BirthDateImplausible(DomainError):
    """Nobody alive was born on this day."""

    code = "identity.birth_date_implausible"
    status = 422
    pointer = "/birth_date"
    title = _("Give the day of birth of a living person.")


class BirthDateLocked(DomainError):
    """The birth date says that the person is a child, and is not theirs to change."""

    code = "identity.birth_date_locked"
    status = 409
    title = _("A guardian corrects the birth date of a child under 14.")


class NotAChild(DomainError):
    """Guardians are for children under 14 with a birth date on record."""

    code = "identity.not_a_child"
    status = 409
    title = _("A guardian is only for somebody whose birth date says that they are under 14.")


class NotOfFullAge(DomainError):
    """A guardian is of full age."""

    code = "identity.guardian_not_of_full_age"
    status = 409
    title = _("A guardian has to be 18 or older.")


class GuardianOfFullAge(DomainError):
    """Who answers for a child cannot become under 18 by a birth date."""

    code = "identity.guardian_of_full_age"
    status = 409
    title = _("You answer for a child, and a guardian is 18 or older. End that first if the date is right.")


class HasGuardian(DomainError):
    """One guardian at a time answers for a child in the product."""

    code = "identity.has_guardian"
    status = 409
    title = _("The child has a guardian here already.")


class TooManyChildren(DomainError):
    """More children than any family has."""

    code = "identity.too_many_children"
    status = 409
    title = _("You answer for as many children as one person may here.")


class TooManyInvitations(DomainError):
    """A child has invited often today."""

    code = "identity.guardian_too_many_invitations"
    status = 429
    title = _("You have named a guardian several times today. Try again tomorrow.")


class OwnNumber(DomainError):
    """Nobody is their own guardian."""

    code = "identity.own_number"
    status = 422
    pointer = "/phone"
    title = _("This is your own number. Give the number of your guardian.")


class InvitationNotFound(NotFound):
    """There is no open invitation of this id to a number of the caller."""

    code = "identity.guardian_invitation_not_found"
    title = _("You have no open invitation of this id.")


class NoInvitation(NotFound):
    """The caller has invited nobody who has not answered."""

    code = "identity.no_invitation"
    title = _("You have no open invitation to a guardian.")


class ChildNotFound(NotFound):
    """The caller is not the guardian of a child of this id."""

    code = "identity.child_not_found"
    title = _("You answer for no child of this id.")


class ChildHasNumber(DomainError):
    """A child with a number of their own changes it with codes to both numbers."""

    code = "identity.child_has_number"
    status = 409
    title = _("The child has a number and changes it in their own account.")
