"""Shapes of consent texts and of consents."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from app.foundation.http import Choice, Day, Flag, Instant, Nested, PrefixedId, Schema, WholeNumber
from app.identity.consents.purposes import RENEWAL_NEEDED, Purpose, Standing
from app.identity.consents.usecases import Consent, NewConsent
from app.rulebook import Document, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTextView:
    """A text in the caller's language."""

    purpose: Purpose
    document_id: UUID
    version: int
    effective_from: date
    language: str
    title: str
    text: str
    why: str
    how_long: str
    how_to_withdraw: str
    renewal_needed: bool
    source: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentVersionView:
    """A text by its name: enough to say which one was agreed to."""

    document_id: UUID
    version: int
    effective_from: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A consent as its person sees it."""

    purpose: Purpose
    state: Standing
    changed_at: datetime | None
    agreed_text: ConsentVersionView | None
    current_text: ConsentVersionView | None
    is_in_effect: bool
    is_renewal_offered: bool
    is_renewal_needed: bool


def text_view(purpose: Purpose, document: Document, *, language: str) -> ConsentTextView:
    """Return a text in `en`, or in Chinese for every other language."""
    suffix = "en" if language == "en" else "zh"
    content = document.content
    return ConsentTextView(
        purpose=purpose,
        document_id=document.id,
        version=document.version,
        effective_from=document.effective_from,
        language="en" if language == "en" else "zh-CN",
        title=_title(document, language),
        text=content[f"text_{suffix}"],
        why=content[f"why_{suffix}"],
        how_long=content[f"how_long_{suffix}"],
        how_to_withdraw=content[f"how_to_withdraw_{suffix}"],
        renewal_needed=content[RENEWAL_NEEDED],
        source=document.source,
        status=document.status,
    )


def consent_view(consent: Consent, *, language: str) -> ConsentView:
    """Return a consent with the titles of its texts in a language."""
    return ConsentView(
        purpose=consent.purpose,
        state=consent.state,
        changed_at=consent.changed_at,
        agreed_text=_version(consent.document, language),
        current_text=_version(consent.current, language),
        is_in_effect=consent.is_in_effect,
        is_renewal_offered=consent.is_renewal_offered,
        is_renewal_needed=consent.is_renewal_needed,
    )


def _version(document: Document | None, language: str) -> ConsentVersionView | None:
    if document is None:
        return None
    return ConsentVersionView(
        document_id=document.id,
        version=document.version,
        effective_from=document.effective_from,
        title=_title(document, language),
    )


def _title(document: Document, language: str) -> str:
    return document.title_en if language == "en" else document.title_zh


class ConsentTextSchema(Schema):
    """What one agrees to."""

    purpose = Choice(Purpose, required=True)
    document_id = PrefixedId("doc", required=True)
    version = WholeNumber(min=1, required=True)
    effective_from = Day(required=True)
    language = fields.String(required=True, metadata={"example": "zh-CN"})
    title = fields.String(required=True, metadata={"example": "位置信息"})
    text = fields.String(required=True)
    why = fields.String(required=True)
    how_long = fields.String(required=True)
    how_to_withdraw = fields.String(required=True)
    renewal_needed = Flag(required=True, metadata={"description": "Who agreed to an earlier text has to agree anew."})
    source = fields.String(required=True)
    status = Choice(Status, required=True)


class ConsentTextListSchema(Schema):
    """All texts; they fit on one page."""

    items = fields.List(fields.Nested(ConsentTextSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={"example": None})


class ConsentVersionSchema(Schema):
    """A version of a text; `/v1/rulebook/{document_id}` has its words."""

    document_id = PrefixedId("doc", required=True)
    version = WholeNumber(min=1, required=True)
    effective_from = Day(required=True)
    title = fields.String(required=True, metadata={"example": "位置信息"})


class ConsentSchema(Schema):
    """Where a consent stands."""

    purpose = Choice(Purpose, required=True)
    state = Choice(Standing, required=True)
    changed_at = Instant(required=True, allow_none=True)
    agreed_text = Nested(ConsentVersionSchema, required=True, allow_none=True)
    current_text = Nested(ConsentVersionSchema, required=True, allow_none=True)
    is_in_effect = Flag(required=True, metadata={"description": "What it switches on works."})
    is_renewal_offered = Flag(required=True, metadata={"description": "A newer text is in force."})
    is_renewal_needed = Flag(
        required=True,
        metadata={"description": "The newer text asks for a new agreement; the older one counts no more."},
    )


class ConsentListSchema(Schema):
    """All purposes; they fit on one page."""

    items = fields.List(fields.Nested(ConsentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={"example": None})


class NewConsentOfChildSchema(Schema):
    """Which text a guardian agrees to for a child."""

    purpose = Choice(Purpose, required=True)
    document_id = PrefixedId("doc", required=True, metadata={"description": "The text in force, as it was shown."})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewConsent:
        """Return the typed agreement."""
        return NewConsent(**data)


class NewConsentSchema(NewConsentOfChildSchema):
    """Which text one agrees to for oneself."""

    is_14_or_over = Flag(required=True, metadata={"description": "Under 14 a guardian agrees."})
