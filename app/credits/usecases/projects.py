"""A project enters the register: one registrar proposes it, another approves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, changes_between, propose
from app.credits import rules
from app.credits.errors import BoundaryInvalid
from app.credits.models import ProjectCellRow, ProjectRow
from app.credits.rules import OwnerKind, ProjectKind, ProjectState
from app.credits.usecases.scope import agency_of
from app.foundation.data import after_commit, new_id, parse_public_id, public_id, transaction
from app.foundation.proof import Actor, logger, record
from app.places import cell_centre, is_near_city

PROJECT_KIND = "credits.project"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    """What a registrar says about a project."""

    owner_name: str
    name_zh: str
    name_en: str
    kind: ProjectKind
    county: str
    methodology: str
    registry: str
    boundary_cells: tuple[str, ...]
    agency_id: UUID | None  # Needed from who is a registrar of several agencies for the county.


def propose_project(new: NewProject, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose a project. Its id is fixed with the proposal, so that both people speak of the same one.

    Raises:
        CountyUnknown, CountyNotYours, AgencyAmbiguous: the proposer is no registrar for the county, or of too many.
        BoundaryInvalid: a cell is none, of a wrong size, or far from Lishui.
    """
    agency_id = agency_of(proposer, county=new.county, agency_id=new.agency_id)
    for cell in new.boundary_cells:
        if not rules.is_boundary_cell(cell) or not is_near_city(cell_centre(cell)):
            raise BoundaryInvalid(cell=cell)
    project_id = new_id()
    content: dict[str, Any] = {
        "id": public_id("prj", project_id),
        "agency_id": public_id("agy", agency_id),
        "owner_kind": OwnerKind.ORGANISATION.value,
        "owner_name": new.owner_name,
        "name_zh": new.name_zh,
        "name_en": new.name_en,
        "kind": new.kind.value,
        "county": new.county,
        "methodology": new.methodology,
        "registry": new.registry,
        "boundary_cells": sorted(set(new.boundary_cells)),
    }
    with transaction() as session:
        return propose(
            session,
            kind=PROJECT_KIND,
            content=content,
            title=new.name_zh,
            proposer=proposer,
            now=now,
            subject_id=project_id,
            agency_id=agency_id,
            county=new.county,
        )


def project_difference(_: Session, proposal: Proposal) -> list[Change]:
    """Return every member of a proposed project: all of it is new."""
    return changes_between(None, proposal.content)


def apply_project(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Write an approved project into the register."""
    said = proposal.content
    project_id = parse_public_id("prj", said["id"])
    session.add(
        ProjectRow(
            id=project_id,
            owner_kind=OwnerKind(said["owner_kind"]),
            owner_id=None,
            owner_name=said["owner_name"],
            name_zh=said["name_zh"],
            name_en=said["name_en"],
            kind=ProjectKind(said["kind"]),
            county=said["county"],
            methodology=said["methodology"],
            registry_name=said["registry"],
            state=ProjectState.ACTIVE,
            agency_id=parse_public_id("agy", said["agency_id"]),
            approval_id=proposal.id,
            created_at=now,
            version=1,
        )
    )
    session.flush()
    session.add_all([ProjectCellRow(cell=cell, project_id=project_id) for cell in said["boundary_cells"]])
    session.flush()
    record(
        session,
        action="credits.project_registered",
        object_kind="credits.project",
        object_id=project_id,
        actor=approver,
        after=said,
    )
    after_commit(log.info, "credits.project.registered", project_id=str(project_id), county=said["county"])
