"""Push through a city's own gateway: one signed JSON request a message; the vendors' services lie behind it.

The signature is that of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, in base64, as `v1,...`. Recalled from
its public specification, not copied from it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.foundation.http import instant_json
from app.notices.channels.asking import post
from app.notices.channels.port import Address, ChannelAway, ChannelRefused, Outgoing

_GONE = frozenset({404, 410})
# The gateway may refuse what is wrong with a message; these say that it is busy, or that we must prove ourselves anew.
_LATER = frozenset({401, 403, 408, 409, 425, 429})


class GatewaySender:
    """Hands each message to the gateway that the settings name."""

    name = "gateway"

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Send to LINTAN_NOTICES_PUSH_URL, signed with LINTAN_NOTICES_PUSH_SECRET."""
        self._url = str(config["LINTAN_NOTICES_PUSH_URL"])
        self._secret = str(config["LINTAN_NOTICES_PUSH_SECRET"]).encode()

    def takes(self, group: str) -> bool:
        """Take everything: a push message needs no template."""
        return True

    def send(self, to: Address, message: Outgoing, *, now: datetime) -> str | None:
        """Hand a message over. The gateway answers 2xx, with `ref` if it likes; 404 or 410 when the token is gone.

        Raises:
            ChannelAway, ChannelRefused: by the gateway's status.
        """
        body = json.dumps(_body(to, message), ensure_ascii=False, separators=(",", ":")).encode()
        status, told = post(self._url, body, headers=signature_headers(self._secret, message.id, body, now=now))
        if 200 <= status < 300:
            ref = told.get("ref")
            return ref[:200] if isinstance(ref, str) else None
        if status in _GONE:
            raise ChannelRefused(f"http_{status}", address_is_gone=True)
        if 400 <= status < 500 and status not in _LATER:
            raise ChannelRefused(f"http_{status}")
        raise ChannelAway(f"http_{status}")


def signature_headers(secret: bytes, id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the three headers by which a receiver knows who sent a body, when, and whether it had it before."""
    timestamp = str(int(now.timestamp()))
    mac = hmac.new(secret, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def _body(to: Address, message: Outgoing) -> dict[str, Any]:
    return {
        "id": message.id,
        "platform": to.platform,
        "token": to.value,
        "title": message.title,
        "language": message.language,
        "group": message.group,
        "kind": message.kind,
        "notice_id": message.notice_id,
        "created_at": instant_json(message.created_at),
    }
