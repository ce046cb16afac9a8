"""The console's session: identity's two tokens in cookies, renewed on the way, and gone at sign-out.

A cookie is sent by our own pages alone (SameSite=Strict), read by no script (HttpOnly), and lives as long as the browser
is open; how long the session lives is identity's decision. The access token runs out within minutes and the refresh token
then brings the next pair, so that the browser holds no more than an app does.
"""

from flask import Response, current_app, g, request

from app.foundation.data import clock
from app.foundation.http import DomainError, authenticate
from app.foundation.proof import Actor
from app.identity import Role, SignedIn, refresh_session

ACCESS_COOKIE, REFRESH_COOKIE = "lintan_access", "lintan_refresh"
PATH = "/console"
_UNAUTHENTICATED = 401


def staff_signed_in() -> Actor | None:
    """Return the member of staff whose session the cookies hold, or None. A session that is renewed gets new cookies."""
    access, refresh = request.cookies.get(ACCESS_COOKIE), request.cookies.get(REFRESH_COOKIE)
    actor = _actor_of(access) if access else None
    if actor is None and refresh:
        renewed = _renewed(refresh)
        actor = _actor_of(renewed.access_token) if renewed is not None else None
    return actor if actor is not None and Role.STAFF in actor.roles else None


def keep(signed_in: SignedIn) -> None:
    """Let the answer to this request carry the tokens of a session."""
    g.console_tokens = (signed_in.access_token, signed_in.refresh_token)


def forget() -> None:
    """Let the answer to this request take the tokens away."""
    g.console_tokens = None


def write_cookies(answer: Response) -> Response:
    """Write what `keep` or `forget` said into an answer."""
    if "console_tokens" not in g:
        return answer
    names = (ACCESS_COOKIE, REFRESH_COOKIE)
    if g.console_tokens is None:
        for name in names:
            answer.delete_cookie(name, path=PATH, secure=is_https(), httponly=True, samesite="Strict")
        return answer
    for name, token in zip(names, g.console_tokens, strict=True):
        answer.set_cookie(name, token, path=PATH, secure=is_https(), httponly=True, samesite="Strict")
    return answer


def is_https() -> bool:
    """Return whether browsers reach the product over https, and cookies must not leave by anything else."""
    return str(current_app.config["LINTAN_PUBLIC_URL"]).startswith("https://")


def _actor_of(token: str) -> Actor | None:
    try:
        return authenticate.handler("bearer")(token)
    except DomainError as error:
        if error.status != _UNAUTHENTICATED:
            raise
        return None


def _renewed(refresh_token: str) -> SignedIn | None:
    try:
        signed_in = refresh_session(refresh_token, device_id=None, now=clock.now())
    except DomainError as error:
        if error.status != _UNAUTHENTICATED:
            raise
        forget()
        return None
    keep(signed_in)
    return signed_in
