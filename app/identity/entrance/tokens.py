"""Access tokens: JWTs of one algorithm, for one audience, under keys that have ids (RFC 8725)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from flask import Flask, current_app
from flask_jwt_extended import JWTManager, create_access_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException

from app.foundation.data import MalformedId, derived_key, parse_public_id, public_id
from app.identity.entrance.errors import TokenExpired, TokenInvalid
from app.identity.settings import signing_keys

ALGORITHM = "HS256"
AUDIENCE = "lintan-api"
_DERIVED_KEY_ID = "derived"


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """A token as it is handed out."""

    text: str
    expires_at: datetime


def register_tokens(app: Flask) -> None:
    """Set up the library for one algorithm, audience and issuer, and for keys by their id."""
    app.config.update(
        JWT_ALGORITHM=ALGORITHM,
        JWT_COOKIE_CSRF_PROTECT=False,  # Tokens travel in a header; no cookie, no CSRF claim.
        JWT_DECODE_ALGORITHMS=[ALGORITHM],
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_DECODE_AUDIENCE=AUDIENCE,
        JWT_ENCODE_ISSUER=app.config["LINTAN_PUBLIC_URL"],
        JWT_DECODE_ISSUER=app.config["LINTAN_PUBLIC_URL"],
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(seconds=int(app.config["LINTAN_ACCESS_TOKEN_S"])),
    )
    manager = JWTManager(app)
    manager.encode_key_loader(_signing_key)
    manager.decode_key_loader(_key_of)
    manager.additional_headers_loader(lambda _: {"kid": next(iter(_keys()))})


def access_token_for(holder: str, session_id: UUID, *, life: timedelta | None = None) -> AccessToken:
    """Return a fresh access token.

    Args:
        holder: the public id of the person or member of staff.
        life: how long it is good, where that is not the setting's; its session ends it earlier.
    """
    text = create_access_token(holder, additional_claims={"sid": public_id("ses", session_id)}, expires_delta=life)
    # The library reads the machine's clock; what the app is told must be what stands in the token.
    own_claims = jwt.decode(text, options={"verify_signature": False})
    return AccessToken(text=text, expires_at=datetime.fromtimestamp(own_claims["exp"], UTC))


def session_of(text: str) -> UUID:
    """Return the session that a genuine, unexpired access token belongs to.

    Raises:
        TokenExpired: it was ours, but has run out.
        TokenInvalid: everything else that is wrong with it.
    """
    try:
        claims: dict[str, Any] = decode_token(text)
        if claims["type"] != "access" or not claims["jti"]:
            raise TokenInvalid
        return parse_public_id("ses", claims["sid"])
    except jwt.ExpiredSignatureError:
        raise TokenExpired from None
    except (jwt.PyJWTError, JWTExtendedException, MalformedId, KeyError, AttributeError, TypeError, ValueError):
        raise TokenInvalid from None


def _keys() -> dict[str, str]:
    return signing_keys(current_app.config) or {_DERIVED_KEY_ID: derived_key("identity.access-token").hex()}


def _signing_key(_: object) -> str:
    return next(iter(_keys().values()))


def _key_of(header: dict[str, Any], _: object) -> str:
    """Return the key that the token names; nothing else of it is believed before the signature is checked."""
    try:
        return _keys()[header["kid"]]
    except (KeyError, TypeError):
        raise TokenInvalid from None
