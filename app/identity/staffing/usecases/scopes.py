"""Where a role reaches: an agency, and which of its counties."""

from collections.abc import Sequence

from app.foundation.proof import EVERY_COUNTY
from app.identity.staffing.errors import CannotDo
from app.identity.staffing.models import AgencyRow
from app.identity.staffing.usecases.agencies import is_county


def reach_of(agency: AgencyRow | None, counties: Sequence[str]) -> list[str]:
    """Return the counties a role reaches: the agency's own, those asked for at a city agency, or all of them by `*`.

    Raises:
        CannotDo: a code is none of the city's counties, or not of this agency.
    """
    wanted = sorted(set(counties))
    for county in wanted:
        if county != EVERY_COUNTY and not is_county(county):
            raise CannotDo(f"{county} is none of the city's counties")
    if agency is not None and agency.county_code is not None:
        if wanted and wanted != [agency.county_code]:
            raise CannotDo(f"{agency.slug} works in {agency.county_code} only")
        return [agency.county_code]
    return wanted
