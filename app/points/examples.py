"""Examples for the API document: five trees planted on Tree Planting Day 2026."""

from typing import Any

_LINES: list[dict[str, Any]] = [
    {
        "code": "units",
        "text": "5 株 × 10 分 = 50 分",
        "points": 50,
        "numbers": {"quantity": 5, "points_per_unit": 10, "points": 50},
    },
    {"code": "total", "text": "应得积分 50 分", "points": None, "numbers": {"points": 50}},
    {
        "code": "split",
        "text": "30 分现在入账，20 分等2027年3月查验成活",
        "points": None,
        "numbers": {"points_now": 30, "points_later": 20, "later_on": "2027-03-12"},
    },
]
_RULE = {"document_id": "doc_01m90h3k3ejq0s0x4vz3m6a7bc", "version": 1, "text": "丽水积分规则第 1 版"}

AWARD: dict[str, Any] = {
    "id": "awd_01m90h5w8ne9stq4x6v1b2c3d4",
    "act": "planting.tree",
    "subject_kind": "planting.claim",
    "acted_on": "2026-03-12",
    "quantity": 5,
    "points": 50,
    "points_now": 30,
    "points_later": 20,
    "later_on": "2027-03-12",
    "decided_at": "2026-03-13T02:10:00Z",
    "rule": _RULE,
    "lines": _LINES,
    "parts": [
        {
            "kind": "now",
            "points": 30,
            "state": "posted",
            "posted_at": "2026-03-13T02:10:01Z",
            "repaid_points": 0,
            "text": "30 分已入账",
        },
        {
            "kind": "later",
            "points": 20,
            "state": "waiting_result",
            "posted_at": None,
            "repaid_points": 0,
            "text": "20 分等查验结果",
        },
    ],
}
ENTRY: dict[str, Any] = {
    "seq": 1,
    "kind": "move",
    "points": 30,
    "balance_after": 30,
    "held_after": 0,
    "created_at": "2026-03-13T02:10:01Z",
    "expires_on": "2028-04-01",
    "award_id": AWARD["id"],
    "act": "planting.tree",
    "rule": _RULE,
    "text": "2026年3月12日的植树所得",
    "lines": _LINES,
}
ACCOUNT: dict[str, Any] = {
    "free_points": 30,
    "held_points": 0,
    "debt_points": 0,
    "debt_text": None,
    "pending": [
        {
            "state": "waiting_result",
            "points": 20,
            "next_on": "2027-03-12",
            "text": "20 分等查验结果，最近一次在2027年3月",
        }
    ],
    "expiring": [{"points": 30, "expires_on": "2028-04-01", "text": "30 分在2028年3月31日 24:00 到期"}],
}
