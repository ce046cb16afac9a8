"""Who acts: the one who is let in, written into the audit row, and scoped to an agency and counties."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

EVERY_COUNTY = "*"


class ActorKind(StrEnum):
    """The three kinds of actors."""

    RESIDENT = "resident"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody holds, in which agency and for which counties (`EVERY_COUNTY` for a city-wide agency)."""

    role: str
    agency_id: UUID | None = None
    counties: tuple[str, ...] = ()
    deputy_for: UUID | None = None  # The colleague in whose place it is held for a time.

    def covers(self, *, agency_id: UUID, county: str) -> bool:
        """Return whether the grant reaches a thing of this agency in this county."""
        return self.agency_id == agency_id and (county in self.counties or EVERY_COUNTY in self.counties)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who is signed in, or the system itself.

    Holding a role says what one may do; `may` says to which things. Roles of residents carry no scope.
    """

    id: UUID
    kind: ActorKind
    roles: frozenset[str]
    session_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    assisted_by: UUID | None = None  # The member of staff who enters for a resident at a desk.

    def roles_on_record(self) -> list[str]:
        """Return the roles as the audit writes them, sorted: one held in a colleague's place names the colleague too."""
        as_deputy = {f"{grant.role} for {grant.deputy_for}" for grant in self.grants if grant.deputy_for is not None}
        return sorted(self.roles | as_deputy)

    def may(self, role: str, *, agency_id: UUID, county: str) -> bool:
        """Return whether the actor holds `role` for this agency and this county."""
        return any(grant.role == role and grant.covers(agency_id=agency_id, county=county) for grant in self.grants)


# What the worker and the commands do carries this name in the audit.
SYSTEM = Actor(id=UUID(int=0), kind=ActorKind.SYSTEM, roles=frozenset({"system"}))
