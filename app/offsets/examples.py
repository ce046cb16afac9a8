"""Examples for the document of the API."""

from app.payments import PAYMENT_EXAMPLE

_BATCH = {
    "id": "bat_01kmkdrp0000008000000000g1",
    "code": "LS33-F-0007-2024",
    "vintage": 2024,
    "project_id": "prj_01kmkdrp0000008000000000g1",
    "project_name_zh": "峰源竹林经营碳汇项目",
    "project_name_en": "Fengyuan bamboo management",
}
NEW_QUOTE = {"kg": 606}
QUOTE = {
    "id": "quo_01kmkdrp0000008000000000g1",
    "batch": _BATCH,
    "footprint_id": None,
    "kg": 606,
    "price_fen_per_t": 7_519,
    "price_version": 1,
    "lines": [{"kind": "credits", "amount_fen": 4_557}, {"kind": "fee", "amount_fen": 0}],
    "total_fen": 4_557,
    "fee": {
        "per_mille": 0,
        "document_id": "doc_01kmkdrp0000008000000000g1",
        "source": "Product choice: nothing is charged beside the price of the credits.",
    },
    "created_at": "2026-03-12T01:40:00Z",
    "expires_at": "2026-03-12T01:55:00Z",
}
NEW_ORDER = {"quote_id": "quo_01kmkdrp0000008000000000g1", "purpose": "self"}
ORDER = {
    "id": "ord_01kmkdrp0000008000000000g1",
    "quote_id": "quo_01kmkdrp0000008000000000g1",
    "state": "reserved",
    "reason": None,
    "reason_text": None,
    "purpose": "self",
    "beneficiary_name": None,
    "batch": _BATCH,
    "kg": 606,
    "lines": [{"kind": "credits", "amount_fen": 4_557}, {"kind": "fee", "amount_fen": 0}],
    "total_fen": 4_557,
    "payment": {**PAYMENT_EXAMPLE, "amount_fen": 4_557},
    "retirement": None,
    "certificate": None,
    "organisation": None,
    "cancel_asked_at": None,
    "refund_asked": False,
    "created_at": "2026-03-12T01:40:00Z",
    "expires_at": "2026-03-12T01:55:00Z",
    "paid_at": None,
    "ended_at": None,
}
CANCELED = {
    **ORDER,
    "state": "closed",
    "reason": "canceled",
    "reason_text": "You canceled it. Nothing was charged.",
    "payment": {**PAYMENT_EXAMPLE, "amount_fen": 4_557, "state": "canceled", "client_payload": None},
    "cancel_asked_at": "2026-03-12T01:45:00Z",
    "ended_at": "2026-03-12T01:45:01Z",
}
REFUNDED = {
    **CANCELED,
    "reason": "refund_asked",
    "reason_text": "You asked for your money before the kilograms were retired. You get all of it back.",
    "payment": {
        **PAYMENT_EXAMPLE,
        "amount_fen": 4_557,
        "state": "succeeded",
        "client_payload": None,
        "paid_at": "2026-03-12T01:44:58Z",
    },
    "cancel_asked_at": None,
    "refund_asked": True,
    "paid_at": "2026-03-12T01:44:59Z",
}
ORGANISATION_ORDER = {
    **{name: value for name, value in ORDER.items() if name != "payment"},
    "organisation": {"id": "org_01kmkdrp0000008000000000g1", "name": "瓯江竹业有限公司"},
}
