"""Shape of certificates over HTTP, and of what is asked of them."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.certificates.rules import (
    NUMBER_PATTERN,
    CertificateKind,
    CertificateState,
    CheckName,
    CheckResult,
    HeldReason,
    RefusedReason,
    RevocationReason,
    Verdict,
    Visibility,
)
from app.foundation.http import Choice, Day, Instant, Many, Nested, Schema, WholeNumber

SERIAL_RANGES_MAX = 10_000
NUMBER = {"pattern": NUMBER_PATTERN, "maxLength": 20}


@dataclass(frozen=True, slots=True)
class NewRevocation:
    """Why a certificate is to be revoked."""

    reason: RevocationReason


@dataclass(frozen=True, slots=True)
class VisibilityChange:
    """How much of a certificate others are to see."""

    visibility: Visibility


class NewRevocationSchema(Schema):
    """A revocation to be proposed. `superseded` also drafts the successor, for the same retirement."""

    reason = Choice(RevocationReason, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewRevocation:
        """Build the typed input."""
        return NewRevocation(**data)


class VisibilityChangeSchema(Schema):
    """A change of who sees how much: `link` shows the page to who has the number, `off` the verdict alone.

    `listed` is for what an organisation holds: it may stand in public lists.
    """

    visibility = Choice(Visibility, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> VisibilityChange:
        """Build the typed input."""
        return VisibilityChange(**data)


class CertifiedSerialsSchema(Schema):
    """Serials of one block, both ends included: one kilogram each."""

    block = fields.String(required=True)
    first = WholeNumber(min=1, required=True)
    last = WholeNumber(min=1, required=True)


class CertifiedCancellationSchema(Schema):
    """The same units in the outside registry; no reference: not proved to be cancelled there when it was signed."""

    registry = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)
    cancelled_on = Day(required=True, allow_none=True)


class CertifiedRetirementSchema(Schema):
    """A retirement as the signed document tells of it."""

    id = fields.String(required=True)
    retired_at = Instant(required=True)
    registry = fields.String(required=True)
    methodology = fields.String(required=True)
    project_name = fields.String(required=True)
    vintage = WholeNumber(min=0, required=True)
    retired_kg = WholeNumber(min=1, required=True)
    serials = Many(Nested(CertifiedSerialsSchema), max=SERIAL_RANGES_MAX, required=True)
    custody = fields.String(required=True, metadata={"enum": ["own", "external"]})
    source_cancellation = Nested(CertifiedCancellationSchema, required=True, allow_none=True)


class CertificateSubjectSchema(Schema):
    """What is certified, in short."""

    holder = fields.String(required=True, allow_none=True, metadata={"description": "Masked where it is a person."})
    purpose = fields.String(required=True, allow_none=True)
    donated_through = fields.String(required=True, allow_none=True)
    retired_kg = WholeNumber(min=0, required=True)
    retirements = Many(Nested(CertifiedRetirementSchema), max=100, required=True)


class CertificateIssuerSchema(Schema):
    """Who signed. Its keys are published at `host`; trust comes from knowing that host."""

    did = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    host = fields.String(required=True)
    site = fields.String(required=True, allow_none=True)


class CertificateCheckSchema(Schema):
    """One check, made when the answer was. `ok` is null where it was not made, or is not possible yet."""

    name = Choice(CheckName, required=True)
    result = Choice(CheckResult, required=True)
    ok = fields.Boolean(required=True, allow_none=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


class CertificateLogSchema(Schema):
    """Where it stands in the public log, and the signed head that covers it."""

    index = WholeNumber(min=0, required=True)
    size = WholeNumber(min=1, required=True)
    checkpoint_at = Instant(required=True)


class CertificateLinksSchema(Schema):
    """Where to read on; files are there once it is signed, and not while the holder shows the verdict alone."""

    page = fields.String(required=True)
    credential = fields.String(required=True, allow_none=True)
    jwt = fields.String(required=True, allow_none=True)
    pdf = fields.String(required=True, allow_none=True)
    log_proof = fields.String(required=True, allow_none=True)
    qr = fields.String(required=True, allow_none=True)
    did = fields.String(required=True, allow_none=True)


class VerificationSchema(Schema):
    """How a certificate stands, checked a moment ago. When its holder shows the verdict alone, the rest is empty."""

    number = fields.String(required=True, metadata=NUMBER)
    type = Choice(CertificateKind, required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    status = Choice(Verdict, required=True)
    status_text = fields.String(required=True)
    status_reason = Choice(RevocationReason, required=True, allow_none=True)
    status_reason_text = fields.String(required=True, allow_none=True)
    superseded_by = fields.String(required=True, allow_none=True, metadata=NUMBER)
    checked_at = Instant(required=True)
    visibility = Choice(Visibility, required=True)
    issuer = Nested(CertificateIssuerSchema, required=True, allow_none=True)
    valid_from = Instant(required=True, allow_none=True)
    valid_until = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)
    summary = Nested(CertificateSubjectSchema, required=True, allow_none=True)
    digest = fields.String(
        required=True, allow_none=True, metadata={"description": "SHA-256 of the signed document, as the log names it."}
    )
    log = Nested(CertificateLogSchema, required=True, allow_none=True)
    checks = Many(Nested(CertificateCheckSchema), max=len(CheckName), required=True)
    links = Nested(CertificateLinksSchema, required=True)


class CertificateSchema(Schema):
    """One's own certificate, as it is listed. The list makes no checks."""

    number = fields.String(required=True, metadata=NUMBER)
    type = Choice(CertificateKind, required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    state = Choice(CertificateState, required=True)
    held_reason = Choice(HeldReason, required=True, allow_none=True)
    held_text = fields.String(required=True, allow_none=True)
    refused_reason = Choice(RefusedReason, required=True, allow_none=True)
    refused_text = fields.String(required=True, allow_none=True)
    holder = fields.String(required=True, metadata={"description": "As others see it."})
    purpose = fields.String(required=True)
    quantity_t = fields.String(required=True, metadata={"description": "tCO2e with three decimals, as it is signed."})
    retirement_id = fields.String(required=True)
    visibility = Choice(Visibility, required=True)
    valid_from = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)
    href = fields.String(required=True)


class HolderCommitmentSchema(Schema):
    """What proves that a masked certificate is yours; for your own app alone.

    `value` is base64url(SHA-256(salt, 0x00, name, 0x00, account_id)) and stands in the signed document.
    """

    value = fields.String(required=True)
    salt = fields.String(required=True, metadata={"description": "16 bytes in base64url."})
    name = fields.String(required=True, metadata={"description": "In full, in NFC, as it was hashed."})
    account_id = fields.String(required=True, metadata={"description": "36 characters, lower case, as it was hashed."})


class OwnCertificateSchema(CertificateSchema):
    """One's own certificate, checked now."""

    verification = Nested(VerificationSchema, required=True)
    commitment = Nested(HolderCommitmentSchema, required=True, allow_none=True)
