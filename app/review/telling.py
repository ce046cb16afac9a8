"""What review tells a submitter: that their report was decided, or went to another office."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.notices import NoticeGroup, NoticeKind, kinds, notify
from app.review.models import ReviewCase, ReviewDecision
from app.review.reasons import reason_text
from app.review.rules import Verdict

_KINDS = {
    Verdict.APPROVE: "review.approved",
    Verdict.NEEDS_MORE: "review.needs_more",
    Verdict.REJECT: "review.rejected",
}
FORWARDED = "review.forwarded"


def tell_decided(session: Session, row: ReviewCase, decision: ReviewDecision, now: datetime) -> None:
    """Tell the submitter how a round ended, and why."""
    reason = {} if decision.reason_code is None else {"reason": decision.reason_code}
    notify(
        session,
        person_id=row.submitter_id,
        kind=_KINDS[decision.verdict],
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        params={**reason, "step": row.round},
        now=now,
    )


def tell_forwarded(session: Session, row: ReviewCase, now: datetime) -> None:
    """Tell the submitter that another office looks at their report now; the day by which it answers stands there."""
    notify(
        session,
        person_id=row.submitter_id,
        kind=FORWARDED,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        params={"step": row.version},
        now=now,
    )


def register_telling(app: Flask) -> None:
    """Say how these notices read."""
    group = NoticeGroup.RECORDS
    approved = NoticeKind(group, _("Your report is approved"), _("It counts from now on."))
    forwarded = NoticeKind(
        group,
        _("Your report went to another office"),
        _("It came to the wrong office first. You need not send it again."),
    )
    needs_more = NoticeKind(
        group,
        _("Your report needs something more"),
        _("What is missing: {reason}"),
        is_urgent=True,
        words=_reason(Verdict.NEEDS_MORE),
    )
    rejected = NoticeKind(
        group, _("Your report is not approved"), _("The reason: {reason}"), words=_reason(Verdict.REJECT)
    )
    kinds.register(app, _KINDS[Verdict.APPROVE], approved)
    kinds.register(app, _KINDS[Verdict.NEEDS_MORE], needs_more)
    kinds.register(app, _KINDS[Verdict.REJECT], rejected)
    kinds.register(app, FORWARDED, forwarded)


def _reason(verdict: Verdict) -> Any:
    def words(params: Mapping[str, Any]) -> dict[str, str]:
        locale = get_locale()
        language = locale.language if locale is not None else "zh"
        return {"reason": reason_text(verdict, params["reason"], language)}

    return words
