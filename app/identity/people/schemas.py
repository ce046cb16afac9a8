"""Shapes of one's own profile."""

from app.foundation.http import Choice, Instant, Many, Nested, PrefixedId, Schema, Text
from app.foundation.proof import ActorKind


class RoleHeldSchema(Schema):
    """A role, for which agency and in which counties."""

    role = Text(max=40, required=True, metadata={"example": "verifier"})
    agency_id = PrefixedId(
        "agy", required=True, allow_none=True, metadata={"example": "agy_01m869pkw4f7nt1pedbvrqbjfw"}
    )
    counties = Many(Text(max=6), max=20, required=True, metadata={"example": ["331102"]})


class ProfileSchema(Schema):
    """The caller, as they see themselves."""

    id = Text(max=40, required=True, metadata={"example": "per_01m869pkvzedjar4gm98ss5gf2"})
    kind = Choice(ActorKind, required=True)
    display_name = Text(max=40, required=True, allow_none=True, metadata={"example": "小林"})
    phone_masked = Text(max=20, required=True, allow_none=True, metadata={"example": "138****8000"})
    username = Text(max=40, required=True, allow_none=True, metadata={"example": "liandu.verifier"})
    roles = Many(Nested(RoleHeldSchema), max=30, required=True)
    created_at = Instant(required=True, metadata={"example": "2026-03-12T04:00:00Z"})


class RenameSchema(Schema):
    """The name to appear under, or null for none."""

    display_name = Text(max=40, required=True, allow_none=True, metadata={"example": "小林"})
