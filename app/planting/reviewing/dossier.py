"""How planting takes part in review: a line of the queue, everything a verifier needs, and what follows from the decision.

Registered with `review.subjects`. Names are masked, and only verifiers see exact places.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.evidence import Agreement, ExifComparison, StoredFile, link_for
from app.foundation.data import clock, public_id
from app.foundation.proof import Actor, record
from app.identity import Role, assistants_of, people_by_ids
from app.places import cell_of, public_cell, public_position
from app.planting import queries, words
from app.planting.catalogue import find_duty_form
from app.planting.changes import claim_changed
from app.planting.models import PlantingClaim
from app.planting.reviewing.doubts import Alike, Doubts, doubts_of, position_of
from app.planting.reviewing.questions import questions_about
from app.planting.rules.claims import ClaimState, status_of, trees_counted
from app.planting.rules.duplicates import CELL_RESOLUTION
from app.planting.subject import ACT, SUBJECT_KIND
from app.points import AwardPreview, decide_award, explain, preview_award
from app.review import (
    Comparison,
    Decision,
    Dossier,
    Fact,
    Forwarded,
    Nearest,
    PastRecord,
    Photo,
    PointsLine,
    PointsPreview,
    Question,
    ReviewSubject,
    Summary,
    Verdict,
    cases_of,
)
from app.rulebook import DocumentMissing


def summaries(session: Session, claim_ids: Sequence[UUID]) -> Mapping[UUID, Summary]:
    """Return the queue's lines: two reads, however many claims."""
    claims = queries.claims_by_ids(session, claim_ids)
    people = people_by_ids(session, [claim.person_id for claim in claims.values()])
    return {
        claim.id: Summary(_title(claim), words.person_name(people.get(claim.person_id))) for claim in claims.values()
    }


def questions_of(session: Session, claim_id: UUID) -> tuple[Question, ...]:
    """Return what a verifier must answer before an approval."""
    claim = queries.get_claim(session, claim_id)
    return questions_about(session, claim, doubts_of(session, claim))


def second_verifier_needed(session: Session, claim_id: UUID) -> bool:
    """Return whether the award is above the threshold of the rule set in force on the day of the planting.

    Raises:
        DocumentMissing: none was in force; the claim cannot be approved, and stays where it is.
    """
    return _preview(session, queries.get_claim(session, claim_id)).second_verifier_needed


def on_decided(session: Session, decision: Decision) -> None:
    """Decide the award of an approved claim. Other verdicts have no consequence but the claim's status."""
    claim = queries.get_claim(session, decision.subject_id)
    claim_changed(session, claim)
    if decision.verdict is not Verdict.APPROVE:
        return
    if claim.state is not ClaimState.SUBMITTED:
        return  # Nothing of a claim that was taken back earns points, whatever stands in its case.
    decide_award(
        session,
        person_id=claim.person_id,
        act=ACT,
        subject_kind=SUBJECT_KIND,
        subject_id=claim.id,
        acted_on=clock.civil_day(claim.captured_at),
        quantity=_quantity(claim),
        now=decision.decided_at,
        actor=decision.verifier,
    )


def on_forwarded(session: Session, forwarded: Forwarded) -> None:
    """Let a claim be in the county that looks at it; where it was planted stays what the device measured."""
    claim = queries.lock_claim(session, forwarded.subject_id)
    claim.county = forwarded.to_county
    claim.version += 1
    session.flush()
    claim_changed(session, claim)
    record(
        session,
        action="planting.claim_forwarded",
        object_kind=SUBJECT_KIND,
        object_id=claim.id,
        actor=forwarded.verifier,
        before={"county": forwarded.from_county},
        after={"county": forwarded.to_county},
    )


def dossier_of(session: Session, claim_id: UUID, viewer: Actor, now: datetime) -> Dossier:
    """Return everything there is to know about a claim before it is decided."""
    claim = queries.get_claim(session, claim_id)
    doubts = doubts_of(session, claim)
    is_verifier = Role.VERIFIER in viewer.roles
    place = position_of(claim)
    return Dossier(
        title=_title(claim),
        submitter=words.person_name(people_by_ids(session, [claim.person_id]).get(claim.person_id)),
        public_id=public_id("plt", claim.id),
        facts=tuple(_facts(session, claim)),
        position=place if is_verifier else public_position(place),
        cell=cell_of(place, CELL_RESOLUTION) if is_verifier else public_cell(place),
        photos=tuple(_photo(file, viewer, now) for file in doubts.files),
        comparisons=tuple(each for file, found in doubts.comparisons for each in _comparisons(claim, file, found)),
        questions=questions_about(session, claim, doubts),
        nearest=_nearest(session, claim, doubts, viewer, now),
        points=_points_preview(session, claim, now),
        history=tuple(_history(session, claim)),
    )


SUBJECT = ReviewSubject(
    summary=summaries,
    dossier=dossier_of,
    questions=questions_of,
    second_verifier_needed=second_verifier_needed,
    decided=on_decided,
    flags=words.FLAG_TEXTS,
    forwarded=on_forwarded,
)


