"""What the operations of webhooks are asked and answer, in the document."""

from typing import Any

NEW: dict[str, Any] = {
    "organisation_id": "org_01m868tawjer4b6ctjc95y8bpg",
    "url": "https://events.chengzhong.cn/lintan",
    "topics": ["certificate.issued", "certificate.revoked"],
}
ENDPOINT: dict[str, Any] = {
    "id": "whe_01m869pkvzedjar4gm98ss5gf2",
    **NEW,
    "is_enabled": True,
    "disabled_because": None,
    "delivered_at": "2026-03-12T04:00:01Z",
    "old_secret_until": None,
    "created_at": "2026-03-11T02:30:00Z",
}
WITH_SECRET: dict[str, Any] = {**ENDPOINT, "secret": "whsec_hS8q2mZ0v1xk9u3Jd7Yp4rTn6cWb5aEf0gLsQoViMzA="}
DELIVERY: dict[str, Any] = {
    "id": "whd_01m869pkw4f7nt1pedbvrqbjfw",
    "message_id": "msg_01m868tawjer4b6ctjc95y8bpg",
    "topic": "certificate.issued",
    "state": "waiting",
    "tries": 1,
    "status": 503,
    "reason": "status",
    "created_at": "2026-03-12T04:00:00Z",
    "tried_at": "2026-03-12T04:00:01Z",
    "next_at": "2026-03-12T04:01:01Z",
    "settled_at": None,
}
