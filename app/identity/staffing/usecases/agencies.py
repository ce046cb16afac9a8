"""Agencies: the operator opens them; other rooms look them up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, new_id, transaction
from app.foundation.proof import Actor, logger, record
from app.identity.staffing import queries
from app.identity.staffing.errors import CannotDo
from app.identity.staffing.models import AgencyRow
from app.identity.staffing.rules.roles import AgencyKind, is_slug
from app.places import DivisionKind, find_division
from app.transparency import Issuer, KeysRefused, open_issuer

log = logger(__name__)


def create_agency(
    *, slug: str, kind: AgencyKind, county_code: str | None, name_zh: str, name_en: str, actor: Actor, now: datetime
) -> UUID:
    """Open an agency for a county, or without one for the whole city, and return its id.

    Raises:
        CannotDo: the slug or the code has the wrong form, a name is empty, or there is such an agency already.
    """
    if not is_slug(slug):
        raise CannotDo("the slug has lower-case letters, digits and single hyphens only, 40 at most")
    if county_code is not None and not is_county(county_code):
        raise CannotDo(f"{county_code} is none of the city's counties")
    if not name_zh.strip() or not name_en.strip():
        raise CannotDo("an agency has a Chinese and an English name")
    with transaction() as session:
        if queries.find_agency_named(session, slug) is not None:
            raise CannotDo(f"there is an agency {slug} already")
        if queries.find_agency_with(session, kind=kind, county_code=county_code) is not None:
            raise CannotDo(f"there is a {kind} agency for {county_code or 'the city'} already")
        agency_id = new_id()
        open_agency(
            session,
            agency_id=agency_id,
            slug=slug,
            kind=kind,
            county_code=county_code,
            name_zh=name_zh.strip(),
            name_en=name_en.strip(),
            actor=actor,
            now=now,
        )
    return agency_id


def open_agency(
    session: Session,
    *,
    agency_id: UUID,
    slug: str,
    kind: AgencyKind,
    county_code: str | None,
    name_zh: str,
    name_en: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write an agency that has been found to be new, within the caller's transaction."""
    session.add(
        AgencyRow(
            id=agency_id,
            slug=slug,
            kind=kind,
            county_code=county_code,
            name_zh=name_zh,
            name_en=name_en,
            created_at=now,
        )
    )
    session.flush()
    record(
        session,
        action="identity.agency_created",
        object_kind="identity.agency",
        object_id=agency_id,
        actor=actor,
        after={"slug": slug, "kind": kind, "county_code": county_code, "name_zh": name_zh, "name_en": name_en},
    )
    after_commit(log.info, "identity.agency.created", agency_id=str(agency_id))


def make_issuer(*, slug: str, site: str | None, actor: Actor, now: datetime) -> Issuer:
    """Let an agency sign certificates, under a DID that carries its slug for ever.

    Args:
        site: the address of the agency's own pages, where verifiers may find its DID too.

    Raises:
        CannotDo: there is no such agency, it is an issuer already, or the site is no address.
    """
    with transaction() as session:
        agency = queries.find_agency_named(session, slug)
        if agency is None:
            raise CannotDo(f"there is no agency {slug}")
        try:
            return open_issuer(
                session,
                slug=slug,
                agency_id=agency.id,
                name_zh=agency.name_zh,
                name_en=agency.name_en,
                site=site,
                actor=actor,
                now=now,
            )
        except KeysRefused as reason:
            raise CannotDo(str(reason)) from reason


def is_county(code: str) -> bool:
    """Return whether a code is one of the city's counties."""
    division = find_division(code)
    return division is not None and division.kind == DivisionKind.COUNTY
