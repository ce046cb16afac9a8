"""Shapes of agencies, staff, their roles, deputies and enrolment."""

from typing import Any

from marshmallow import fields, post_load

from app.foundation.http import (
    Choice,
    Day,
    Instant,
    Many,
    Nested,
    PageQuery,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)
from app.identity.staffing.rules.passwords import LENGTH_MAX
from app.identity.staffing.rules.roles import AgencyKind, Role
from app.identity.staffing.usecases import agency_proposals, enrolment
from app.identity.staffing.usecases.accounts import NewAccount
from app.identity.staffing.usecases.agency_proposals import NewAgency
from app.identity.staffing.usecases.deputies import NewDeputy
from app.identity.staffing.usecases.granting import NewRole
from app.identity.staffing.usecases.leaving import Leave
from app.identity.staffing.usecases.reading import AgencyFilter, Held, StaffFilter, StaffState

_COUNTY = r"[0-9]{6}"
_REACH = r"[0-9]{6}|\*"
REASON_MAX = 500


def _counties() -> Many:
    return Many(
        Text(max=6, pattern=_REACH),
        max=20,
        load_default=list,
        metadata={"description": "At a city's agency: six digits each, or `*` for all; else left out."},
    )


class AgencyQuerySchema(PageQuerySchema):
    """The filters of the list of agencies."""

    kind = Choice(AgencyKind, load_default=None)
    county = Text(max=6, pattern=_COUNTY, load_default=None, metadata={"example": "331102"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> tuple[AgencyFilter, PageQuery]:
        """Return filter and page apart."""
        return AgencyFilter(kind=data["kind"], county=data["county"]), PageQuery(data["limit"], data["cursor"])


class AgencySchema(Schema):
    """An office that decides about something."""

    id = PrefixedId("agy", required=True)
    slug = fields.String(required=True)
    kind = Choice(AgencyKind, required=True)
    county = fields.String(
        required=True, allow_none=True, attribute="county_code", metadata={"description": "Null: the whole city's."}
    )
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class NewAgencySchema(Schema):
    """An agency to open."""

    slug = Text(max=40, required=True)
    kind = Choice(AgencyKind, required=True)
    county = Text(max=6, pattern=_COUNTY, load_default=None)
    name_zh = Text(max=60, required=True)
    name_en = Text(max=120, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> agency_proposals.NewAgency:
        """Return the typed input."""
        return NewAgency(**data)


class AgencyNamesSchema(Schema):
    """Other names for an agency."""

    name_zh = Text(max=60, required=True)
    name_en = Text(max=120, required=True)


class StaffQuerySchema(PageQuerySchema):
    """The filters of the list of staff."""

    agency_id = PrefixedId("agy", load_default=None)
    role = Choice(Role, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> tuple[StaffFilter, PageQuery]:
        """Return filter and page apart."""
        wanted = StaffFilter(agency_id=data["agency_id"], role=data["role"])
        return wanted, PageQuery(data["limit"], data["cursor"])


class StaffRoleSchema(Schema):
    """A role of somebody."""

    id = PrefixedId("rol", required=True)
    role = Choice(Role, required=True)
    agency_id = PrefixedId("agy", required=True, allow_none=True)
    counties = Many(fields.String(), max=20, required=True)
    held = Choice(Held, required=True)
    held_from = Instant(required=True)
    held_until = Instant(required=True, allow_none=True)
    granted_by = PrefixedId("stf", required=True, allow_none=True)
    deputy_for_id = PrefixedId("stf", required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)


class StaffLineSchema(Schema):
    """A member of staff."""

    id = PrefixedId("stf", required=True)
    username = fields.String(required=True, allow_none=True)
    display_name = fields.String(required=True, allow_none=True)
    state = Choice(StaffState, required=True)
    agency_id = PrefixedId("agy", required=True, allow_none=True)
    created_at = Instant(required=True)
    roles = Many(Nested(StaffRoleSchema), max=1_000, required=True)


class DeputyshipSchema(Schema):
    """A time as a deputy."""

    id = PrefixedId("dpy", required=True)
    deputy_id = PrefixedId("stf", required=True)
    deputy_name = fields.String(required=True, allow_none=True)
    for_staff_id = PrefixedId("stf", required=True)
    for_staff_name = fields.String(required=True, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    reason = fields.String(required=True)


class StaffFileSchema(StaffLineSchema):
    """A member of staff with every role, now, later and before."""

    deputyships = Many(Nested(DeputyshipSchema), max=1_000, required=True)
    last_day = Day(required=True, allow_none=True)
    successor_id = PrefixedId("stf", required=True, allow_none=True)


class NewAccountSchema(Schema):
    """An account to propose."""

    username = Text(max=40, required=True)
    display_name = Text(max=40, required=True)
    agency_id = PrefixedId("agy", load_default=None)
    roles = Many(Choice(Role), min=1, max=6, required=True)
    counties = _counties()

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewAccount:
        """Return the typed input."""
        return NewAccount(**{**data, "roles": tuple(data["roles"]), "counties": tuple(data["counties"])})


class NewRoleSchema(Schema):
    """A role to propose."""

    role = Choice(Role, required=True)
    agency_id = PrefixedId("agy", load_default=None)
    counties = _counties()
    starts_at = Instant(data_key="from", load_default=None)
    ends_at = Instant(data_key="until", load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewRole:
        """Return the typed input."""
        return NewRole(**{**data, "counties": tuple(data["counties"])})


class RoleEndSchema(Schema):
    """Why a role is taken away."""

    reason = Text(max=REASON_MAX, lines=True, required=True)


class NewDeputySchema(Schema):
    """A deputy to propose."""

    deputy_id = PrefixedId("stf", required=True)
    roles = Many(Choice(Role), max=6, load_default=list, metadata={"description": "None: all that the person holds."})
    starts_at = Instant(data_key="from", load_default=None)
    ends_at = Instant(data_key="until", required=True)
    reason = Text(max=REASON_MAX, lines=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewDeputy:
        """Return the typed input."""
        return NewDeputy(**{**data, "roles": tuple(data["roles"])})


class WorkItemSchema(Schema):
    """Something that somebody has taken and not finished."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    agency_id = PrefixedId("agy", required=True, allow_none=True)
    county = fields.String(required=True, allow_none=True)
    due_at = Instant(required=True, allow_none=True)


class OpenWorkSchema(Schema):
    """All that somebody has open."""

    items = Many(Nested(WorkItemSchema), max=10_000, required=True)


class LeaveSchema(Schema):
    """That somebody leaves, and who takes over."""

    hand_over_to = PrefixedId("stf", load_default=None, allow_none=True)
    last_day = Day(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Leave:
        """Return the typed input."""
        return Leave(**data)


class LeftSchema(Schema):
    """What became of the open work."""

    staff_id = PrefixedId("stf", required=True)
    last_day = Day(required=True)
    successor_id = PrefixedId("stf", required=True, allow_none=True)
    handed_over = WholeNumber(min=0, required=True)
    returned = WholeNumber(min=0, required=True)


class EnrolmentCodeSchema(Schema):
    """A code to hand over in person; it is shown once."""

    code = fields.String(required=True)
    expires_at = Instant(required=True)


class EnrolmentChoiceSchema(Schema):
    """The code from an admin, the name at sign-in, and the password that the new holder chooses."""

    code = Text(max=60, required=True)
    username = Text(max=40, required=True)
    password = Text(max=LENGTH_MAX, required=True, metadata={"format": "password"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> enrolment.Choice:
        """Return the typed input."""
        return enrolment.Choice(**data)


class SecondFactorSchema(Schema):
    """The address that an authenticator app reads; it is shown once."""

    totp_uri = fields.String(required=True)


class EnrolmentConfirmationSchema(Schema):
    """The same code, and a one-time code of the new second factor."""

    code = Text(max=60, required=True)
    totp = Text(max=6, pattern=r"[0-9]{6}", required=True)


class EnrolledSchema(Schema):
    """The account that is live now."""

    id = PrefixedId("stf", required=True)
    username = fields.String(required=True)


class PasswordChangeSchema(Schema):
    """The old password, the new one, and a one-time code."""

    old = Text(max=LENGTH_MAX, required=True, metadata={"format": "password"})
    new = Text(max=LENGTH_MAX, required=True, metadata={"format": "password"})
    totp = Text(max=6, pattern=r"[0-9]{6}", required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> enrolment.PasswordChange:
        """Return the typed input."""
        return enrolment.PasswordChange(**data)
