"""What can go wrong with cases and decisions."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class CaseNotFound(NotFound):
    """No case has this id, or it belongs to another agency or county."""

    code = "review.case_not_found"
    title = _("There is no case with this id.")


class OwnSubmission(DomainError):
    """Nobody decides about what they have submitted themselves."""

    code = "review.own_submission"
    status = 403
    title = _("You cannot decide about your own submission.")


class AlreadyDecided(DomainError):
    """Somebody else has decided this round; the answer says who, when and what."""

    code = "review.already_decided"
    status = 409
    title = _("Somebody else has decided this case.")


class CaseWithdrawn(DomainError):
    """The submitter took the subject back."""

    code = "review.case_withdrawn"
    status = 409
    title = _("The submitter has withdrawn this case.")


class SecondPersonNeeded(DomainError):
    """The caller has approved in this round, and a second person must look."""

    code = "review.second_person_needed"
    status = 409
    title = _("You have approved this case; another person must decide.")


class RoundOver(DomainError):
    """The caller saw an earlier round; there is new evidence since."""

    code = "review.round_over"
    status = 409
    pointer = "/round"
    title = _("The case has new evidence since you opened it.")


class CaseNotWaiting(DomainError):
    """Only a case that waits for more evidence can be handed in again."""

    code = "review.not_waiting"
    status = 409
    title = _("This case does not wait for more evidence.")


class CaseClosed(DomainError):
    """A decided case cannot be taken back."""

    code = "review.case_closed"
    status = 409
    title = _("This case has been decided and cannot be taken back.")


class ReasonMissing(DomainError):
    """A refusal or a wish for more says why."""

    code = "review.reason_missing"
    status = 422
    pointer = "/reason_code"
    title = _("Choose a reason.")


class ReasonUnknown(DomainError):
    """The code is no reason for this verdict on this kind of subject."""

    code = "review.reason_unknown"
    status = 422
    pointer = "/reason_code"
    title = _("This reason does not go with the verdict.")


class NoteMissing(DomainError):
    """The reason `other` says nothing without a note."""

    code = "review.note_missing"
    status = 422
    pointer = "/note"
    title = _("Say in a note what the reason is.")


class QuestionOpen(DomainError):
    """An approval answers every question of the case."""

    code = "review.question_open"
    status = 422
    title = _("Answer the question before you approve.")


class AnswerUnknown(DomainError):
    """The case does not ask this, or the answer is none of the options; the question may have gone since."""

    code = "review.answer_unknown"
    status = 422
    title = _("The case does not ask this, or has no such answer.")


class AnswerForbidsApproval(DomainError):
    """The answer and the approval contradict each other."""

    code = "review.answer_forbids_approval"
    status = 422
    title = _("With this answer the case cannot be approved.")


class CaseTaken(DomainError):
    """A colleague has taken the case; the answer says who, since when, and from when somebody else may take it over."""

    code = "review.taken"
    status = 409
    title = _("A colleague is working on this case.")


class TakeOverReasonMissing(DomainError):
    """Whoever takes a case from a colleague says why."""

    code = "review.take_over_reason_missing"
    status = 422
    pointer = "/reason"
    title = _("Say why you take this case over.")


class NotTaken(DomainError):
    """The caller has not taken the case."""

    code = "review.not_taken"
    status = 409
    title = _("You have not taken this case.")


class NoAgencyThere(DomainError):
    """The county has no agency of this kind here, or the city none to settle it."""

    code = "review.no_agency_there"
    status = 409
    pointer = "/county"
    title = _("There is no agency of this kind to send the case to.")


class SameCounty(DomainError):
    """The case is in that county already."""

    code = "review.same_county"
    status = 422
    pointer = "/county"
    title = _("The case is in this county already.")


class StaysWithCity(DomainError):
    """The city's agency got the case because two counties did not agree; it decides."""

    code = "review.stays_with_city"
    status = 409
    title = _("Two counties did not agree on this case; the city's agency decides it.")


class SubmittersAgency(DomainError):
    """The submitter works at the agency of that county."""

    code = "review.submitters_agency"
    status = 409
    pointer = "/county"
    title = _("The submitter works at that agency. Name another county.")
