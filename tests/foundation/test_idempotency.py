"""The same POST, however often it is sent."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.foundation.data import clock, reading, run_in_transaction, transaction
from app.foundation.http.idempotency import forget_old_keys
from app.foundation.http.models import IdempotencyRow
from app.foundation.work.models import TaskRow
from tests.foundation.conftest import PROVIDER_CALLS, signed_in

THING = {"name": "tree", "count": 5}
KEY = {"Idempotency-Key": "one"}


def things() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(TaskRow)) or 0


def test_a_repetition_gets_the_first_answer_and_has_no_effect(alice):
    first = alice.post("/v1/things", json=THING, headers=KEY)
    again = alice.post(
        "/v1/things",
        data=b'{ "count":5, "name":"tree" }',
        content_type="application/json",
        headers={"Idempotency-Key": '"one"'},
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert things() == 1


def test_a_key_with_another_body_is_refused(alice):
    alice.post("/v1/things", json=THING, headers=KEY)

    answer = alice.post("/v1/things", json={**THING, "count": 6}, headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (422, "idempotency.key_reused")
    assert things() == 1


def test_keys_of_two_people_have_nothing_to_do_with_each_other(alice, bob):
    answers = [client.post("/v1/things", json=THING, headers=KEY) for client in (alice, bob)]

    assert answers[0].json["id"] != answers[1].json["id"]
    assert things() == 2


def test_without_a_key_nothing_happens(alice):
    answer = alice.post("/v1/things", json=THING, headers={"Idempotency-Key": None})

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency.key_missing")
    assert things() == 0


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "schlüssel".encode("latin-1").decode("latin-1"), '"open'])
def test_a_key_is_visible_ascii_of_at_most_255_characters(alice, key):
    assert alice.post("/v1/things", json=THING, headers={"Idempotency-Key": key}).status_code == 400
    assert alice.post("/v1/things", json=THING, headers={"Idempotency-Key": "x" * 255}).status_code == 201


def test_a_business_refusal_is_stored_and_its_work_taken_back(alice):
    refused = alice.post("/v1/things", json={**THING, "count": 0}, headers=KEY)
    again = alice.post("/v1/things", json={**THING, "count": 0}, headers=KEY)

    assert (refused.status_code, refused.json["code"], refused.json["count_min"]) == (422, "workshop.too_small", 1)
    assert again.data == refused.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert things() == 0


def test_a_fault_of_ours_is_not_stored(alice):
    broken = alice.post("/v1/things", json={"name": "bug", "count": 1}, headers=KEY)
    again = alice.post("/v1/things", json={"name": "bug", "count": 1}, headers=KEY)

    assert (broken.status_code, again.status_code) == (500, 500)
    assert "Idempotent-Replayed" not in again.headers
    assert things() == 0


def test_fifty_at_once_have_one_effect_and_no_error(workshop):
    answers = []

    def send() -> None:
        answers.append(signed_in(workshop, "alice").post("/v1/things", json=THING, headers=KEY))

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert things() == 1
    assert [answer.status_code for answer in answers] == [201] * 50
    assert len({answer.data for answer in answers}) == 1


def test_answers_are_kept_48_hours(alice, workshop):
    alice.post("/v1/things", json=THING, headers=KEY)
    clock.use(clock.FixedClock(clock.now() + timedelta(hours=48, seconds=1)))
    run_in_transaction(lambda session: forget_old_keys(session, clock.now()))

    assert alice.post("/v1/things", json=THING, headers=KEY).status_code == 201
    assert things() == 2


def test_old_answers_go_once_the_job_is_noted_and_not_in_its_transaction(alice, workshop):
    alice.post("/v1/things", json=THING, headers=KEY)
    clock.use(clock.FixedClock(clock.now() + timedelta(hours=49)))

    with transaction() as session:
        forget_old_keys(session, clock.now())
        during = session.scalar(select(func.count()).select_from(IdempotencyRow))
    with reading() as session:
        after = session.scalar(select(func.count()).select_from(IdempotencyRow))

    assert (during, after) == (1, 0)


def test_a_refusal_given_again_names_the_first_request_in_its_first_language(alice):
    body = {**THING, "count": 0}
    first = alice.post("/v1/things", json=body, headers={**KEY, "Accept-Language": "en"})
    again = alice.post("/v1/things", json=body, headers={**KEY, "Accept-Language": "zh-CN"})

    assert again.data == first.data
    assert again.json["request_id"] == first.headers["X-Request-Id"] != again.headers["X-Request-Id"]
    assert again.headers["Content-Language"] == first.headers["Content-Language"] == "en"
    assert {"Accept-Language", "Cookie"} <= set(again.vary.as_set(preserve_casing=True))


def test_two_steps_answer_once_and_replay(alice):
    first = alice.post("/v1/paid-things", headers=KEY)
    again = alice.post("/v1/paid-things", headers=KEY)

    assert (first.status_code, again.data) == (201, first.data)
    assert (things(), len(PROVIDER_CALLS)) == (1, 1)


def test_two_steps_that_are_under_way_answer_409_at_once(alice, workshop):
    alice.post("/v1/paid-things", headers=KEY)
    _cut_off()

    answer = alice.post("/v1/paid-things", headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (409, "idempotency.in_progress")
    assert answer.headers["Retry-After"] == "1"


def test_two_steps_that_were_cut_off_go_on_with_the_same_thing(alice, workshop):
    first = alice.post("/v1/paid-things", headers=KEY)
    _cut_off()
    clock.use(clock.FixedClock(clock.now() + timedelta(seconds=61)))

    again = alice.post("/v1/paid-things", headers=KEY)

    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    assert (things(), len(set(PROVIDER_CALLS))) == (1, 1)


def test_two_steps_that_broke_can_be_sent_again(bob):
    broken = bob.post("/v1/paid-things", headers=KEY)
    again = bob.post("/v1/paid-things", headers=KEY)

    assert (broken.status_code, again.status_code) == (500, 201)
    assert things() == 1


def _cut_off() -> None:
    """Leave the key as a process leaves it that dies before the answer is stored."""
    with transaction() as session:
        row = session.scalars(select(IdempotencyRow)).one()
        row.status = row.body = row.headers = None
