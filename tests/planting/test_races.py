"""Two hands at once: one effect, and the other is told."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from app.foundation.data import reading
from app.review.models import ReviewCase
from app.review.rules import CaseState
from tests.planting.people import LIANDU


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Let all calls begin at the same moment and return their answers in order."""
    gate = Barrier(len(calls))

    def run(call):
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_claim_is_either_taken_back_or_approved(app, city, resident):
    verifier = city.verifier()
    for _ in range(3):
        claim = resident.claim()
        answers = [{each["id"]: "different"} for each in verifier.case(claim)["subject"]["questions"]]
        merged = {name: value for answer in answers for name, value in answer.items()}

        taken, decided = at_once(
            lambda claim=claim: resident.post(f"/v1/plantings/{claim['id']}/withdraw"),
            lambda claim=claim, merged=merged: verifier.decide(claim, answers=merged),
        )

        assert sorted((taken.status_code, decided.status_code)) == [200, 409]
        mine = resident.read(claim)
        if decided.status_code == 200:
            assert (mine["status"], mine["award"]["points"], taken.json["code"]) == ("approved", 50, "planting.settled")
        else:
            assert (mine["status"], mine["award"]) == ("withdrawn", None)
            assert decided.json["code"] in {"review.case_withdrawn", "review.answer_unknown"}


def test_a_draft_submitted_from_two_devices_opens_one_case(app, city, resident):
    city.agency(LIANDU)
    draft, file_ids = resident.draft(), [resident.upload(), resident.upload()]
    path = f"/v1/plantings/{draft['id']}/submit"

    answers = at_once(*(lambda id=id: resident.post(path, {"file_ids": [id]}) for id in file_ids))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ReviewCase)) == 1
    assert len(resident.read(draft)["files"]) == 1


def test_a_draft_submitted_and_taken_back_at_once_leaves_no_open_case_of_a_withdrawn_claim(
    app, engine_name, city, resident
):
    """Both begin with a draft that has no case; whoever waits for the claim finds it changed, and a case opened meanwhile."""
    city.agency(LIANDU)
    source, ends = random.Random(9), set()
    for round_number in range(30 if engine_name == "postgresql" else 5):  # SQLite's writers stand in line.
        draft, file_id = resident.draft(), resident.upload()
        path, wait_s = f"/v1/plantings/{draft['id']}", source.uniform(0, 0.03)

        def take_back(path=path, wait_s=wait_s):
            time.sleep(wait_s)
            return resident.post(f"{path}/withdraw")

        submitted, taken = at_once(
            lambda path=path, file_id=file_id: resident.post(f"{path}/submit", {"file_ids": [file_id]}), take_back
        )

        told = (submitted.status_code, taken.status_code)
        assert told in {(200, 200), (409, 200)}, f"round {round_number}: {told}"
        assert resident.read(draft)["status"] == "withdrawn"
        ends.add(told)
    with reading() as session:
        states = set(session.scalars(select(ReviewCase.state)))
    assert states <= {CaseState.WITHDRAWN}
    assert (200, 200) in ends, "the two never met"


def test_two_approvals_at_once_are_the_two_that_a_large_award_needs(app, city, resident):
    one, other = city.verifier(), city.verifier()
    claim = resident.claim(tree_count=10)

    answers = at_once(lambda: one.decide(claim), lambda: other.decide(claim))

    assert sorted(answer.json["state"] for answer in answers) == ["approved", "open"]
    assert resident.read(claim)["award"]["points"] == 100


def test_one_photo_submitted_for_two_plantings_at_once_proves_one(app, city, resident):
    city.agency(LIANDU)
    drafts, file_id = [resident.draft(), resident.draft()], resident.upload()

    answers = at_once(
        *(
            lambda draft=draft: resident.post(f"/v1/plantings/{draft['id']}/submit", {"file_ids": [file_id]})
            for draft in drafts
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert sorted(resident.read(draft)["status"] for draft in drafts) == ["draft", "submitted"]
