"""A number changes with two codes, each good for one person, one use and one time."""

from datetime import timedelta

from sqlalchemy import select

from app.foundation.data import reading
from app.identity import phone_of
from app.identity.entrance.models import CodeChallengeRow
from app.identity.people.models import PhoneEnd, PhoneRow
from tests.identity.people import (
    DEVICE,
    OTHER_DEVICE,
    OTHER_PHONE,
    PHONE,
    ask_code,
    bearer,
    count,
    other_than,
    refresh,
    sign_in,
    try_code,
)
from tests.identity.residents.desk import MINUTE, NEW_PHONE, audited, change_codes, get, person_id, post


def change(client, who, body):
    return client.put("/v1/me/phone", json=body, headers=bearer(who))


def ready(client, hands, *, phone=NEW_PHONE):
    me = sign_in(client)
    hands.move(MINUTE)
    return me, change_codes(client, me, hands, phone)


def test_a_number_changes_with_the_codes_of_both_and_the_other_sessions_end(client, hands):
    other = sign_in(client, device=OTHER_DEVICE)
    hands.move(MINUTE)
    me, codes = ready(client, hands)

    changed = change(client, me, codes)
    again = change(client, me, codes)
    hands.move(MINUTE)
    by_new, by_old = sign_in(client, NEW_PHONE, device=OTHER_DEVICE), sign_in(client, PHONE, device="a-third-device-1")

    assert (changed.status_code, changed.json["phone_masked"]) == (200, "137****7000")
    assert again.json["code"] == "auth.code_refused"
    assert get(client, me, "/v1/me").status_code == 200
    assert get(client, other, "/v1/me").json["code"] == "auth.session_ended"
    assert refresh(client, other["refresh_token"], device=OTHER_DEVICE).status_code == 401
    assert by_new["actor"]["id"] == me["actor"]["id"] != by_old["actor"]["id"]
    with reading() as session:
        ends = session.scalars(select(PhoneRow.ended_because).where(PhoneRow.person_id == person_id(me))).all()
        assert sorted(ends, key=str) == [None, PhoneEnd.CHANGED]
        assert phone_of(session, person_id(me)) == f"+86{NEW_PHONE}"
    assert len(audited("identity.phone_changed")) == 1


def test_a_code_for_signing_in_is_not_good_for_a_change_nor_the_other_way_round(client, hands):
    me, codes = ready(client, hands)
    hands.move(MINUTE)
    sent = ask_code(client, NEW_PHONE).json

    crossed = change(client, me, {**codes, "challenge_id": sent["challenge_id"], "code": sent["sandbox_code"]})
    as_sign_in = try_code(client, codes["challenge_id"], codes["code"])
    turned = {
        "challenge_id": codes["old_challenge_id"],
        "code": codes["old_code"],
        "old_challenge_id": codes["challenge_id"],
        "old_code": codes["code"],
    }

    assert [each.json["code"] for each in (crossed, as_sign_in, change(client, me, turned))] == [
        "auth.code_refused"
    ] * 3
    assert change(client, me, codes).status_code == 200


def test_a_code_asked_for_by_one_person_is_not_good_for_another(client, hands):
    me, codes = ready(client, hands)
    stranger = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)
    hands.move(MINUTE)
    theirs = change_codes(client, stranger, hands, "13600136000")

    mixed = change(client, stranger, {**theirs, "challenge_id": codes["challenge_id"], "code": codes["code"]})

    assert mixed.json["code"] == "auth.code_refused"
    assert change(client, me, codes).status_code == 200


def test_five_wrong_tries_void_a_code_although_the_other_was_right(client, hands):
    me, codes = ready(client, hands)
    wrong = {**codes, "old_code": other_than(codes["old_code"])}

    answers = [change(client, me, wrong).status_code for _ in range(5)]

    assert answers == [401] * 5
    assert change(client, me, codes).json["code"] == "auth.code_refused"
    with reading() as session:
        assert sorted(session.scalars(select(CodeChallengeRow.wrong_tries))) == [0, 0, 5]


def test_a_number_that_another_person_uses_is_told_only_after_right_codes(client, hands):
    sign_in(client, NEW_PHONE, device=OTHER_DEVICE)
    hands.move(MINUTE)
    me, codes = ready(client, hands)

    guessed = change(client, me, {**codes, "code": other_than(codes["code"])})
    proved = change(client, me, codes)

    assert guessed.json["code"] == "auth.code_refused"
    assert (proved.status_code, proved.json["code"]) == (409, "identity.phone_taken")
    assert get(client, me, "/v1/me").json["phone_masked"] == "138****8000"
    assert count(PhoneRow) == 2


def test_a_number_unused_for_half_a_year_is_taken_over(client, hands):
    former = sign_in(client, NEW_PHONE, device=OTHER_DEVICE)
    hands.move(timedelta(days=185))
    me, codes = ready(client, hands)

    assert change(client, me, codes).status_code == 200
    with reading() as session:
        row = session.scalars(select(PhoneRow).where(PhoneRow.person_id == person_id(former))).one()
    assert row.ended_because is PhoneEnd.REASSIGNED


def test_the_old_number_and_the_paces_are_not_forgotten(client, hands):
    me = sign_in(client)
    hands.move(MINUTE)
    new = {"which": "new", "phone": NEW_PHONE, "device_id": DEVICE}
    sent = post(client, me, "/v1/me/phone/codes", new)
    body = {"challenge_id": sent.json["challenge_id"], "code": sent.json["sandbox_code"]}

    refused = [
        change(client, me, body).json["code"],
        post(client, me, "/v1/me/phone/codes", {"which": "old", "device_id": DEVICE}).json["code"],
        post(client, me, "/v1/me/phone/codes", {"which": "new", "phone": PHONE}).json["code"],
        post(client, me, "/v1/me/phone/codes", {"which": "new"}).json["code"],
        client.post("/v1/me/phone/codes", json=new).json["code"],
    ]

    assert refused == [
        "identity.old_code_needed",
        "auth.code_too_soon",
        "identity.same_phone",
        "identity.phone_missing",
        "auth.required",
    ]


def test_the_same_change_sent_four_times_at_once_happens_once(client, hands, at_once):
    me, codes = ready(client, hands)

    answers = at_once(4, lambda each, _: change(each, me, codes).status_code)

    assert sorted(answers) == [200, 401, 401, 401]
    assert len(audited("identity.phone_changed")) == 1
