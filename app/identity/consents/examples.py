"""What the operations on consents answer, in the API document."""

from typing import Any

_ID = "doc_01m90h3k3ejq0s0x4vz3m6a7bc"
_VERSION: dict[str, Any] = {"document_id": _ID, "version": 1, "effective_from": "2026-01-01", "title": "位置信息"}
TEXT: dict[str, Any] = {
    "purpose": "location",
    "document_id": _ID,
    "version": 1,
    "effective_from": "2026-01-01",
    "language": "zh-CN",
    "title": "位置信息",
    "text": "记录植树时，App 发送种植地点。",
    "why": "林业局要核实树种在哪里。",
    "how_long": "保存到您注销账号为止。",
    "how_to_withdraw": "在“我的—同意事项”里关闭，立即生效。",
    "renewal_needed": False,
    "source": "Lintan, product text; needs a lawyer's reading.",
    "status": "DECIDED",
}
TEXTS: dict[str, Any] = {"items": [TEXT], "next_cursor": None}
NEW: dict[str, Any] = {"purpose": "location", "document_id": _ID, "is_14_or_over": True}
NEW_OF_CHILD: dict[str, Any] = {"purpose": "location", "document_id": _ID}
GIVEN: dict[str, Any] = {
    "purpose": "location",
    "state": "given",
    "changed_at": "2026-03-12T04:00:00Z",
    "agreed_text": _VERSION,
    "current_text": _VERSION,
    "is_in_effect": True,
    "is_renewal_offered": False,
    "is_renewal_needed": False,
}
WITHDRAWN: dict[str, Any] = {**GIVEN, "state": "withdrawn", "is_in_effect": False}
CONSENTS: dict[str, Any] = {"items": [GIVEN], "next_cursor": None}
