"""Reads of factors and footprints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.footprint.errors import FactorNotFound, FootprintNotFound
from app.footprint.keeping import line_from
from app.footprint.models import FootprintRow
from app.footprint.rules.calculation import Calculation, Line
from app.footprint.rules.factors import Factor, GasScope
from app.identity import assistants_of, assistants_of_many
from app.rulebook import (
    Document,
    DocumentMissing,
    DocumentNotFound,
    Status,
    document_by_id,
    document_in_force,
    documents_in_force,
)

FACTOR_KIND = "footprint.factor"
SUBJECT_KIND = "footprint"  # As the audit calls it.


@dataclass(frozen=True, slots=True)
class Footprint:
    """A calculation that is kept, and whose it is."""

    id: UUID
    owner_kind: str
    owner_id: UUID
    method: str
    method_version: int
    county: str
    calculated_at: datetime
    calculation: Calculation
    is_assisted: bool  # A member of staff has entered it for the resident.

    @property
    def year(self) -> int:
        """The year of the activities."""
        return self.calculation.year

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, each with its grams, its scope and `kg_to_cover`."""
        return self.calculation.lines


def footprint_by_id(session: Session, footprint_id: UUID) -> Footprint:
    """Return a footprint, whoever owns it.

    Raises:
        FootprintNotFound: there is none of this id.
    """
    row = session.get(FootprintRow, footprint_id)
    if row is None:
        raise FootprintNotFound()
    return footprint_of(row, is_assisted=bool(assistants_of(session, SUBJECT_KIND, row.id)))


def own_footprints(owner_kind: str, owner_id: UUID) -> Select[FootprintRow]:
    """Return the statement for an owner's footprints."""
    return select(FootprintRow).where(FootprintRow.owner_kind == owner_kind, FootprintRow.owner_id == owner_id)


def footprints_of(session: Session, rows: Sequence[FootprintRow]) -> list[Footprint]:
    """Return rows as they are handed to others, in their order."""
    assisted = assistants_of_many(session, SUBJECT_KIND, [row.id for row in rows])
    return [footprint_of(row, is_assisted=row.id in assisted) for row in rows]


def footprint_of(row: FootprintRow, *, is_assisted: bool) -> Footprint:
    """Return a row as it is handed to others."""
    return Footprint(
        id=row.id,
        owner_kind=row.owner_kind,
        owner_id=row.owner_id,
        method=row.method,
        method_version=row.method_version,
        county=row.county,
        calculated_at=row.calculated_at,
        calculation=Calculation(row.year, tuple(line_from(each) for each in row.lines)),
        is_assisted=is_assisted,
    )


class FactorBook:
    """The factors in force on a day, each read when it is first asked for: a year needs about ten of two hundred."""

    def __init__(self, session: Session, *, on: date) -> None:
        self._session = session
        self._on = on
        self._found: dict[str, Factor | None] = {}

    def find(self, key: str) -> Factor | None:
        """Return the factor of this key, or None."""
        if key not in self._found:
            try:
                self._found[key] = factor_of(document_in_force(self._session, FACTOR_KIND, key, self._on))
            except DocumentMissing:
                self._found[key] = None
        return self._found[key]


def list_factors(session: Session, *, on: date) -> Sequence[Factor]:
    """Return every factor that is in force on a day, one version a key, in the order of the keys."""
    return sorted((factor_of(each) for each in documents_in_force(session, FACTOR_KIND, on)), key=lambda each: each.key)


def get_factor(session: Session, factor_id: UUID) -> Factor:
    """Return one version of a factor, in force or not.

    Raises:
        FactorNotFound: no factor has this id.
    """
    try:
        document = document_by_id(session, factor_id)
    except DocumentNotFound:
        raise FactorNotFound() from None
    if document.kind != FACTOR_KIND:
        raise FactorNotFound()
    return factor_of(document)


def factor_of(document: Document) -> Factor:
    """Return the factor that a document tells. What is MISSING has no number, whatever else the document says."""
    content = document.content
    has_value = content["value"] is not None and document.status is not Status.MISSING
    return Factor(
        id=document.id,
        key=document.name,
        version=document.version,
        title_zh=document.title_zh,
        title_en=document.title_en,
        value=Decimal(content["value"]) if has_value else None,
        unit=content["unit"],
        gas_scope=None if content["gas_scope"] is None else GasScope(content["gas_scope"]),
        region=content["region"],
        year_from=content["year_from"],
        year_to=content["year_to"],
        source=document.source,
        status=document.status,
        note=content["note"],
        effective_from=document.effective_from,
        computed_from=tuple(content.get("computed_from", ())),
    )
