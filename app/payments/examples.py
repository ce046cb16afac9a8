"""Examples for the document of the API."""

PAYMENT_EXAMPLE = {
    "id": "pay_01kmkdrp0000008000000000g1",
    "state": "pending",
    "amount_fen": 4_560,
    "refunded_fen": 0,
    "provider": "stripe",
    "client_payload": {"client_secret": "pi_3Q_secret_x", "publishable_key": "pk_live_x"},
    "expires_at": "2026-03-12T01:55:00Z",
    "paid_at": None,
    "created_at": "2026-03-12T01:40:00Z",
}
PAYEE_EXAMPLE = {
    "id": "pye_01kmkdrp0000008000000000g1",
    "name_zh": "莲都区白云山林场",
    "name_en": "Baiyunshan Forest Farm, Liandu",
    "paid_for": [{"kind": "credits.project", "reference": "prj_01kmkdrp0000008000000000g1"}],
}
NEW_PAYEE_EXAMPLE = {
    "name_zh": "莲都区白云山林场",
    "name_en": "Baiyunshan Forest Farm, Liandu",
    "county": "331102",
    "bank_name": "丽水农村商业银行",
    "bank_account": "6228 4800 0000 0000",
    "tax_number": "12331102MB0000000X",
    "invoice_title": "莲都区白云山林场",
    "paid_for": [{"kind": "credits.project", "reference": "prj_01kmkdrp0000008000000000g1"}],
}
EVENT_EXAMPLE = {
    "id": "evt_3Q",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_773_279_600,
    "livemode": True,
    "data": {
        "object": {
            "id": "pi_3Q",
            "object": "payment_intent",
            "status": "succeeded",
            "amount": 4_560,
            "amount_received": 4_560,
            "currency": "cny",
            "metadata": {"payment": "pay_01kmkdrp0000008000000000g1"},
        }
    },
}
