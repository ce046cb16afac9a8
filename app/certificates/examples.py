"""Examples for the document of the API."""

from typing import Any

NUMBER = "LSR-7K3M9QWDX4TB2N8R"
_RETIREMENT = {
    "id": "ret_7q2m4t8wxk0d9neb",
    "retired_at": "2026-05-30T02:14:58Z",
    "registry": "lintan",
    "methodology": "CM-AR-002-V01",
    "project_name": "峰源竹林经营碳汇项目",
    "vintage": 2024,
    "retired_kg": 606,
    "serials": [{"block": "LS33-F-0007-2024", "first": 120_001, "last": 120_606}],
    "custody": "own",
    "source_cancellation": None,
}
_CHECKS = [
    {
        "name": "proof",
        "result": "passed",
        "ok": True,
        "code": "certificates.check.proof.passed",
        "detail": "由签发机关的密钥 key-2026-1 签署，签发后未改动。",
    },
    {
        "name": "witness",
        "result": "not_yet",
        "ok": None,
        "code": "certificates.check.witness.not_yet",
        "detail": "还没有运营方以外的机构为日志作见证，目前不能排除签发日期被提前。",
    },
]
VERIFICATION: dict[str, Any] = {
    "number": NUMBER,
    "type": "LSR",
    "title_zh": "碳汇注销证书",
    "title_en": "Carbon Credit Retirement Certificate",
    "status": "valid",
    "status_text": "有效",
    "status_reason": None,
    "status_reason_text": None,
    "superseded_by": None,
    "checked_at": "2026-06-03T06:26:08Z",
    "visibility": "link",
    "issuer": {
        "did": "did:web:carbon.example.cn:issuers:lishui-ecology",
        "name_zh": "丽水市生态环境局",
        "name_en": "Lishui Ecology and Environment Bureau",
        "host": "carbon.example.cn",
        "site": None,
    },
    "valid_from": "2026-05-30T02:15:00Z",
    "valid_until": None,
    "revoked_at": None,
    "summary": {
        "holder": "张**",
        "purpose": "self",
        "donated_through": None,
        "retired_kg": 606,
        "retirements": [_RETIREMENT],
    },
    "digest": "sha256-I+NaVzk/kAA/ZqhFgRcPsh8N4MaXtb9qq+I2yt+cXxQ=",
    "log": {"index": 48_212, "size": 48_930, "checkpoint_at": "2026-06-03T06:26:07Z"},
    "checks": _CHECKS,
    "links": {
        "page": f"/v/{NUMBER}",
        "credential": f"/v/{NUMBER}/credential.json",
        "jwt": f"/v/{NUMBER}/credential.jwt",
        "pdf": f"/v/{NUMBER}/certificate.pdf",
        "log_proof": f"/v/{NUMBER}/log-proof",
        "qr": f"/v/{NUMBER}/qr.png",
        "did": "/issuers/lishui-ecology/did.json",
    },
}
SUMMARY: dict[str, Any] = {
    "number": NUMBER,
    "type": "LSR",
    "title_zh": "碳汇注销证书",
    "title_en": "Carbon Credit Retirement Certificate",
    "state": "valid",
    "held_reason": None,
    "held_text": None,
    "refused_reason": None,
    "refused_text": None,
    "holder": "张**",
    "purpose": "self",
    "quantity_t": "0.606",
    "retirement_id": "ret_7q2m4t8wxk0d9neb",
    "visibility": "link",
    "valid_from": "2026-05-30T02:15:00Z",
    "created_at": "2026-05-30T02:14:58Z",
    "href": f"/v/{NUMBER}",
}
OWN: dict[str, Any] = {
    **SUMMARY,
    "verification": VERIFICATION,
    "commitment": {
        "value": "GbXT4HGZCOc0TuPzHEcblgPMRZcIkpWD0v6AVj8u8iI",
        "salt": "AAAAAAAAAAAAAAAAAAAAAA",
        "name": "张小明",
        "account_id": "00000000-0000-0000-0000-000000000001",
    },
}
