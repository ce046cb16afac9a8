"""Shapes of what comes to and from sign-in and sessions."""

from typing import Any

from marshmallow import post_dump, post_load

from app.foundation.http import Choice, Flag, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.foundation.proof import ActorKind
from app.identity.entrance.models import CodePurpose
from app.identity.entrance.usecases.codes import CodeRequest
from app.identity.entrance.usecases.opening import Device
from app.identity.entrance.usecases.sign_in import CodeSignIn
from app.identity.entrance.usecases.staff_sign_in import Credentials
from app.identity.staffing.rules.passwords import LENGTH_MAX

# Visible ASCII: an installation's own random identifier, not a serial number of the telephone.
_DEVICE_ID = r"[!-~]{16,100}"
_CODE = r"[0-9]{6}"


class DeviceSchema(Schema):
    """An installation of an app: a random identifier that it made for itself and keeps, and what to call it."""

    id = Text(
        min=16, max=100, pattern=_DEVICE_ID, required=True, metadata={"example": "9b1d6f0e-6a52-4f8e-a3a8-4f0f3a2b7c11"}
    )
    name = Text(max=60, load_default=None, metadata={"example": "Huawei Pura 90"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Device:
        return Device(**data)


class CodeRequestSchema(Schema):
    """A request for a code by text message."""

    phone = Text(max=20, required=True, metadata={"example": "13800138000"})
    # Only signing in is open here; other purposes are asked for where they belong.
    purpose = Text(
        max=20,
        pattern=CodePurpose.SIGN_IN,
        required=True,
        metadata={"example": "sign_in", "enum": [str(CodePurpose.SIGN_IN)]},
    )
    device_id = Text(
        min=16,
        max=100,
        pattern=_DEVICE_ID,
        load_default=None,
        metadata={"example": "9b1d6f0e-6a52-4f8e-a3a8-4f0f3a2b7c11"},
    )
    captcha = Text(max=4096, load_default=None, metadata={"example": "10000000-aaaa-bbbb-cccc-000000000001"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> CodeRequest:
        return CodeRequest(**{**data, "purpose": CodePurpose(data["purpose"])})


class SentCodeSchema(Schema):
    """A code on its way. `sandbox_code` is there only where nothing is really sent."""

    challenge_id = PrefixedId("chl", required=True, metadata={"example": "chl_01m869pkv4e6fv1k6wq4rb3n5h"})
    expires_at = Instant(required=True, metadata={"example": "2026-03-12T04:05:00Z"})
    sandbox_code = Text(max=6, pattern=_CODE, metadata={"example": "493817"})

    @post_dump
    def keep_silent(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "sandbox_code" or value is not None}


class CodeSignInSchema(Schema):
    """A code, for the challenge it was sent for."""

    challenge_id = PrefixedId("chl", required=True, metadata={"example": "chl_01m869pkv4e6fv1k6wq4rb3n5h"})
    code = Text(max=6, pattern=_CODE, required=True, metadata={"example": "493817"})
    device = Nested(DeviceSchema, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> CodeSignIn:
        return CodeSignIn(**data)


class CredentialsSchema(Schema):
    """Name, password and one-time code of a member of staff."""

    username = Text(max=40, required=True, metadata={"example": "liandu.verifier"})
    password = Text(
        max=LENGTH_MAX, required=True, metadata={"example": "camphor trees by the Ou", "format": "password"}
    )
    totp = Text(max=6, pattern=_CODE, required=True, metadata={"example": "287082"})
    device = Nested(DeviceSchema, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Credentials:
        return Credentials(**data)


class RefreshSchema(Schema):
    """A refresh token, and the device it was given to."""

    refresh_token = Text(
        max=200,
        required=True,
        metadata={"example": "AZzgM4oAcAC01ilPHM8nkwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    )
    device_id = Text(
        min=16,
        max=100,
        pattern=_DEVICE_ID,
        load_default=None,
        metadata={"example": "9b1d6f0e-6a52-4f8e-a3a8-4f0f3a2b7c11"},
    )


class SignedInActorSchema(Schema):
    """Who is signed in."""

    id = Text(max=40, required=True, metadata={"example": "per_01m869pkvzedjar4gm98ss5gf2"})
    kind = Choice(ActorKind, required=True)
    display_name = Text(max=40, required=True, allow_none=True, metadata={"example": "小林"})
    roles = Many(Text(max=40), max=30, required=True, metadata={"example": ["resident"]})


class SignedInSchema(Schema):
    """Tokens of a session. The access token goes into `Authorization: Bearer …`; the refresh token works once."""

    access_token = Text(max=2000, required=True, metadata={"example": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"})
    refresh_token = Text(
        max=200,
        required=True,
        metadata={"example": "AZzgM4oAcAC01ilPHM8nkwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    )
    expires_at = Instant(
        required=True, metadata={"example": "2026-03-12T04:15:00Z", "description": "When the access token runs out."}
    )
    actor = Nested(SignedInActorSchema, required=True)


class SessionSchema(Schema):
    """An open session."""

    id = PrefixedId("ses", required=True, metadata={"example": "ses_01m869pkw9ef58pjjqagfgmtsp"})
    device_id = PrefixedId(
        "dev", required=True, allow_none=True, metadata={"example": "dev_01m869pkw4f7nt1pedbvrqbjfw"}
    )
    device_name = Text(max=60, required=True, allow_none=True, metadata={"example": "Huawei Pura 90"})
    opened_at = Instant(required=True, metadata={"example": "2026-03-12T04:00:00Z"})
    last_used_at = Instant(required=True, metadata={"example": "2026-03-12T04:15:00Z"})
    expires_at = Instant(required=True, metadata={"example": "2026-05-11T04:15:00Z"})
    is_current = Flag(required=True)
    is_assisted = Flag(required=True, metadata={"description": "A member of staff enters for you at a desk."})


class DeviceLineSchema(Schema):
    """An installation of an app that the caller has signed in on."""

    id = PrefixedId("dev", required=True, metadata={"example": "dev_01m869pkw4f7nt1pedbvrqbjfw"})
    name = Text(max=60, required=True, allow_none=True, metadata={"example": "Huawei Pura 90"})
    first_seen_at = Instant(required=True, metadata={"example": "2026-03-12T04:00:00Z"})
    last_seen_at = Instant(required=True, metadata={"example": "2026-03-12T04:15:00Z"})
    open_sessions = WholeNumber(min=0, required=True, metadata={"example": 1})
