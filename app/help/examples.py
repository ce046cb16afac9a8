"""Examples of the API document: one resident's question, from asking to answering."""

from typing import Any

NEW: dict[str, Any] = {
    "topic": "planting",
    "text": "3月12日提交的记录还没有结果，什么时候能看到？",
    "about": {"kind": "planting.claim", "id": "plt_01m869pkw9ef58pjjqagfgmtsp"},
}
_LINE: dict[str, Any] = {
    "id": "tkt_01m869pkx1f7nt1pedbvrqbjfw",
    "topic": "planting",
    "state": "waiting",
    "opened_at": "2026-03-12T04:00:00Z",
    "due_at": "2026-03-16T15:59:59Z",
    "due_is_provisional": False,
    "hotline_reference": None,
    "message_count": 1,
    "is_assisted": False,
}
_QUEUED: dict[str, Any] = {**_LINE, "owner_masked": "张**", "taken_by": None, "is_taken_by_you": False}
_MESSAGE: dict[str, Any] = {
    "side": "owner",
    "is_assisted": False,
    "text": NEW["text"],
    "canned_code": None,
    "sent_at": "2026-03-12T04:00:00Z",
}
TICKET: dict[str, Any] = {
    **_QUEUED,
    "owner_masked": None,
    "about": NEW["about"],
    "closed_at": None,
    "closed_by": None,
    "close_reason": None,
    "reopenable_until": None,
    "messages": [_MESSAGE],
    "owner": None,
}
CLOSED: dict[str, Any] = {
    **TICKET,
    "state": "closed",
    "closed_at": "2026-03-13T01:00:00Z",
    "closed_by": "owner",
    "reopenable_until": "2026-03-27T01:00:00Z",
}
PAGE: dict[str, Any] = {"items": [_LINE], "next_cursor": None}
QUEUE: dict[str, Any] = {"items": [_QUEUED], "next_cursor": None}
STAND: dict[str, Any] = {
    "id": _LINE["id"],
    "state": "taken",
    "due_at": "2026-03-16T15:59:59Z",
    "hotline_reference": None,
    "closed_at": None,
}
ANSWER: dict[str, Any] = {"canned_code": "review_takes_five_days"}
ANSWERED: dict[str, Any] = {**STAND, "state": "answered"}
HANDED_OVER: dict[str, Any] = {**STAND, "state": "handed_over", "hotline_reference": "LS20260312-00417"}
SETTLED: dict[str, Any] = {**STAND, "state": "closed", "closed_at": "2026-03-13T01:00:00Z"}
CONTACT: dict[str, Any] = {"name": "张小明", "phone": "+8613800138000"}
CANNED: dict[str, Any] = {
    "document_id": "doc_01m869pkw4f7nt1pedbvrqbjfw",
    "version": 1,
    "effective_from": "2026-01-01",
    "source": "Product choice.",
    "status": "DECIDED",
    "items": [
        {
            "code": "review_takes_five_days",
            "topic": "planting",
            "text_zh": "植树记录由所在县（市、区）林业局审核，提交后5个工作日内答复。",
            "text_en": "The forestry bureau of the county reviews a planting within five working days.",
        }
    ],
}
