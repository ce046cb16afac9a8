"""Examples for the API document: somebody's inbox on a day in March."""

from typing import Any

NOTICE: dict[str, Any] = {
    "id": "not_01m90h5w8ne9stq4x6v1b2c3d4",
    "kind": "points.awarded",
    "group": "points",
    "is_urgent": False,
    "title": "积分有新的记录",
    "body": "这次植树得 50 分，其中 30 分现在入账。",
    "href": "/v1/awards/awd_01m90h5w8ne9stq4x6v1b2c3d4",
    "created_at": "2026-03-13T02:10:00Z",
    "read_at": None,
    "expires_at": "2027-04-17T02:10:00Z",
}
_UNREAD = {"unread_count": 1, "unread_is_more": False, "unread_text": "1"}
INBOX: dict[str, Any] = {"items": [NOTICE], "next_cursor": None, **_UNREAD}
NOTICE_READ: dict[str, Any] = {
    **NOTICE,
    "read_at": "2026-03-13T02:12:00Z",
    "expires_at": "2026-09-09T02:10:00Z",
}
MARKED: dict[str, Any] = {"read_count": 3, "unread_count": 0, "unread_is_more": False, "unread_text": "0"}
CHOICES: dict[str, Any] = {
    "groups": [{"group": "points", "push": False}],
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "digest_hour": 8,
}
_GROUP = {"inbox": True, "push": True, "wechat": True, "sms": True, "wechat_left_count": 0}
PREFERENCES: dict[str, Any] = {
    "channels": [
        {"channel": "inbox", "text": "站内消息", "is_available": True},
        {"channel": "push", "text": "推送", "is_available": True},
    ],
    "groups": [
        {
            "group": "security",
            "text": "账号安全",
            **_GROUP,
            "locked": ["inbox"],
            "ignores_quiet_hours": ["sms"],
        },
        {"group": "points", "text": "积分", **_GROUP, "push": False, "locked": [], "ignores_quiet_hours": []},
    ],
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "digest_hour": 8,
}
NEW_PUSH_TARGET: dict[str, Any] = {"platform": "huawei", "token": "IQAAAACy0example"}
PUSH_TARGET: dict[str, Any] = {
    "device_id": "dev_01m869pkw4f7nt1pedbvrqbjfw",
    "platform": "huawei",
    "renewed_at": "2026-03-13T02:10:00Z",
}
NEW_GRANT: dict[str, Any] = {"code": "0d1a2b3c4d5e6f", "groups": ["points", "offsets"]}
GRANTS: dict[str, Any] = {"items": [{"group": "offsets", "left_count": 1}, {"group": "points", "left_count": 2}]}
