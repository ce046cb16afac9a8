"""Notices: what somebody is told, in the inbox and, as they chose, by push, WeChat or text message, at a decent hour.

A room tells in the transaction of the fact, with ids and numbers; the words are made when somebody reads, and no name leaves.
"""

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.sync import collections
from app.foundation.work import loop, schedule, subscribe
from app.notices.errors import UnsafeSettings
from app.notices.from_identity import register_identity
from app.notices.kinds import NoticeKind, at, kinds, links
from app.notices.outlets import register_channels
from app.notices.person_data import register_person_data
from app.notices.routes import blp
from app.notices.rules import Channel, NoticeGroup, ParamNotPlain
from app.notices.settings import refuse_unsafe
from app.notices.usecases import changes, plan, send, synced
from app.notices.usecases.sweep import SWEPT_EVERY, sweep
from app.notices.usecases.tell import DELIVER, notify
from app.notices.webhooks.registering import register_webhooks
from app.notices.webhooks.rules import WebhookTopic
from app.notices.webhooks.usecases.telling import tell_organisation

__all__ = [
    "Channel",
    "NoticeGroup",
    "NoticeKind",
    "ParamNotPlain",
    "UnsafeSettings",
    "WebhookTopic",
    "at",
    "kinds",
    "links",
    "notify",
    "refuse_unsafe",
    "register",
    "tell_organisation",
]


def register(app: Flask) -> None:
    """Open the room: channels by the settings, what identity tells, the worker's part, the loop that sends, operations."""
    refuse_unsafe(app.config)
    register_channels(app)
    register_identity(app)
    register_person_data(app)
    subscribe(app, topic=DELIVER, name="notices.plan", handle=plan.plan, batch_size=plan.BATCH)
    loop(app, name="notices.send", period=send.PERIOD, run=send.send_due)
    schedule(app, name="notices.sweep", period=SWEPT_EVERY, run=sweep)
    register_webhooks(app)
    collections.register(app, changes.COLLECTION, synced.NOTICES)
    add_operations(app, blp)
