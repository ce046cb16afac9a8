"""Shapes of sign-ups, of an organisation as its people and its agency see it, and of what agencies say."""

from typing import Any

from marshmallow import fields, post_load

from app.foundation.http import Choice, Flag, Instant, Many, Nested, PrefixedId, Schema, Text, WholeNumber
from app.identity.organisations.rules.kinds import MemberRole, OrganisationKind
from app.identity.organisations.rules.states import (
    DOCUMENTS_MAX,
    KINDS_MAX,
    CheckAct,
    CheckVerdict,
    OrganisationState,
)
from app.identity.organisations.schemas.profiles import COUNTY, phone_field
from app.identity.organisations.usecases.check import NewCheck
from app.identity.organisations.usecases.sign_up import Contact, NewOrganisation, OrganisationChange

NAME_MAX, REASON_MAX = 100, 500
_USCC = {"description": "GB 32100, with its check character.", "example": "91331102EXAMPLE01N"}


class ContactSchema(Schema):
    """Whom the agency asks. Only owners and the agency see it."""

    name = Text(max=40, required=True, metadata={"example": "林小姐"})
    phone = phone_field("A number of the organisation.", required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Contact:
        """Build the typed contact."""
        return Contact(**data)


def _kinds(**kwargs: Any) -> Many:
    return Many(Choice(OrganisationKind), min=1, max=KINDS_MAX, metadata={"example": ["general"]}, **kwargs)


class NewOrganisationSchema(Schema):
    """A sign-up."""

    name = Text(
        max=NAME_MAX, required=True, metadata={"description": "As on the licence.", "example": "瓯江竹业有限公司"}
    )
    uscc = Text(max=30, required=True, metadata=_USCC)
    county_code = Text(max=6, pattern=COUNTY, required=True, metadata={"example": "331102"})
    kinds = _kinds(required=True)
    contact = Nested(ContactSchema, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewOrganisation:
        """Build the typed input."""
        return NewOrganisation(**data)


class OrganisationChangeSchema(Schema):
    """What is to change. Of a checked organisation name, county and kinds wait for the agency; the contact changes at once."""

    name = Text(max=NAME_MAX, load_default=None)
    uscc = Text(max=30, load_default=None, metadata=_USCC)
    county_code = Text(max=6, pattern=COUNTY, load_default=None)
    kinds = _kinds(load_default=None)
    contact = Nested(ContactSchema, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> OrganisationChange:
        """Build the typed input."""
        return OrganisationChange(**data)


class SubmissionSchema(Schema):
    """Pictures of the licence and of what else proves the kinds; of those handed in before none needs to come again."""

    document_ids = Many(PrefixedId("fil"), max=DOCUMENTS_MAX, required=True)


class NewCheckSchema(Schema):
    """What the agency says."""

    verdict = Choice(CheckVerdict, required=True)
    reason = Text(
        max=REASON_MAX,
        lines=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Needed unless it is approved. The owners read it; no names of people."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewCheck:
        """Build the typed input."""
        return NewCheck(**data)


class StopReasonSchema(Schema):
    """Why an organisation is suspended or reinstated; its owners read it."""

    reason = Text(max=REASON_MAX, lines=True, required=True)


class OrganisationProposalSchema(Schema):
    """What is to be in force once the agency has checked it."""

    name = fields.String(required=True)
    county_code = fields.String(required=True)
    kinds = Many(fields.String(), max=KINDS_MAX, required=True)
    proposed_at = Instant(required=True)


class ProfileStateSchema(Schema):
    """The facts of a part: in force, and proposed. Their shapes are those of the operations that propose them."""

    kind = Choice(OrganisationKind, required=True)
    facts = fields.Dict(required=True, allow_none=True)
    listed_at = Instant(required=True, allow_none=True)
    proposed = fields.Dict(required=True, allow_none=True)
    proposed_at = Instant(required=True, allow_none=True)


class CheckLineSchema(Schema):
    """Something that an agency did about the organisation (`general`) or one of its parts."""

    about = Choice(OrganisationKind, required=True)
    act = Choice(CheckAct, required=True)
    reason = fields.String(required=True, allow_none=True)
    checked_at = Instant(required=True)


class OrganisationAgencySchema(Schema):
    """Who is in charge of the organisation."""

    id = PrefixedId("agy", required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class OrganisationDocumentSchema(Schema):
    """A picture, and the address that opens it for ten minutes."""

    id = PrefixedId("fil", required=True)
    media_type = fields.String(required=True)
    content_path = fields.String(required=True)
    received_at = Instant(required=True)


class OrganisationSchema(Schema):
    """An organisation as its people and its agency see it."""

    id = PrefixedId("org", required=True)
    name = fields.String(required=True)
    uscc = fields.String(required=True)
    county_code = fields.String(required=True)
    kinds = Many(Choice(OrganisationKind), max=KINDS_MAX, required=True)
    state = Choice(OrganisationState, required=True)
    my_role = Choice(MemberRole, required=True, allow_none=True)
    agency = Nested(OrganisationAgencySchema, required=True, allow_none=True)
    contact = Nested(ContactSchema, required=True, allow_none=True)
    proposed = Nested(OrganisationProposalSchema, required=True, allow_none=True)
    profiles = Many(Nested(ProfileStateSchema), max=KINDS_MAX, required=True)
    waiting = Many(
        Choice(OrganisationKind),
        max=KINDS_MAX,
        required=True,
        metadata={"description": "What an agency has to check: `general` is the organisation itself."},
    )
    checks = Many(Nested(CheckLineSchema), max=20, required=True)
    created_at = Instant(required=True)
    verified_at = Instant(required=True, allow_none=True)


class OrganisationFileSchema(OrganisationSchema):
    """The same with its documents: for owners, and for who checks."""

    documents = Many(Nested(OrganisationDocumentSchema), max=1_000, required=True)


class OrganisationLineSchema(Schema):
    """An organisation in the list of one's own."""

    id = PrefixedId("org", required=True)
    name = fields.String(required=True)
    state = Choice(OrganisationState, required=True)
    kinds = Many(Choice(OrganisationKind), max=KINDS_MAX, required=True)
    my_role = Choice(MemberRole, required=True)
    joined_at = Instant(required=True)


class OrganisationQueueLineSchema(Schema):
    """Something that waits for a check."""

    organisation_id = PrefixedId("org", required=True)
    name = fields.String(required=True)
    uscc = fields.String(required=True)
    county_code = fields.String(required=True)
    about = Choice(OrganisationKind, required=True)
    is_change = Flag(required=True, metadata={"description": "Of facts that are in force already."})
    since = Instant(required=True)


class OrganisationMemberSchema(Schema):
    """A member as the others see them."""

    id = PrefixedId("omb", required=True)
    display_name = fields.String(required=True, allow_none=True)
    role = Choice(MemberRole, required=True)
    is_me = Flag(required=True)
    joined_at = Instant(required=True)
    version = WholeNumber(min=1, required=True, metadata={"description": "The ETag of the member, for If-Match."})


class MemberRoleSchema(Schema):
    """What a member is to be."""

    role = Choice(MemberRole, required=True)


class OrganisationInvitationSchema(Schema):
    """An invitation that can still be used."""

    id = PrefixedId("oiv", required=True)
    role = Choice(MemberRole, required=True)
    created_at = Instant(required=True)
    expires_at = Instant(required=True)


class MadeOrganisationInvitationSchema(OrganisationInvitationSchema):
    """A new invitation with its code, which is told this once."""

    organisation_id = PrefixedId("org", required=True)
    code = fields.String(required=True)


class JoinSchema(Schema):
    """The code of an invitation, with or without spaces and hyphens."""

    code = Text(max=20, required=True, metadata={"example": "7k3m9qwdx4"})
