"""The outbox: what follows from a change is written with the change, one row a subscriber, and handled later by the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.foundation.data import after_commit, clock, new_id
from app.foundation.work.models import OutboxRow
from app.foundation.work.wake import wake_worker

_EXTENSION = "lintan_subscribers"


@dataclass(frozen=True, slots=True)
class Message:
    """What a subscriber gets. `key` is stable over retries, so an effect can be keyed by it."""

    id: UUID
    topic: str
    key: str
    payload: dict[str, Any]
    created_at: datetime


Handle = Callable[[Session, list[Message]], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who handles the messages of a topic, and how many at once."""

    topic: str
    name: str
    handle: Handle
    batch_size: int


class TopicUnknown(Exception):
    """A message was published that nobody listens to."""


class SubscriberNameTaken(Exception):
    """Two subscribers have one name, by which the rows of the outbox know them."""


class SubscriberUnknown(Exception):
    """A row of the outbox is for a subscriber that this release does not have."""


def subscribe(app: Flask, *, topic: str, name: str, handle: Handle, batch_size: int = 1) -> None:
    """Let `handle` have every message of `topic`, up to `batch_size` in one transaction together with their done marks.

    Raises:
        SubscriberNameTaken: another listens under this name.
    """
    subscribers = _subscribers(app)
    if name in subscribers:
        raise SubscriberNameTaken(f"two subscribers are called {name}")
    subscribers[name] = Subscriber(topic, name, handle, batch_size)


def publish(session: Session, topic: str, key: str, payload: dict[str, Any], *, due_at: datetime | None = None) -> None:
    """Write one row a subscriber into the caller's transaction.

    Args:
        key: unique in the topic: the id of what happened. Publishing it twice is a conflict.
        payload: ids and numbers, never personal data: the row outlives erasure.
        due_at: not before then.

    Raises:
        TopicUnknown: nobody has subscribed; the message would vanish.
    """
    names = [each.name for each in _subscribers(current_app).values() if each.topic == topic]
    if not names:
        raise TopicUnknown(f"nobody listens to {topic}")
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "topic": topic,
            "subscriber": name,
            "key": key,
            "payload": payload,
            "created_at": now,
            "due_at": due_at or now,
            "tries": 0,
        }
        for name in names
    ]
    session.execute(insert(OutboxRow), rows)
    after_commit(wake_worker, current_app)


def subscriber(name: str) -> Subscriber:
    """Return the subscriber of this name.

    Raises:
        SubscriberUnknown: nobody has it.
    """
    try:
        return _subscribers(current_app)[name]
    except KeyError:
        raise SubscriberUnknown(f"nobody is called {name}") from None


def subscriber_names() -> list[str]:
    """Return the names of all subscribers."""
    return sorted(_subscribers(current_app))


def _subscribers(app: Flask) -> dict[str, Subscriber]:
    subscribers: dict[str, Subscriber] = app.extensions.setdefault(_EXTENSION, {})
    return subscribers
