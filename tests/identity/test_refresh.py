"""Refresh tokens: each works once, a lost answer can be had again, a copied token ends the session (A4)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.data import reading
from app.foundation.proof.audit import AuditRow
from app.identity import keys
from app.identity.entrance.models import SessionRow
from tests.identity.people import OTHER_DEVICE, bearer, refresh, sign_in


def only_session() -> SessionRow:
    with reading() as session:
        return session.scalars(select(SessionRow)).one()


def refused(answer) -> bool:
    return (answer.status_code, answer.json["code"]) == (401, "auth.refresh_refused")


def test_a_refresh_hands_out_a_new_pair_that_works(client, hands):
    first = sign_in(client)
    hands.move(timedelta(minutes=15))

    second = refresh(client, first["refresh_token"])

    assert second.status_code == 201
    assert second.json["refresh_token"] != first["refresh_token"]
    assert second.json["actor"] == first["actor"]
    assert client.get("/v1/me", headers=bearer(second.json)).status_code == 200


def test_a_token_used_a_second_time_ends_the_whole_family(client, hands):
    first = sign_in(client)
    second = refresh(client, first["refresh_token"]).json
    hands.move(timedelta(seconds=11))

    assert refused(refresh(client, first["refresh_token"]))

    assert refused(refresh(client, second["refresh_token"]))
    assert client.get("/v1/me", headers=bearer(second)).json["code"] == "auth.session_ended"
    assert only_session().ended_because == "token_reused"
    with reading() as session:
        assert "identity.token_reused" in session.scalars(select(AuditRow.action)).all()


def test_the_same_device_that_lost_the_answer_gets_it_again_within_ten_seconds(client, hands):
    first = sign_in(client)
    lost = refresh(client, first["refresh_token"]).json
    hands.move(timedelta(seconds=10))

    again = refresh(client, first["refresh_token"])

    assert again.json["refresh_token"] == lost["refresh_token"]
    assert refresh(client, lost["refresh_token"]).status_code == 201
    assert only_session().ended_at is None


def test_another_device_that_repeats_within_ten_seconds_ends_the_session(client, hands):
    first = sign_in(client)
    refresh(client, first["refresh_token"])

    assert refused(refresh(client, first["refresh_token"], device=OTHER_DEVICE))

    assert only_session().ended_because == "token_reused"


def test_a_repetition_after_the_successor_was_used_ends_the_session(client, hands):
    first = sign_in(client)
    second = refresh(client, first["refresh_token"]).json
    refresh(client, second["refresh_token"])

    assert refused(refresh(client, first["refresh_token"]))

    assert only_session().ended_because == "token_reused"


@pytest.mark.parametrize("device", [OTHER_DEVICE, None])
def test_a_fresh_token_on_another_device_ends_the_session(client, hands, device):
    first = sign_in(client)

    assert refused(refresh(client, first["refresh_token"], device=device))

    assert refused(refresh(client, first["refresh_token"]))


def test_an_old_token_ends_the_session_long_after_it_was_used_up(client, hands):
    oldest = sign_in(client)["refresh_token"]
    newest = oldest
    for _ in range(5):
        newest = refresh(client, newest).json["refresh_token"]
        hands.move(timedelta(days=20))

    assert refused(refresh(client, oldest))

    assert refused(refresh(client, newest))


def test_a_session_ends_when_it_lies_idle_and_at_the_latest_after_150_days(client, hands):
    idle = sign_in(client)["refresh_token"]
    hands.move(timedelta(days=60))
    assert refused(refresh(client, idle))

    token = sign_in(client, "13900139000")["refresh_token"]
    for _ in range(3):
        hands.move(timedelta(days=49))
        token = refresh(client, token).json["refresh_token"]
    hands.move(timedelta(days=3))

    assert refused(refresh(client, token))


def test_only_the_hash_of_a_refresh_token_is_stored(client, hands):
    token = sign_in(client)["refresh_token"]

    row = only_session()
    assert row.refresh_hash == keys.token_hash(token)
    assert token not in [str(getattr(row, column.key)) for column in SessionRow.__table__.columns]


def test_a_token_we_did_not_make_ends_nothing(client, hands):
    first = sign_in(client)
    token = first["refresh_token"]
    turned = ("A" if token[40] != "A" else "B").join((token[:40], token[41:]))

    for other in (turned, token[:-1], "x" * 70, "é" * 35, "A" * 70, token + "AA"):
        assert refused(refresh(client, other))

    assert refresh(client, token).status_code == 201


def test_a_guessed_older_token_does_not_end_somebody_elses_session(client, hands, app):
    first = sign_in(client)
    second = refresh(client, first["refresh_token"]).json
    session_id, _ = keys.parse_refresh_token(second["refresh_token"])
    guessed = keys.refresh_token(session_id, salt="not the salt", number=1)
    hands.move(timedelta(minutes=1))

    assert refused(refresh(client, guessed))

    assert refresh(client, second["refresh_token"]).status_code == 201


def test_the_same_token_sent_by_one_device_many_times_at_once_gets_one_successor(client, at_once):
    first = sign_in(client)

    answers = at_once(6, lambda each, _: refresh(each, first["refresh_token"]))

    assert {each.status_code for each in answers} == {201}
    assert len({each.json["refresh_token"] for each in answers}) == 1
    assert only_session().refresh_number == 2


def test_the_newest_token_outlives_a_change_of_the_installations_secret(client, hands, restarted):
    first = sign_in(client)
    after = restarted(LINTAN_SECRET="another secret of the installation, long enough").test_client()

    # The device's mark is keyed by the secret as well, so the session ends rather than pass a check it cannot make.
    assert refused(refresh(after, first["refresh_token"]))
