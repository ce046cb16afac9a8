"""Shapes of one's own profile."""

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from app.foundation.http import Choice, Day, Instant, Many, Nested, PrefixedId, Schema, Text
from app.foundation.proof import ActorKind
from app.identity.people.models import Language
from app.identity.people.usecases.phone_change import ChangeCode, ChildsCode, PhoneChange, Which

_CODE = r"[0-9]{6}"
_DEVICE = r"[!-~]{16,100}"
_DEVICE_EXAMPLE = {"example": "9b1d6f0e-6a52-4f8e-a3a8-4f0f3a2b7c11"}
_CAPTCHA_EXAMPLE = {"example": "10000000-aaaa-bbbb-cccc-000000000001"}
_CHALLENGE_EXAMPLE = {"example": "chl_01m869pkv4e6fv1k6wq4rb3n5h"}


class RoleHeldSchema(Schema):
    """A role, for which agency and in which counties."""

    role = Text(max=40, required=True, metadata={"example": "verifier"})
    agency_id = PrefixedId(
        "agy", required=True, allow_none=True, metadata={"example": "agy_01m869pkw4f7nt1pedbvrqbjfw"}
    )
    counties = Many(Text(max=6), max=20, required=True, metadata={"example": ["331102"]})
    deputy_for_id = PrefixedId(
        "stf", required=True, allow_none=True, metadata={"description": "In whose place.", "example": None}
    )
    deputy_for_name = Text(max=40, required=True, allow_none=True, metadata={"example": None})


class ProfileSchema(Schema):
    """The caller, as they see themselves."""

    id = Text(max=40, required=True, metadata={"example": "per_01m869pkvzedjar4gm98ss5gf2"})
    kind = Choice(ActorKind, required=True)
    display_name = Text(max=40, required=True, allow_none=True, metadata={"example": "小林"})
    language = Text(
        max=5,
        required=True,
        allow_none=True,
        metadata={"example": "zh-CN", "description": "In which notices are written; null for staff."},
    )
    birth_date = Day(
        required=True,
        allow_none=True,
        metadata={"example": None, "description": "Optional; for consent under 14 and the ages of the planting duty."},
    )
    phone_masked = Text(max=20, required=True, allow_none=True, metadata={"example": "138****8000"})
    username = Text(max=40, required=True, allow_none=True, metadata={"example": "liandu.verifier"})
    roles = Many(Nested(RoleHeldSchema), max=30, required=True)
    created_at = Instant(required=True, metadata={"example": "2026-03-12T04:00:00Z"})


class ProfileChangeSchema(Schema):
    """The name to appear under, or null for none, and the language; one of them at least."""

    display_name = Text(max=40, allow_none=True, metadata={"example": "小林"})
    language = Choice(Language)

    @validates_schema
    def one_at_least(self, data: dict[str, Any], **_: object) -> None:
        if not data:
            raise ValidationError({"display_name": ["missing"]})


class BirthDateSchema(Schema):
    """The day on which the caller was born."""

    birth_date = Day(required=True, metadata={"example": "1986-05-04"})


class ChangeCodeSchema(Schema):
    """A request for a code to the new number, or to the present one, which is known."""

    which = Choice(Which, required=True)
    phone = Text(max=20, load_default=None, metadata={"example": "13900139000"})
    device_id = Text(min=16, max=100, pattern=_DEVICE, load_default=None, metadata=_DEVICE_EXAMPLE)
    captcha = Text(max=4096, load_default=None, metadata=_CAPTCHA_EXAMPLE)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> ChangeCode:
        return ChangeCode(**data)


class ChildsCodeSchema(Schema):
    """A request for a code to the number that a child is to have."""

    phone = Text(max=20, required=True, metadata={"example": "13900139000"})
    device_id = Text(min=16, max=100, pattern=_DEVICE, load_default=None, metadata=_DEVICE_EXAMPLE)
    captcha = Text(max=4096, load_default=None, metadata=_CAPTCHA_EXAMPLE)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> ChildsCode:
        return ChildsCode(**data)


class PhoneChangeSchema(Schema):
    """The code that went to the new number, and the one that went to the present number."""

    challenge_id = PrefixedId("chl", required=True, metadata=_CHALLENGE_EXAMPLE)
    code = Text(max=6, pattern=_CODE, required=True, metadata={"example": "493817"})
    old_challenge_id = PrefixedId("chl", load_default=None, metadata=_CHALLENGE_EXAMPLE)
    old_code = Text(max=6, pattern=_CODE, load_default=None, metadata={"example": "120956"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> PhoneChange:
        return PhoneChange(**data)


class ChildsPhoneSchema(Schema):
    """The code that went to the number that a child is to have."""

    challenge_id = PrefixedId("chl", required=True, metadata=_CHALLENGE_EXAMPLE)
    code = Text(max=6, pattern=_CODE, required=True, metadata={"example": "493817"})
