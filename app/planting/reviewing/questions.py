"""The questions that the doubts of a claim put to its verifier. Each names what it is about in its id."""

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.foundation.data import clock, public_id
from app.identity import Person, people_by_ids
from app.planting import words
from app.planting.models import PlantingClaim
from app.planting.reviewing.doubts import Alike, Doubts
from app.review import Option, Question


def questions_about(session: Session, claim: PlantingClaim, doubts: Doubts) -> tuple[Question, ...]:
    """Return one question a doubt, in the order in which a verifier looks."""
    people = people_by_ids(session, [each.claim.person_id for each in doubts.duplicates])
    questions = [_same_trees(each, people.get(each.claim.person_id)) for each in doubts.duplicates]
    for file, other in doubts.used_elsewhere:
        questions.append(_used_elsewhere(public_id("fil", file.id), identical=other.is_identical))
    if differing := doubts.differing("place"):
        apart_m = max(found.apart_m or 0 for _, found in differing)
        questions.append(_place(apart_m))
    if differing := doubts.differing("time"):
        apart_minutes = max(found.apart_minutes or 0 for _, found in differing)
        questions.append(_time(apart_minutes))
    return tuple({question.id: question for question in questions}.values())


def _same_trees(alike: Alike, person: Person | None) -> Question:
    other, found = alike.claim, alike.likeness
    text = gettext(
        "Are these the same trees as the %(title)s that %(person)s planted on %(day)s, %(metres)s m away?",
        title=words.claim_title(other.tree_count, other.species_code),
        person=words.person_name(person),
        day=words.day_text(clock.civil_day(other.captured_at)),
        metres=f"{found.distance_m:,}",
    )
    return Question(
        id=f"duplicate.{public_id('plt', other.id)}",
        flag="duplicate",
        text=text,
        options=(
            Option("different", gettext("Different trees"), allows_approval=True),
            Option("same", gettext("The same trees"), allows_approval=False),
        ),
    )


def _used_elsewhere(file_id: str, *, identical: bool) -> Question:
    text = (
        gettext("One of these photos also proves something of another kind. May it prove this too?")
        if identical
        else gettext("One of these photos looks like one that proves something of another kind. Is it this planting?")
    )
    return Question(f"photo_elsewhere.{file_id}", "photo_elsewhere", text, _plausible())


def _place(apart_m: int) -> Question:
    text = gettext("A photo was taken %(metres)s m from the place given. Is that plausible?", metres=f"{apart_m:,}")
    return Question("place_differs", "place_differs", text, _plausible())


def _time(apart_minutes: int) -> Question:
    apart = words.apart_minutes_text(apart_minutes)
    text = gettext("The time of a photo differs from the time given (%(apart)s). Is that plausible?", apart=apart)
    return Question("time_differs", "time_differs", text, _plausible())


def _plausible() -> tuple[Option, ...]:
    return (
        Option("plausible", gettext("Plausible"), allows_approval=True),
        Option("implausible", gettext("Not plausible"), allows_approval=False),
    )
