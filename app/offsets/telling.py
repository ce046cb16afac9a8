"""What offsets tell a buyer: that the money came, that the kilograms are retired, that an order ended without."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.notices import NoticeGroup, NoticeKind, WebhookTopic, at, kinds, links, notify, tell_organisation
from app.offsets import queries
from app.offsets.models import OrderRow
from app.offsets.rules import OrderState, Reason

ORDER = "offsets.order"
PAID, RETIRED, EXPIRED, REFUNDED = "offsets.paid", "offsets.retired", "offsets.expired", "offsets.refunded"
# Whoever cancels knows it; of these the buyer hears first from us.
_MONEY_BACK = frozenset({Reason.PAID_TOO_LATE, Reason.PAID_AFTER_CANCEL, Reason.REFUND_ASKED, Reason.NOT_RETIRED})
_WEBHOOKS = {PAID: WebhookTopic.ORDER_PAID, RETIRED: WebhookTopic.ORDER_RETIRED}


def tell_buyer(session: Session, order: OrderRow, now: datetime) -> None:
    """Tell the buyer where an order stands now, if it is something they wait for."""
    kind = _kind_of(order)
    if kind is not None:
        notify(
            session,
            person_id=order.buyer_id,
            kind=kind,
            subject_kind=ORDER,
            subject_id=order.id,
            params={"kg": order.kg, "amount_fen": order.total_fen},
            now=now,
        )
    if kind in _WEBHOOKS:
        _tell_organisation(session, order, _WEBHOOKS[kind], now)


def _tell_organisation(session: Session, order: OrderRow, topic: WebhookTopic, now: datetime) -> None:
    organisation_id = queries.organisations_of_orders(session, [order.id]).get(order.id)
    if organisation_id is not None:
        ids = {"order_id": public_id("ord", order.id)}
        tell_organisation(session, organisation_id, topic, key=str(order.id), ids=ids, now=now)


def _kind_of(order: OrderRow) -> str | None:
    if order.state is OrderState.CLOSED:
        return REFUNDED if order.reason in _MONEY_BACK else None
    if order.reason is Reason.CHARGED_BACK:
        return None
    return {OrderState.PAID: PAID, OrderState.FULFILLED: RETIRED, OrderState.EXPIRED: EXPIRED}.get(order.state)


def register_telling(app: Flask) -> None:
    """Say how these notices read, and where an order lies."""
    for kind, title, body, leaves in (
        (PAID, _("Your payment has come"), _("{amount} for {kg} kg. They are retired within a minute."), False),
        (RETIRED, _("Your kilograms are retired"), _("{kg} kg are retired for good. The certificate follows."), True),
        (EXPIRED, _("An order was not paid in time"), _("{kg} kg are free again. Nothing was taken."), True),
        (REFUNDED, _("Your money goes back"), _("{amount} go back the way they came. Nothing was retired."), True),
    ):
        said = NoticeKind(NoticeGroup.OFFSETS, title, body, words=_words)
        kinds.register(app, kind, said if leaves else _quiet(said))
    links.register(app, ORDER, at("ord", "/v1/offset-orders/{id}"))


def _quiet(kind: NoticeKind) -> NoticeKind:
    """Return the kind for the inbox alone: a minute later the next one tells more."""
    return NoticeKind(kind.group, kind.title, kind.body, channels=frozenset(), words=kind.words)


def _words(params: Mapping[str, Any]) -> dict[str, str]:
    yuan, fen = divmod(params["amount_fen"], 100)
    return {"amount": f"¥{yuan:,}.{fen:02d}", "kg": f"{params['kg']:,}"}
