"""What a proposal is, who may see and decide it, and what it would change.

Content is JSON without fractions: whole numbers within 2^53, and everything finer as text. So its hash is the same
whichever engine stored it, and the content a person approves is byte for byte the content that takes effect.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from app.foundation.data import JSON_INTEGER_MAX
from app.foundation.proof import EVERY_COUNTY, Actor, ActorKind

OPEN_FOR = timedelta(days=7)  # SECURITY B4.
TITLE_LENGTH_MAX = 200
REASON_LENGTH_MAX = 1_000

# Reads every proposal and decides none (SECURITY B2).
AUDITOR = "auditor"


class ProposalState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Something that takes effect once a second person has approved exactly this content."""

    id: UUID
    kind: str
    title: str
    subject_id: UUID | None
    agency_id: UUID | None
    county: str | None  # None with an agency: a matter of the whole agency.
    content: dict[str, Any]
    content_sha256: str
    state: ProposalState
    proposer_kind: ActorKind
    proposed_by: UUID
    proposed_at: datetime
    expires_at: datetime
    decided_by: UUID | None  # The second person; None while open, and when withdrawn or expired.
    decided_at: datetime | None
    reason: str | None
    version: int

    def state_at(self, now: datetime) -> ProposalState:
        """Return the state at an instant; the job that marks expired proposals may come a little later."""
        is_over = self.state == ProposalState.PROPOSED and now >= self.expires_at
        return ProposalState.EXPIRED if is_over else self.state


def covers(actor: Actor, role: str, *, agency_id: UUID | None, county: str | None) -> bool:
    """Return whether the actor holds the role where a proposal belongs: anywhere, in an agency, or in one of its counties."""
    if agency_id is None:
        return role in actor.roles
    return any(
        grant.role == role
        and grant.agency_id == agency_id
        and (county is None or county in grant.counties or EVERY_COUNTY in grant.counties)
        for grant in actor.grants
    )


def may_see(proposal: Proposal, viewer: Actor, *, approver_role: str) -> bool:
    """Return whether a proposal is for this viewer's eyes: the proposer's, an approver's or an auditor's."""
    if proposal.proposed_by == viewer.id or AUDITOR in viewer.roles:
        return True
    return covers(viewer, approver_role, agency_id=proposal.agency_id, county=proposal.county)


def is_second_person(proposal: Proposal, actor: Actor, *, approver_role: str) -> bool:
    """Return whether the actor is somebody else of staff who holds the approver's role there."""
    if proposal.proposed_by == actor.id or actor.kind != ActorKind.STAFF:
        return False
    return covers(actor, approver_role, agency_id=proposal.agency_id, county=proposal.county)


class Absent(Enum):
    """The value of a member that is not there, which is not the same as null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Change:
    """One member of what is proposed, before and after.

    Args:
        member: where it stands, as a JSON pointer.
        before, after: JSON values, or ABSENT.
    """

    member: str
    before: Any
    after: Any

    @property
    def word(self) -> str:
        """Return what happens to the member: `added`, `removed`, `changed` or `unchanged`."""
        if self.before is ABSENT and self.after is not ABSENT:
            return "added"
        if self.after is ABSENT and self.before is not ABSENT:
            return "removed"
        # In Python True equals 1; in JSON they are two values.
        is_same = type(self.before) is type(self.after) and self.before == self.after
        return "unchanged" if is_same else "changed"


def changes_between(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """Return every member of two JSON objects with its value in each, in the order of the pointers; items of lists by place.

    >>> [(each.member, each.word) for each in changes_between({"a": 1, "b": [2]}, {"a": 1, "b": [2, None]})]
    [('/a', 'unchanged'), ('/b/0', 'unchanged'), ('/b/1', 'added')]
    """
    old, new = dict(_leaves(before or {}, ())), dict(_leaves(after or {}, ()))
    old.pop((), None)
    new.pop((), None)
    return [
        Change(pointer_of(path), old.get(path, ABSENT), new.get(path, ABSENT))
        for path in sorted(old.keys() | new.keys(), key=_order)
    ]


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value


def _order(path: tuple[str | int, ...]) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in path)


def pointer_of(parts: Iterable[str | int]) -> str:
    """Return a JSON pointer (RFC 6901, section 3).

    >>> pointer_of(["caps", 0, "a/b"])
    '/caps/0/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def inexact_members(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Yield the pointer of each value that is not text, a whole number within 2^53, true, false, null, a list or an object."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(name, str):
                yield from inexact_members(inner, (*path, name))
            else:
                yield pointer_of(path)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from inexact_members(inner, (*path, index))
    elif isinstance(value, int):
        if abs(value) > JSON_INTEGER_MAX:
            yield pointer_of(path)
    elif not (value is None or isinstance(value, str)):
        yield pointer_of(path)
