"""Shapes of what members of staff send and see at a desk."""

from typing import Any

from marshmallow import fields, post_load

from app.approvals import ProposalState
from app.foundation.http import Choice, Day, Instant, Many, Nested, PrefixedId, Schema, Text
from app.identity.entrance.usecases.assisted import NewAssistance
from app.identity.people.desk.assisting import NewAssistedPerson
from app.identity.people.desk.models import IdentityDocument
from app.identity.people.desk.recovery import DeskCode, NewRecovery
from app.identity.people.models import PhoneEnd

REASON_MAX = 300
_PERSON = {"example": "per_01m869pkvzedjar4gm98ss5gf2"}

HOLDS: dict[str, Any] = {
    "items": [
        {
            "person_id": "per_01m869pkvzedjar4gm98ss5gf2",
            "name_masked": "张**",
            "phone_masked": "138****8000",
            "present_phone_masked": None,
            "held_from": "2025-03-12T04:00:00Z",
            "held_until": "2026-01-04T01:30:00Z",
            "ended_because": "reassigned",
        }
    ],
    "next_cursor": None,
}
RECOVERY: dict[str, Any] = {
    "id": "rec_01m869pkw9ef58pjjqagfgmtsp",
    "person_id": "per_01m869pkvzedjar4gm98ss5gf2",
    "approval_id": "apv_01jd5kmh2ef8q9w3v6rx0t4y7z",
    "state": "proposed",
    "document_kind": "resident_card",
    "reason": "手机遗失，原号码已停用",
    "old_phone_masked": "138****8000",
    "new_phone_masked": "139****9000",
    "opened_at": "2026-03-12T04:00:00Z",
    "applied_at": None,
}


class LookupSchema(Schema):
    """A number, and why its holder is looked for."""

    phone = Text(max=20, required=True, metadata={"example": "13800138000"})
    reason = Text(min=4, max=REASON_MAX, required=True, metadata={"example": "居民到窗口办理号码遗失"})


class HoldSchema(Schema):
    """That a number is or was a resident's."""

    person_id = PrefixedId("per", required=True)
    name_masked = Text(max=40, min=0, required=True)
    phone_masked = Text(max=20, required=True)
    present_phone_masked = Text(max=20, required=True, allow_none=True)
    held_from = Instant(required=True)
    held_until = Instant(required=True, allow_none=True)
    ended_because = Choice(PhoneEnd, required=True, allow_none=True)


class HoldListSchema(Schema):
    """Who holds and held a number, latest first; they fit on one page."""

    items = Many(Nested(HoldSchema), max=20, required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeskCodeSchema(Schema):
    """For whom a code goes to which number."""

    person_id = PrefixedId("per", required=True, metadata=_PERSON)
    phone = Text(max=20, required=True, metadata={"example": "13900139000"})
    device_id = Text(
        min=16,
        max=100,
        pattern=r"[!-~]{16,100}",
        load_default=None,
        metadata={"example": "9b1d6f0e-6a52-4f8e-a3a8-4f0f3a2b7c11"},
    )
    captcha = Text(max=4096, load_default=None, metadata={"example": "10000000-aaaa-bbbb-cccc-000000000001"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> DeskCode:
        return DeskCode(**data)


class NewRecoverySchema(Schema):
    """Whose number is lost, what they have shown, and the code that came to the new number."""

    person_id = PrefixedId("per", required=True, metadata=_PERSON)
    reason = Text(min=4, max=REASON_MAX, required=True, metadata={"example": "手机遗失，原号码已停用"})
    document_kind = Choice(
        IdentityDocument, required=True, metadata={"description": "The document that was seen; its number is not kept."}
    )
    challenge_id = PrefixedId("chl", required=True, metadata={"example": "chl_01m869pkv4e6fv1k6wq4rb3n5h"})
    code = Text(max=6, pattern=r"[0-9]{6}", required=True, metadata={"example": "493817"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewRecovery:
        return NewRecovery(**data)


class RecoverySchema(Schema):
    """A recovery, and where its proposal stands."""

    id = PrefixedId("rec", required=True)
    person_id = PrefixedId("per", required=True)
    approval_id = PrefixedId("apv", required=True)
    state = Choice(ProposalState, required=True)
    document_kind = Choice(IdentityDocument, required=True)
    reason = Text(max=REASON_MAX, required=True)
    old_phone_masked = Text(max=20, required=True, allow_none=True)
    new_phone_masked = Text(max=20, required=True)
    opened_at = Instant(required=True)
    applied_at = Instant(required=True, allow_none=True)


class NewAssistedPersonSchema(Schema):
    """Somebody without a telephone. The birth date is asked for only when they want the planting duty counted."""

    display_name = Text(max=40, required=True, metadata={"example": "李大爷"})
    birth_date = Day(load_default=None, metadata={"example": "1948-02-11"})
    county = Text(max=6, pattern=r"[0-9]{6}", required=True, metadata={"example": "331102"})
    reason = Text(min=4, max=REASON_MAX, required=True, metadata={"example": "没有手机，到镇窗口登记"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewAssistedPerson:
        return NewAssistedPerson(**data)


class AssistedPersonSchema(Schema):
    """The account that was opened."""

    id = PrefixedId("per", required=True, metadata=_PERSON)
    county = Text(max=6, required=True, metadata={"example": "331102"})
    opened_at = Instant(required=True, metadata={"example": "2026-03-12T04:00:00Z"})


class NewAssistanceSchema(Schema):
    """For whom, why, and where the paper with their signature is kept."""

    person_id = PrefixedId("per", required=True, metadata=_PERSON)
    reason = Text(min=4, max=REASON_MAX, required=True, metadata={"example": "本人到窗口申报植树"})
    paper_ref = Text(min=2, max=80, required=True, metadata={"example": "莲都-2026-0312-07"})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewAssistance:
        return NewAssistance(**data)


class AssistedSessionSchema(Schema):
    """A session of half an hour in which the member of staff enters for the resident. It cannot be continued."""

    id = PrefixedId("ses", required=True, metadata={"example": "ses_01m869pkw9ef58pjjqagfgmtsp"})
    person_id = PrefixedId("per", required=True, metadata=_PERSON)
    access_token = Text(max=2000, required=True, metadata={"example": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"})
    expires_at = Instant(required=True, metadata={"example": "2026-03-12T04:30:00Z"})
