"""Every kind of proposal with everybody on the staff: one person alone brings about nothing (SECURITY B4)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.approvals import find_proposal, kinds, propose
from app.demo.people import ISSUER, LIANDU
from app.foundation.data import clock, parse_public_id, public_id, reading, transaction
from app.identity.entrance.usecases.sessions import authenticate
from app.identity.staffing.rules.roles import SCOPED_ROLES
from tests.journeys.matrix.cast import OTHER_STAFF, ROLES
from tests.journeys.matrix.walk import LACKS
from tests.journeys.matrix.world import World

# Two people of each approver's role; for what holds in the whole city, two people of the city.
PAIRS = {
    "registrar": ("registrar", "registrar2"),
    "finance": ("finance", "finance2"),
    "issuer": ("issuer", "issuer2"),
    "support": ("support", "support2"),
    "admin": ("admin", "admin2"),
}
CITY_PAIRS = {**PAIRS, "finance": ("city_finance", "city_finance2")}
OF_THE_CITY = "rulebook."
OF_THE_ISSUER = "certificates.revocation"
OWN = "approvals.own_proposal"
REFUSALS = {(403, "auth.role_missing"), (404, "approvals.not_found"), (403, "approvals.may_not_approve")}


@pytest.fixture(scope="module")
def agencies(world: World) -> dict[str, UUID]:
    found = world.cast.ask(200, "admin", "GET", "/agencies")["items"]
    return {each["slug"]: parse_public_id("agy", each["id"]) for each in found}


def test_no_kind_of_proposal_is_decided_by_its_proposer_or_by_somebody_without_the_role_there(
    app: Flask, world: World, agencies: dict[str, UUID]
):
    wrong, walked = [], []
    for kind in sorted(kinds.kinds()):
        role = kinds.handler(kind).approver_role
        proposer, second = (CITY_PAIRS if kind.startswith(OF_THE_CITY) else PAIRS)[role]
        proposal = _proposed(world, agencies, kind, role, proposer)
        for verb in ("approve", "refuse"):
            told = _decide(world, proposer, verb, proposal)
            wrong += [f"{kind}: {proposer} {verb} -> {told}"] if told != (403, OWN) else []
        for who in _outside(world, kind, role):
            told = _decide(world, who, "approve", proposal)
            wrong += [f"{kind}: {who} -> {told}"] if told not in REFUSALS else []
        told = _decide(world, second, "approve", proposal, body={})
        wrong += [f"{kind}: the second person, {second} -> {told}"] if told[0] not in LACKS else []
        with reading() as session:
            stands = find_proposal(session, proposal.id)
        wrong += [f"{kind} is {stands}"] if stands is None or stands.state != "proposed" else []
        walked.append(kind)
    assert not wrong, "\n".join(wrong)
    assert len(walked) >= 18


def _proposed(world: World, agencies: dict[str, UUID], kind: str, role: str, proposer: str) -> Any:
    """Let somebody who holds the approver's role propose: the strictest case. The content says what `may_approve` reads."""
    cast = world.cast
    slug = ISSUER if kind == OF_THE_ISSUER else "liandu-forestry"
    has_scope = role in SCOPED_ROLES and not kind.startswith(OF_THE_CITY)
    scope: dict[str, Any] = {"agency_id": agencies[slug]} if has_scope else {}
    if has_scope and kind != OF_THE_ISSUER:
        scope["county"] = LIANDU
    with transaction() as session:
        return propose(
            session,
            kind=kind,
            content={"deputy_id": cast.ids["verifier2"], "for_staff_id": cast.ids["verifier"], "nonce": str(uuid4())},
            title=kind,
            proposer=authenticate(cast.tokens[proposer]),
            now=clock.now(),
            subject_id=parse_public_id("stf", cast.ids["verifier"]),
            **scope,
        )


def _outside(world: World, kind: str, role: str) -> list[str]:
    """One of each other role, and who holds the role elsewhere."""
    without = [who for who in ROLES.values() if role not in authenticate(world.cast.tokens[who]).roles]
    elsewhere = list(OTHER_STAFF) if role in SCOPED_ROLES else []
    if kind == OF_THE_ISSUER:  # A certificate is its agency's, of whatever county the kilograms come.
        elsewhere.remove("city_of_longquan")
    return [*without, *elsewhere]


def _decide(world: World, who: str, verb: str, proposal: Any, body: Any = None) -> tuple[int, str | None]:
    """Try to decide with the very content's hash and a reason: only the person can be what is wrong."""
    right = {"content_sha256": proposal.content_sha256} if verb == "approve" else {"reason": "No."}
    answer = world.cast.client.post(
        f"/v1/approvals/{public_id('apv', proposal.id)}/{verb}",
        json=right if body is None else body,
        headers={"Authorization": f"Bearer {world.cast.tokens[who]}"},
    )
    return answer.status_code, (answer.get_json(silent=True) or {}).get("code")
