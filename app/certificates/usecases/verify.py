"""How a certificate stands this moment: everything is read from its signed bytes, and every check is made anew."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.certificates import queries
from app.certificates.checking.checks import check, missing_document
from app.certificates.checking.stored import read_stored
from app.certificates.models import CertificateRow, RevocationRow
from app.certificates.rules import CertificateState, CheckName, CheckResult, Verdict, Visibility, forgiven_number
from app.certificates.texts import TITLES
from app.certificates.views import (
    CertificatePage,
    Check,
    IssuerShown,
    LogPlace,
    RetirementShown,
    SerialsShown,
    SourceCancellation,
    TimelineEvent,
)
from app.transparency import Issuer, ProofInvalid, document_by_id, find_issuer, parse_second

_REVOKED = frozenset({"certificates.check.status.revoked", "certificates.check.status.revoked_soon"})


def page_of(session: Session, number: str, now: datetime) -> CertificatePage | None:
    """Return a certificate as anybody may see it, checked now, or None when there is none of this number.

    None too of a draft that was refused: nothing was ever signed, and strangers cannot tell it from a number that nobody has.

    Args:
        number: as somebody typed it.
    """
    known = forgiven_number(number)
    row = queries.find_certificate(session, known) if known is not None else None
    if row is None or row.state is CertificateState.REFUSED:
        return None
    page = full_page(session, row, now)
    if row.visibility is not Visibility.OFF:
        return page
    return CertificatePage(
        number=page.number,
        kind=page.kind,
        title_zh=page.title_zh,
        title_en=page.title_en,
        verdict=page.verdict,
        checked_at=page.checked_at,
        visibility=page.visibility,
    )


def full_page(session: Session, row: CertificateRow, now: datetime) -> CertificatePage:
    """Return everything about a certificate, whatever its holder shows to others."""
    if row.state in (CertificateState.ISSUING, CertificateState.REFUSED):
        return _drafted(row, now)
    issuer = find_issuer(session, row.issuer or "")
    document = document_by_id(session, row.document_id) if row.document_id is not None else None
    stored = read_stored(document) if document is not None else None
    if stored is None or issuer is None:
        return _signed(session, row, {}, missing_document(), issuer=issuer, log=None, digest=None, now=now)
    findings = check(session, row, stored, issuer, now=now)
    content = stored.content or {}
    return _signed(
        session, row, content, findings.checks, issuer=issuer, log=findings.log, digest=stored.digest, now=now
    )


def _drafted(row: CertificateRow, now: datetime) -> CertificatePage:
    title_zh, title_en = TITLES[row.kind]
    return CertificatePage(
        number=row.number,
        kind=row.kind,
        title_zh=title_zh,
        title_en=title_en,
        verdict=Verdict.ISSUING if row.state is CertificateState.ISSUING else Verdict.UNKNOWN,
        checked_at=now,
        visibility=row.visibility,
        **_facts(row.draft),
        timeline=tuple(_timeline(row.draft, None, None, None)),
    )


def _signed(
    session: Session,
    row: CertificateRow,
    content: Mapping[str, Any],
    checks: tuple[Check, ...],
    *,
    issuer: Issuer | None,
    log: LogPlace | None,
    digest: str | None,
    now: datetime,
) -> CertificatePage:
    title_zh, title_en = TITLES[row.kind]
    revocation = queries.find_revocation(session, row.id)
    successor = _number_of(session, row.superseded_by)
    subject = content.get("credentialSubject")
    facts = _facts(subject if isinstance(subject, dict) else {})
    valid_from, valid_until = _instant(content.get("validFrom")), _instant(content.get("validUntil"))
    return CertificatePage(
        number=row.number,
        kind=row.kind,
        title_zh=title_zh,
        title_en=title_en,
        verdict=_verdict(checks, revocation, is_replaced=successor is not None, valid_until=valid_until, now=now),
        checked_at=now,
        visibility=row.visibility,
        issuer=_issuer_shown(issuer, content) if issuer is not None else None,
        **facts,
        valid_from=valid_from,
        valid_until=valid_until,
        revoked_at=revocation.revoked_at if revocation is not None else None,
        revocation_reason=revocation.reason if revocation is not None else None,
        superseded_by=successor,
        checks=checks,
        log=log,
        timeline=tuple(_timeline(subject, valid_from, revocation, successor)),
        document_id=row.document_id,
        digest=digest,
    )


def _verdict(
    checks: Iterable[Check],
    revocation: RevocationRow | None,
    *,
    is_replaced: bool,
    valid_until: datetime | None,
    now: datetime,
) -> Verdict:
    """Return the verdict. A check that failed comes before all else; a revocation needs no list to be believed."""
    results = {each.name: each.result for each in checks if each.code not in _REVOKED}
    if CheckResult.FAILED in results.values():
        return Verdict.CHECK_FAILED
    if revocation is not None:
        return Verdict.REPLACED if is_replaced else Verdict.REVOKED
    results.pop(CheckName.WITNESS, None)
    if CheckResult.NOT_DONE in results.values():
        return Verdict.CANNOT_CHECK
    return Verdict.EXPIRED if valid_until is not None and now >= valid_until else Verdict.VALID


def _number_of(session: Session, certificate_id: UUID | None) -> str | None:
    if certificate_id is None:
        return None
    row = queries.certificates_by_ids(session, [certificate_id]).get(certificate_id)
    return row.number if row is not None else None


def _issuer_shown(issuer: Issuer, content: Mapping[str, Any]) -> IssuerShown:
    named = content.get("issuer")
    frozen = named.get("name") if isinstance(named, dict) else None
    return IssuerShown(
        slug=issuer.slug,
        did=issuer.did,
        name_zh=frozen if isinstance(frozen, str) else issuer.name_zh,
        name_en=issuer.name_en,
        host=urlsplit(str(current_app.config["LINTAN_PUBLIC_URL"])).netloc,
        site=issuer.site,
    )


def _facts(subject: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a subject says, for a page. Of bytes that are not what we sign, nothing is shown."""
    try:
        beneficiary = subject.get("beneficiary")
        return {
            "holder": beneficiary["name"] if beneficiary is not None else subject["maskedName"],
            "is_personal": beneficiary is None,
            "purpose": subject["purpose"],
            "donated_through": subject.get("donatedThrough"),
            "retirements": (_retirement(subject),),
        }
    except (KeyError, TypeError, ValueError, ProofInvalid):
        return {}


