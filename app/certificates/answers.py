"""Certificates as their schemas write them."""

from datetime import datetime
from typing import Any

from app.certificates.rules import CheckResult
from app.certificates.texts import CHECK_TEXTS, HELD_TEXTS, REFUSED_TEXTS, REVOCATION_TEXTS, TITLES, VERDICT_TEXTS
from app.certificates.usecases.own import OwnCertificate
from app.certificates.views import CertificatePage, Check, RetirementShown
from app.foundation.http import instant_json
from app.transparency import base64url

_OK = {CheckResult.PASSED: True, CheckResult.FAILED: False}
_FILES = {
    "credential": "credential.json",
    "jwt": "credential.jwt",
    "pdf": "certificate.pdf",
    "log_proof": "log-proof",
    "qr": "qr.png",
}


def page_href(number: str) -> str:
    """Return the address of a certificate's page."""
    return f"/v/{number}"


def check_text(check: Check) -> str:
    """Return the sentence that explains how a check ended."""
    said = {name: instant_json(value) if isinstance(value, datetime) else value for name, value in check.params.items()}
    return str(CHECK_TEXTS[check.code]) % said


def verification_view(page: CertificatePage) -> dict[str, Any]:
    """Return how a certificate stands."""
    reason = page.revocation_reason
    return {
        "number": page.number,
        "type": page.kind,
        "title_zh": page.title_zh,
        "title_en": page.title_en,
        "status": page.verdict,
        "status_text": str(VERDICT_TEXTS[page.verdict]),
        "status_reason": reason,
        "status_reason_text": str(REVOCATION_TEXTS[reason]) if reason is not None else None,
        "superseded_by": page.superseded_by,
        "checked_at": page.checked_at,
        "visibility": page.visibility,
        "issuer": page.issuer,
        "valid_from": page.valid_from,
        "valid_until": page.valid_until,
        "revoked_at": page.revoked_at,
        "summary": _summary(page) if page.retirements else None,
        "digest": page.digest,
        "log": page.log,
        "checks": [_check(each) for each in page.checks],
        "links": _links(page),
    }


def certificate_view(own: OwnCertificate) -> dict[str, Any]:
    """Return one's own certificate as it is listed."""
    row, draft = own.row, own.row.draft
    title_zh, title_en = TITLES[row.kind]
    beneficiary = draft.get("beneficiary")
    held, refused = own.held_reason, own.refused_reason
    return {
        "number": row.number,
        "type": row.kind,
        "title_zh": title_zh,
        "title_en": title_en,
        "state": row.state,
        "held_reason": held,
        "held_text": str(HELD_TEXTS[held]) if held is not None else None,
        "refused_reason": refused,
        "refused_text": str(REFUSED_TEXTS[refused]) if refused is not None else None,
        "holder": beneficiary["name"] if beneficiary is not None else draft["maskedName"],
        "purpose": draft["purpose"],
        "quantity_t": draft["quantity"],
        "retirement_id": str(draft["id"]).rpartition("/")[2],
        "visibility": row.visibility,
        "valid_from": row.valid_from,
        "created_at": row.created_at,
        "href": page_href(row.number),
    }


def own_certificate_view(own: OwnCertificate) -> dict[str, Any]:
    """Return one's own certificate, checked, with what proves that it is one's own."""
    return {
        **certificate_view(own),
        "verification": verification_view(own.page) if own.page is not None else None,
        "commitment": {
            "value": own.commitment.value,
            "salt": base64url(own.commitment.salt),
            "name": own.commitment.name,
            "account_id": str(own.commitment.account_id),
        }
        if own.commitment is not None
        else None,
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "result": check.result,
        "ok": _OK.get(check.result),
        "code": check.code,
        "detail": check_text(check),
    }


def _summary(page: CertificatePage) -> dict[str, Any]:
    return {
        "holder": page.holder,
        "purpose": page.purpose,
        "donated_through": page.donated_through,
        "retired_kg": page.kg,
        "retirements": [_retirement(each) for each in page.retirements],
    }


def _retirement(retirement: RetirementShown) -> dict[str, Any]:
    return {
        "id": retirement.public_id,
        "retired_at": retirement.retired_at,
        "registry": retirement.registry,
        "methodology": retirement.methodology,
        "project_name": retirement.project_name,
        "vintage": retirement.vintage,
        "retired_kg": retirement.kg,
        "serials": retirement.serials,
        "custody": retirement.custody,
        "source_cancellation": retirement.source_cancellation,
    }


def _links(page: CertificatePage) -> dict[str, str | None]:
    href = page_href(page.number)
    is_signed = page.document_id is not None
    return {
        "page": href,
        **{name: f"{href}/{file}" if is_signed else None for name, file in _FILES.items()},
        "did": f"/issuers/{page.issuer.slug}/did.json" if page.issuer is not None else None,
    }
