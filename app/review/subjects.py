"""The hook `review.subjects`: what a room must know about its subjects so that they can be reviewed.

Review knows subjects by kind and id; their room registers one `ReviewSubject` for its kind. Texts come in the language of
the request.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import LazyString
from sqlalchemy.orm import Session

from app.evidence import Agreement
from app.foundation.proof import Actor, Hook
from app.places import Position
from app.review.queries import stored_kinds
from app.review.rules import Question, Verdict


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the queue: what it is and, masked, whose."""

    title: str
    submitter: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A piece of evidence with a short link to it. `captured_at` and `position` are what the camera wrote, if it did."""

    file_id: UUID
    content_path: str
    width_px: int
    height_px: int
    captured_at: datetime | None
    position: Position | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One declared fact beside what one photo says, in words and, where it can be counted, the difference."""

    what: str
    file_id: UUID
    label: str
    declared: str
    photo: str | None
    agreement: Agreement
    apart: int | None  # Metres for `place`, minutes for `time`.


@dataclass(frozen=True, slots=True)
class Nearest:
    """The most similar other record, with the numbers that make it similar."""

    public_id: str
    title: str
    submitter: str
    day: date
    status: str
    status_text: str
    distance_m: int
    days_apart: int
    hash_distance: int | None  # Of 64 bits; None where no photos could be compared.
    score: int  # 0 to 100.
    photo: Photo | None


@dataclass(frozen=True, slots=True)
class PointsLine:
    """One step of the arithmetic; `code` says which, `total` for the sum."""

    code: str
    text: str
    points: int | None


@dataclass(frozen=True, slots=True)
class PointsPreview:
    """What an approval would give, or why it cannot be said."""

    points: int | None
    lines: tuple[PointsLine, ...]
    why: str | None
    needs_second_verifier: bool


@dataclass(frozen=True, slots=True)
class PastRecord:
    """An earlier record of the same person, without its place."""

    title: str
    day: date
    status: str
    status_text: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a verifier needs to judge one subject."""

    title: str
    submitter: str
    public_id: str
    facts: tuple[Fact, ...]
    position: Position
    cell: str
    photos: tuple[Photo, ...]
    comparisons: tuple[Comparison, ...]
    questions: tuple[Question, ...]
    nearest: Nearest | None
    points: PointsPreview
    history: tuple[PastRecord, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a round, as the subject's room hears of it."""

    case_id: UUID
    subject_kind: str
    subject_id: UUID
    round: int
    verdict: Verdict
    reason_code: str | None
    note: str | None
    verifier: Actor
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Forwarded:
    """That a case was sent on to another county, as the subject's room hears of it."""

    case_id: UUID
    subject_kind: str
    subject_id: UUID
    from_county: str
    to_county: str
    verifier: Actor
    forwarded_at: datetime


def _nothing_follows(_: Session, __: Forwarded) -> None:
    pass


@dataclass(frozen=True, slots=True)
class ReviewSubject:
    """How the room of one kind of subject takes part in its review.

    Args:
        summary: lines for many subjects at once; its cost must not depend on how many records there are.
        dossier: everything about one subject, for one viewer (exact places for verifiers alone).
        questions: the doubts as they stand now, one look-up for a decision.
        second_verifier_needed: whether one approval is not enough.
        decided: a fact, in the same transaction; it cannot refuse.
        flags: words for the flags that the room gives to its cases.
        forwarded: a fact, in the same transaction: the case is another county's now. It cannot refuse.
    """

    summary: Callable[[Session, Sequence[UUID]], Mapping[UUID, Summary]]
    dossier: Callable[[Session, UUID, Actor, datetime], Dossier]
    questions: Callable[[Session, UUID], tuple[Question, ...]]
    second_verifier_needed: Callable[[Session, UUID], bool]
    decided: Callable[[Session, Decision], None]
    flags: Mapping[str, LazyString]
    forwarded: Callable[[Session, Forwarded], None] = _nothing_follows


subjects: Hook[ReviewSubject] = Hook("review.subjects", stored_kinds=stored_kinds)