def _retirement(subject: Mapping[str, Any]) -> RetirementShown:
    serials = tuple(
        SerialsShown(str(each["block"]), int(each["first"]), int(each["last"])) for each in subject["serials"]
    )
    cancellation = subject.get("sourceCancellation")
    return RetirementShown(
        public_id=str(subject["id"]).rpartition("/")[2],
        retired_at=parse_second(subject["retiredAt"], reason="retired_at"),
        registry=str(subject["registry"]),
        methodology=str(subject["methodology"]),
        project_name=str(subject["projectName"]),
        vintage=int(subject["vintage"]),
        kg=int(str(subject["quantity"]).replace(".", "")),
        serials=serials,
        custody=str(subject["custody"]),
        source_cancellation=_cancellation(subject["registry"], cancellation) if cancellation is not None else None,
    )


def _cancellation(registry: str, cancellation: str | Mapping[str, str]) -> SourceCancellation:
    if isinstance(cancellation, str):
        return SourceCancellation(registry=registry, reference=None, cancelled_on=None)
    return SourceCancellation(
        registry=cancellation["registry"],
        reference=cancellation["reference"],
        cancelled_on=date.fromisoformat(cancellation["date"]),
    )


def _timeline(
    subject: object, issued_at: datetime | None, revocation: RevocationRow | None, successor: str | None
) -> Iterable[TimelineEvent]:
    retirement = _facts(subject).get("retirements") if isinstance(subject, dict) else None
    for each in retirement or ():
        yield TimelineEvent(at=each.retired_at, code="retired", params={"kg": each.kg})
    if issued_at is not None:
        yield TimelineEvent(at=issued_at, code="issued")
    if revocation is not None and successor is None:
        yield TimelineEvent(at=revocation.revoked_at, code="revoked")
    elif revocation is not None and successor is not None:
        yield TimelineEvent(at=revocation.revoked_at, code="replaced", params={"number": successor})


def _instant(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_second(text, reason="instant")
    except ProofInvalid:
        return None
