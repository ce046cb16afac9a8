"""Where an organisation stands with its agency, and what a verdict makes of it."""

from datetime import datetime, timedelta
from enum import StrEnum


class OrganisationState(StrEnum):
    """Where an organisation stands. Only a verified one acts in the city."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_MORE = "needs_more"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"  # By its agency, with a reason; its facts are kept.
    CLOSED = "closed"  # By its owner, or a sign-up that nobody went on with.


class CheckVerdict(StrEnum):
    """What an agency says about what it was asked to check."""

    APPROVE = "approve"
    NEEDS_MORE = "needs_more"
    REJECT = "reject"


class CheckAct(StrEnum):
    """What a line of an organisation's history is: a verdict, a stop and its end, or an entry by the agency itself."""

    APPROVE = "approve"
    NEEDS_MORE = "needs_more"
    REJECT = "reject"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    IMPORT = "import"


_S = OrganisationState
MOVES: dict[OrganisationState, frozenset[OrganisationState]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.CLOSED}),
    _S.SUBMITTED: frozenset({_S.NEEDS_MORE, _S.VERIFIED, _S.REJECTED, _S.CLOSED}),
    _S.NEEDS_MORE: frozenset({_S.SUBMITTED, _S.CLOSED}),
    _S.VERIFIED: frozenset({_S.SUSPENDED, _S.CLOSED}),
    _S.SUSPENDED: frozenset({_S.VERIFIED, _S.CLOSED}),
    _S.REJECTED: frozenset({_S.CLOSED}),  # Its owner puts it away.
    _S.CLOSED: frozenset(),
}
# Of these there is one a code.
ACTIVE = frozenset({_S.DRAFT, _S.SUBMITTED, _S.NEEDS_MORE, _S.VERIFIED, _S.SUSPENDED})
# Nobody has vouched for its facts yet, so its owner changes them freely.
OPEN = frozenset({_S.DRAFT, _S.NEEDS_MORE})

STATE_AFTER: dict[CheckVerdict, OrganisationState] = {
    CheckVerdict.APPROVE: _S.VERIFIED,
    CheckVerdict.NEEDS_MORE: _S.NEEDS_MORE,
    CheckVerdict.REJECT: _S.REJECTED,
}

# Product choice: how long a sign-up that its owner does not go on with keeps the code from others.
HELD_FOR: dict[OrganisationState, timedelta] = {_S.DRAFT: timedelta(days=7), _S.NEEDS_MORE: timedelta(days=30)}
# Product choice: nobody keeps the codes of others by signing up again and again.
OPEN_SIGN_UPS_MAX = 5
KINDS_MAX, DOCUMENTS_MAX = 6, 10


def may_move(before: OrganisationState, after: OrganisationState) -> bool:
    """Return whether an organisation may go from one state to another. Staying is no move."""
    return after in MOVES[before]


def is_abandoned(state: OrganisationState, touched_at: datetime, now: datetime) -> bool:
    """Return whether a sign-up has lain so long with its owner that somebody else may use the code."""
    held_for = HELD_FOR.get(state)
    return held_for is not None and now - touched_at >= held_for
