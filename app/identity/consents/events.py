"""What consents tell: to rooms above ids of who agreed to which text or withdrew, to the telephone that they did."""

from sqlalchemy.orm import Session

from app.foundation.sync import changed
from app.identity.consents.models import ConsentChange, ConsentEventRow
from app.identity.events import tell

COLLECTION = "consents"  # Of sync: one thing a resident, under the resident's own id.
CONSENT_GIVEN = "identity.consent_given"
CONSENT_WITHDRAWN = "identity.consent_withdrawn"


def tell_of_change(session: Session, event: ConsentEventRow) -> None:
    """Tell of a change of a consent, keyed by its event."""
    changed(session, event.person_id, COLLECTION, event.person_id)
    topic = CONSENT_GIVEN if event.change is ConsentChange.GIVEN else CONSENT_WITHDRAWN
    tell(
        session,
        topic,
        event.id,
        event_id=event.id,
        person_id=event.person_id,
        purpose=str(event.purpose),
        document_id=event.document_id,
    )
