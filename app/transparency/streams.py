"""What is sealed into the log: rows of other rooms that are too many, or too private, to be leaves of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.proof import Hook
from app.transparency.models import SealRow


@dataclass(frozen=True, slots=True)
class Stream:
    """What a room answers for one kind of sealed rows.

    Args:
        take: (session, seal_id, limit) -> the leaves' data in order, [] when nothing waits. Takes and deletes up to `limit`
            waiting rows (by the ones seen, never by a range, so that a late commit is not skipped) and writes what the seal
            covers in an append-only table of the room. The seal's own row is written after it, in the same transaction.
        leaves_of: (session, seal_id) -> the same data, made anew from today's rows.
    """

    take: Callable[[Session, UUID, int], list[bytes]]
    leaves_of: Callable[[Session, UUID], list[bytes]]


def stored_streams(session: Session) -> list[str]:
    """Return the streams that have seals: one step in the unique index a stream, however many seals there are."""
    streams: list[str] = []
    while True:
        following = select(SealRow.stream).order_by(SealRow.stream).limit(1)
        if streams:
            following = following.where(SealRow.stream > streams[-1])
        stream = session.scalar(following)
        if stream is None:
            return streams
        streams.append(stream)


# A seal whose stream nobody answers for could no longer be verified, and its later rows would wait for ever.
STREAMS: Hook[Stream] = Hook("transparency.streams", stored_kinds=stored_streams)
