"""Identity: residents, households, organisations, staff and agencies: how they sign in, and what each may do where.

Here too: to what residents have agreed, who answers for a child, and the copy and the erasure of what is kept of somebody.

Everybody else learns from here who acts; nobody else sees a code, a password or a token.
"""

from datetime import timedelta

from flask import Flask

from app.approvals import ProposalKind
from app.approvals import kinds as proposal_kinds
from app.foundation.http import add_operations
from app.foundation.http import authenticate as authenticate_hook
from app.foundation.work import schedule
from app.identity.consents import routes as consent_routes
from app.identity.consents.directory import has_consent, require_consent
from app.identity.consents.errors import ConsentNeeded
from app.identity.consents.events import CONSENT_GIVEN, CONSENT_WITHDRAWN
from app.identity.consents.purposes import Purpose
from app.identity.entrance import routes as entrance_routes
from app.identity.entrance.devices import device_of_session, devices_signed_in
from app.identity.entrance.errors import CredentialsRefused, SignInDelayed
from app.identity.entrance.outside import routes as outside_routes
from app.identity.entrance.providers import register_providers
from app.identity.entrance.tokens import register_tokens
from app.identity.entrance.usecases.codes import CodeRequest
from app.identity.entrance.usecases.opening import Device, SignedIn
from app.identity.entrance.usecases.refresh import refresh_session
from app.identity.entrance.usecases.sessions import authenticate, sign_out
from app.identity.entrance.usecases.staff_sign_in import Credentials, sign_in_staff
from app.identity.entrance.usecases.sweep import SWEPT_EVERY, sweep
from app.identity.households import routes as household_routes
from app.identity.households.changes import tell_who_left
from app.identity.households.queries import heads_any, household_of
from app.identity.households.rules import MemberInterval, spans_within
from app.identity.households.usecases.figures import HouseholdFigure, household_figures
from app.identity.households.usecases.invitations import forget_invitations
from app.identity.organisations import routes as organisation_routes
from app.identity.organisations.directory import (
    Organisation,
    member_of,
    organisation_by_id,
    organisations_by_ids,
    require_member,
    require_verified_member,
)
from app.identity.organisations.documents import (
    OrganisationDocument,
    OrganisationDocuments,
    organisation_documents,
)
from app.identity.organisations.errors import OrganisationNotFound
from app.identity.organisations.owners import owners_of
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind, SpeciesGroup
from app.identity.organisations.rules.states import CheckAct, CheckVerdict, OrganisationState
from app.identity.organisations.usecases.check import NewCheck, check_organisation, check_profile
from app.identity.organisations.usecases.check import reinstate as reinstate_organisation
from app.identity.organisations.usecases.check import suspend as suspend_organisation
from app.identity.organisations.usecases.reading import list_queue as organisations_to_check
from app.identity.organisations.usecases.reading import show as show_organisation
from app.identity.people import routes as people_routes
from app.identity.people.contact import language_of, phone_of
from app.identity.people.desk import recovery
from app.identity.people.desk import routes as desk_routes
from app.identity.people.desk.assisting import assistants_of, assistants_of_many, has_assisted, note_assistance
from app.identity.people.directory import Person, people_by_ids, person_by_id
from app.identity.people.family import linking
from app.identity.people.family import routes as family_routes
from app.identity.people.family.consent_age import (
    acts_for,
    birth_date_of,
    guardian_of,
    is_under_14,
    require_guardian,
)
from app.identity.people.family.errors import GuardianNeeded
from app.identity.people.rules.masking import masked_name, masked_phone
from app.identity.rights.parts import NOT_YET, Blocked, Erasure, Held, Kept, PersonData, Progress, person_data
from app.identity.rights.queries import forgotten_people
from app.identity.rights.registering import register_rights
from app.identity.rights.rows import copies, delete_all, delete_some
from app.identity.rights.rules import Law, kept_until
from app.identity.settings import UnsafeSettings, refuse_unsafe
from app.identity.staffing import password_hashes
from app.identity.staffing.directory import (
    Agency,
    Staff,
    agencies_by_ids,
    agency_by_id,
    agency_for,
    can_hold,
    count_as_one,
    deputy_of,
    staff_by_ids,
)
from app.identity.staffing.errors import CannotDo, StaffNotFound
from app.identity.staffing.open_work import OpenWork, WorkItem, open_work
from app.identity.staffing.registering import register_staffing
from app.identity.staffing.rules.roles import GRANTABLE_ROLES, AgencyKind, Role
from app.identity.staffing.usecases.accounts import NewAccount, propose_account, propose_reset
from app.identity.staffing.usecases.agencies import create_agency, make_issuer
from app.identity.staffing.usecases.enrolment import EnrolmentCode
from app.identity.staffing.usecases.enrolment import make_code as make_enrolment_code
from app.identity.staffing.usecases.granting import NewRole, end_role, propose_role
from app.identity.staffing.usecases.leaving import Leave
from app.identity.staffing.usecases.leaving import leave as leave_staff
from app.identity.staffing.usecases.leaving import list_open_work as open_work_of
from app.identity.staffing.usecases.reading import (
    AgencyFilter,
    StaffFilter,
    StaffState,
    get_staff,
    list_agencies,
    list_staff,
)
from app.identity.staffing.usecases.staff import Enrolment, NewStaff, create_staff
from app.identity.synced import register_synced

