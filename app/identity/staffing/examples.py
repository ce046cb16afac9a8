"""What staffing's operations are asked and answer, in the document: the forestry bureau of Liandu and a new clerk."""

from typing import Any

AGENCY: dict[str, Any] = {
    "id": "agy_01m869pkw4f7nt1pedbvrqbjfw",
    "slug": "liandu-forestry",
    "kind": "forestry",
    "county": "331102",
    "name_zh": "莲都区林业局",
    "name_en": "Liandu Forestry Bureau",
}
AGENCIES: dict[str, Any] = {"items": [AGENCY], "next_cursor": None}
NEW_AGENCY: dict[str, Any] = {name: value for name, value in AGENCY.items() if name != "id"}
NAMES: dict[str, Any] = {"name_zh": "莲都区林业局", "name_en": "Forestry Bureau of Liandu"}
ROLE: dict[str, Any] = {
    "id": "rol_01m869pkw4f7nt1pedbvrqbjfx",
    "role": "verifier",
    "agency_id": AGENCY["id"],
    "counties": ["331102"],
    "held": "now",
    "held_from": "2026-03-12T04:00:00Z",
    "held_until": None,
    "granted_by": "stf_01m869pkw4f7nt1pedbvrqbjf0",
    "deputy_for_id": None,
    "end_reason": None,
}
LINE: dict[str, Any] = {
    "id": "stf_01m869pkw4f7nt1pedbvrqbjf2",
    "username": "liandu.verifier",
    "display_name": "王敏",
    "state": "active",
    "agency_id": AGENCY["id"],
    "created_at": "2026-03-12T04:00:00Z",
    "roles": [ROLE],
}
PAGE: dict[str, Any] = {"items": [LINE], "next_cursor": None}
DEPUTYSHIP: dict[str, Any] = {
    "id": "dpy_01m869pkw4f7nt1pedbvrqbjf9",
    "deputy_id": "stf_01m869pkw4f7nt1pedbvrqbjf3",
    "deputy_name": "李强",
    "for_staff_id": LINE["id"],
    "for_staff_name": "王敏",
    "starts_at": "2026-04-01T00:00:00Z",
    "ends_at": "2026-04-15T00:00:00Z",
    "reason": "培训",
}
FILE: dict[str, Any] = {**LINE, "deputyships": [DEPUTYSHIP], "last_day": None, "successor_id": None}
NEW_ACCOUNT: dict[str, Any] = {
    "username": "liandu.verifier",
    "display_name": "王敏",
    "agency_id": AGENCY["id"],
    "roles": ["verifier"],
    "counties": [],
}
NEW_ROLE: dict[str, Any] = {
    "role": "registrar",
    "agency_id": AGENCY["id"],
    "counties": [],
    "from": "2026-04-01T00:00:00Z",
    "until": None,
}
END: dict[str, Any] = {"reason": "调到保护科"}
NEW_DEPUTY: dict[str, Any] = {
    "deputy_id": DEPUTYSHIP["deputy_id"],
    "roles": ["verifier"],
    "from": DEPUTYSHIP["starts_at"],
    "until": DEPUTYSHIP["ends_at"],
    "reason": DEPUTYSHIP["reason"],
}
WORK: dict[str, Any] = {
    "items": [
        {
            "kind": "review.case",
            "id": "cas_01m868tawjer4b6ctjc95y8bpg",
            "agency_id": AGENCY["id"],
            "county": "331102",
            "due_at": "2026-03-19T15:59:59Z",
        }
    ]
}
LEAVE: dict[str, Any] = {"hand_over_to": DEPUTYSHIP["deputy_id"], "last_day": "2026-03-12"}
LEFT: dict[str, Any] = {
    "staff_id": LINE["id"],
    "last_day": "2026-03-12",
    "successor_id": DEPUTYSHIP["deputy_id"],
    "handed_over": 1,
    "returned": 0,
}
CODE: dict[str, Any] = {"code": "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567", "expires_at": "2026-03-13T04:00:00Z"}
CHOICE: dict[str, Any] = {
    "code": CODE["code"],
    "username": "liandu.verifier",
    "password": "camphor trees by the Ou",
}
SECOND_FACTOR: dict[str, Any] = {
    "totp_uri": "otpauth://totp/Lintan:liandu.verifier?secret=JBSWY3DPEHPK3PXP&issuer=Lintan",
}
CONFIRMATION: dict[str, Any] = {"code": CODE["code"], "totp": "287082"}
ENROLLED: dict[str, Any] = {"id": LINE["id"], "username": "liandu.verifier"}
PASSWORD: dict[str, Any] = {
    "old": "camphor trees by the Ou",
    "new": "ginkgo leaves over Longquan",
    "totp": "287082",
}
