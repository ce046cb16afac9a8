"""What the room's operations are asked and answer, in the document: five camphor trees in Liandu."""

from typing import Any

NEW: dict[str, Any] = {
    "client_id": "019d0c3e-7a10-7c44-8a51-0f2c6f0a9b31",
    "species_code": "CICA",
    "tree_count": 5,
    "duty_form": "afforest",
    "captured_at": "2026-03-12T01:40:00Z",
    "position": {"lat_e7": 284_490_000, "lon_e7": 1_199_265_000, "crs": "gcj02"},
    "county": "331102",
    "note": "学校后山",
}
LINE: dict[str, Any] = {
    "id": "plt_01m868tawjer4b6ctjc95y8bpg",
    "client_id": NEW["client_id"],
    "status": "approved",
    "status_text": "已通过",
    "species_code": "CICA",
    "species_name": "樟(香樟)",
    "tree_count": 5,
    "duty_form": "afforest",
    "duty_form_name": "造林绿化",
    "captured_at": NEW["captured_at"],
    "received_at": "2026-03-12T01:45:00Z",
    "submitted_at": "2026-03-12T01:52:00Z",
    "county": "331102",
    "reasons": [],
    "assisted": False,
    "version": 4,
}
PAGE: dict[str, Any] = {"items": [LINE], "next_cursor": None}
PLANTING: dict[str, Any] = {
    **LINE,
    "position": NEW["position"],
    "note": NEW["note"],
    "files": [
        {
            "id": "fil_01m868tawjer4b6ctjc95y8bpg",
            "content_path": "/v1/files/fil_01m868tawjer4b6ctjc95y8bpg/content?expires=1773280000&signature=5f5f",
            "width_px": 3000,
            "height_px": 4000,
        }
    ],
    "review": {
        "case_id": "cas_01m868tawjer4b6ctjc95y8bpg",
        "agency": "莲都区林业局",
        "round": 1,
        "due_at": "2026-03-19T15:59:59Z",
        "due_is_provisional": False,
        "decided_at": "2026-03-13T02:00:00Z",
        "moves": [],
    },
    "award": {
        "id": "awd_01m868tawjer4b6ctjc95y8bpg",
        "points": 50,
        "points_now": 30,
        "points_later": 20,
        "later_on": "2027-03-12",
        "rule_version": 1,
        "lines": [{"code": "units", "text": "5 棵树 × 10 分 = 50 分", "points": 50}],
        "note": None,
    },
    "carbon": {"state": "not_yet_measurable", "why": "小树苗还量不出碳。"},
}
SPECIES: dict[str, Any] = {
    "items": [
        {
            "code": "CICA",
            "name": "樟(香樟)",
            "name_zh": "樟(香樟)",
            "name_la": "Cinnamomum camphora",
            "group": "broadleaf",
        }
    ],
    "next_cursor": None,
}
DUTY_FORMS: dict[str, Any] = {
    "items": [
        {
            "code": "afforest",
            "name": "造林绿化",
            "name_zh": "造林绿化",
            "name_en": "Afforestation and greening",
            "converts": True,
            "note": None,
            "source": "全民义务植树尽责形式管理办法(试行), 2017-06-13",
            "rate_status": "DEFINED",
        }
    ],
    "next_cursor": None,
}
