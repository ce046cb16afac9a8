"""What must hold before a retirement certificate is signed, and on every view after: worked out anew, never taken on trust."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.credits import RETIREMENT_SUBJECT, tonnes
from app.transparency import EntryKind, Leaf, canonical_json, find_leaves

# May have changed since the draft: the outside registry cancels later than the retirement.
CANCELLATION = "sourceCancellation"


def adds_up(subject: Mapping[str, Any]) -> bool:
    """Return whether the serials are as many kilograms as the quantity, and no serial stands twice.

    >>> adds_up({"quantity": "0.013", "serials": [{"block": "B", "first": 1, "last": 13}]})
    True
    >>> adds_up({"quantity": "0.013", "serials": [{"block": "B", "first": 1, "last": 7}, {"block": "B", "first": 7, "last": 12}]})
    False
    """
    serials: Sequence[Mapping[str, Any]] = subject["serials"]
    ordered = sorted((each["block"], each["first"], each["last"]) for each in serials)
    if any(first > last for _, first, last in ordered):
        return False
    if any(a[0] == b[0] and b[1] <= a[2] for a, b in pairwise(ordered)):
        return False
    return bool(subject["quantity"] == tonnes(sum(last - first + 1 for _, first, last in ordered)))


def says_what_register_says(subject: Mapping[str, Any], register: Mapping[str, Any]) -> bool:
    """Return whether every member that the register answers for is as it stands there.

    Args:
        register: from `register_members`, now.
    """
    return all(subject.get(name) == value for name, value in register.items() if name != CANCELLATION)


def with_present_cancellation(draft: Mapping[str, Any], register: Mapping[str, Any]) -> dict[str, Any]:
    """Return a drafted subject with what the register says now of the cancellation in the outside registry."""
    return {**draft, **{name: register[name] for name in (CANCELLATION,) if name in register}}


def retirement_leaves(session: Session, retirement_ids: Iterable[UUID]) -> dict[UUID, Leaf]:
    """Return the log's entries of retirements; one that has no number yet is left out."""
    return find_leaves(session, kind=EntryKind.RETIRE, subject_kind=RETIREMENT_SUBJECT, subject_ids=retirement_ids)


def tells_of(leaf: Leaf, subject: Mapping[str, Any]) -> bool:
    """Return whether a `retire` entry of the log is, byte for byte, the one that this subject must have."""
    expected = {
        "id": subject["id"],
        "kind": EntryKind.RETIRE.value,
        "quantity": subject["quantity"],
        "serials": [{name: each[name] for name in ("block", "first", "last")} for each in subject["serials"]],
        "time": subject["retiredAt"],
        "unit": "tCO2e",
    }
    return leaf.entry == canonical_json(expected)
