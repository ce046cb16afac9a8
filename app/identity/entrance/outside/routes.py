"""Operations of sign-in through another app, and of the accounts linked so."""

from typing import Any

from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    current_actor,
    limited,
    next_link,
    no_idempotency,
    page_schema,
    requires,
)
from app.identity.entrance.outside import usecases
from app.identity.entrance.outside.errors import (
    OutsideAccountNotFound,
    OutsideRefused,
    PhoneNeeded,
    ProviderFailed,
    ProviderOff,
)
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.outside.schemas import OutsideAccountSchema, WechatSignInSchema, ZhelibanSignInSchema
from app.identity.entrance.outside.usecases import OutsideSignIn
from app.identity.entrance.schemas import SignedInSchema
from app.identity.entrance.usecases.opening import SignedIn
from app.identity.staffing.rules.roles import Role

_NO_KEY = "A stored answer would keep live tokens; the other app's code works once."
_LINKS = {
    "refresh_session": {
        "operationId": "auth_refresh_session",
        "requestBody": {"refresh_token": "$response.body#/refresh_token"},
    }
}
_SESSION_OPEN = {"responses": {201: {"links": _LINKS}}}
_ACCOUNTS_EXAMPLE = {
    "items": [
        {"id": "oac_01m869pkw9ef58pjjqagfgmtsp", "provider": "wechat", "linked_at": "2026-03-12T04:00:00Z"},
    ],
    "next_cursor": None,
}
outside = Blueprint("outside", __name__, description="Sign in through WeChat or 浙里办, and the accounts linked so.")


@outside.post("/auth/wechat")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@limited("120 per minute")  # Each try costs a call to WeChat, whose own limits all residents share.
@outside.doc(**_SESSION_OPEN)
@outside.arguments(WechatSignInSchema)
@outside.response(201, SignedInSchema, description="The session is open.")
@outside.problems(OutsideRefused, ProviderOff, PhoneNeeded, ProviderFailed)
def sign_in_wechat(given: OutsideSignIn) -> SignedIn:
    """Sign in as a resident from a WeChat mini program. The first time needs the code for the number as well."""
    return usecases.sign_in_outside(given, now=clock.now())


@outside.post("/auth/zheliban")
@requires(ANYONE)
@no_idempotency(_NO_KEY)
@limited("120 per minute")
@outside.doc(**_SESSION_OPEN)
@outside.arguments(ZhelibanSignInSchema)
@outside.response(201, SignedInSchema, description="The session is open.")
@outside.problems(OutsideRefused, ProviderOff, PhoneNeeded, ProviderFailed)
def sign_in_zheliban(given: OutsideSignIn) -> SignedIn:
    """Sign in as a resident with a ticket of 浙里办."""
    return usecases.sign_in_outside(given, now=clock.now())


@outside.get("/me/outside-accounts")
@requires(Role.RESIDENT)
@outside.arguments(PageQuerySchema, location="query")
@outside.response(200, page_schema(OutsideAccountSchema), example=_ACCOUNTS_EXAMPLE)
def list_accounts(query: dict[str, Any]) -> tuple[Page[OutsideAccountRow], dict[str, str]]:
    """List the accounts elsewhere that sign one in, newest first."""
    page = usecases.list_accounts(current_actor(), PageQuery(**query))
    return page, next_link(page)


@outside.delete("/me/outside-accounts/<string:account_id>")
@requires(Role.RESIDENT)
@outside.response(204)
@outside.problems(OutsideAccountNotFound)
def unlink_account(account_id: str) -> None:
    """End that an account elsewhere signs one in."""
    try:
        parsed = parse_public_id("oac", account_id)
    except MalformedId:
        raise OutsideAccountNotFound() from None
    usecases.unlink_account(parsed, actor=current_actor())
