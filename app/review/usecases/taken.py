"""That a case is in a colleague's hands."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.http import instant_json
from app.identity import staff_by_ids
from app.review import queries
from app.review.errors import CaseTaken
from app.review.models import ReviewAssignment
from app.review.rules import TAKEN_FOR


def require_not_anothers(session: Session, case_id: UUID, verifier_id: UUID) -> None:
    """Refuse what a colleague has taken; it can be taken over, and then decided.

    Raises:
        CaseTaken: says who has it.
    """
    held = queries.find_assignment(session, case_id)
    if held is not None and held.staff_id != verifier_id:
        raise taken_by_another(session, held)


def taken_by_another(session: Session, held: ReviewAssignment) -> CaseTaken:
    """Return the refusal that names who has the case, and from when somebody else may take it over."""
    return CaseTaken(
        taken_by=name_of(session, held.staff_id),
        taken_at=instant_json(held.taken_at),
        may_take_over_at=instant_json(held.taken_at + TAKEN_FOR),
    )


def name_of(session: Session, staff_id: UUID) -> str | None:
    """Return the name of a member of staff, for colleagues."""
    found = staff_by_ids(session, [staff_id]).get(staff_id)
    return found.display_name if found is not None else None
