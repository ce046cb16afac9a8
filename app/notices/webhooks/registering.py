"""Opening the webhooks: what they listen to, the loop that sends, the words for their one notice, the operations."""

from datetime import timedelta

from flask import Flask
from flask_babel import lazy_gettext as _

from app.foundation.http import add_operations
from app.foundation.work import loop, schedule, subscribe
from app.notices.kinds import NoticeKind, at, kinds, links
from app.notices.rules import NoticeGroup
from app.notices.webhooks import routes
from app.notices.webhooks.outbound import Outbound
from app.notices.webhooks.usecases import leaving, send, telling
from app.notices.webhooks.usecases.endpoints import ENDPOINT
from app.notices.webhooks.usecases.sweep import sweep_webhooks

_CHECKED = "identity.organisation_checked"
_OWNER_ENDED = "identity.organisation_owner_ended"
_SWEPT_EVERY = timedelta(hours=1)


def register_webhooks(app: Flask) -> None:
    """Tell organisations' servers from now on."""
    send.use_outbound(app, Outbound())
    subscribe(app, topic=telling.TOLD, name="notices.webhooks", handle=telling.write_messages)
    subscribe(app, topic=_CHECKED, name="notices.webhooks.organisation_checked", handle=telling.write_checked)
    subscribe(app, topic=_OWNER_ENDED, name="notices.webhooks.owner_ended", handle=leaving.look_again)
    loop(app, name="notices.webhooks", period=send.PERIOD, run=send.send_due)
    schedule(app, name="notices.webhooks_sweep", period=_SWEPT_EVERY, run=sweep_webhooks)
    kinds.register(
        app,
        send.DISABLED_NOTICE,
        NoticeKind(
            NoticeGroup.ORGANISATION,
            _("A webhook endpoint was switched off"),
            _(
                "Nothing reached it for three days, its server said that it is gone, or somebody who had set it up owns the"
                " organisation no more. Look at it, then switch it on."
            ),
        ),
    )
    links.register(app, ENDPOINT, at("whe", "/v1/webhook-endpoints/{id}"))
    add_operations(app, routes.blp)
