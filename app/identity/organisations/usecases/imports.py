"""An agency enters the organisations of its own registers from a table: all lines or none, each found again by its code."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.foundation.data import clock, new_id, transaction
from app.foundation.http import is_plain
from app.foundation.proof import Actor
from app.identity.organisations import queries
from app.identity.organisations.errors import ImportUnreadable, NoAgencyInCharge
from app.identity.organisations.models import OrganisationRow
from app.identity.organisations.rules.facts import fault_in
from app.identity.organisations.rules.import_rows import Fault, ImportAct, ImportKind, ImportRow, read_rows
from app.identity.organisations.rules.kinds import OrganisationKind, whole_kinds
from app.identity.organisations.rules.states import OrganisationState, is_abandoned
from app.identity.organisations.rules.uscc import is_uscc, normal_uscc
from app.identity.organisations.schemas.profiles import FACTS_SCHEMA, spelled_facts
from app.identity.organisations.usecases.check import write_import
from app.identity.organisations.usecases.moves import agency_in_charge, facts_of, note, values
from app.identity.organisations.usecases.profiles import add_profile, county_codes, put_in_force
from app.identity.organisations.usecases.sign_up import let_go
from app.identity.staffing.rules.roles import Role

NAME_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImport:
    """A table, and whether it is only to be looked at."""

    kind: ImportKind
    csv: str
    dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLine:
    """What becomes of a line."""

    number: int
    uscc: str | None
    act: ImportAct
    organisation_id: UUID | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import does, or has done."""

    kind: ImportKind
    dry_run: bool
    applied: bool
    lines: tuple[ImportedLine, ...]


class _NotApplied(Exception):
    """Carries a report out of the transaction that must leave nothing behind."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


def import_organisations(new: NewImport, *, staff: Actor, now: datetime) -> ImportReport:
    """Enter or bring up to date what a table says, if every line of it can be used; the report tells of each.

    What an agency enters from its own register is verified by that: its facts are in force at once, and it has no owner until the
    agency invites one.

    Raises:
        ImportUnreadable: it is no table with the columns of its kind.
    """
    rows = read_rows(new.kind, new.csv)
    if rows is None:
        raise ImportUnreadable()
    try:
        with transaction() as session:
            seen: set[str] = set()
            lines = tuple(_enter(session, new.kind, row, seen, staff=staff, now=now) for row in rows)
            is_good = all(line.act is not ImportAct.REFUSED for line in lines)
            report = ImportReport(kind=new.kind, dry_run=new.dry_run, applied=is_good and not new.dry_run, lines=lines)
            if not report.applied:
                raise _NotApplied(replace(report, lines=tuple(map(_undone, lines))))
    except _NotApplied as carried:
        return carried.report
    return report


def _enter(
    session: Session, kind: ImportKind, line: ImportRow, seen: set[str], *, staff: Actor, now: datetime
) -> ImportedLine:
    code = normal_uscc(line.uscc)
    agency_id, faults = _agency_for(session, kind, line, staff)
    facts, more = _facts(kind, line, now=now)
    faults = [*line.faults, *faults, *more]
    if not line.faults:
        faults += _faults_of_itself(line, code, seen)
    seen.add(code)
    if faults or agency_id is None:
        return _refused(line, faults)
    row = queries.lock_holder_of_code(session, code)
    if row is not None and is_abandoned(row.state, row.touched_at, now):
        let_go(session, row, now=now)
        row = None
    if row is None:
        row, act = _create(session, kind, line, code, agency_id, staff=staff, now=now), ImportAct.CREATE
    elif row.state is not OrganisationState.VERIFIED or row.proposed is not None:
        return _refused(line, [Fault("uscc", "decide_first")])
    elif (row.county_code, row.agency_id) != (line.county_code, agency_id):
        return _refused(line, [Fault("county_code", "of_another_agency")])
    else:
        act = ImportAct.UPDATE
    is_changed = _bring_up_to_date(session, kind, row, line, facts, agency_id, staff=staff, now=now)
    if act is ImportAct.UPDATE and not is_changed:
        act = ImportAct.UNCHANGED
    return ImportedLine(number=line.number, uscc=code, act=act, organisation_id=row.id, faults=())


def _faults_of_itself(line: ImportRow, code: str, seen: set[str]) -> list[Fault]:
    faults = []
    if not is_uscc(code):
        faults.append(Fault("uscc", "not_uscc"))
    if code in seen:
        faults.append(Fault("uscc", "repeated"))
    if not (0 < len(line.name) <= NAME_MAX and is_plain(line.name)):
        faults.append(Fault("name", "bad_length"))
    return faults


def _agency_for(session: Session, kind: ImportKind, line: ImportRow, staff: Actor) -> tuple[UUID | None, list[Fault]]:
    """Return the agency in charge of a line, for which the caller must verify."""
    if line.faults:
        return None, []
    if line.county_code not in county_codes():
        return None, [Fault("county_code", "not_county")]
    try:
        agency = agency_in_charge(session, kind.part, line.county_code)
    except NoAgencyInCharge:
        return None, [Fault("county_code", "no_agency")]
    if not staff.may(Role.VERIFIER, agency_id=agency.id, county=line.county_code):
        return None, [Fault("county_code", "of_another_agency")]
    return agency.id, []


def _facts(kind: ImportKind, line: ImportRow, *, now: datetime) -> tuple[dict[str, Any], list[Fault]]:
    """Return a line's facts as the API would keep them, or what is wrong with them."""
    if line.faults:
        return {}, []
    try:
        facts = spelled_facts(kind.part, FACTS_SCHEMA[kind.part]().load(line.facts))
    except ValidationError as error:
        return {}, [Fault(str(member), "invalid") for member in sorted(error.messages_dict)]
    pointer = fault_in(kind.part, facts, counties=county_codes(), today=clock.civil_day(now))
    return facts, [] if pointer is None else [Fault(pointer.split("/")[1], "does_not_fit")]


