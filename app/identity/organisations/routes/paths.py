"""What a path of organisations names, and who of its readers may look at it."""

from uuid import UUID

from app.foundation.data import MalformedId, parse_public_id, reading
from app.foundation.http import current_actor
from app.identity.organisations.directory import require_member
from app.identity.organisations.errors import (
    InvitationNotFound,
    OrganisationMemberNotFound,
    OrganisationNotFound,
    ProfileNotFound,
)
from app.identity.organisations.rules.kinds import PROFILED, MemberRole, OrganisationKind

NO_KEY_NEEDED = "The same request changes nothing the second time."


def organisation_of(text: str) -> UUID:
    """Return an organisation's id."""
    try:
        return parse_public_id("org", text)
    except MalformedId:
        raise OrganisationNotFound() from None


def member_of_path(text: str) -> UUID:
    """Return the id of a membership."""
    try:
        return parse_public_id("omb", text)
    except MalformedId:
        raise OrganisationMemberNotFound() from None


def invitation_of(text: str) -> UUID:
    """Return an invitation's id."""
    try:
        return parse_public_id("oiv", text)
    except MalformedId:
        raise InvitationNotFound() from None


def part_of(text: str) -> OrganisationKind:
    """Return a part that has facts."""
    if text not in PROFILED:
        raise ProfileNotFound()
    return OrganisationKind(text)


def owned(organisation_id: str, **_: str) -> None:
    """Pass for an owner of the organisation that a path names.

    Raises:
        OrganisationNotFound: there is none, or the caller is no owner of it.
    """
    with reading() as session:
        require_member(session, current_actor(), organisation_of(organisation_id), MemberRole.OWNER)
