"""What can go wrong with households."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class HouseholdNotFound(NotFound):
    """No household has this id, or the caller was never a member."""

    code = "identity.household_not_found"
    title = _("You belong to no household of this id.")


class MembershipNotFound(NotFound):
    """The household has no membership of this id."""

    code = "identity.membership_not_found"
    title = _("This household has no member of this id.")


class InvitationNotFound(NotFound):
    """The household has no open invitation of this id."""

    code = "identity.household_invitation_not_found"
    title = _("There is no open invitation of this id.")


class MemberUnknown(NotFound):
    """Somebody else is to join, for whom the caller does not act."""

    code = "identity.member_unknown"
    pointer = "/person_id"
    title = _("You act for nobody of this id.")


class HeadOnly(DomainError):
    """A member asks for what only the head does."""

    code = "identity.household_head_only"
    status = 403
    title = _("Only the head of the household can do this.")


class InvitationRefused(DomainError):
    """The code is wrong, used, withdrawn or too old; which of these is not said."""

    code = "identity.household_invitation_refused"
    status = 422
    pointer = "/code"
    title = _("This invitation code is not good. Ask the head of the household for a new one.")


class TooManyInvitations(DomainError):
    """As many invitations are open as a household may have."""

    code = "identity.household_too_many_invitations"
    status = 409
    title = _("Too many invitations are open. Withdraw one first.")


class MemberElsewhere(DomainError):
    """The person counts in a household on one of these days already, in this one or another."""

    code = "identity.member_elsewhere"
    status = 409
    title = _("This person counts in a household on these days already. Nobody counts twice.")


class HouseholdFull(DomainError):
    """The household has as many members as one can have."""

    code = "identity.household_full"
    status = 409
    title = _("The household has as many members as a household can have.")


class HouseholdClosed(DomainError):
    """Its last member has left, or has said on which day they will."""

    code = "identity.household_closed"
    status = 409
    title = _("This household is closed, or will close on a day that was announced.")


class JoinedOnOutOfRange(DomainError):
    """The day of joining lies ahead, too far back, or before the household."""

    code = "identity.joined_on_out_of_range"
    status = 422
    pointer = "/joined_on"
    title = _("The day of joining is outside the days that can be given.")


class LeftOnOutOfRange(DomainError):
    """The day of leaving lies before the day of joining, or too far ahead."""

    code = "identity.left_on_out_of_range"
    status = 422
    pointer = "/left_on"
    title = _("The day of leaving is outside the days that can be given.")


class MembershipEnded(DomainError):
    """The member has left."""

    code = "identity.membership_ended"
    status = 409
    title = _("This member has left the household.")


class SuccessorNeeded(DomainError):
    """The head leaves while others stay."""

    code = "identity.successor_needed"
    status = 409
    pointer = "/successor_id"
    title = _("Others stay in the household. Name the member who becomes its head.")


class SuccessorUnfit(DomainError):
    """The named head is no present member, a child under 14, or leaves before others do, or nobody is to succeed."""

    code = "identity.successor_unfit"
    status = 422
    title = _("The head must be a present member of 14 or over, and stay as long as every other member.")


class OutlastsHead(DomainError):
    """A member would stay longer than the head has announced to."""

    code = "identity.outlasts_head"
    status = 409
    pointer = "/left_on"
    title = _("The head leaves before that day. Another member must become head first.")


class FiguresPeriodOutOfRange(DomainError):
    """The period ends before it begins, or is too long."""

    code = "identity.figures_period_out_of_range"
    status = 422
    pointer = "/until"
    title = _("The period must have at least one day and at most two years.")
