"""The doubts of a claim: another record of perhaps the same trees, and photos that tell another place or time.

They are found anew each time they are asked for, so that of two records sent at the same moment the later one is doubted
whichever committed first. The cost does not grow with the number of records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.evidence import (
    Agreement,
    ExifComparison,
    SimilarFile,
    StoredFile,
    compare_exif,
    files_of_subject,
    hamming,
    similar_files,
)
from app.foundation.data import clock
from app.places import Position
from app.planting import queries
from app.planting.models import PlantingClaim
from app.planting.rules.claims import ClaimState
from app.planting.rules.duplicates import (
    SCORE_ASKED_FROM,
    Likeness,
    Traits,
    cells_around,
    likeness,
    nearest_hash,
)
from app.planting.subject import SUBJECT_KIND

# Photos are compared with those of so many records: with the nearest by picture, and with the most alike by place, day and
# species.
COMPARED_BY_PHOTO = 10
# A record with more look-alikes than this is doubtful enough.
ASKED_ABOUT = 3


@dataclass(frozen=True, slots=True)
class Alike:
    """Another claim, how alike it is, and the pair of photos that are nearest (None where there is no pair)."""

    claim: PlantingClaim
    likeness: Likeness
    photo: StoredFile | None


@dataclass(frozen=True, slots=True)
class Doubts:
    """Everything about a claim that a verifier should weigh."""

    files: tuple[StoredFile, ...]
    comparisons: tuple[tuple[StoredFile, ExifComparison], ...]
    alike: tuple[Alike, ...]  # Most alike first; not all of them raise a doubt.
    used_elsewhere: tuple[tuple[StoredFile, SimilarFile], ...]  # By a subject of another kind.

    @property
    def duplicates(self) -> tuple[Alike, ...]:
        """The records about which a verifier must say whether they are the same trees."""
        return tuple(each for each in self.alike if each.likeness.score >= SCORE_ASKED_FROM)[:ASKED_ABOUT]

    def differing(self, what: str) -> tuple[tuple[StoredFile, ExifComparison], ...]:
        """Return the photos whose `place` or `time` differs from what was declared."""
        return tuple(
            (file, comparison)
            for file, comparison in self.comparisons
            if getattr(comparison, what) is Agreement.DIFFERS
        )

    @property
    def flags(self) -> tuple[str, ...]:
        """What the queue shows."""
        raised = {
            "duplicate": self.duplicates,
            "place_differs": self.differing("place"),
            "time_differs": self.differing("time"),
            "photo_elsewhere": self.used_elsewhere,
        }
        return tuple(flag for flag, found in raised.items() if found)


def position_of(claim: PlantingClaim) -> Position:
    """Return the place of a claim."""
    return Position(claim.lat_e7, claim.lon_e7)


def doubts_of(session: Session, claim: PlantingClaim) -> Doubts:
    """Return the doubts of a submitted claim."""
    files = files_of_subject(session, subject_kind=SUBJECT_KIND, subject_id=claim.id)
    similar = [(file, other) for file in files for other in similar_files(session, file.id)]
    comparisons = tuple((file, _compared(claim, file)) for file in files)
    elsewhere = tuple((file, other) for file, other in similar if other.subject_kind != SUBJECT_KIND)
    named = dict.fromkeys(other.subject_id for _, other in similar if other.subject_kind == SUBJECT_KIND)
    by_photo = list(named)[:COMPARED_BY_PHOTO]
    return Doubts(files, comparisons, tuple(_alike(session, claim, files, by_photo)), elsewhere)


def _compared(claim: PlantingClaim, file: StoredFile) -> ExifComparison:
    return compare_exif(
        declared_position=position_of(claim),
        declared_at=claim.captured_at,
        exif_position=file.exif_position,
        exif_captured_at=file.exif_captured_at,
    )


def _alike(
    session: Session, claim: PlantingClaim, files: Sequence[StoredFile], with_similar_photo: Sequence[UUID]
) -> list[Alike]:
    by_photo = queries.claims_by_ids(session, with_similar_photo)
    nearby = queries.list_neighbours(session, claim, cells_around(position_of(claim)))
    nearby = [other for other in nearby if _counts(claim, other)]
    nearby.sort(key=lambda other: -likeness(_traits(claim), _traits(other), hash_distance=None).score)
    compared = {other.id: other for other in by_photo.values() if _counts(claim, other)}
    compared |= {other.id: other for other in nearby[:COMPARED_BY_PHOTO]}
    found = [_with_photos(session, claim, files, other) for other in compared.values()]
    return sorted(found, key=lambda each: (-each.likeness.score, each.likeness.distance_m, each.claim.id))


def _counts(claim: PlantingClaim, other: PlantingClaim) -> bool:
    """Return whether another claim stands and was handed in before this one, so that one of a pair is doubted, not both."""
    if other.state is not ClaimState.SUBMITTED or other.submitted_at is None or claim.submitted_at is None:
        return False
    return (other.submitted_at, other.id) < (claim.submitted_at, claim.id)


def _traits(claim: PlantingClaim) -> Traits:
    return Traits(
        person=str(claim.person_id),
        species_code=claim.species_code,
        planted_on=clock.civil_day(claim.captured_at),
        position=position_of(claim),
    )


def _with_photos(session: Session, claim: PlantingClaim, files: Sequence[StoredFile], other: PlantingClaim) -> Alike:
    theirs = files_of_subject(session, subject_kind=SUBJECT_KIND, subject_id=other.id)
    pairs = [(hamming(file.perceptual_hash, their.perceptual_hash), their) for file in files for their in theirs]
    distance = nearest_hash(distance for distance, _ in pairs)
    photo = min(pairs, key=lambda pair: pair[0])[1] if pairs else None
    return Alike(other, likeness(_traits(claim), _traits(other), hash_distance=distance), photo)
