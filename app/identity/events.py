"""How identity tells the rooms above what happened: by ids, for notices and webhooks."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.work import publish


def tell(session: Session, topic: str, key: UUID | str, **ids: UUID | str) -> None:
    """Publish that something happened, in the transaction of the fact.

    Args:
        key: the id of what happened, and a number behind it where it may happen again.
        ids: named `..._id`; codes under names of their own; never personal data.

    Raises:
        TopicUnknown: no room above listens.
    """
    publish(session, topic, str(key), {name: str(value) for name, value in ids.items()})
