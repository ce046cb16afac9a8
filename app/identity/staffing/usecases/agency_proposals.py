"""Agencies by four eyes: opened or renamed by one admin, approved by another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, changes_between, propose
from app.foundation.data import after_commit, new_id, parse_public_id, public_id, reading, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.staffing import queries
from app.identity.staffing.errors import AgencyChanged, AgencyNotFound, AgencyRefused, AgencyTaken
from app.identity.staffing.models import AgencyRow
from app.identity.staffing.rules.roles import AgencyKind, is_slug
from app.identity.staffing.usecases.agencies import is_county, open_agency

KIND = "identity.agency"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgency:
    """An agency to be; without a county it is the city's own."""

    slug: str
    kind: AgencyKind
    county: str | None
    name_zh: str
    name_en: str


def propose_agency(new: NewAgency, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose to open an agency.

    Raises:
        AgencyRefused: the slug or the county has the wrong form.
        AgencyTaken: there is such an agency.
    """
    with transaction() as session:
        _require_new(session, new)
        content = {
            "operation": "open",
            "agency_id": public_id("agy", new_id()),
            "slug": new.slug,
            "kind": str(new.kind),
            "county": new.county,
            "name_zh": new.name_zh,
            "name_en": new.name_en,
        }
        return propose(session, kind=KIND, content=content, title=new.name_zh, proposer=proposer, now=now)


def propose_names(agency_id: UUID, *, name_zh: str, name_en: str, proposer: Actor, now: datetime) -> Proposal:
    """Propose other names for an agency. Its slug and what it has signed stay as they are.

    Raises:
        AgencyNotFound: there is no such agency.
    """
    with transaction() as session:
        agency = _get(session, agency_id)
        content = {
            "operation": "rename",
            "agency_id": public_id("agy", agency.id),
            "before": _names(agency),
            "after": {"name_zh": name_zh, "name_en": name_en},
        }
        return propose(
            session,
            kind=KIND,
            content=content,
            title=name_zh,
            proposer=proposer,
            now=now,
            subject_id=agency.id,
        )


def require_agency(agency_id: UUID) -> None:
    """Refuse an id that no agency has.

    Raises:
        AgencyNotFound: none has it.
    """
    with reading() as session:
        _get(session, agency_id)


def agency_difference(_: Session, proposal: Proposal) -> list[Change]:
    """Return what a proposal would change: all of a new agency, or the names."""
    said = proposal.content
    if said["operation"] == "rename":
        return changes_between(said["before"], said["after"])
    return changes_between(None, said)


def apply_agency(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Open or rename the agency.

    Raises:
        AgencyTaken, AgencyChanged: somebody was faster.
    """
    said = proposal.content
    agency_id = parse_public_id("agy", said["agency_id"])
    if said["operation"] == "open":
        new = NewAgency(
            slug=said["slug"],
            kind=AgencyKind(said["kind"]),
            county=said["county"],
            name_zh=said["name_zh"],
            name_en=said["name_en"],
        )
        _require_new(session, new)
        open_agency(
            session,
            agency_id=agency_id,
            slug=new.slug,
            kind=new.kind,
            county_code=new.county,
            name_zh=new.name_zh,
            name_en=new.name_en,
            actor=approver,
            now=now,
        )
        return
    agency = queries.lock_agency(session, agency_id)
    if agency is None or _names(agency) != said["before"]:
        raise AgencyChanged
    agency.name_zh, agency.name_en = said["after"]["name_zh"], said["after"]["name_en"]
    record(
        session,
        action="identity.agency_renamed",
        object_kind="identity.agency",
        object_id=agency.id,
        actor=approver,
        before=said["before"],
        after=said["after"],
    )
    after_commit(log.info, "identity.agency.renamed", agency_id=str(agency.id))


def _require_new(session: Session, new: NewAgency) -> None:
    if not is_slug(new.slug):
        raise AgencyRefused(member="slug")
    if new.county is not None and not is_county(new.county):
        raise AgencyRefused(member="county")
    if queries.find_agency_named(session, new.slug) is not None:
        raise AgencyTaken
    if queries.find_agency_with(session, kind=new.kind, county_code=new.county) is not None:
        raise AgencyTaken


def _get(session: Session, agency_id: UUID) -> AgencyRow:
    agency = queries.find_agency(session, agency_id)
    if agency is None:
        raise AgencyNotFound
    return agency


def _names(agency: AgencyRow) -> dict[str, Any]:
    return {"name_zh": agency.name_zh, "name_en": agency.name_en}
