"""Ages, and who may correct a birth date.

Two rules of the product need a birth date: the guardian's consent under 14 (PIPL of 2021, arts. 28 and 31), and the ages of the
planting duty (State Council resolution on the obligatory planting campaign, 1981). Nothing else asks for one.
"""

from datetime import date, datetime, timedelta

GUARDED_UNTIL_AGE = 14
FULL_AGE = 18  # Civil Code of 2020, art. 17.
AGE_MAX = 125  # Nobody on record has grown older.
# A typing error is found at once. Afterwards a date under 14 is no longer the child's own to change.
CORRECTION_TIME = timedelta(hours=24)


def birthday(born_on: date, age: int) -> date:
    """Return the day on which somebody reaches an age; the last day there is where the calendar ends before it.

    >>> birthday(date(2012, 2, 29), 14)
    datetime.date(2026, 3, 1)
    """
    if born_on.year + age > date.max.year:
        return date.max
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        # Only 29 February gets here. On 28 February the last day of the year of life is not over.
        return date(born_on.year + age, 3, 1)


def is_plausible(born_on: date, today: date) -> bool:
    """Return whether somebody can have been born on this day and be alive."""
    return born_on <= today < birthday(born_on, AGE_MAX)


def is_under(age: int, born_on: date, on: date) -> bool:
    """Return whether somebody born on `born_on` has not yet reached the age."""
    return on < birthday(born_on, age)


def may_change_own(
    born_on: date | None, *, first_given_at: datetime | None, guarded_until: date | None, today: date, now: datetime
) -> bool:
    """Return whether somebody may set, correct or delete their own birth date.

    A date that a guardian's consent rests on is not the child's to change until the birthday it tells, whether the guardian is
    still there or not; nor is a date under 14 without a guardian, a day after it was first given.

    Args:
        born_on: the date on record, if there is one.
        guarded_until: the 14th birthday in the person's latest guardianship, present or past.
    """
    if guarded_until is not None and today < guarded_until:
        return False
    if born_on is None or first_given_at is None or not is_under(GUARDED_UNTIL_AGE, born_on, today):
        return True
    return now - first_given_at <= CORRECTION_TIME
