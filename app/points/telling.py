"""What points tell a resident: what an act earned, why it earned nothing, what became of the part that waited."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.notices import NoticeGroup, NoticeKind, at, kinds, links, notify
from app.points.models import AwardRow
from app.points.texts import act_name, explain, points_text

AWARD = "points.award"
AWARDED, NOTHING, SETTLED, FORFEITED = "points.awarded", "points.nothing", "points.settled", "points.forfeited"
REVERSED = "points.reversed"


def tell_award(session: Session, award: AwardRow, now: datetime) -> None:
    """Tell what an act earned; of nothing, the reason with its numbers."""
    if award.points:
        kind, params = AWARDED, {"act": award.act, "points": award.points, "points_now": award.points_now}
    else:
        line = next(line for line in award.arithmetic if line["code"] == "zero")
        kind, params = NOTHING, {"act": award.act, "acted_on": award.acted_on.isoformat(), **line}
    _tell(session, award.person_id, award.id, kind, params, now)


def tell_settled(session: Session, person_id: UUID, award_id: UUID, *, points: int, now: datetime) -> None:
    """Tell what became of the later part of an award."""
    _tell(session, person_id, award_id, SETTLED if points else FORFEITED, {"points": points}, now)


def tell_reversed(session: Session, person_id: UUID, award_id: UUID, *, points: int, now: datetime) -> None:
    """Tell that an award was taken back."""
    _tell(session, person_id, award_id, REVERSED, {"points": points}, now)


def _tell(
    session: Session, person_id: UUID, award_id: UUID, kind: str, params: Mapping[str, Any], now: datetime
) -> None:
    notify(session, person_id=person_id, kind=kind, subject_kind=AWARD, subject_id=award_id, params=params, now=now)


def register_telling(app: Flask) -> None:
    """Say how these notices read, and where an award lies."""
    for kind, title, body, words in (
        (AWARDED, _("New points"), _("{points} for {act}; {points_now} of them now."), _awarded),
        (NOTHING, _("An act without points"), _("{why}"), _nothing),
        (SETTLED, _("Waiting points have come"), _("The result was checked: {points} more."), _points),
        (FORFEITED, _("Waiting points have lapsed"), _("The result was checked, and the waiting points lapsed."), None),
        (REVERSED, _("Points were taken back"), _("{points} were taken back. The award says why."), _points),
    ):
        kinds.register(app, kind, NoticeKind(NoticeGroup.POINTS, title, body, words=words))
    links.register(app, AWARD, at("awd", "/v1/awards/{id}"))


def _awarded(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        "act": act_name(params["act"]),
        "points": points_text(params["points"]),
        "points_now": points_text(params["points_now"]),
    }


def _nothing(params: Mapping[str, Any]) -> dict[str, str]:
    # A notice may be read in another year: `this year` is never said.
    sentences = explain(
        [dict(params)], act=params["act"], acted_on=date.fromisoformat(params["acted_on"]), today=date.min
    )
    return {"why": sentences[0].text}


def _points(params: Mapping[str, Any]) -> dict[str, str]:
    return {"points": points_text(params["points"])}
