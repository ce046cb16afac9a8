"""Bodies as the API's document shows them: a bamboo forest in Liandu, and one kilogram of it."""

from typing import Any

NEW_PROJECT: dict[str, Any] = {
    "owner_name": "莲都区峰源林场",
    "name_zh": "峰源竹林经营碳汇项目",
    "name_en": "Fengyuan bamboo management",
    "kind": "bamboo_management",
    "county": "331102",
    "methodology": "CM-AR-002-V01",
    "registry": "lintan",
    "boundary_cells": ["8941948b0b3ffff"],
}
PROJECT: dict[str, Any] = {
    **{member: value for member, value in NEW_PROJECT.items() if member != "boundary_cells"},
    "id": "prj_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "owner_kind": "organisation",
    "state": "active",
    "agency_id": "agy_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "approval_id": "apv_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "created_at": "2026-11-24T02:10:00Z",
}
WHOLE_PROJECT: dict[str, Any] = {**PROJECT, "boundary_cells": NEW_PROJECT["boundary_cells"]}

NEW_BATCH: dict[str, Any] = {
    "project_id": PROJECT["id"],
    "code": "LS33-F-0007-2024",
    "vintage": 2024,
    "kg": 582_000,
    "custody": "own",
    "price_fen_per_t": 7_519,
}
BATCH: dict[str, Any] = {
    "id": "bat_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "project_id": PROJECT["id"],
    "project_name_zh": PROJECT["name_zh"],
    "project_name_en": PROJECT["name_en"],
    "code": "LS33-F-0007-2024",
    "vintage": 2024,
    "methodology": "CM-AR-002-V01",
    "registry": "lintan",
    "custody": "own",
    "external_serials": None,
    "source_proof_reference": None,
    "issued_kg": 582_000,
    "first": 120_001,
    "last": 702_000,
    "price_fen_per_t": 7_519,
    "price_version": 1,
    "approval_id": "apv_01jd5kmh2ef8q9w3v6rx0t4y7b",
    "issued_at": "2026-11-24T02:40:00Z",
}
WHOLE_BATCH: dict[str, Any] = {**BATCH, "available_kg": 568_000, "held_kg": 1_000, "retired_kg": 13_000}

RETIREMENT: dict[str, Any] = {
    "id": "ret_7q2m4t8wxk0d9neb",
    "retired_at": "2026-11-24T03:15:00Z",
    "registry": "lintan",
    "methodology": "CM-AR-002-V01",
    "project_id": PROJECT["id"],
    "project_name_zh": PROJECT["name_zh"],
    "project_name_en": PROJECT["name_en"],
    "batch_id": BATCH["id"],
    "vintage": 2024,
    "retired_kg": 13_000,
    "serials": [{"block": "LS33-F-0007-2024", "first": 120_001, "last": 133_000}],
    "custody": "own",
    "source_cancellation": None,
    "purpose": "self",
    "beneficiary": {"kind": "resident", "name": "张**"},
}
SERIAL: dict[str, Any] = {
    "serial": "LS33-F-0007-2024-120001",
    "number": 120_001,
    "state": "retired",
    "batch_id": BATCH["id"],
    "block": "LS33-F-0007-2024",
    "vintage": 2024,
    "methodology": "CM-AR-002-V01",
    "registry": "lintan",
    "custody": "own",
    "project_id": PROJECT["id"],
    "project_name_zh": PROJECT["name_zh"],
    "project_name_en": PROJECT["name_en"],
    "events": [
        {
            "kind": "issued",
            "at": "2026-11-24T02:40:00Z",
            "first": 120_001,
            "last": 702_000,
            "holder": {"kind": "project", "name": PROJECT["name_zh"]},
            "retirement_id": None,
            "purpose": None,
            "beneficiary": None,
        },
        {
            "kind": "retired",
            "at": "2026-11-24T03:15:00Z",
            "first": 120_001,
            "last": 133_000,
            "holder": None,
            "retirement_id": RETIREMENT["id"],
            "purpose": "self",
            "beneficiary": RETIREMENT["beneficiary"],
        },
    ],
}
