"""Registrars at their desks, and batches issued the way the city issues them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from app.approvals import approve_proposal
from app.credits import Beneficiary, BeneficiaryKind, Custody, Holder, HolderKind, get_batch
from app.credits.queries import Batch
from app.credits.rules import ProjectKind
from app.credits.usecases.issue import NewBatch, propose_batch
from app.credits.usecases.projects import NewProject, propose_project
from app.foundation.data import clock, new_id, parse_public_id, reading
from app.foundation.proof import Actor, ActorKind, Grant
from app.identity import Role
from app.ledger import CITY_ID, Cause
from tests.identity.people import LIANDU, LONGQUAN, bearer, make_agency, make_staff

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Lishui.
CELL = "8a41948b0b0ffff"  # In the middle of Liandu; H3 size 10.


def cause(leg: str = "main", source: UUID | None = None) -> Cause:
    """A new cause, or a leg of a given one."""
    return Cause("test.order", source or uuid4(), leg, actor_id=CITY_ID)


def new_project(**changed: Any) -> dict[str, Any]:
    """The body of a bamboo forest in Liandu."""
    return {
        "owner_name": "莲都区峰源林场",
        "name_zh": "峰源竹林经营碳汇项目",
        "name_en": "Fengyuan bamboo management",
        "kind": "bamboo_management",
        "county": LIANDU,
        "methodology": "CM-AR-002-V01",
        "registry": "lintan",
        **changed,
    }


def new_batch(project_id: str, **changed: Any) -> dict[str, Any]:
    """The body of a batch of a hundred kilograms."""
    return {
        "project_id": project_id,
        "code": "LS33-F-0007-2024",
        "vintage": 2024,
        "kg": 100,
        "custody": "own",
        "price_fen_per_t": 7_519,
        **changed,
    }


EXTERNAL = {
    "custody": "external",
    "registry": "CCER",
    "external_serials": "CN-CCER-2024-000001 to CN-CCER-2024-000100",
    "source_proof_reference": "冻结通知 2026-11-20 第 17 号",
}


@dataclass
class Registrar:
    """A registrar signed in at the console."""

    client: FlaskClient
    headers: dict[str, str]
    id: UUID

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, headers=self.headers, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self.client.post(path, json=body, headers={**self.headers, **more.pop("headers", {})}, **more)

    def propose(self, path: str, body: Any) -> dict[str, Any]:
        answer = self.post(path, body)
        assert answer.status_code == 202, answer.json
        return dict(answer.json)

    def approve(self, proposal: dict[str, Any], **more: Any) -> Any:
        body = {"content_sha256": proposal["content_sha256"], **more}
        return self.post(f"/v1/approvals/{proposal['id']}/approve", body)


@dataclass
class Office:
    """The forestry bureaus of Liandu and Longquan; registrars are made and signed in when asked for."""

    client: FlaskClient
    _agencies: dict[str, Any] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def agency(self, county: str = LIANDU) -> UUID:
        if county not in self._agencies:
            slug = {LIANDU: "liandu-forestry", LONGQUAN: "longquan-forestry"}[county]
            self._agencies[county] = make_agency(slug, county=county)
        return UUID(str(self._agencies[county]))

    def registrar(self, county: str = LIANDU, role: Role = Role.REGISTRAR) -> Registrar:
        self.agency(county)
        slug = {LIANDU: "liandu-forestry", LONGQUAN: "longquan-forestry"}[county]
        member = make_staff(f"registrar.{next(self._numbers)}", role=role, agency_slug=slug)
        answer = member.sign_in(self.client)
        assert answer.status_code == 201, answer.json
        return Registrar(self.client, bearer(answer.json), id=member.id)


def registrar_of(agency_id: UUID, county: str = LIANDU) -> Actor:
    """A registrar for use cases: how they signed in does not matter there."""
    grant = Grant(Role.REGISTRAR, agency_id, (county,))
    return Actor(id=new_id(), kind=ActorKind.STAFF, roles=frozenset({"staff", "registrar"}), grants=(grant,))


@dataclass
class Register:
    """Issues batches past HTTP: two registrars propose and approve."""

    agency_id: UUID
    _numbers: Any = field(default_factory=lambda: count(1))
    _project_id: UUID | None = None

    def project(self, **changed: Any) -> UUID:
        said: dict[str, Any] = {
            **new_project(),
            "kind": ProjectKind.BAMBOO_MANAGEMENT,
            "boundary_cells": (),
            "agency_id": None,
            **changed,
        }
        proposal = propose_project(NewProject(**said), proposer=registrar_of(self.agency_id), now=clock.now())
        self._approve(proposal)
        return parse_public_id("prj", proposal.content["id"])

    def batch(self, kg: int = 100, **changed: Any) -> Batch:
        self._project_id = changed.pop("project_id", None) or self._project_id or self.project()
        said: dict[str, Any] = {
            "project_id": self._project_id,
            "code": f"LS33-F-{next(self._numbers):04}-2024",
            "vintage": 2024,
            "kg": kg,
            "methodology": None,
            "registry": None,
            "custody": Custody.OWN,
            "external_serials": None,
            "source_proof_reference": None,
            "source_proof_file_id": None,
            "price_fen_per_t": 7_519,
            **changed,
        }
        proposal = propose_batch(NewBatch(**said), proposer=registrar_of(self.agency_id), now=clock.now())
        self._approve(proposal)
        with reading() as session:
            return get_batch(session, parse_public_id("bat", proposal.content["id"]))

    def _approve(self, proposal: Any) -> None:
        approver = registrar_of(self.agency_id)
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=approver, now=clock.now())


def somebody() -> Beneficiary:
    """A resident with an account."""
    return Beneficiary(kind=BeneficiaryKind.RESIDENT, id=uuid4())


def organisation() -> Holder:
    return Holder(HolderKind.ORGANISATION, uuid4())
