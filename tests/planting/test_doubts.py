"""Doubts: perhaps the same trees, a photo from elsewhere, another time. They ask; they refuse nothing by themselves."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import event

from app.evidence import bind_files
from app.foundation.data import clock, db, new_id, parse_public_id, reading, transaction
from app.foundation.proof import Actor, ActorKind
from app.places import Position, cell_of
from app.planting.models import PlantingClaim
from app.planting.queries import get_claim
from app.planting.reviewing.doubts import doubts_of
from app.planting.rules.claims import ClaimState
from app.planting.rules.duplicates import CELL_RESOLUTION, cells_around
from tests.planting.people import LIANDU, camera, moved, photo, wgs84

EN = {"Accept-Language": "en"}


def questions(verifier, claim):
    return verifier.case(claim)["subject"]["questions"]


def flags(verifier):
    return [[flag["code"] for flag in line["flags"]] for line in verifier.queue()]


def test_the_photo_of_somebody_else_is_a_question_that_an_approval_must_answer(city, verifier, hands):
    first = city.resident("陈伟").claim(photo(seed=7), tree_count=8, species_code="SCSU")
    hands.move(timedelta(seconds=1))
    claim = city.resident("张小明").claim(photo(seed=7), position=wgs84(28.6, 119.5))

    question = questions(verifier, claim)[0]
    unanswered = verifier.decide(claim)
    contradicting = verifier.decide(claim, answers={question["id"]: "same"})
    unknown = verifier.decide(claim, answers={question["id"]: "perhaps"})

    assert question["id"] == f"duplicate.{first['id']}"
    assert "陈*" in question["text"]
    for answer, code in (
        (unanswered, "review.question_open"),
        (contradicting, "review.answer_forbids_approval"),
        (unknown, "review.answer_unknown"),
    ):
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert answer.json["errors"][0]["pointer"] == f"/answers/{question['id']}"
    assert verifier.decide(claim, answers={question["id"]: "different"}).json["state"] == "approved"


def test_whoever_says_it_is_the_same_can_refuse(city, verifier, hands):
    city.resident().claim(photo(seed=7))
    hands.move(timedelta(seconds=1))
    claim = city.resident().claim(photo(seed=7))
    question = questions(verifier, claim)[0]

    answer = verifier.decide(claim, "reject", reason_code="duplicate", answers={question["id"]: "same"})

    assert answer.json["state"] == "rejected"


def test_the_nearest_record_is_shown_with_the_numbers_that_make_it_near_and_a_masked_name(city, verifier, hands):
    first = city.resident("陈伟").claim(photo(seed=7), tree_count=8)
    hands.move(timedelta(seconds=1))
    claim = city.resident().claim(photo(seed=7), position=wgs84(28.4519, 119.9219))

    nearest = verifier.case(claim, headers=EN)["subject"]["nearest"]

    assert (nearest["id"], nearest["title"], nearest["submitter"]) == (first["id"], "8 × Cinnamomum camphora", "陈*")
    assert (nearest["distance_m"], nearest["days_apart"], nearest["hash_distance"]) == (22, 0, 0)
    assert (nearest["status"], nearest["score"]) == ("submitted", 100)
    assert verifier.client.get(nearest["photo"]["content_path"]).status_code == 200


def test_of_two_records_only_the_later_is_doubted(city, verifier, hands):
    one, other = city.resident(), city.resident()
    first = one.claim(photo(seed=7))
    hands.move(timedelta(seconds=1))
    second = other.claim(photo(seed=7))

    assert questions(verifier, first) == []
    assert [each["flag"] for each in questions(verifier, second)] == ["duplicate"]
    assert sorted(flags(verifier)) == [[], ["duplicate"]]


def test_a_school_on_arbor_day_is_not_doubted_but_the_nearest_is_shown(city, verifier, hands):
    for _ in range(3):
        claim = city.resident().claim()
        hands.move(timedelta(seconds=1))

    assert questions(verifier, claim) == []
    assert verifier.case(claim)["subject"]["nearest"]["distance_m"] == 0


def test_one_person_recording_the_same_spot_again_is_asked_about(verifier, resident, hands):
    resident.claim()
    hands.move(timedelta(seconds=1))
    claim = resident.claim(captured_at=moved(minutes=1))

    assert [each["flag"] for each in questions(verifier, claim)] == ["duplicate"]


def test_what_was_taken_back_raises_no_doubt(city, verifier, hands):
    first = city.resident()
    withdrawn = first.claim(photo(seed=7))
    hands.move(timedelta(seconds=1))
    claim = city.resident().claim(photo(seed=7))
    assert len(questions(verifier, claim)) == 1

    first.post(f"/v1/plantings/{withdrawn['id']}/withdraw")

    assert questions(verifier, claim) == []


def test_a_photo_from_elsewhere_and_another_hour_are_two_questions_and_no_exif_is_none(city, verifier):
    far_gps = {1: "N", 2: (28.0, 30.0, 6.12), 3: "E", 4: (119.0, 55.0, 18.84)}
    claim = city.resident().claim(photo(exif=camera(gps=far_gps, minutes_off=180)), photo())

    asked = verifier.get(f"/v1/reviews/{claim['review']['case_id']}", headers=EN).json["subject"]["questions"]

    assert [each["id"] for each in asked] == ["place_differs", "time_differs"]
    assert "5,560 m" in asked[0]["text"]
    assert "3 hours apart" in asked[1]["text"]
    assert flags(verifier) == [["place_differs", "time_differs"]]
    assert (
        verifier.decide(claim, answers={"place_differs": "plausible"}).json["errors"][0]["pointer"]
        == "/answers/time_differs"
    )
    assert verifier.approve(claim).json["state"] == "approved"


def test_a_photo_that_proves_something_of_another_kind_is_a_question(city, verifier, hands):
    other = city.resident()
    file_id = parse_public_id("fil", other.upload(photo(seed=7)))
    owner = Actor(_owner_of(other), ActorKind.RESIDENT, frozenset({"resident"}))
    with transaction() as session:
        bind_files(
            session, [file_id], owner=owner, subject_kind="wildlife.report", subject_id=new_id(), now=clock.now()
        )
    claim = city.resident().claim(photo(seed=7))

    assert [each["flag"] for each in questions(verifier, claim)] == ["photo_elsewhere"]


def test_earlier_records_of_the_person_are_shown_without_their_place(verifier, resident, hands):
    verifier.decide(resident.claim(tree_count=7))
    hands.move(timedelta(minutes=1))
    claim = resident.claim(species_code="SCSU")

    history = verifier.case(claim, headers=EN)["subject"]["history"]

    title = "7 × Cinnamomum camphora"
    assert history == [{"title": title, "day": "2026-03-12", "status": "approved", "status_text": "Approved"}]


def _owner_of(resident) -> UUID:
    return parse_public_id("per", resident.get("/v1/me").json["id"])


def _neighbours(session, claim, count):
    """Claims of others in the cells around, made by hand: their number must not matter."""
    places = [Position(claim.lat_e7 + number * 40, claim.lon_e7) for number in range(count)]
    for number, place in enumerate(places):
        session.add(
            PlantingClaim(
                id=new_id(),
                person_id=new_id(),
                client_id=new_id(),
                species_code="CICA",
                tree_count=1,
                duty_form="afforest",
                captured_at=claim.captured_at + timedelta(seconds=number % 7 - 3),
                received_at=claim.received_at,
                lat_e7=place.lat_e7,
                lon_e7=place.lon_e7,
                crs=claim.crs,
                county=LIANDU,
                cell=cell_of(place, CELL_RESOLUTION),
                note=None,
                state=ClaimState.SUBMITTED,
                submitted_at=claim.submitted_at - timedelta(minutes=1),
                content_sha256="0" * 64,
                version=1,
            )
        )


def _work_of_doubts(claim_id) -> tuple[int, int]:
    """Statements and rows that it takes to find the doubts of a claim."""
    statements, rows = [], []

    def count_statement(*_):
        statements.append(1)

    def count_row(*_):
        rows.append(1)

    event.listen(db.engine, "before_cursor_execute", count_statement)
    event.listen(PlantingClaim, "load", count_row)
    try:
        with reading() as session:
            doubts_of(session, get_claim(session, claim_id))
    finally:
        event.remove(db.engine, "before_cursor_execute", count_statement)
        event.remove(PlantingClaim, "load", count_row)
    return len(statements), len(rows)


def test_looking_for_doubts_costs_the_same_however_many_plant_there(city, resident):
    city.agency(LIANDU)
    claim_id = parse_public_id("plt", resident.claim()["id"])
    work = []
    for more in (60, 600):
        with transaction() as session:
            _neighbours(session, get_claim(session, claim_id), more)
        work.append(_work_of_doubts(claim_id))

    assert work[0][0] == work[1][0] <= 22
    assert max(rows for _, rows in work) <= 7 * 2 * 20 + 11


def test_neighbours_are_found_through_the_index_of_cells(city, resident, engine_name):
    city.agency(LIANDU)
    claim_id = parse_public_id("plt", resident.claim()["id"])
    seen = []

    def remember(_, __, statement, parameters, ___, ____):
        if "UNION ALL" in statement:
            seen.append((statement, parameters))

    with transaction() as session:
        _neighbours(session, get_claim(session, claim_id), 400)
    event.listen(db.engine, "before_cursor_execute", remember)
    try:
        with reading() as session:
            doubts_of(session, get_claim(session, claim_id))
    finally:
        event.remove(db.engine, "before_cursor_execute", remember)

    explain = "EXPLAIN QUERY PLAN " if engine_name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        if engine_name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + seen[0][0], seen[0][1]))
    assert plan.count("planting_claim_cell_idx") >= 14
    assert "SCAN planting_claim" not in plan
    assert "Seq Scan" not in plan
    assert len(cells_around(Position(284_517_000, 1_199_219_000))) == 7
