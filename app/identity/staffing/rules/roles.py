"""Who may be what: the roles of the city and the scope each one needs, so that nobody acts for more than their office."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass


class Role(enum.StrEnum):
    """A part somebody plays. The value is what `requires()` and `x-roles` say."""

    RESIDENT = "resident"
    HOUSEHOLD_HEAD = "household_head"
    ORGANISATION_OWNER = "organisation_owner"
    ORGANISATION_MEMBER = "organisation_member"
    EVALUATOR = "evaluator"
    STATION = "station"
    MERCHANT = "merchant"
    SPONSOR = "sponsor"
    STAFF = "staff"  # Everybody with a staff account, whatever else they are.
    VERIFIER = "verifier"
    REGISTRAR = "registrar"
    ISSUER = "issuer"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SUPPORT = "support"
    ADMIN = "admin"


class AgencyKind(enum.StrEnum):
    """The kinds of business that an agency runs."""

    FORESTRY = "forestry"
    ECOLOGY = "ecology"
    OFFICE_AFFAIRS = "office-affairs"
    PARK = "park"


# These act on something that belongs to an agency and lies in a county.
SCOPED_ROLES = frozenset({Role.VERIFIER, Role.REGISTRAR, Role.ISSUER, Role.FINANCE})
GRANTABLE_ROLES = SCOPED_ROLES | {Role.AUDITOR, Role.SUPPORT, Role.ADMIN}

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_USERNAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class ScopeProblem:
    """Why a set of roles cannot be granted."""

    role: Role
    reason: str


def scope_problem(roles: Sequence[Role], *, has_agency: bool, counties: Sequence[str]) -> ScopeProblem | None:
    """Return the first thing wrong with granting these roles to one person, or None.

    An admin hands out roles and touches nothing of value; an auditor only reads. Either beside another role would undo that.
    """
    for role in roles:
        if role not in GRANTABLE_ROLES:
            return ScopeProblem(role=role, reason="not a role of staff")
        if role in SCOPED_ROLES and not has_agency:
            return ScopeProblem(role=role, reason="needs an agency")
        if role in SCOPED_ROLES and not counties:
            return ScopeProblem(role=role, reason="needs at least one county")
        if role == Role.ADMIN and set(roles) & SCOPED_ROLES:
            return ScopeProblem(role=role, reason="an admin holds no role that decides about claims, credits or money")
        if role == Role.AUDITOR and len(set(roles)) > 1:
            return ScopeProblem(role=role, reason="an auditor only reads and holds no other role")
    return None


def is_slug(text: str) -> bool:
    """Return whether a text can name an agency in an address and in a DID."""
    return len(text) <= 40 and _SLUG.fullmatch(text) is not None


def is_username(text: str) -> bool:
    """Return whether a text can be a staff member's name at sign-in."""
    return 3 <= len(text) <= 40 and _USERNAME.fullmatch(text) is not None
