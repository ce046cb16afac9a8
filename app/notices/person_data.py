"""What notices keep of people: what they were told, how they want to be told, and where they can be reached."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app.identity import Erasure, Held, PersonData, Progress, copies, delete_all, person_data
from app.notices.models import (
    DeliveryRow,
    NoticeRow,
    PreferencesRow,
    PushTargetRow,
    WechatAccountRow,
    WechatGrantRow,
)

_WITH_ACCOUNT = "with the account"


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    me = {"person_id": "per"}
    of_delivery = ("next_at", "provider_ref", "staff_id")
    return {
        "notices": copies(session, NoticeRow, NoticeRow.person_id == person_id, {"id": "not", **me}, but=("staff_id",)),
        "deliveries": copies(
            session,
            DeliveryRow,
            DeliveryRow.person_id == person_id,
            {"id": "dlv", "notice_id": "not", **me},
            but=of_delivery,
        ),
        "preferences": copies(
            session, PreferencesRow, PreferencesRow.person_id == person_id, me, but=("id", "staff_id")
        ),
        # The token and its hash tell the person nothing, and let whoever has the copy send to the device.
        "push_targets": copies(
            session,
            PushTargetRow,
            PushTargetRow.person_id == person_id,
            {"device_id": "dev", **me},
            but=("id", "staff_id", "token", "token_sha256"),
        ),
        "wechat_account": copies(session, WechatAccountRow, WechatAccountRow.person_id == person_id, me),
        "wechat_grants": copies(session, WechatGrantRow, WechatGrantRow.person_id == person_id, me),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    # Deliveries before their notices.
    tables = (DeliveryRow, NoticeRow, PreferencesRow, PushTargetRow, WechatGrantRow, WechatAccountRow)
    owned = [(model, model.person_id == erasure.person_id) for model in tables]
    return Progress(delete_all(session, owned, limit=erasure.limit))


PERSON_DATA = PersonData(
    held=(
        Held("notices_notice", "what somebody was told, by code and number", "telling", "180 days read, 400 unread"),
        Held("notices_delivery", "what left for whom, when and over which channel", "sending once", "90 days"),
        Held("notices_preferences", "how somebody wants to be told", "telling as they wish", _WITH_ACCOUNT),
        Held(
            "notices_push_target", "tokens of devices", "push messages", "until nobody is signed in there, or 180 days"
        ),
        Held("notices_wechat_account", "the openid of the city's mini program", "WeChat messages", _WITH_ACCOUNT),
        Held("notices_wechat_grant", "how many WeChat messages are allowed", "sending no more", _WITH_ACCOUNT),
    ),
    export=_export,
    erase=_erase,
    not_personal={
        "notices_webhook_endpoint": "addresses that an organisation has named for its own systems",
        "notices_webhook_message": "what an organisation's systems are told: ids, numbers and codes",
        "notices_webhook_delivery": "the same, on its way to one address",
    },
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "notices", PERSON_DATA)
