"""What the template of a certificate is given: everything in the reader's language, nothing decided anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import LazyString, gettext
from markupsafe import Markup, escape

from app.certificates import (
    CHECK_TEXTS,
    REVOCATION_TEXTS,
    VERDICT_TEXTS,
    CertificatePage,
    Check,
    CheckResult,
    TimelineEvent,
    Verdict,
)
from app.foundation.http import language
from app.web.certificate.files import FileShown
from app.web.certificate.words import CHECKS, EVENTS, PURPOSES, QUESTIONS, RESULTS, STYLES
from app.web.filters import code, listed, moment, moment_exact, tonnes

# The sequencer signs about every second; what waits longer waits for people.
_ISSUED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictShown:
    """The verdict in words; `checks` names those that failed or could not be made."""

    code: str
    style: str
    word: str
    title: str = ""
    issuer: str = ""
    reason: str = ""
    checks: str = ""
    qr: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class CheckShown:
    """One check with its result."""

    name: str
    style: str
    result: str
    text: Markup


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question with the checks that answer it."""

    text: str
    checks: tuple[CheckShown, ...]


@dataclass(frozen=True, slots=True)
class EventShown:
    """Something that happened; without a time it is still to come."""

    at: datetime | None
    text: Markup

    @property
    def is_next(self) -> bool:
        """Return whether it is still to come."""
        return self.at is None


def certificate_context(page: CertificatePage, files: Sequence[FileShown]) -> dict[str, Any]:
    """Return everything the template needs beside the page itself."""
    return {
        "page": page,
        "host": public_host(),
        "verdict": _verdict(page),
        "purpose": str(PURPOSES[page.purpose]) if page.purpose in PURPOSES else None,
        "questions": [] if page.verdict is Verdict.ISSUING else _questions(page.checks),
        "checks_said": _summary(page.checks),
        "files": files,
        "events": _events(page),
    }


def unknown_context() -> dict[str, Any]:
    """Return the verdict on a number that does not exist."""
    unknown = Verdict.UNKNOWN
    return {
        "page": None,
        "verdict": VerdictShown(code=unknown, style=STYLES[unknown], word=str(VERDICT_TEXTS[unknown])),
    }


def public_host() -> str:
    """Return the host that must stand in the address bar: of the setting, never of the request, which anybody may forge."""
    return urlsplit(str(current_app.config["LINTAN_PUBLIC_URL"])).netloc


def _verdict(page: CertificatePage) -> VerdictShown:
    in_english = language() == "en"
    issuer = page.issuer
    return VerdictShown(
        code=page.verdict,
        style=STYLES[page.verdict],
        word=str(VERDICT_TEXTS[page.verdict]),
        title=page.title_en if in_english else page.title_zh,
        issuer=(issuer.name_en if in_english else issuer.name_zh) if issuer else "",
        reason=str(REVOCATION_TEXTS[page.revocation_reason]) if page.revocation_reason is not None else "",
        checks=_what_is_wrong(page),
        qr=f"/v/{page.number}/qr.png",
        is_late=_is_late(page),
    )


def _is_late(page: CertificatePage) -> bool:
    retired_at = max((each.retired_at for each in page.retirements), default=page.checked_at)
    return page.verdict is Verdict.ISSUING and page.checked_at - retired_at > _ISSUED_WITHIN


def _what_is_wrong(page: CertificatePage) -> str:
    """Return the names of the checks that the verdict rests on, as a sentence."""
    if page.verdict is Verdict.CHECK_FAILED:
        names = _names(page.checks, CheckResult.FAILED)
        return gettext("Not passed: %(checks)s.", checks=names) if names else ""
    if page.verdict is Verdict.CANNOT_CHECK:
        names = _names(page.checks, CheckResult.NOT_DONE)
        return gettext("Not done: %(checks)s.", checks=names) if names else ""
    return ""


def _names(checks: Sequence[Check], result: CheckResult) -> str:
    return listed(str(CHECKS[check.name]) for check in checks if check.result is result)


def _questions(checks: Sequence[Check]) -> list[QuestionShown]:
    by_name = {check.name: check for check in checks}
    asked = []
    for question in QUESTIONS:
        shown = tuple(_check(by_name[name]) for name in question.checks if name in by_name)
        if shown:
            asked.append(QuestionShown(str(question.text), shown))
    return asked


def _check(check: Check) -> CheckShown:
    style, result = RESULTS[check.result]
    return CheckShown(str(CHECKS[check.name]), style, str(result), _sentence(CHECK_TEXTS.get(check.code), check.params))


def _sentence(text: LazyString | None, params: dict[str, Any]) -> Markup:
    """Return a sentence with its values in the formats of pages; what a room hands over cannot become markup."""
    if text is None:
        return Markup("")
    said = {name: _value(name, value) for name, value in params.items()}
    return escape(str(text)) % said


def _value(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_exact(value)
    if name == "kg":
        return tonnes(value)
    if name in {"key", "number"}:
        return code(value)
    return f"{value:,}" if isinstance(value, int) else value


def _summary(checks: Sequence[Check]) -> str:
    """Return `7 checks: 6 passed, 1 none yet`."""
    results = [check.result for check in checks]
    told = listed(
        gettext("%(count)s %(result)s", count=results.count(result), result=word)
        for result, (_style, word) in RESULTS.items()
        if result in results
    )
    return gettext("%(count)s checks: %(told)s", count=len(results), told=told)


def _events(page: CertificatePage) -> list[EventShown]:
    told = [EventShown(event.at, _event_text(event)) for event in page.timeline if event.code in EVENTS]
    if page.verdict is Verdict.ISSUING:
        told.append(EventShown(None, escape(gettext("Signed and issued"))))
    if page.valid_until is not None and page.verdict is Verdict.VALID:
        told.append(EventShown(None, escape(gettext("Valid until %(at)s")) % {"at": moment(page.valid_until)}))
    return told


def _event_text(event: TimelineEvent) -> Markup:
    return _sentence(EVENTS[event.code], event.params)
