"""What an organisation can be in the city, and who acts for it."""

from collections.abc import Iterable
from enum import StrEnum

from app.identity.staffing.rules.roles import AgencyKind, Role


class OrganisationKind(StrEnum):
    """A part that an organisation plays. Every one but `general` has facts of its own, which an agency checks."""

    GENERAL = "general"
    EVALUATOR = "evaluator"  # A technical body that evaluates events, offices and places.
    STATION = "station"  # Takes in injured wild animals.
    MERCHANT = "merchant"
    SPONSOR = "sponsor"
    PROJECT_OWNER = "project_owner"


class MemberRole(StrEnum):
    """What a member may do: an owner speaks for the organisation, a member acts in its name."""

    OWNER = "owner"
    MEMBER = "member"


class MembershipEnd(StrEnum):
    """Why somebody is a member no longer."""

    LEFT = "left"
    REMOVED = "removed"


class SpeciesGroup(StrEnum):
    """Animals that are kept and treated alike; a station says which it takes."""

    SMALL_MAMMAL = "small_mammal"
    LARGE_MAMMAL = "large_mammal"  # Serow, deer, boar, bear.
    PRIMATE = "primate"
    BIRD = "bird"
    RAPTOR = "raptor"  # Owls among them.
    WATERBIRD = "waterbird"
    SNAKE = "snake"
    OTHER_REPTILE = "other_reptile"
    AMPHIBIAN = "amphibian"
    FISH = "fish"


# Product choice, to be confirmed by the city: who checks whom. Technical bodies belong to ecology and environment, which keeps
# emission figures; all the rest, merchants and sponsors included, to forestry, which runs the programme and takes in animals.
AGENCY_KIND_OF: dict[OrganisationKind, AgencyKind] = {
    OrganisationKind.STATION: AgencyKind.FORESTRY,
    OrganisationKind.PROJECT_OWNER: AgencyKind.FORESTRY,
    OrganisationKind.EVALUATOR: AgencyKind.ECOLOGY,
    OrganisationKind.MERCHANT: AgencyKind.FORESTRY,
    OrganisationKind.SPONSOR: AgencyKind.FORESTRY,
    OrganisationKind.GENERAL: AgencyKind.FORESTRY,
}
# The kinds whose facts an agency checks and whose role its people hold.
ROLE_OF: dict[OrganisationKind, Role] = {
    OrganisationKind.EVALUATOR: Role.EVALUATOR,
    OrganisationKind.STATION: Role.STATION,
    OrganisationKind.MERCHANT: Role.MERCHANT,
    OrganisationKind.SPONSOR: Role.SPONSOR,
}
ROLE_OF_MEMBER: dict[MemberRole, Role] = {
    MemberRole.OWNER: Role.ORGANISATION_OWNER,
    MemberRole.MEMBER: Role.ORGANISATION_MEMBER,
}
PROFILED = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.GENERAL)


def leading_kind(kinds: Iterable[OrganisationKind]) -> OrganisationKind:
    """Return the kind whose agency checks the organisation itself: of several, the first of the table above.

    >>> leading_kind([OrganisationKind.MERCHANT, OrganisationKind.EVALUATOR]).value
    'evaluator'
    """
    held = set(kinds)
    return next(kind for kind in AGENCY_KIND_OF if kind in held)


def whole_kinds(kinds: Iterable[OrganisationKind]) -> list[OrganisationKind]:
    """Return kinds once each, in the order in which they are declared."""
    held = set(kinds)
    return [kind for kind in OrganisationKind if kind in held]
