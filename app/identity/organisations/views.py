"""Organisations as their schemas write them."""

from typing import Any

from app.identity.organisations.models import OrganisationCheckRow, OrganisationProfileRow
from app.identity.organisations.rules.kinds import OrganisationKind
from app.identity.organisations.schemas.profiles import FACTS_SCHEMA
from app.identity.organisations.usecases.invitations import Invitation, MadeInvitation
from app.identity.organisations.usecases.reading import ListedPart, Membership, OrganisationFile, QueueLine


def organisation_view(file: OrganisationFile) -> dict[str, Any]:
    """Return an organisation without its documents."""
    row = file.row
    return {
        "id": row.id,
        "name": row.name,
        "uscc": row.uscc,
        "county_code": row.county_code,
        "kinds": [OrganisationKind(kind) for kind in row.kinds],
        "state": row.state,
        "my_role": file.my_role,
        "agency": file.agency,
        "contact": file.contact,
        "proposed": {**row.proposed, "proposed_at": row.proposed_at} if row.proposed is not None else None,
        "profiles": [_profile_view(each) for each in file.profiles],
        "waiting": list(file.waiting),
        "checks": [_check_view(each) for each in file.checks],
        "created_at": row.created_at,
        "verified_at": row.verified_at,
    }


def file_view(file: OrganisationFile) -> dict[str, Any]:
    """Return an organisation with its documents."""
    return {**organisation_view(file), "documents": list(file.documents)}


def line_view(membership: Membership) -> dict[str, Any]:
    """Return an organisation in the list of one's own."""
    organisation = membership.organisation
    return {
        "id": organisation.id,
        "name": organisation.name,
        "state": organisation.state,
        "kinds": list(organisation.kinds),
        "my_role": membership.role,
        "joined_at": membership.joined_at,
    }


def queue_view(line: QueueLine) -> dict[str, Any]:
    """Return something that waits."""
    organisation = line.organisation
    return {
        "organisation_id": organisation.id,
        "name": organisation.name,
        "uscc": organisation.uscc,
        "county_code": organisation.county_code,
        "about": line.about,
        "is_change": line.is_change,
        "since": line.since,
    }


def listed_view(part: ListedPart) -> dict[str, Any]:
    """Return a part of an organisation as strangers see it."""
    organisation = part.organisation
    facts: dict[str, Any] = FACTS_SCHEMA[part.kind]().load(part.facts)  # As they are kept, they are spelled already.
    named = {
        "id": organisation.id,
        "name": organisation.name,
        "uscc": organisation.uscc,
        "county_code": organisation.county_code,
    }
    return {**facts, **named}


def made_view(made: MadeInvitation) -> dict[str, Any]:
    """Return a new invitation with its code."""
    return {**invitation_view(made), "organisation_id": made.organisation_id, "code": made.code}


def invitation_view(invitation: Invitation) -> dict[str, Any]:
    """Return an invitation without its code."""
    return {
        "id": invitation.id,
        "role": invitation.role,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }


def _profile_view(row: OrganisationProfileRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "facts": row.facts,
        "listed_at": row.listed_at,
        "proposed": row.proposed,
        "proposed_at": row.proposed_at,
    }


def _check_view(row: OrganisationCheckRow) -> dict[str, Any]:
    return {"about": row.about, "act": row.act, "reason": row.reason, "checked_at": row.checked_at}