def _create(
    session: Session, kind: ImportKind, line: ImportRow, code: str, agency_id: UUID, *, staff: Actor, now: datetime
) -> OrganisationRow:
    row = OrganisationRow(
        id=new_id(),
        name=line.name,
        uscc=code,
        county_code=line.county_code,
        kinds=[kind.part.value],
        state=OrganisationState.VERIFIED,
        agency_id=agency_id,
        proposed=None,
        proposed_at=None,
        touched_at=now,
        created_at=now,
        created_by=None,
        entered_by=staff.id,
        verified_at=now,
        version=1,
    )
    session.add(row)
    session.flush()
    return row


def _bring_up_to_date(
    session: Session,
    kind: ImportKind,
    row: OrganisationRow,
    line: ImportRow,
    facts: dict[str, Any],
    agency_id: UUID,
    *,
    staff: Actor,
    now: datetime,
) -> bool:
    """Let a line's name and facts hold, and return whether that changes anything."""
    profile = queries.profiles_of(session, row.id).get(kind.part)
    is_same = profile is not None and profile.facts == facts and row.name == line.name and kind.part in row.kinds
    if is_same:
        return False
    before = facts_of(row)
    row.name, row.touched_at = line.name, now
    row.kinds = values(whole_kinds([*map(OrganisationKind, row.kinds), kind.part]))
    row.version += 1
    if profile is None:
        profile = add_profile(session, row, kind.part, agency_id)
    queries.end_waiting(session, row.id, kind.part)  # The register is newer than what an owner has proposed.
    put_in_force(session, profile, facts, now=now)
    write_import(session, row, kind.part, agency_id, staff=staff, now=now)
    note(session, row, "imported", actor=staff, before=before, after=facts_of(row))
    return True


def _undone(line: ImportedLine) -> ImportedLine:
    """Return a line of a table that was not applied: what would have been created is not there."""
    return replace(line, organisation_id=None) if line.act is ImportAct.CREATE else line


def _refused(line: ImportRow, faults: list[Fault]) -> ImportedLine:
    return ImportedLine(
        number=line.number,
        uscc=normal_uscc(line.uscc) or None,
        act=ImportAct.REFUSED,
        organisation_id=None,
        faults=tuple(faults),
    )
