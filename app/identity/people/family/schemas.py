"""Shapes of children, guardians and invitations."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from app.foundation.http import Choice, Day, Flag, Instant, Many, Nested, PrefixedId, Schema, Text
from app.identity.people.family.children import NewChild
from app.identity.people.family.models import Relation

CHILD: dict[str, Any] = {
    "id": "per_01m869pkvzedjar4gm98ss5gf2",
    "display_name": "小禾",
    "birth_date": "2016-09-01",
    "relation": "parent",
    "began_at": "2026-03-12T04:00:00Z",
    "until_on": "2030-09-01",
    "phone_masked": None,
}
CHILDREN: dict[str, Any] = {"items": [CHILD], "next_cursor": None}
GUARDIAN: dict[str, Any] = {
    "guardian_name": None,
    "relation": None,
    "until_on": None,
    "invited_phone_masked": "139****9000",
    "invitation_expires_at": "2026-03-26T04:00:00Z",
}
INVITATIONS: dict[str, Any] = {
    "items": [
        {
            "id": "gin_01m869pkw9ef58pjjqagfgmtsp",
            "child_name": "小*",
            "invited_at": "2026-03-12T04:00:00Z",
            "expires_at": "2026-03-26T04:00:00Z",
        }
    ],
    "next_cursor": None,
}


def _declared() -> Flag:
    return Flag(
        required=True,
        validate=validate.Equal(True, error="invalid"),
        metadata={"example": True, "description": "I am the guardian of this child and answer for what I consent to."},
    )


class NewChildSchema(Schema):
    """A child under 14 without a telephone, as the guardian describes them."""

    display_name = Text(max=40, required=True, metadata={"example": "小禾"})
    birth_date = Day(required=True, metadata={"example": "2016-09-01"})
    relation = Choice(Relation, required=True)
    is_guardian = _declared()

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewChild:
        return NewChild(**{name: value for name, value in data.items() if name != "is_guardian"})


class ChildChangeSchema(Schema):
    """What a guardian corrects; one of them at least."""

    display_name = Text(max=40, allow_none=True, metadata={"example": "小禾"})
    birth_date = Day(metadata={"example": "2016-09-01"})

    @validates_schema
    def one_at_least(self, data: dict[str, Any], **_: object) -> None:
        if not data:
            raise ValidationError({"display_name": ["missing"]})


class ChildSchema(Schema):
    """A child the caller answers for."""

    id = PrefixedId("per", required=True)
    display_name = Text(max=40, required=True, allow_none=True)
    birth_date = Day(required=True)
    relation = Choice(Relation, required=True)
    began_at = Instant(required=True)
    until_on = Day(required=True, metadata={"description": "The 14th birthday: the first day without a guardian."})
    phone_masked = Text(max=20, required=True, allow_none=True)


class ChildListSchema(Schema):
    """The children one answers for; they fit on one page."""

    items = Many(Nested(ChildSchema), max=20, required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class GuardianInvitationSchema(Schema):
    """The number of a guardian."""

    phone = Text(max=20, required=True, metadata={"example": "13900139000"})


class GuardianSchema(Schema):
    """Who answers for the caller, and whom the caller has invited. Whether that number is known here is not said."""

    guardian_name = Text(max=40, required=True, allow_none=True, metadata={"description": "Masked."})
    relation = Choice(Relation, required=True, allow_none=True)
    until_on = Day(required=True, allow_none=True)
    invited_phone_masked = Text(max=20, required=True, allow_none=True)
    invitation_expires_at = Instant(required=True, allow_none=True)


class GuardianRequestSchema(Schema):
    """An invitation to be a child's guardian."""

    id = PrefixedId("gin", required=True)
    child_name = Text(max=40, min=0, required=True, metadata={"description": "Masked."})
    invited_at = Instant(required=True)
    expires_at = Instant(required=True)


class GuardianInvitationListSchema(Schema):
    """The open invitations to the caller's number, newest first; they fit on one page."""

    items = Many(Nested(GuardianRequestSchema), max=20, required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AcceptanceSchema(Schema):
    """What the caller is to the child, and that they are the guardian."""

    relation = Choice(Relation, required=True)
    is_guardian = _declared()
