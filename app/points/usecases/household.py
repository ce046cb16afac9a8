"""What the members of a household earned while they were members. The points stay theirs."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.data import clock
from app.identity import MemberInterval, spans_within
from app.points.models import PartRow, PartState


def points_earned(session: Session, intervals: Sequence[MemberInterval], first: date, until: date) -> int:
    """Return the points that reached the members' accounts in their intervals, within [first, until).

    What was taken back since does not count; what repaid a debt does. One look by the person's index for each interval.
    """
    return sum(
        session.scalar(
            select(func.coalesce(func.sum(PartRow.points), 0)).where(
                PartRow.person_id == span.person_id,
                PartRow.state == PartState.POSTED,
                PartRow.posted_at >= clock.day_start(span.first),
                PartRow.posted_at < clock.day_start(span.until),
            )
        )
        or 0
        for span in spans_within(intervals, first, until)
    )