def _title(claim: PlantingClaim) -> str:
    return words.claim_title(claim.tree_count, claim.species_code)


def _facts(session: Session, claim: PlantingClaim) -> list[Fact]:
    facts = [
        Fact(gettext("Species"), words.species_name(claim.species_code)),
        Fact(gettext("Trees"), f"{claim.tree_count:,}"),
        Fact(gettext("Form of the duty"), words.duty_form_name(claim.duty_form)),
        Fact(gettext("Planted"), words.moment_text(claim.captured_at)),
        Fact(gettext("County"), words.county_name(claim.county)),
    ]
    if assistants_of(session, SUBJECT_KIND, claim.id):
        facts.append(Fact(gettext("Entered by"), gettext("a member of staff, for the resident")))
    return facts if claim.note is None else [*facts, Fact(gettext("Note"), claim.note)]


def _photo(file: StoredFile, viewer: Actor, now: datetime) -> Photo:
    return Photo(
        file_id=file.id,
        content_path=link_for(file, viewer, now),
        width_px=file.width_px,
        height_px=file.height_px,
        captured_at=file.exif_captured_at,
        position=file.exif_position_for(viewer),
    )


def _comparisons(claim: PlantingClaim, file: StoredFile, found: ExifComparison) -> list[Comparison]:
    place = None
    if found.apart_m is not None:
        place = gettext("%(metres)s m apart", metres=f"{found.apart_m:,}")
    taken = None
    if file.exif_captured_at is not None and found.apart_minutes is not None:
        apart = words.apart_minutes_text(found.apart_minutes)
        taken = f"{words.moment_text(file.exif_captured_at)} ({apart})"
    declared = words.moment_text(claim.captured_at)
    return [
        _comparison("place", file, gettext("Place"), gettext("By the phone"), place, found.place, found.apart_m),
        _comparison("time", file, gettext("Time"), declared, taken, found.time, found.apart_minutes),
    ]


def _comparison(
    what: str, file: StoredFile, label: str, declared: str, photo: str | None, agreement: Agreement, apart: int | None
) -> Comparison:
    return Comparison(what, file.id, label, declared, photo, agreement, apart)


def _nearest(session: Session, claim: PlantingClaim, doubts: Doubts, viewer: Actor, now: datetime) -> Nearest | None:
    if not doubts.alike:
        return None
    alike: Alike = doubts.alike[0]
    other = alike.claim
    past = _past(session, [other])[0]
    return Nearest(
        public_id=public_id("plt", other.id),
        title=past.title,
        submitter=words.person_name(people_by_ids(session, [other.person_id]).get(other.person_id)),
        day=past.day,
        status=past.status,
        status_text=past.status_text,
        distance_m=alike.likeness.distance_m,
        days_apart=alike.likeness.days_apart,
        hash_distance=alike.likeness.hash_distance,
        score=alike.likeness.score,
        photo=_photo(alike.photo, viewer, now) if alike.photo is not None else None,
    )


def _history(session: Session, claim: PlantingClaim) -> list[PastRecord]:
    return _past(session, queries.list_earlier(session, claim))


def _past(session: Session, claims: Sequence[PlantingClaim]) -> list[PastRecord]:
    cases = cases_of(session, SUBJECT_KIND, [claim.id for claim in claims])
    statuses = [status_of(claim.state, cases[claim.id].state if claim.id in cases else None) for claim in claims]
    return [
        PastRecord(_title(claim), clock.civil_day(claim.captured_at), str(status), words.status_text(status))
        for claim, status in zip(claims, statuses, strict=True)
    ]


def _quantity(claim: PlantingClaim) -> int:
    form = find_duty_form(claim.duty_form)
    if form is None:
        raise LookupError(f"duty form {claim.duty_form} is in no data file")  # Never a silent zero.
    return trees_counted(claim.tree_count, trees_per_unit=form.trees_per_unit)


def _preview(session: Session, claim: PlantingClaim) -> AwardPreview:
    return preview_award(
        session,
        person_id=claim.person_id,
        act=ACT,
        acted_on=clock.civil_day(claim.captured_at),
        quantity=_quantity(claim),
    )


def _points_preview(session: Session, claim: PlantingClaim, now: datetime) -> PointsPreview:
    try:
        preview = _preview(session, claim)
    except DocumentMissing as missing:
        return PointsPreview(points=None, lines=(), why=str(missing.title), needs_second_verifier=False)
    lines = explain(preview.arithmetic, act=ACT, acted_on=preview.acted_on, today=clock.civil_day(now))
    form = find_duty_form(claim.duty_form)
    return PointsPreview(
        points=preview.points,
        lines=tuple(PointsLine(line.code, line.text, line.points) for line in lines),
        why=words.conversion_note(form) if form is not None else None,
        needs_second_verifier=preview.second_verifier_needed,
    )
