"""What may be recorded, changed and submitted, and where a claim stands."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.review import CaseState

# SECURITY 3, offline: an app may have been without a network for a month; a device clock may be a little fast.
CAPTURED_AGE_MAX = timedelta(days=30)
CAPTURED_AHEAD_MAX = timedelta(minutes=5)
FILES_A_SUBMISSION_MAX = 6
# [P] Three full submissions: enough for two rounds of "please add", few enough for one look.
FILES_A_CLAIM_MAX = 18


class ClaimState(StrEnum):
    """What the resident did with a claim. What was decided about it is its case's to tell."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class ClaimStatus(StrEnum):
    """Where a claim stands, read from its state and its case."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_MORE = "needs_more"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_STATUS_OF_CASE = {
    CaseState.OPEN: ClaimStatus.SUBMITTED,
    CaseState.NEEDS_MORE: ClaimStatus.NEEDS_MORE,
    CaseState.APPROVED: ClaimStatus.APPROVED,
    CaseState.REJECTED: ClaimStatus.REJECTED,
    CaseState.WITHDRAWN: ClaimStatus.WITHDRAWN,
}
EDITABLE = frozenset({ClaimStatus.DRAFT, ClaimStatus.NEEDS_MORE})
WITHDRAWABLE = EDITABLE | {ClaimStatus.SUBMITTED}


class CaptureFault(StrEnum):
    """Why a time of capture is not believed."""

    TOO_OLD = "too_old"
    IN_FUTURE = "in_future"


def capture_fault(captured_at: datetime, *, received_at: datetime) -> CaptureFault | None:
    """Return what is wrong with a device's time of capture, or None; both limits still belong to what is accepted."""
    if received_at - captured_at > CAPTURED_AGE_MAX:
        return CaptureFault.TOO_OLD
    if captured_at - received_at > CAPTURED_AHEAD_MAX:
        return CaptureFault.IN_FUTURE
    return None


def status_of(state: ClaimState, case_state: CaseState | None) -> ClaimStatus:
    """Return where a claim stands.

    >>> status_of(ClaimState.SUBMITTED, CaseState.APPROVED)
    <ClaimStatus.APPROVED: 'approved'>
    """
    if state is ClaimState.SUBMITTED and case_state is not None:
        return _STATUS_OF_CASE[case_state]
    return ClaimStatus(state)


def trees_counted(tree_count: int, *, trees_per_unit: Decimal | None) -> int:
    """Return how many planted trees a claim counts as, in whole trees, rounded down; none where no rate is known.

    >>> trees_counted(5, trees_per_unit=Decimal("0.5")), trees_counted(5, trees_per_unit=None)
    (2, 0)
    """
    return 0 if trees_per_unit is None else int(tree_count * trees_per_unit)
