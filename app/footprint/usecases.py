"""Calculate a year's footprint and keep it, estimate without keeping, and read what was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.footprint import queries
from app.footprint.errors import CountyUnknown, FootprintNotFound
from app.footprint.keeping import line_json, reported_json
from app.footprint.models import COLLECTION, OWNER, FootprintRow
from app.footprint.queries import SUBJECT_KIND, FactorBook, Footprint, footprint_of
from app.footprint.rules.calculation import METHOD, METHOD_VERSION, Calculation, Reported, calculate
from app.footprint.rules.factors import Factor, Find, GasScope
from app.foundation.data import after_commit, clock, new_id, reading, transaction
from app.foundation.http import DomainError, Page, PageQuery, page_of
from app.foundation.proof import Actor, logger, record
from app.foundation.sync import changed
from app.identity import note_assistance
from app.places import find_division

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class PersonYear:
    """What somebody reports of one year."""

    year: int
    county: str
    reported: tuple[Reported, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one reported year comes to, or why it cannot be calculated: one of the two is None."""

    asked: PersonYear
    calculation: Calculation | None
    refusal: DomainError | None


def calculate_footprint(new: PersonYear, *, resident: Actor, now: datetime) -> Footprint:
    """Calculate a resident's year with the factors in force today, and keep it for ever.

    Raises:
        CountyUnknown, NothingReported, YearNotBegun, FactorMissing, FactorUnfit: it cannot be calculated.
    """
    with transaction() as session:
        calculation = _calculation(new, find=_book(session, now).find, now=now)
        row = FootprintRow(
            id=new_id(),
            owner_kind=OWNER,
            owner_id=resident.id,
            method=METHOD,
            method_version=METHOD_VERSION,
            year=new.year,
            county=new.county,
            inputs=[reported_json(each) for each in new.reported],
            lines=[line_json(each) for each in calculation.lines],
            co2_g=calculation.of_scope(GasScope.CO2),
            co2e_g=calculation.of_scope(GasScope.CO2E),
            life_cycle_g=calculation.of_scope(GasScope.LIFE_CYCLE),
            total_g=calculation.total_g,
            calculated_at=now,
        )
        session.add(row)
        note_assistance(session, resident, SUBJECT_KIND, row.id)
        changed(session, resident.id, COLLECTION, row.id)
        record(
            session,
            action="footprint.calculated",
            object_kind=SUBJECT_KIND,
            object_id=row.id,
            actor=resident,
            after={"year": row.year, "county": row.county, "inputs": row.inputs, "lines": row.lines},
        )
        after_commit(log.info, "footprint.calculated", footprint_id=str(row.id), year=row.year)
    return footprint_of(row, is_assisted=resident.assisted_by is not None)


def estimate_footprints(asked: Sequence[PersonYear], *, now: datetime) -> list[Estimate]:
    """Calculate years with the same rules and keep nothing; a year that cannot be calculated says why, the others stand."""
    with reading() as session:
        find = _book(session, now).find
        return [_estimate(each, find=find, now=now) for each in asked]


def my_footprint(reader: Actor, footprint_id: UUID) -> Footprint:
    """Return one of a resident's own footprints.

    Raises:
        FootprintNotFound: there is none of this id, or it is somebody else's.
    """
    with reading() as session:
        footprint = queries.footprint_by_id(session, footprint_id)
    if (footprint.owner_kind, footprint.owner_id) != (OWNER, reader.id):
        raise FootprintNotFound()
    return footprint


def my_footprints(reader: Actor, query: PageQuery) -> Page[Footprint]:
    """Return one page of a resident's footprints, newest first."""
    with reading() as session:
        page = page_of(
            session,
            queries.own_footprints(OWNER, reader.id),
            at=FootprintRow.calculated_at,
            id=FootprintRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(reader.id),
        )
        return Page(queries.footprints_of(session, page.items), page.next_cursor)


def show_factor(factor_id: UUID) -> Factor:
    """Return one version of a factor.

    Raises:
        FactorNotFound: no factor has this id.
    """
    with reading() as session:
        return queries.get_factor(session, factor_id)


def _book(session: Session, now: datetime) -> FactorBook:
    return FactorBook(session, on=clock.civil_day(now))


def _calculation(asked: PersonYear, *, find: Find, now: datetime) -> Calculation:
    if find_division(asked.county) is None:
        raise CountyUnknown()
    return calculate(asked.reported, year=asked.year, current_year=clock.civil_day(now).year, find=find)


def _estimate(asked: PersonYear, *, find: Find, now: datetime) -> Estimate:
    try:
        return Estimate(asked, _calculation(asked, find=find, now=now), None)
    except DomainError as refusal:
        return Estimate(asked, None, refusal)
