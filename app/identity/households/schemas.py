"""Shapes of households."""

from typing import Any

from marshmallow import post_load

from app.foundation.data import JSON_INTEGER_MAX
from app.foundation.http import Day, Flag, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.identity.households.usecases.joining import NewMembership

NAME_MAX = 40
_SHOWN_MAX = 1_000


class HouseholdNameSchema(Schema):
    """What a household is called."""

    name = Text(max=NAME_MAX, required=True)


class HouseholdMemberSchema(Schema):
    """A membership: from the day of joining until the day before `left_on`. Names of others are masked."""

    id = PrefixedId("mbr", required=True)
    name = Text(max=NAME_MAX, min=0, required=True)
    is_me = Flag(required=True)
    is_head = Flag(required=True)
    joined_on = Day(required=True)
    left_on = Day(required=True, allow_none=True)
    is_assisted = Flag(required=True, metadata={"description": "A member of staff has entered it at a desk."})


class HouseholdSchema(Schema):
    """A household as the caller sees it; a past member sees it up to `seen_until`."""

    id = PrefixedId("hh", required=True)
    name = Text(max=NAME_MAX, required=True, allow_none=True)
    opened_on = Day(required=True)
    closed_on = Day(required=True, allow_none=True)
    seen_until = Day(required=True, allow_none=True)
    is_head = Flag(required=True)
    members = Many(Nested(HouseholdMemberSchema), max=_SHOWN_MAX, required=True)


class HouseholdInvitationSchema(Schema):
    """An open invitation. Its code was shown once."""

    id = PrefixedId("inv", required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)


class NewHouseholdInvitationSchema(HouseholdInvitationSchema):
    """A new invitation with its code, which is shown this once."""

    code = Text(max=10, required=True)


class NewMembershipSchema(Schema):
    """A code, and from which day it counts. `person_id` names a child under 14 for whom the caller acts."""

    code = Text(max=20, required=True)
    joined_on = Day(load_default=None, allow_none=True)
    person_id = PrefixedId("per", load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewMembership:
        """Return what the use case takes."""
        return NewMembership(**data)


class MembershipSchema(Schema):
    """A membership of one person."""

    id = PrefixedId("mbr", required=True)
    household_id = PrefixedId("hh", required=True)
    joined_on = Day(required=True)
    left_on = Day(required=True, allow_none=True)


class LeavingSchema(Schema):
    """The first day on which the member counts no more, and who becomes head when the head leaves."""

    left_on = Day(required=True)
    successor_id = PrefixedId("mbr", load_default=None, allow_none=True)


class NewHeadSchema(Schema):
    """Whose membership becomes that of the head."""

    membership_id = PrefixedId("mbr", required=True)


class FiguresQuerySchema(Schema):
    """A period of days: `first` is the first one, `until` the first one no more."""

    first = Day(required=True)
    until = Day(required=True)


class FigureSchema(Schema):
    """One sum: `points_earned` in points, `retired_kg` in kilograms."""

    kind = Text(max=40, required=True)
    amount = WholeNumber(min=0, max=JSON_INTEGER_MAX, required=True)


class CountedIntervalSchema(Schema):
    """Days that were counted, `until` not among them."""

    first = Day(required=True)
    until = Day(required=True)


class MemberFiguresSchema(Schema):
    """What one person did while they were a member."""

    name = Text(max=NAME_MAX, min=0, required=True)
    is_me = Flag(required=True)
    intervals = Many(Nested(CountedIntervalSchema), max=_SHOWN_MAX, required=True)
    figures = Many(Nested(FigureSchema), max=20, required=True)


class HouseholdFiguresSchema(Schema):
    """Sums over the members' intervals. Points stay with persons; the totals are the sums of the lines."""

    household_id = PrefixedId("hh", required=True)
    first = Day(required=True)
    until = Day(required=True)
    totals = Many(Nested(FigureSchema), max=20, required=True)
    members = Many(Nested(MemberFiguresSchema), max=_SHOWN_MAX, required=True)
