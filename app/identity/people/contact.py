"""How the product reaches a resident: the number they hold, and the language they read."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.people import queries
from app.identity.people.models import Language, LanguageRow


def phone_of(session: Session, person_id: UUID) -> str | None:
    """Return a resident's present number in E.164, or None: children and assisted people may have none."""
    row = queries.find_phone_of(session, person_id)
    return row.phone if row is not None else None


def language_of(session: Session, person_id: UUID) -> str:
    """Return the language a resident has chosen, `zh-CN` where they have not."""
    row = session.get(LanguageRow, person_id)
    return str(row.language if row is not None else Language.CHINESE)
