"""Certificates as the room hands them to pages: one of each verdict, with every check and event it may have."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.certificates import (
    CertificateKind,
    CertificatePage,
    Check,
    CheckName,
    CheckResult,
    IssuerShown,
    LogPlace,
    RetirementShown,
    RevocationReason,
    SerialsShown,
    SourceCancellation,
    TimelineEvent,
    Verdict,
    Visibility,
)
from app.foundation.data import new_id

NUMBER, SUCCESSOR = "LSR-7K3M9QWDX4TB2N8R", "LSR-9C2P6FVH3R8W0M5T"
RETIRED = datetime(2026, 11, 24, 1, 15, 0, tzinfo=UTC)
ISSUED = RETIRED + timedelta(seconds=1)
CHECKED = datetime(2026, 11, 24, 6, 26, 8, tzinfo=UTC)  # 14:26:08 in Lishui.
REVOKED = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
ISSUER = IssuerShown(
    slug="lishui-ecology",
    did="did:web:localhost%3A8000:issuers:lishui-ecology",
    name_zh="丽水市生态环境局（演示）",
    name_en="Lishui Bureau of Ecology and Environment (demonstration)",
    host="localhost:8000",
    site="https://ecology.example.cn",
)
RETIREMENT = RetirementShown(
    public_id="ret_7q2m4t8wxk0d9neb",
    retired_at=RETIRED,
    registry="lintan",
    methodology="CM-AR-002-V01",
    project_name="峰源竹林经营碳汇项目",
    vintage=2024,
    kg=1_250,
    serials=(SerialsShown("LS33-F-0007-2024", 1, 1_000), SerialsShown("LS33-F-0007-2024", 120_001, 120_250)),
    custody="own",
    source_cancellation=None,
)
OUTSIDE = replace(
    RETIREMENT,
    registry="CCER",
    custody="external",
    source_cancellation=SourceCancellation(registry="CCER", reference=None, cancelled_on=None),
)
PROVED = replace(
    OUTSIDE,
    source_cancellation=SourceCancellation(registry="CCER", reference="CCER-2026-17", cancelled_on=date(2026, 11, 23)),
)


def check(name: CheckName, result: CheckResult, what: str, **params: Any) -> Check:
    return Check(name=name, result=result, code=f"certificates.check.{name}.{what}", params=params)


GOOD = (
    check(CheckName.DOCUMENT, CheckResult.PASSED, "passed"),
    check(CheckName.SCHEMA, CheckResult.PASSED, "passed"),
    check(CheckName.PROOF, CheckResult.PASSED, "passed", key="key-2026-1"),
    check(CheckName.STATUS, CheckResult.PASSED, "passed", until=CHECKED + timedelta(hours=23)),
    check(CheckName.LOG, CheckResult.PASSED, "passed", index=48_213),
    check(CheckName.CLAIM, CheckResult.PASSED, "passed"),
    check(CheckName.WITNESS, CheckResult.NOT_YET, "not_yet"),
)


def with_check(changed: Check) -> tuple[Check, ...]:
    """The checks of a good certificate, one of them another."""
    return tuple(changed if each.name is changed.name else each for each in GOOD)


def page(verdict: Verdict = Verdict.VALID, **changed: Any) -> CertificatePage:
    """A certificate as it stands with this verdict."""
    return replace(_VALID, verdict=verdict, **{**_BY_VERDICT[verdict], **changed})


_VALID = CertificatePage(
    number=NUMBER,
    kind=CertificateKind.RETIREMENT,
    title_zh="碳汇注销证书",
    title_en="Carbon Credit Retirement Certificate",
    verdict=Verdict.VALID,
    checked_at=CHECKED,
    visibility=Visibility.LINK,
    issuer=ISSUER,
    holder="张**",
    is_personal=True,
    purpose="self",
    retirements=(RETIREMENT,),
    valid_from=ISSUED,
    checks=GOOD,
    log=LogPlace(index=48_213, size=48_216, checkpoint_at=CHECKED),
    timeline=(TimelineEvent(at=RETIRED, code="retired", params={"kg": 1_250}), TimelineEvent(at=ISSUED, code="issued")),
    document_id=new_id(),
    digest="sha256-I+NaVzk/kAA/ZqhFgRcPsh8N4MaXtb9qq+I2yt+cXxQ=",
)
_REVOKED = {
    "revoked_at": REVOKED,
    "checks": with_check(check(CheckName.STATUS, CheckResult.FAILED, "revoked", since=REVOKED)),
}
_BY_VERDICT: dict[Verdict, dict[str, Any]] = {
    Verdict.VALID: {},
    Verdict.ISSUING: {
        "issuer": None,
        "valid_from": None,
        "log": None,
        "document_id": None,
        "digest": None,
        "checks": (),
        "timeline": _VALID.timeline[:1],
        "checked_at": RETIRED + timedelta(seconds=1),
    },
    Verdict.EXPIRED: {"valid_until": datetime(2026, 11, 24, 4, 0, tzinfo=UTC)},
    Verdict.REPLACED: {
        **_REVOKED,
        "revocation_reason": RevocationReason.SUPERSEDED,
        "superseded_by": SUCCESSOR,
        "timeline": (
            *_VALID.timeline,
            TimelineEvent(at=REVOKED, code="replaced", params={"number": SUCCESSOR}),
        ),
    },
    Verdict.REVOKED: {
        **_REVOKED,
        "revocation_reason": RevocationReason.ERROR,
        "timeline": (*_VALID.timeline, TimelineEvent(at=REVOKED, code="revoked")),
    },
    Verdict.CHECK_FAILED: {
        "checks": with_check(check(CheckName.PROOF, CheckResult.FAILED, "failed", reason="signature"))
    },
    Verdict.CANNOT_CHECK: {
        "checks": with_check(
            check(CheckName.STATUS, CheckResult.NOT_DONE, "list_expired", until=CHECKED - timedelta(hours=1))
        )
    },
}