__all__ = [
    "CONSENT_GIVEN",
    "CONSENT_WITHDRAWN",
    "GRANTABLE_ROLES",
    "NOT_YET",
    "Agency",
    "AgencyFilter",
    "AgencyKind",
    "Blocked",
    "CannotDo",
    "CheckAct",
    "CheckVerdict",
    "CodeRequest",
    "ConsentNeeded",
    "Credentials",
    "CredentialsRefused",
    "Device",
    "Enrolment",
    "EnrolmentCode",
    "Erasure",
    "GuardianNeeded",
    "Held",
    "HouseholdFigure",
    "Kept",
    "Law",
    "Leave",
    "MemberInterval",
    "MemberRole",
    "NewAccount",
    "NewCheck",
    "NewRole",
    "NewStaff",
    "OpenWork",
    "Organisation",
    "OrganisationDocument",
    "OrganisationDocuments",
    "OrganisationKind",
    "OrganisationNotFound",
    "OrganisationState",
    "Person",
    "PersonData",
    "Progress",
    "Purpose",
    "Role",
    "SignInDelayed",
    "SignedIn",
    "SpeciesGroup",
    "Staff",
    "StaffFilter",
    "StaffNotFound",
    "StaffState",
    "UnsafeSettings",
    "WorkItem",
    "acts_for",
    "agencies_by_ids",
    "agency_by_id",
    "agency_for",
    "assistants_of",
    "assistants_of_many",
    "birth_date_of",
    "can_hold",
    "check_organisation",
    "check_profile",
    "copies",
    "count_as_one",
    "create_agency",
    "create_staff",
    "delete_all",
    "delete_some",
    "deputy_of",
    "device_of_session",
    "devices_signed_in",
    "end_role",
    "forgotten_people",
    "get_staff",
    "guardian_of",
    "has_assisted",
    "has_consent",
    "heads_any",
    "household_figures",
    "household_of",
    "is_under_14",
    "kept_until",
    "language_of",
    "leave_staff",
    "list_agencies",
    "list_staff",
    "make_enrolment_code",
    "make_issuer",
    "masked_name",
    "masked_phone",
    "member_of",
    "note_assistance",
    "open_work",
    "open_work_of",
    "organisation_by_id",
    "organisation_documents",
    "organisations_by_ids",
    "organisations_to_check",
    "owners_of",
    "people_by_ids",
    "person_by_id",
    "person_data",
    "phone_of",
    "propose_account",
    "propose_reset",
    "propose_role",
    "refresh_session",
    "register",
    "reinstate_organisation",
    "require_consent",
    "require_guardian",
    "require_member",
    "require_verified_member",
    "show_organisation",
    "sign_in_staff",
    "sign_out",
    "spans_within",
    "staff_by_ids",
    "suspend_organisation",
]


def register(app: Flask) -> None:
    """Open the room: providers and keys by the settings, the answer to "who is this", each subject's operations and jobs."""
    refuse_unsafe(app.config)
    register_providers(app)
    register_tokens(app)
    with app.app_context():
        password_hashes.warm_up()
    authenticate_hook.register(app, "bearer", authenticate)
    add_operations(app, entrance_routes.auth)
    add_operations(app, outside_routes.outside)
    add_operations(app, people_routes.profile)
    add_operations(app, family_routes.family)
    add_operations(app, desk_routes.desk)
    proposal_kinds.register(
        app,
        recovery.KIND,
        ProposalKind(
            approver_role=Role.SUPPORT, difference=recovery.recovery_difference, apply=recovery.apply_recovery
        ),
    )
    schedule(app, name="identity.guardians", period=timedelta(hours=1), run=linking.close_due)
    schedule(app, name="identity.forget_old_numbers", period=timedelta(hours=1), run=recovery.forget_old_numbers)
    consent_routes.register(app)
    add_operations(app, household_routes.blp)
    organisation_routes.register(app)
    register_staffing(app)
    register_rights(app)
    register_synced(app)
    schedule(app, name="identity.sweep", period=SWEPT_EVERY, run=sweep)
    schedule(app, name="identity.households_left", period=timedelta(days=1), run=tell_who_left)
    schedule(app, name="identity.household_invitations", period=SWEPT_EVERY, run=forget_invitations)
