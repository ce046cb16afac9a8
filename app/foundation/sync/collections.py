"""Collections: the kinds of things that a telephone keeps a copy of, and the rooms they come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.proof import Hook
from app.foundation.sync.models import SyncChangeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One kind of a resident's things.

    Args:
        public_id: spells an id as the collection's own operations do.
        load: returns the resident's things by id as JSON, as their own operation answers them; what is not theirs or is
            not there any more is left out.
        ids_of: returns the ids of all of a resident's things, for those made before anybody kept count of changes.
    """

    public_id: Callable[[UUID], str]
    load: Callable[[Session, UUID, Sequence[UUID]], dict[UUID, dict[str, Any]]]
    ids_of: Callable[[Session, UUID], Iterable[UUID]]


def _stored_kinds(session: Session) -> Iterable[str]:
    return session.scalars(select(SyncChangeRow.collection).distinct())


collections: Hook[Collection] = Hook("foundation.collections", stored_kinds=_stored_kinds)
