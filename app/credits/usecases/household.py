"""What was retired for the members of a household while they were members."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.credits.models import RetirementRow
from app.credits.rules import BeneficiaryKind
from app.foundation.data import clock
from app.identity import MemberInterval, spans_within


def retired_kg(session: Session, intervals: Sequence[MemberInterval], first: date, until: date) -> int:
    """Return the kilograms retired with a member as beneficiary in their intervals, within [first, until).

    One look by the beneficiary's index for each interval.
    """
    return sum(
        session.scalar(
            select(func.coalesce(func.sum(RetirementRow.kg), 0)).where(
                RetirementRow.beneficiary_kind == BeneficiaryKind.RESIDENT,
                RetirementRow.beneficiary_id == span.person_id,
                RetirementRow.retired_at >= clock.day_start(span.first),
                RetirementRow.retired_at < clock.day_start(span.until),
            )
        )
        or 0
        for span in spans_within(intervals, first, until)
    )
