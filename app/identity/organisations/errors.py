"""What can go wrong with organisations."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class OrganisationNotFound(NotFound):
    """There is no such organisation, or it is none of the caller's."""

    code = "identity.organisation_not_found"
    title = _("There is no such organisation that you can see.")


class OrganisationMemberNotFound(NotFound):
    """Nobody with this id is a member now."""

    code = "identity.organisation_member_not_found"
    title = _("There is no such member of this organisation.")


class InvitationNotFound(NotFound):
    """The code or id belongs to no invitation that can still be used."""

    code = "identity.organisation_invitation_not_found"
    title = _("This invitation does not exist, was used, or has expired. Ask for a new one.")


class ProfileNotFound(NotFound):
    """The organisation has no facts of this kind that wait for a check."""

    code = "identity.organisation_profile_not_found"
    title = _("There are no facts of this kind to check.")


class CodeInvalid(DomainError):
    """The text is no unified social credit code; the check character or another part is wrong."""

    code = "identity.organisation_code_invalid"
    status = 422
    pointer = "/uscc"
    title = _("This is not a unified social credit code. Compare it with the business licence, character by character.")


class CodeTaken(DomainError):
    """Somebody has signed up an organisation under this code."""

    code = "identity.organisation_code_taken"
    status = 409
    pointer = "/uscc"
    title = _(
        "An organisation with this code is signed up already. Ask its owner to invite you; if nobody there knows the owner,"
        " write to the help desk with the business licence at hand."
    )


class CodeFixed(DomainError):
    """A code that an agency has checked stays; another code is another organisation."""

    code = "identity.organisation_code_fixed"
    status = 409
    pointer = "/uscc"
    title = _("The code of a checked organisation does not change. Sign the other organisation up on its own.")


class CountyNotOurs(DomainError):
    """The code is none of the city's counties."""

    code = "identity.organisation_county_unknown"
    status = 422
    title = _("This is none of the city's counties.")


class TooManySignUps(DomainError):
    """The person has other sign-ups that are not finished."""

    code = "identity.organisation_too_many_sign_ups"
    status = 409
    title = _("Finish or close your other sign-ups first.")


class NoAgencyInCharge(DomainError):
    """Neither county nor city has an agency for this kind."""

    code = "identity.organisation_no_agency"
    status = 409
    title = _("No agency checks organisations of this kind here yet. The help desk knows when one will.")


class DocumentsMissing(DomainError):
    """An agency cannot check what it does not see."""

    code = "identity.organisation_documents_missing"
    status = 422
    pointer = "/document_ids"
    title = _("Upload the business licence and name it here.")


class OrganisationStateForbids(DomainError):
    """Where the organisation stands now, this cannot be done; `state` says where."""

    code = "identity.organisation_state_forbids"
    status = 409
    title = _("Where this organisation stands now, that cannot be done.")


class NothingToCheck(DomainError):
    """Nothing waits for a verdict: somebody has given it, or the owner took it back."""

    code = "identity.organisation_nothing_to_check"
    status = 409
    title = _("Nothing waits for a decision here any more.")


class OwnOrganisation(DomainError):
    """Who belongs to an organisation does not check it.

    A clerk's private account is not the clerk's account here, and leads to nobody of the staff: that a clerk belongs to an
    organisation with it cannot be seen. They are bound to step back themselves, and two people are needed where it would pay.
    """

    code = "identity.organisation_own"
    status = 409
    title = _("You belong to this organisation. A colleague checks it.")


class ReasonNeeded(DomainError):
    """Whoever asks for more or refuses says why."""

    code = "identity.organisation_reason_needed"
    status = 422
    pointer = "/reason"
    title = _("Say why, so that the owner knows what to do.")


class KindNotHeld(DomainError):
    """Facts belong to a kind that the organisation has."""

    code = "identity.organisation_kind_not_held"
    status = 409
    title = _("This organisation does not have this kind. Add the kind first.")


class FactsInvalid(DomainError):
    """The facts contradict each other or lie in the past."""

    code = "identity.organisation_facts_invalid"
    status = 422
    title = _("These facts do not fit together.")


class OwnerNeeded(DomainError):
    """An organisation is never without an owner."""

    code = "identity.organisation_owner_needed"
    status = 409
    title = _("An organisation needs an owner. Make somebody else an owner first, or close the organisation.")


class MemberAlready(DomainError):
    """The person is a member."""

    code = "identity.organisation_member_already"
    status = 409
    title = _("You are a member of this organisation already.")


class TooManyInvitations(DomainError):
    """So many codes are open that one more would serve nobody."""

    code = "identity.organisation_too_many_invitations"
    status = 409
    title = _("Too many invitations are open. Withdraw some, or wait until they expire.")


class OwnedAlready(DomainError):
    """The organisation has an owner, who invites others."""

    code = "identity.organisation_owned"
    status = 409
    title = _("This organisation has an owner, who invites others.")


class OwnImport(DomainError):
    """Who has entered an organisation from the register does not choose its first owner: one person would make and own it."""

    code = "identity.organisation_own_import"
    status = 403
    title = _("You have entered this organisation. A colleague of your agency invites its first owner.")


class ImportUnreadable(DomainError):
    """The text is no table with the columns of this kind."""

    code = "identity.organisation_import_unreadable"
    status = 422
    pointer = "/csv"
    title = _("The table cannot be read. Its first line names the columns, separated by commas.")
