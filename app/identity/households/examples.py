"""What the operations of households are asked and answer, in the document: a couple, later with a child."""

from typing import Any

NAME: dict[str, Any] = {"name": "小林一家"}
_ME: dict[str, Any] = {
    "id": "mbr_01m869pkw4f7nt1pedbvrqbjfw",
    "name": "小林",
    "is_me": True,
    "is_head": True,
    "joined_on": "2026-03-12",
    "left_on": None,
    "is_assisted": False,
}
HOUSEHOLD: dict[str, Any] = {
    "id": "hh_01m868tawjer4b6ctjc95y8bpg",
    **NAME,
    "opened_on": "2026-03-12",
    "closed_on": None,
    "seen_until": None,
    "is_head": True,
    "members": [
        _ME,
        {
            "id": "mbr_01m869pkvzedjar4gm98ss5gf2",
            "name": "王*",
            "is_me": False,
            "is_head": False,
            "joined_on": "2026-03-14",
            "left_on": "2026-07-01",
            "is_assisted": True,
        },
    ],
}
INVITATION: dict[str, Any] = {
    "id": "inv_01m868tawjer4b6ctjc95y8bpg",
    "created_at": "2026-03-12T04:00:00Z",
    "expires_at": "2026-03-19T04:00:00Z",
}
NEW_INVITATION: dict[str, Any] = {**INVITATION, "code": "7k3m9x2pq0"}
JOINING: dict[str, Any] = {"code": "7k3m9x2pq0", "joined_on": "2026-03-14"}
MEMBERSHIP: dict[str, Any] = {
    "id": "mbr_01m869pkvzedjar4gm98ss5gf2",
    "household_id": HOUSEHOLD["id"],
    "joined_on": "2026-03-14",
    "left_on": None,
}
LEAVING: dict[str, Any] = {"left_on": "2026-07-01"}
NEW_HEAD: dict[str, Any] = {"membership_id": "mbr_01m869pkvzedjar4gm98ss5gf2"}
FIGURES: dict[str, Any] = {
    "household_id": HOUSEHOLD["id"],
    "first": "2026-01-01",
    "until": "2027-01-01",
    "totals": [{"kind": "points_earned", "amount": 170}, {"kind": "retired_kg", "amount": 40}],
    "members": [
        {
            "name": "小林",
            "is_me": True,
            "intervals": [{"first": "2026-03-12", "until": "2027-01-01"}],
            "figures": [{"kind": "points_earned", "amount": 120}, {"kind": "retired_kg", "amount": 40}],
        },
        {
            "name": "王*",
            "is_me": False,
            "intervals": [{"first": "2026-03-14", "until": "2026-07-01"}],
            "figures": [{"kind": "points_earned", "amount": 50}, {"kind": "retired_kg", "amount": 0}],
        },
    ],
}
