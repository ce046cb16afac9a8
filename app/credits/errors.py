"""What can go wrong with projects, batches, serials and retirements."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class ProjectNotFound(NotFound):
    """There is no such project, or the caller's office does not run it."""

    code = "credits.project_not_found"
    title = _("There is no such project that you can act on.")


class BatchNotFound(NotFound):
    """There is no such batch, or the caller's office does not run its project."""

    code = "credits.batch_not_found"
    title = _("There is no such batch that you can act on.")


class SerialNotFound(NotFound):
    """The text is no serial number, or no batch has it."""

    code = "credits.serial_not_found"
    title = _("There is no credit with this serial number.")


class RetirementNotFound(NotFound):
    """No retirement has this id."""

    code = "credits.retirement_not_found"
    title = _("There is no retirement with this number.")


class CountyUnknown(DomainError):
    """The code is not that of one of the nine counties."""

    code = "credits.county_unknown"
    status = 422
    pointer = "/county"
    title = _("Choose one of the nine counties.")


class CountyNotYours(DomainError):
    """The caller is not a registrar of any agency, or not of the one named, for this county."""

    code = "credits.county_not_yours"
    status = 403
    pointer = "/county"
    title = _("You are not a registrar for this county.")


class AgencyAmbiguous(DomainError):
    """The caller is a registrar of several agencies for this county and has not said for which one they act."""

    code = "credits.agency_ambiguous"
    status = 422
    pointer = "/agency_id"
    title = _("Say for which office you propose this.")


class BoundaryInvalid(DomainError):
    """A boundary is a set of H3 cells of sizes 6 to 10 around Lishui."""

    code = "credits.boundary_invalid"
    status = 422
    pointer = "/boundary_cells"
    title = _("The boundary has a cell that is not one of Lishui's.")


class ProjectClosed(DomainError):
    """No more credits are issued for this project."""

    code = "credits.project_closed"
    status = 409
    title = _("This project is closed: nothing more can be issued for it.")


class BatchCodeTaken(DomainError):
    """Another batch has this code."""

    code = "credits.batch_code_taken"
    status = 409
    pointer = "/code"
    title = _("Another batch has this code.")


class VintageInFuture(DomainError):
    """The year has not begun, so nothing was reduced or removed in it."""

    code = "credits.vintage_in_future"
    status = 422
    pointer = "/vintage"
    title = _("The year of the result is still to come.")


class VintageNotInCode(DomainError):
    """The code of the batch names another year."""

    code = "credits.vintage_not_in_code"
    status = 422
    pointer = "/code"
    title = _("The code of the batch must end with its year.")


class SourceProofMissing(DomainError):
    """A batch that also lives in an outside registry comes without its serials there, or without proof that they are blocked."""

    code = "credits.source_proof_missing"
    status = 422
    pointer = "/source_proof_reference"
    title = _(
        "Credits of another registry need their serial numbers there, and proof that they are blocked or transferred."
    )


class SourceNotExternal(DomainError):
    """Serials or proof of an outside registry were given for a batch that lives here alone."""

    code = "credits.source_not_external"
    status = 422
    pointer = "/custody"
    title = _("Credits that exist only here have no serial numbers in another registry.")


class PriceMoved(DomainError):
    """Another price was approved since this one was proposed, so the difference that was read is out of date."""

    code = "credits.price_moved"
    status = 409
    title = _("Another price has been approved in the meantime. Make the proposal again.")


class NotEnoughKilograms(DomainError):
    """Fewer kilograms than that are free: the rest is reserved, moved on or retired."""

    code = "credits.not_enough_kg"
    status = 409
    title = _("There are not that many kilograms left.")


class HoldNotForThis(DomainError):
    """The reservation is not of kilograms, or it is for another destination: to be retired, or to be delivered."""

    code = "credits.hold_not_for_this"
    status = 409
    title = _("This reservation was made for something else.")


class RetirementDiffers(DomainError):
    """The same cause retired these kilograms before, for somebody else or for another purpose."""

    code = "credits.retirement_differs"
    status = 409
    title = _("These kilograms were retired before, for another beneficiary or purpose.")


class BeneficiaryUnknown(DomainError):
    """A retirement is for somebody: an account, or a name."""

    code = "credits.beneficiary_unknown"
    status = 422
    title = _("Say for whom the kilograms are retired.")


class TooScattered(DomainError):
    """The kilograms lie in more ranges of serials than one entry of the log can tell of."""

    code = "credits.too_scattered"
    status = 409
    title = _("These kilograms lie in too many pieces to be retired at once. Retire fewer at a time.")
