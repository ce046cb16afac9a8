"""Identity: residents, staff and agencies, how they sign in, and which roles they hold for which agency and counties.

Everybody else learns from here who acts; nobody else sees a code, a password or a token.
"""

from flask import Flask

from app.foundation.http import add_operations
from app.foundation.http import authenticate as authenticate_hook
from app.foundation.work import schedule
from app.identity import cli, password_hashes, routes
from app.identity.directory import (
    Agency,
    Person,
    Staff,
    agencies_by_ids,
    agency_by_id,
    agency_for,
    people_by_ids,
    person_by_id,
    staff_by_ids,
)
from app.identity.errors import CannotDo, CredentialsRefused, RefreshRefused, SignInDelayed
from app.identity.providers import register_providers
from app.identity.rules.masking import masked_name, masked_phone
from app.identity.rules.roles import AgencyKind, Role
from app.identity.settings import UnsafeSettings, refuse_unsafe
from app.identity.tokens import register_tokens
from app.identity.usecases.agencies import create_agency, make_issuer
from app.identity.usecases.codes import CodeRequest, SentCode, request_code
from app.identity.usecases.opening import Device, SignedIn
from app.identity.usecases.refresh import refresh_session
from app.identity.usecases.sessions import authenticate, sign_out
from app.identity.usecases.sign_in import CodeSignIn, sign_in_with_code
from app.identity.usecases.staff import Enrolment, NewStaff, create_staff
from app.identity.usecases.staff_sign_in import Credentials, sign_in_staff
from app.identity.usecases.sweep import SWEPT_EVERY, sweep

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
    add_operations(app, routes.auth)
    add_operations(app, routes.profile)
    app.cli.add_command(cli.agency_commands)
    app.cli.add_command(cli.staff_commands)
    schedule(app, name="identity.sweep", period=SWEPT_EVERY, run=sweep)
