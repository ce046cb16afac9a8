"""What other rooms ask: whether a resident has agreed, and the refusal that tells an app which text to show."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id
from app.identity.consents import queries
from app.identity.consents.errors import ConsentNeeded
from app.identity.consents.models import ConsentChange
from app.identity.consents.purposes import Purpose, renewal


def has_consent(session: Session, person_id: UUID, purpose: Purpose) -> bool:
    """Return whether a resident has agreed, has not withdrawn, and no newer text asks for a new agreement."""
    row = queries.find_consent(session, person_id, purpose)
    if row is None or row.state is not ConsentChange.GIVEN:
        return False
    today = clock.civil_day(clock.now())
    current = queries.text_in_force(session, purpose, today)
    if current is None or current.id == row.document_id:
        return True
    return not renewal(row.document_id, queries.texts_so_far(session, purpose, today)).is_needed


def require_consent(session: Session, person_id: UUID, purpose: Purpose) -> None:
    """Refuse what a resident has not agreed to.

    Raises:
        ConsentNeeded: names the purpose and the text that is in force, for the app to show.
    """
    if has_consent(session, person_id, purpose):
        return
    current = queries.text_in_force(session, purpose, clock.civil_day(clock.now()))
    document_id = public_id("doc", current.id) if current is not None else None
    raise ConsentNeeded(purpose=str(purpose), document_id=document_id)
