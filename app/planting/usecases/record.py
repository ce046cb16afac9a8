"""Record a planting made offline, and change it while nobody has to decide about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.foundation.data import after_commit, insert_once, new_id, public_id, transaction
from app.foundation.http import check_version
from app.foundation.proof import Actor, content_sha256, logger, record
from app.identity import Purpose, note_assistance, require_consent
from app.places import Crs, DivisionKind, Position, cell_of, find_division, position_from, require_near_city
from app.planting import queries
from app.planting.catalogue import find_duty_form, find_species
from app.planting.changes import claim_changed
from app.planting.errors import (
    CapturedInFuture,
    CapturedTooLongAgo,
    ClientIdConflict,
    CountySettled,
    CountyUnknown,
    DutyFormUnknown,
    PlantingSettled,
    SpeciesUnknown,
    TooManyTrees,
)
from app.planting.models import PlantingClaim
from app.planting.rules.claims import (
    CAPTURED_AGE_MAX,
    CAPTURED_AHEAD_MAX,
    EDITABLE,
    CaptureFault,
    ClaimState,
    capture_fault,
    status_of,
)
from app.planting.rules.duplicates import CELL_RESOLUTION
from app.planting.subject import SUBJECT_KIND
from app.planting.usecases.reading import Planting, whole
from app.review import Case, lock_case

E7 = 10_000_000

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class SentPosition:
    """A position as an app sends it: whole 1e-7 degrees in one of the two systems."""

    lat_e7: int
    lon_e7: int
    crs: Crs

    def in_wgs84(self) -> Position:
        """Return the place.

        Raises:
            PositionOutsideCity: it cannot lie in Lishui.
        """
        position = position_from(self.lat_e7 / E7, self.lon_e7 / E7, self.crs)
        require_near_city(position)
        return position


@dataclass(frozen=True, slots=True)
class NewPlanting:
    """A planting as an app recorded it."""

    client_id: UUID
    species_code: str
    tree_count: int
    duty_form: str
    captured_at: datetime
    position: SentPosition
    county: str
    note: str | None

    def sha256(self) -> str:
        """Return what tells one content from another."""
        return content_sha256(
            {
                "species_code": self.species_code,
                "tree_count": self.tree_count,
                "duty_form": self.duty_form,
                "captured_at": self.captured_at.isoformat(),
                "position": [self.position.lat_e7, self.position.lon_e7, self.position.crs],
                "county": self.county,
                "note": self.note,
            }
        )


def record_planting(new: NewPlanting, *, person: Actor, trees_max: int, now: datetime) -> tuple[Planting, bool]:
    """Keep a planting as a draft, and return it with whether it is new: the same draft sent again gives the same claim.

    A repetition is recognised before anything is checked, or a draft that was in time would be refused the second time.

    Raises:
        ClientIdConflict: the `client_id` was used for another content.
        ConsentNeeded: the resident has not agreed to the keeping of places.
        CapturedTooLongAgo, CapturedInFuture, SpeciesUnknown, DutyFormUnknown, CountyUnknown, TooManyTrees: a member is
        refused. PositionOutOfRange, PositionOutsideCity: so is the position.
    """
    with transaction() as session:
        row = queries.find_by_client_id(session, person.id, new.client_id)
        is_new = row is None and _insert(session, new, person, trees_max, now)
        if row is None:
            row = queries.find_by_client_id(session, person.id, new.client_id)
        if row is None:
            raise AssertionError("a claim that was just inserted, or gave way to another, is there")
        if row.content_sha256 != new.sha256():
            raise ClientIdConflict(planting_id=public_id("plt", row.id))
        if is_new:
            note_assistance(session, person, SUBJECT_KIND, row.id)
            claim_changed(session, row)
            record(
                session,
                action="planting.claim_recorded",
                object_kind=SUBJECT_KIND,
                object_id=row.id,
                actor=person,
                after={"content_sha256": row.content_sha256},
            )
            after_commit(log.info, "planting.claim.recorded", claim_id=str(row.id), county=row.county)
        return whole(session, row), is_new


def _insert(session: Session, new: NewPlanting, person: Actor, trees_max: int, now: datetime) -> bool:
    require_consent(session, person.id, Purpose.LOCATION)
    fault = capture_fault(new.captured_at, received_at=now)
    if fault is CaptureFault.TOO_OLD:
        raise CapturedTooLongAgo(days_max=CAPTURED_AGE_MAX.days)
    if fault is CaptureFault.IN_FUTURE:
        raise CapturedInFuture(seconds_max=int(CAPTURED_AHEAD_MAX.total_seconds()))
    members = {
        "species_code": new.species_code,
        "tree_count": new.tree_count,
        "duty_form": new.duty_form,
        "county": new.county,
        "note": new.note,
        "position": new.position,
    }
    return insert_once(
        session,
        PlantingClaim,
        id=new_id(),
        person_id=person.id,
        client_id=new.client_id,
        captured_at=new.captured_at,
        received_at=now,
        state=ClaimState.DRAFT,
        submitted_at=None,
        content_sha256=new.sha256(),
        version=1,
        **_columns(members, trees_max=trees_max),
    )


def change_planting(
    claim_id: UUID, change: Mapping[str, Any], *, person: Actor, trees_max: int, seen: Callable[[int], bool]
) -> Planting:
    """Correct a draft, or a claim for which more was asked.

    What the device measured by itself, `captured_at`, stays: it decides which rules and caps hold.

    Args:
        change: the members to change, by name; `position` as a `SentPosition`.
        seen: tells whether the resident has seen a version.

    Raises:
        PlantingNotFound: no such claim of this resident.
        VersionStale: it has changed since it was read.
        PlantingSettled: it is in review, decided or withdrawn.
        CountySettled: the bureau of the county has its case.
        ConsentNeeded: another place is sent, and the resident has not agreed to the keeping of places.
        SpeciesUnknown, DutyFormUnknown, CountyUnknown, TooManyTrees, PositionOutOfRange, PositionOutsideCity.
    """
    with transaction() as session:
        queries.get_own(session, claim_id, person_id=person.id)
        case = lock_case(session, SUBJECT_KIND, claim_id)
        claim = queries.lock_claim(session, claim_id)
        before = whole(session, claim)
        check_version(seen, before.version)
        require_editable(claim, case)
        if case is not None and change.get("county", claim.county) != claim.county:
            raise CountySettled
        if "position" in change:
            require_consent(session, person.id, Purpose.LOCATION)
        for name, value in _columns(change, trees_max=trees_max).items():
            setattr(claim, name, value)
        claim.version += 1
        note_assistance(session, person, SUBJECT_KIND, claim.id)
        session.flush()
        claim_changed(session, claim)
        after = whole(session, claim)
        record(
            session,
            action="planting.claim_changed",
            object_kind=SUBJECT_KIND,
            object_id=claim.id,
            actor=person,
            before=before.content(),
            after=after.content(),
        )
        after_commit(log.info, "planting.claim.changed", claim_id=str(claim.id))
        return after


def require_editable(claim: PlantingClaim, case: Case | None) -> None:
    """Refuse to touch a claim that is in review, decided or withdrawn.

    Raises:
        PlantingSettled: says where it stands.
    """
    status = status_of(claim.state, case.state if case is not None else None)
    if status not in EDITABLE:
        raise PlantingSettled(planting_status=str(status))


def _columns(members: Mapping[str, Any], *, trees_max: int) -> dict[str, Any]:
    """Return what members of a body are in the table, checked against what the city knows."""
    columns = {name: value for name, value in members.items() if name != "position"}
    if "species_code" in columns and find_species(columns["species_code"]) is None:
        raise SpeciesUnknown
    if "duty_form" in columns and find_duty_form(columns["duty_form"]) is None:
        raise DutyFormUnknown
    if columns.get("tree_count", 1) > trees_max:
        raise TooManyTrees(tree_count_max=trees_max)
    if "county" in columns and not _is_county(columns["county"]):
        raise CountyUnknown
    sent: SentPosition | None = members.get("position")
    if sent is None:
        return columns
    place = sent.in_wgs84()
    position = {"lat_e7": place.lat_e7, "lon_e7": place.lon_e7, "crs": sent.crs}
    return {**columns, **position, "cell": cell_of(place, CELL_RESOLUTION)}


def _is_county(code: str) -> bool:
    division = find_division(code)
    return division is not None and division.kind is DivisionKind.COUNTY
