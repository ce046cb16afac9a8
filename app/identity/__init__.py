"""Identity: residents, staff and agencies, how they sign in, and which roles they hold for which agency and counties.

Everybody else learns from here who acts; nobody else sees a code, a password or a token.
"""

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.http import authenticate as authenticate_hook
from app.foundation.work import schedule
from app.identity.entrance import routes as entrance_routes
from app.identity.entrance.errors import CredentialsRefused, RefreshRefused, SignInDelayed
from app.identity.entrance.providers import register_providers
from app.identity.entrance.tokens import register_tokens
from app.identity.entrance.usecases.codes import CodeRequest, SentCode, request_code
from app.identity.entrance.usecases.opening import Device, SignedIn
from app.identity.entrance.usecases.refresh import refresh_session
from app.identity.entrance.usecases.sessions import authenticate, sign_out
from app.identity.entrance.usecases.sign_in import CodeSignIn, sign_in_with_code
from app.identity.entrance.usecases.staff_sign_in import Credentials, sign_in_staff
from app.identity.entrance.usecases.sweep import SWEPT_EVERY, sweep
from app.identity.people import routes as people_routes
from app.identity.people.directory import Person, people_by_ids, person_by_id
from app.identity.people.rules.masking import masked_name, masked_phone
from app.identity.settings import UnsafeSettings, refuse_unsafe
from app.identity.staffing import cli, password_hashes
from app.identity.staffing.directory import Agency, Staff, agencies_by_ids, agency_by_id, agency_for, staff_by_ids
from app.identity.staffing.errors import CannotDo
from app.identity.staffing.rules.roles import AgencyKind, Role
from app.identity.staffing.usecases.agencies import create_agency, make_issuer
from app.identity.staffing.usecases.staff import Enrolment, NewStaff, create_staff

__all__ = [
    "Agency",
    "AgencyKind",
    "CannotDo",
    "CodeRequest",
    "CodeSignIn",
    "Credentials",
    "CredentialsRefused",
    "Device",
    "Enrolment",
    "NewStaff",
    "Person",
    "RefreshRefused",
    "Role",
    "SentCode",
    "SignInDelayed",
    "SignedIn",
    "Staff",
    "UnsafeSettings",
    "agencies_by_ids",
    "agency_by_id",
    "agency_for",
    "create_agency",
    "create_staff",
    "make_issuer",
    "masked_name",
    "masked_phone",
    "people_by_ids",
    "person_by_id",
    "refresh_session",
    "refuse_unsafe",
    "register",
    "request_code",
    "sign_in_staff",
    "sign_in_with_code",
    "sign_out",
    "staff_by_ids",
]


def register(app: Flask) -> None:
    """Open the room: providers and keys by the settings, the answer to "who is this", operations, commands, the hourly sweep."""
    refuse_unsafe(app.config)
    register_providers(app)
    register_tokens(app)
    with app.app_context():
        password_hashes.warm_up()
    authenticate_hook.register(app, "bearer", authenticate)
    add_operations(app, entrance_routes.auth)
    add_operations(app, people_routes.profile)
    app.cli.add_command(cli.agency_commands)
    app.cli.add_command(cli.staff_commands)
    schedule(app, name="identity.sweep", period=SWEPT_EVERY, run=sweep)
