"""What the room's operations answer, in the document: one open case of a planting with a doubt."""

from typing import Any

LINE: dict[str, Any] = {
    "id": "cas_01m868tawjer4b6ctjc95y8bpg",
    "subject_kind": "planting.claim",
    "state": "open",
    "round": 1,
    "county": "331102",
    "opened_at": "2026-03-12T01:52:00Z",
    "due_at": "2026-03-19T15:59:59Z",
    "due_is_provisional": False,
    "title": "5 株樟(香樟)",
    "submitter": "张**",
    "flags": [{"code": "duplicate", "text": "疑似重复"}],
    "version": 1,
    "taken_by_id": None,
    "taken_by": None,
    "taken_at": None,
}
PAGE: dict[str, Any] = {"items": [LINE], "next_cursor": None}
_PHOTO: dict[str, Any] = {
    "file_id": "fil_01m868tawjer4b6ctjc95y8bpg",
    "content_path": "/v1/files/fil_01m868tawjer4b6ctjc95y8bpg/content?expires=1773280000&signature=5f5f",
    "width_px": 3000,
    "height_px": 4000,
    "captured_at": "2026-03-12T01:38:00Z",
    "position": {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000},
}
CASE: dict[str, Any] = {
    **LINE,
    "decided_at": None,
    "agency": {"id": "agy_01m868tawjer4b6ctjc95y8bpg", "name_zh": "莲都区林业局", "name_en": "Liandu Forestry Bureau"},
    "decisions": [],
    "reasons": [{"verdict": "needs_more", "code": "count_unclear", "text": "看不清株数，请补拍能数清树苗的照片"}],
    "subject": {
        "id": "plt_01m868tawjer4b6ctjc95y8bpg",
        "title": "5 株樟(香樟)",
        "submitter": "张**",
        "facts": [{"label": "树种", "value": "樟(香樟)"}],
        "position": {"lat_e7": 284_517_000, "lon_e7": 1_199_219_000},
        "cell": "89411d2c96bffff",
        "photos": [_PHOTO],
        "comparisons": [
            {
                "what": "place",
                "file_id": "fil_01m868tawjer4b6ctjc95y8bpg",
                "label": "地点",
                "declared": "手机定位",
                "photo": "相距 38 米",
                "agreement": "agrees",
                "apart": 38,
            }
        ],
        "questions": [
            {
                "id": "duplicate.plt_01m868tawjer4b6ctjc95y8bph",
                "flag": "duplicate",
                "text": "和陈* 2026年3月11日的 8 株木荷是同一批树吗？两处相距 24 米。",
                "options": [
                    {"value": "different", "text": "不是同一批", "allows_approval": True},
                    {"value": "same", "text": "是同一批", "allows_approval": False},
                ],
            }
        ],
        "nearest": {
            "id": "plt_01m868tawjer4b6ctjc95y8bph",
            "title": "8 株木荷",
            "submitter": "陈*",
            "day": "2026-03-11",
            "status": "approved",
            "status_text": "已通过",
            "distance_m": 24,
            "days_apart": 1,
            "hash_distance": 6,
            "score": 65,
            "photo": _PHOTO,
        },
        "points": {
            "points": 50,
            "lines": [{"text": "5 棵树 × 10 分 = 50 分", "points": 50}],
            "why": None,
            "needs_second_verifier": False,
        },
        "history": [{"title": "10 株樟(香樟)", "day": "2025-03-12", "status": "approved", "status_text": "已通过"}],
    },
    "can_decide": True,
    "moves": [],
    "assisted": False,
}
DECIDED: dict[str, Any] = {
    "id": "cas_01m868tawjer4b6ctjc95y8bpg",
    "state": "approved",
    "round": 1,
    "decided_at": "2026-03-13T02:00:00Z",
    "version": 2,
}
TAKEN: dict[str, Any] = {
    "id": LINE["id"],
    "taken_by_id": "stf_01m869pkw4f7nt1pedbvrqbjf2",
    "taken_by": "王敏",
    "taken_at": "2026-03-12T03:00:00Z",
}
RELEASED: dict[str, Any] = {"id": LINE["id"], "taken_by_id": None, "taken_by": None, "taken_at": None}
FORWARD: dict[str, Any] = {"county": "331181", "reason": "地块在龙泉市境内"}
SENT_ON: dict[str, Any] = {
    "id": LINE["id"],
    "agency": {
        "id": "agy_01m868tawjer4b6ctjc95y8bph",
        "name_zh": "龙泉市林业局",
        "name_en": "Longquan Forestry Bureau",
    },
    "county": "331181",
    "due_at": "2026-03-20T15:59:59Z",
    "round": 1,
    "version": 2,
}
