"""Operations of sign-in and sessions."""

from typing import Any

from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    caller_address,
    current_actor,
    limited,
    next_link,
    no_idempotency,
    page_schema,
    requires,
)
from app.identity.entrance.errors import (
    AddressTooBusy,
    CaptchaNeeded,
    CodeNotSent,
    CodeRefused,
    CodesPaused,
    CodeTooSoon,
    CredentialsRefused,
    DeviceNotFound,
    PhoneNotSupported,
    RefreshRefused,
    SessionNotFound,
    SignInDelayed,
)
from app.identity.entrance.schemas import (
    CodeRequestSchema,
    CodeSignInSchema,
    CredentialsSchema,
    DeviceLineSchema,
    RefreshSchema,
    SentCodeSchema,
    SessionSchema,
    SignedInSchema,
)
from app.identity.entrance.usecases import codes, devices, refresh, sessions, sign_in, staff_sign_in
from app.identity.entrance.usecases.codes import CodeRequest, SentCode
from app.identity.entrance.usecases.opening import SignedIn
from app.identity.entrance.usecases.sign_in import CodeSignIn
from app.identity.entrance.usecases.staff_sign_in import Credentials
from app.identity.staffing.rules.roles import Role

_NO_KEY = "A stored answer would keep live codes or tokens."
_ENDS_ONCE = "Ending a session twice is the same as once."
_LINKS_OF_CODE = {
    "sign_in_with_code": {
        "operationId": "auth_sign_in_with_code",
        "requestBody": {"challenge_id": "$response.body#/challenge_id", "code": "$response.body#/sandbox_code"},
    }
}
_LINKS_OF_TOKENS = {
    "refresh_session": {
        "operationId": "auth_refresh_session",
        "requestBody": {"refresh_token": "$response.body#/refresh_token"},
    }
}
_CODE_SENT = {"responses": {201: {"links": _LINKS_OF_CODE}}}
_SESSION_OPEN = {"responses": {201: {"links": _LINKS_OF_TOKENS}}}
_SESSIONS_EXAMPLE = {
    "items": [
        {
            "id": "ses_01m869pkw9ef58pjjqagfgmtsp",
            "device_id": "dev_01m869pkw4f7nt1pedbvrqbjfw",
            "device_name": "Huawei Pura 90",
            "opened_at": "2026-03-12T04:00:00Z",
            "last_used_at": "2026-03-12T04:15:00Z",
            "expires_at": "2026-05-11T04:15:00Z",
            "is_current": True,
            "is_assisted": False,
        }
    ],
    "next_cursor": None,
}
_DEVICES_EXAMPLE = {
    "items": [
        {
            "id": "dev_01m869pkw4f7nt1pedbvrqbjfw",
            "name": "Huawei Pura 90",
            "first_seen_at": "2026-03-12T04:00:00Z",
            "last_seen_at": "2026-03-12T04:15:00Z",
            "open_sessions": 1,
        }
    ],
    "next_cursor": None,
}
auth = Blueprint("auth", __name__, description="Sign in, stay signed in, sign out.")


@auth.post("/auth/otp")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@auth.doc(**_CODE_SENT)
@auth.arguments(CodeRequestSchema)
@auth.response(201, SentCodeSchema, description="The code is on its way.")
@auth.problems(PhoneNotSupported, CaptchaNeeded, CodeTooSoon, AddressTooBusy, CodesPaused, CodeNotSent)
def request_code(asked: CodeRequest) -> SentCode:
    """Send a code to a mobile number."""
    return codes.request_code(asked, address=caller_address(), now=clock.now())


@auth.post("/auth/token")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@auth.doc(**_SESSION_OPEN)
@auth.arguments(CodeSignInSchema)
@auth.response(201, SignedInSchema, description="The session is open.")
@auth.problems(CodeRefused)
def sign_in_with_code(given: CodeSignIn) -> SignedIn:
    """Sign in as a resident with a code. The first time opens the person."""
    return sign_in.sign_in_with_code(given, now=clock.now())


@auth.post("/auth/staff/token")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@limited("60 per minute")  # Each try costs the processor an argon2 hash.
@auth.doc(**_SESSION_OPEN)
@auth.arguments(CredentialsSchema)
@auth.response(201, SignedInSchema, description="The session is open.")
@auth.problems(CredentialsRefused, SignInDelayed)
def sign_in_staff(given: Credentials) -> SignedIn:
    """Sign in as a member of staff with password and one-time code."""
    return staff_sign_in.sign_in_staff(given, address=caller_address(), now=clock.now())


@auth.post("/auth/refresh")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@auth.doc(**_SESSION_OPEN)
@auth.arguments(RefreshSchema)
@auth.response(201, SignedInSchema, description="The session is open.")
@auth.problems(RefreshRefused)
def refresh_session(given: dict[str, Any]) -> SignedIn:
    """Continue a session. The refresh token is used up; the answer has the next one."""
    return refresh.refresh_session(given["refresh_token"], device_id=given["device_id"], now=clock.now())


@auth.post("/auth/logout")
@requires(Role.RESIDENT, Role.STAFF)
@no_idempotency(_ENDS_ONCE)
@auth.response(204)
def sign_out() -> None:
    """End the session this request comes from."""
    sessions.sign_out(current_actor(), now=clock.now())


@auth.get("/auth/sessions")
@requires(Role.RESIDENT, Role.STAFF)
@auth.arguments(PageQuerySchema, location="query")
@auth.response(200, page_schema(SessionSchema), example=_SESSIONS_EXAMPLE)
def list_sessions(query: dict[str, Any]) -> tuple[Page[sessions.OpenSession], dict[str, str]]:
    """List one's open sessions, newest first."""
    page = sessions.list_sessions(current_actor(), PageQuery(**query), now=clock.now())
    return page, next_link(page)


@auth.delete("/auth/sessions")
@requires(Role.RESIDENT, Role.STAFF)
@auth.response(204)
def end_other_sessions() -> None:
    """Sign out everywhere but here. The other sessions are over at once."""
    sessions.end_other_sessions(actor=current_actor(), now=clock.now())


@auth.delete("/auth/sessions/<string:session_id>")
@requires(Role.RESIDENT, Role.STAFF)
@auth.response(204)
@auth.problems(SessionNotFound)
def end_session(session_id: str) -> None:
    """Sign out one of one's own sessions, on whatever device. It is over at once."""
    try:
        parsed = parse_public_id("ses", session_id)
    except MalformedId:
        raise SessionNotFound() from None
    sessions.end_session(parsed, actor=current_actor(), now=clock.now())


@auth.get("/me/devices")
@requires(Role.RESIDENT, Role.STAFF)
@auth.arguments(PageQuerySchema, location="query")
@auth.response(200, page_schema(DeviceLineSchema), example=_DEVICES_EXAMPLE)
def list_devices(query: dict[str, Any]) -> tuple[Page[devices.KnownDevice], dict[str, str]]:
    """List the devices one has signed in on, newest first."""
    page = devices.list_devices(current_actor(), PageQuery(**query), now=clock.now())
    return page, next_link(page)


@auth.delete("/me/devices/<string:device_id>")
@requires(Role.RESIDENT, Role.STAFF)
@auth.response(204)
@auth.problems(DeviceNotFound)
def forget_device(device_id: str) -> None:
    """Sign out what is signed in on a device, and forget it. A later sign-in there counts as a new device."""
    try:
        parsed = parse_public_id("dev", device_id)
    except MalformedId:
        raise DeviceNotFound() from None
    devices.forget_device(parsed, actor=current_actor(), now=clock.now())
