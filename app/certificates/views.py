"""A certificate as it is shown: what stands in the signed bytes, how it stands now, and what was checked a moment ago."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.certificates.rules import (
    CertificateKind,
    CheckName,
    CheckResult,
    RevocationReason,
    Verdict,
    Visibility,
)

__all__ = [
    "CertificateKind",
    "CertificatePage",
    "Check",
    "CheckName",
    "CheckResult",
    "IssuerShown",
    "LogPlace",
    "RetirementShown",
    "RevocationReason",
    "SerialsShown",
    "SourceCancellation",
    "TimelineEvent",
    "Verdict",
    "Visibility",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerShown:
    """Who signed, by the name frozen into the document, and where its keys are published."""

    slug: str
    did: str
    name_zh: str
    name_en: str
    host: str  # As it must stand in the address bar, port included: `carbon.example.cn`.
    site: str | None  # The agency's own site, where the DID is named too.


@dataclass(frozen=True, slots=True)
class SerialsShown:
    """Serials of one block, both ends included; one serial is one kilogram."""

    block: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCancellation:
    """The same kilograms in the outside registry; no reference: not proved to be cancelled there yet."""

    registry: str
    reference: str | None
    cancelled_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementShown:
    """Retired kilograms that the certificate is about."""

    public_id: str  # `ret_…`
    retired_at: datetime
    registry: str
    methodology: str
    project_name: str
    vintage: int
    kg: int
    serials: tuple[SerialsShown, ...]
    custody: str  # `own` or `external`
    source_cancellation: SourceCancellation | None  # None with custody `own`.


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check and how it ended.

    Args:
        code: `room.what` of the sentence that explains the result, such as `certificates.check.proof.passed`.
        params: what the sentence needs: text, whole numbers and instants.
    """

    name: CheckName
    result: CheckResult
    code: str
    params: dict[str, str | int | datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """Where the certificate stands in the public log, and the newest signed head that covers it."""

    index: int
    size: int
    checkpoint_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """Something that happened to the certificate or to what it is about: `retired`, `issued`, `revoked`, `replaced`."""

    at: datetime
    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePage:
    """All that `/v/NUMBER` shows.

    With visibility `off` only `number`, `kind`, the titles, `verdict`, `checked_at` and `visibility` are filled in. While the
    certificate is issuing there is no document: `issuer`, `valid_from`, `log`, `document_id` and `digest` are None, `checks`
    is empty, and the rest is what will be signed.
    """

    number: str
    kind: CertificateKind
    title_zh: str
    title_en: str
    verdict: Verdict
    checked_at: datetime
    visibility: Visibility
    issuer: IssuerShown | None = None
    holder: str | None = None  # Masked where it is a person's.
    is_personal: bool = True  # noindex, no-store, no-referrer.
    purpose: str | None = None  # `self` or `gift`
    donated_through: str | None = None
    retirements: tuple[RetirementShown, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None  # None: no end.
    revoked_at: datetime | None = None
    revocation_reason: RevocationReason | None = None
    superseded_by: str | None = None  # Number of the certificate that has taken its place.
    checks: tuple[Check, ...] = ()
    log: LogPlace | None = None
    timeline: tuple[TimelineEvent, ...] = ()  # Oldest first.
    document_id: UUID | None = None
    digest: str | None = None  # `sha256-…` in base64, as it stands in the log.

    @property
    def kg(self) -> int:
        """Return the kilograms that were retired for it."""
        return sum(each.kg for each in self.retirements)
