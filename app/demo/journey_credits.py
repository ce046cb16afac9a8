"""The journey's part about kilograms: two registrars issue a batch, two finance people name who is paid, the resident buys."""

import secrets
from typing import Any

from app.demo.journey import Journey, StepFailed
from app.demo.people import LIANDU
from app.foundation.data import clock

BATCH_KG, PRICE_FEN_PER_T = 20_000, 7_519
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def issue_batch(journey: Journey) -> str:
    """One registrar proposes a project and a batch, another approves; the same for who is paid, by two finance people."""
    registrars = ("liandu.registrar", "liandu.registrar2")
    project = _approved(
        journey,
        registrars,
        "/v1/projects",
        {
            "owner_name": "莲都区峰源林场（演示）",
            "name_zh": "峰源竹林经营碳汇项目（演示）",
            "name_en": "Fengyuan bamboo management (demo)",
            "kind": "bamboo_management",
            "county": LIANDU,
            "methodology": "CM-AR-002-V01",
            "registry": "lintan",
        },
    )
    vintage = clock.civil_day(clock.now()).year - 1
    # Each run issues a batch of its own, so its code is drawn.
    kind = "".join(secrets.choice(_LETTERS) for _ in range(3))
    batch = _approved(
        journey,
        registrars,
        "/v1/batches",
        {
            "project_id": project["id"],
            "code": f"LS33-{kind}-{secrets.randbelow(10_000):04}-{vintage}",
            "vintage": vintage,
            "kg": BATCH_KG,
            "custody": "own",
            "price_fen_per_t": PRICE_FEN_PER_T,
        },
    )
    payee = _approved(
        journey,
        ("liandu.finance", "liandu.finance2"),
        "/v1/payees",
        {
            "name_zh": "莲都区峰源林场（演示）",
            "name_en": "Fengyuan Forest Farm (demo)",
            "county": LIANDU,
            "paid_for": [{"kind": "credits.project", "reference": project["id"]}],
        },
    )
    issued = journey.expect(200, "GET", f"/v1/batches/{batch['id']}")
    if issued["available_kg"] != BATCH_KG:
        raise StepFailed(f"the batch has {issued['available_kg']} kg to sell, not {BATCH_KG}")
    journey.found["batch"] = issued
    return (
        f"{issued['code']}: {BATCH_KG} kg issued by two registrars, serials {issued['first']} to {issued['last']}, "
        f"{PRICE_FEN_PER_T} fen/t, paid to {payee['name_zh']}"
    )


def _approved(journey: Journey, people: tuple[str, str], path: str, body: dict[str, Any]) -> Any:
    """Let the first of two people propose something and the second approve it; return its content."""
    proposer, approver = (journey.sign_in_staff(username) for username in people)
    proposal = journey.expect(202, "POST", path, token=proposer, body=body)
    decision = {"content_sha256": proposal["content_sha256"]}
    address = f"/v1/approvals/{proposal['id']}/approve"
    alone = journey.call("POST", address, token=proposer, body=decision)
    if alone.status < 400:
        raise StepFailed(f"{people[0]} approves what they have proposed themselves: {path}")
    journey.expect(200, "POST", address, token=approver, body=decision)
    return proposal["content"]


def buy_and_retire(journey: Journey) -> str:
    """The resident buys what the footprint takes, pays in the sandbox, and finds the kilograms retired in their name."""
    token, batch = journey.resident(), journey.found["batch"]
    quote = journey.expect(
        201,
        "POST",
        "/v1/offset-quotes",
        token=token,
        body={"footprint_id": journey.found["footprint"]["id"], "batch_id": batch["id"]},
    )
    order = journey.expect(
        201, "POST", "/v1/offset-orders", token=token, body={"quote_id": quote["id"], "purpose": "self"}
    )
    journey.expect(200, "POST", f"/sandbox/payments/{order['payment']['id']}/succeed")
    address = f"/v1/offset-orders/{order['id']}"

    def is_fulfilled() -> bool:
        now = journey.found["order"] = journey.expect(200, "GET", address, token=token)
        return bool(now["state"] == "fulfilled")

    if not journey.wait(is_fulfilled):
        raise StepFailed(f"the order is not fulfilled: {journey.found['order']}")
    retired = journey.found["order"]["retirement"]
    first = retired["serials"][0]
    serial = journey.expect(200, "GET", f"/v1/serials/{first['block']}-{first['first']}")
    journey.found["serial"] = serial
    if serial["state"] != "retired" or serial["events"][-1]["retirement_id"] != retired["id"]:
        raise StepFailed(f"the register does not show the retirement: {serial}")
    return (
        f"{order['id']}: {order['kg']} kg for {order['total_fen']} fen, paid by webhook, retired as {retired['id']}; "
        f"{serial['serial']} says so to anyone"
    )
