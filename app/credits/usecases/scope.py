"""For which agency and county a registrar proposes something."""

from uuid import UUID

from app.credits.errors import AgencyAmbiguous, CountyNotYours, CountyUnknown
from app.credits.queries import Project
from app.foundation.proof import EVERY_COUNTY, Actor
from app.identity import Role
from app.places import DivisionKind, find_division


def agency_of(proposer: Actor, *, county: str, agency_id: UUID | None) -> UUID:
    """Return the agency in whose name a registrar acts in a county: the one named, or the only one they act for there.

    Raises:
        CountyUnknown: the code is no county's.
        CountyNotYours: the caller is no registrar there, or not of the agency named.
        AgencyAmbiguous: of several, and none was named.
    """
    division = find_division(county)
    if division is None or division.kind is not DivisionKind.COUNTY:
        raise CountyUnknown()
    reach = {
        grant.agency_id
        for grant in proposer.grants
        if grant.role == Role.REGISTRAR
        and grant.agency_id is not None
        and (county in grant.counties or EVERY_COUNTY in grant.counties)
    }
    if agency_id is not None:
        reach &= {agency_id}
    if not reach:
        raise CountyNotYours()
    if len(reach) > 1:
        raise AgencyAmbiguous()
    return reach.pop()


def runs(actor: Actor, project: Project) -> bool:
    """Return whether somebody is a registrar of the agency and county of a project."""
    return actor.may(Role.REGISTRAR, agency_id=project.agency_id, county=project.county)
