"""What a code by text message is good for, once, for five minutes and five tries (A1)."""

from datetime import timedelta

import pytest

from app.foundation.data import clock, new_id, public_id
from app.identity import CodeRequest
from app.identity.entrance.models import CodeChallengeRow, CodePurpose
from app.identity.entrance.usecases.codes import request_code
from app.identity.keys import code_mac, new_code
from app.identity.people.models import PersonRow, PhoneRow
from tests.identity.people import (
    OTHER_DEVICE,
    OTHER_PHONE,
    PHONE,
    ask_code,
    count,
    only,
    other_than,
    sign_in,
    try_code,
)


def test_a_code_signs_a_resident_in_and_opens_the_person(client, hands):
    sent = ask_code(client, PHONE)
    answer = try_code(client, sent.json["challenge_id"], sent.json["sandbox_code"])

    assert (sent.status_code, answer.status_code) == (201, 201)
    assert sent.json["expires_at"] == "2026-03-12T04:05:00Z"
    assert answer.json["actor"]["kind"] == "resident"
    assert answer.json["actor"]["roles"] == ["resident"]
    assert only(PhoneRow).phone == "+8613800138000"


def test_the_same_number_comes_back_as_the_same_person(client, hands):
    first = sign_in(client, "138 0013 8000")
    hands.move(timedelta(minutes=2))
    again = sign_in(client, "+8613800138000", device=OTHER_DEVICE)

    assert again["actor"]["id"] == first["actor"]["id"]
    assert count(PersonRow) == 1


def test_a_code_works_once(client, hands):
    sent = ask_code(client).json
    assert try_code(client, sent["challenge_id"], sent["sandbox_code"]).status_code == 201

    again = try_code(client, sent["challenge_id"], sent["sandbox_code"])

    assert (again.status_code, again.json["code"]) == (401, "auth.code_refused")


def test_after_five_wrong_tries_the_right_code_fails_too(client, hands):
    sent = ask_code(client).json
    for _ in range(5):
        assert try_code(client, sent["challenge_id"], other_than(sent["sandbox_code"])).status_code == 401

    sixth = try_code(client, sent["challenge_id"], sent["sandbox_code"])

    assert (sixth.status_code, sixth.json["code"]) == (401, "auth.code_refused")
    assert only(CodeChallengeRow).wrong_tries == 5


def test_after_four_wrong_tries_the_right_code_still_works(client, hands):
    sent = ask_code(client).json
    for _ in range(4):
        try_code(client, sent["challenge_id"], other_than(sent["sandbox_code"]))

    assert try_code(client, sent["challenge_id"], sent["sandbox_code"]).status_code == 201


def test_twenty_wrong_tries_at_once_count_as_five(client, at_once):
    sent = ask_code(client).json
    wrong = other_than(sent["sandbox_code"])

    answers = at_once(8, lambda each, _: [try_code(each, sent["challenge_id"], wrong).status_code for _ in range(3)])

    assert {status for statuses in answers for status in statuses} == {401}
    assert only(CodeChallengeRow).wrong_tries == 5
    assert try_code(client, sent["challenge_id"], sent["sandbox_code"]).status_code == 401


def test_one_code_tried_by_many_at_once_opens_one_session(client, at_once):
    sent = ask_code(client).json

    answers = at_once(8, lambda each, _: try_code(each, sent["challenge_id"], sent["sandbox_code"]).status_code)

    assert sorted(answers) == [201] + [401] * 7


def test_two_first_sign_ins_at_once_open_one_person(client, hands, at_once):
    challenges = []
    for minutes in (0, 2):
        hands.move(timedelta(minutes=minutes))
        challenges.append(ask_code(client).json)

    answers = at_once(
        2, lambda each, n: try_code(each, challenges[n]["challenge_id"], challenges[n]["sandbox_code"]).json
    )

    assert answers[0]["actor"]["id"] == answers[1]["actor"]["id"]
    assert count(PersonRow) == 1


@pytest.mark.parametrize(("seconds", "status"), [(299, 201), (300, 401)])
def test_a_code_lives_five_minutes(client, hands, seconds, status):
    sent = ask_code(client).json
    hands.move(timedelta(seconds=seconds))

    assert try_code(client, sent["challenge_id"], sent["sandbox_code"]).status_code == status


def test_a_code_of_one_challenge_does_not_fit_another(client, hands):
    one, other = ask_code(client, PHONE).json, ask_code(client, OTHER_PHONE).json

    answer = try_code(client, other["challenge_id"], one["sandbox_code"])

    assert answer.status_code == 401 or one["sandbox_code"] == other["sandbox_code"]


def test_a_code_for_a_change_of_number_does_not_sign_anybody_in(client, hands):
    sent = request_code(
        CodeRequest(phone=PHONE, purpose=CodePurpose.CHANGE_PHONE), address="192.0.2.1", now=clock.now()
    )

    assert try_code(client, public_id("chl", sent.challenge_id), sent.sandbox_code).status_code == 401
    challenge = only(CodeChallengeRow)
    assert (challenge.used_at, challenge.wrong_tries) == (None, 0)


def test_what_is_stored_of_a_code_changes_with_number_and_purpose(app):
    challenge_id = new_id()
    macs = {
        code_mac(challenge_id, purpose=purpose, phone=phone, code=code)
        for purpose in CodePurpose
        for phone in ("+8613800138000", "+8613900139000")
        for code in ("000000", "000001")
    }

    assert len(macs) == 8


def test_the_code_stands_in_no_column_of_the_database(client, hands):
    code = ask_code(client).json["sandbox_code"]

    row = only(CodeChallengeRow)
    texts = [getattr(row, column.key) for column in CodeChallengeRow.__table__.columns]
    assert code not in texts
    assert len(row.code_mac) == 64


MALFORMED = [
    ({"phone": "12345", "purpose": "sign_in"}, 422),
    ({"phone": PHONE}, 422),
    ({"phone": PHONE, "purpose": "change_phone"}, 422),
    ({"phone": PHONE, "purpose": "sign_in", "admin": True}, 422),
    ({"phone": PHONE, "purpose": "sign_in", "device_id": "short"}, 422),
    ({"phone": 13800138000, "purpose": "sign_in"}, 422),
    ({"phone": PHONE + "\u0000", "purpose": "sign_in"}, 400),
    ([], 422),
]


def test_a_malformed_request_for_a_code_is_refused_in_one_shape(client, hands):
    for body, status in MALFORMED:
        answer = client.post("/v1/auth/otp", json=body)

        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), body
    assert count(CodeChallengeRow) == 0


def test_a_code_of_another_form_is_no_try(client, hands):
    sent = ask_code(client).json

    for code in ("12345", "1234567", "１２３４５６", "12345a", "", 123456):
        assert try_code(client, sent["challenge_id"], code).status_code == 422, code
    assert only(CodeChallengeRow).wrong_tries == 0


def test_codes_do_not_repeat_and_keep_their_leading_zeros():
    drawn = [new_code(6) for _ in range(2_000)]

    assert all(len(code) == 6 and code.isdigit() for code in drawn)
    assert len(set(drawn)) > 1_950
    assert any(code.startswith("0") for code in drawn)
