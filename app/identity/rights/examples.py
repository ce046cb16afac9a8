"""Examples of copies and erasures for the API's document."""

from typing import Any

EXPORT: dict[str, Any] = {
    "id": "exp_01m869pkw4f7nt1pedbvrqbjfw",
    "person_id": "per_01m869pkvzedjar4gm98ss5gf2",
    "state": "waiting",
    "asked_at": "2026-11-24T06:00:00Z",
    "ready_at": None,
    "expires_at": None,
    "files": [],
}
_LINK = "/v1/exports/exp_01m869pkw4f7nt1pedbvrqbjfw/content"
_SIGNATURE = "5f0c6f3b9f0a8c1de5b7a94ce13c4b8a3e1c3a5ad9f0e6c2b7a1d4e8f9c0b1a2"
EXPORT_READY: dict[str, Any] = {
    **EXPORT,
    "state": "ready",
    "ready_at": "2026-11-24T06:00:12Z",
    "expires_at": "2026-12-01T06:00:12Z",
    "files": [
        {
            "format": "json",
            "byte_count": 48_211,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "content_path": f"{_LINK}?format=json&expires=1795500000&signature={_SIGNATURE}",
        },
        {
            "format": "pdf",
            "byte_count": 131_072,
            "sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
            "content_path": f"{_LINK}?format=pdf&expires=1795500000&signature={_SIGNATURE}",
        },
    ],
}
COPY: dict[str, Any] = {
    "format": "lintan.person-export/1",
    "person_id": "per_01m869pkvzedjar4gm98ss5gf2",
    "made_at": "2026-11-24T06:00:12Z",
    "rooms": {
        "identity.people": {
            "profile": [
                {
                    "id": "per_01m869pkvzedjar4gm98ss5gf2",
                    "display_name": "小林",
                    "opened_at": "2026-03-12T04:00:00Z",
                }
            ]
        }
    },
}
ERASURE: dict[str, Any] = {
    "id": "era_01m869pkw4f7nt1pedbvrqbjfw",
    "state": "waiting",
    "asked_at": "2026-11-24T06:00:00Z",
    "due_at": "2026-12-01T06:00:00Z",
    "done_at": None,
    "restricted_until": None,
    "kept": [],
}
