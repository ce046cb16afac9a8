"""How many codes are sent, to whom, and what happens when the provider refuses (A2)."""

from datetime import UTC, datetime, timedelta

from app.foundation.data import clock, in_transaction, transaction
from app.identity.entrance.models import CodeChallengeRow, SendPaceRow
from app.identity.entrance.usecases.sweep import sweep
from tests.identity.people import (
    DEVICE,
    OTHER_DEVICE,
    OTHER_PHONE,
    PHONE,
    ask_code,
    count,
    only,
    sign_in,
    statements_asked,
    try_code,
)


def test_a_second_code_within_a_minute_is_refused_with_the_time_to_wait(client, hands):
    ask_code(client)
    hands.move(timedelta(seconds=59))

    early = ask_code(client)
    hands.move(timedelta(seconds=1))

    assert (early.status_code, early.json["code"], early.headers["Retry-After"]) == (429, "auth.code_too_soon", "1")
    assert ask_code(client).status_code == 201


def test_a_number_gets_five_codes_an_hour_and_ten_a_day(client, hands):
    hands.set(datetime(2026, 3, 11, 16, 0, tzinfo=UTC))  # Midnight in Lishui.
    statuses = []
    for _ in range(24 * 6):
        statuses.append(ask_code(client).status_code)
        hands.move(timedelta(minutes=10))

    assert statuses[:6].count(201) == 5
    assert statuses.count(201) == 10
    assert ask_code(client).status_code == 201  # The next day.


def test_a_device_gets_no_more_codes_by_changing_the_number(client, hands):
    numbers = [f"139001390{digit:02d}" for digit in range(7)]
    statuses = []
    for number in numbers:
        statuses.append(ask_code(client, number, device_id=DEVICE).status_code)
        hands.move(timedelta(seconds=61))

    assert statuses == [201] * 5 + [429] * 2
    assert ask_code(client, numbers[-1], device_id=OTHER_DEVICE).status_code == 201


def test_a_refused_code_counts_for_nothing(client, hands):
    ask_code(client, PHONE)
    assert ask_code(client, PHONE, device_id=DEVICE).status_code == 429

    assert ask_code(client, OTHER_PHONE, device_id=DEVICE).status_code == 201


def test_many_requests_for_one_number_at_once_send_one_code(client, postbox, at_once):
    answers = at_once(8, lambda each, _: ask_code(each).status_code)

    assert sorted(answers) == [201] + [429] * 7
    assert len(postbox.sent) == 1


def test_the_limit_holds_over_processes(client, hands, restarted):
    ask_code(client)

    assert ask_code(restarted().test_client()).status_code == 429


def test_known_and_unknown_numbers_get_answers_that_differ_in_nothing_but_their_values(client, hands):
    sign_in(client, PHONE)
    hands.move(timedelta(minutes=2))

    known, unknown = ask_code(client, PHONE), ask_code(client, OTHER_PHONE)

    assert known.status_code == unknown.status_code == 201
    assert known.json.keys() == unknown.json.keys()
    assert known.json["expires_at"] == unknown.json["expires_at"]
    assert set(known.headers.keys()) == set(unknown.headers.keys())


def test_asking_for_a_code_reads_nothing_about_people(client, hands):
    with statements_asked() as asked:
        ask_code(client)

    assert asked
    assert not [statement for statement, _ in asked if "identity_p" in statement]


def test_above_the_soft_limit_an_address_solves_a_captcha(app, client, hands, judge, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_SMS_ADDRESS_SOFT_PER_HOUR", "1")
    ask_code(client, "13900139001")

    bare = ask_code(client, "13900139002")
    wrong = ask_code(client, "13900139002", captcha="a machine")
    solved = ask_code(client, "13900139002", captcha="a person")
    elsewhere = ask_code(client, "13900139003", address="192.0.2.2")

    assert (bare.status_code, bare.json["code"]) == (403, "auth.captcha_needed")
    assert wrong.status_code == 403
    assert (solved.status_code, elsewhere.status_code) == (201, 201)
    assert judge.asked == ["a machine", "a person"]


def test_without_a_captcha_provider_a_school_is_let_through_up_to_the_hard_cap(app, client, hands, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_SMS_ADDRESS_SOFT_PER_HOUR", "1")
    monkeypatch.setitem(app.config, "LINTAN_SMS_ADDRESS_HARD_PER_HOUR", "3")

    answers = [ask_code(client, f"1390013900{digit}") for digit in range(4)]

    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert answers[3].json["code"] == "auth.address_too_busy"
    assert answers[3].headers["Retry-After"] == "3600"
    hands.move(timedelta(hours=1))
    assert ask_code(client, "13900139009").status_code == 201


def test_the_citys_cap_stops_all_codes_and_raises_an_alarm(app, client, hands, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "LINTAN_SMS_CITY_PER_HOUR", "2")

    answers = [ask_code(client, f"1390013900{digit}", address=f"192.0.2.{digit}") for digit in range(3)]

    assert [each.status_code for each in answers] == [201, 201, 429]
    assert answers[2].json["code"] == "auth.codes_paused"
    alarms = [
        record
        for record in caplog.records
        if record.levelname == "ERROR" and "identity.codes.paused" in str(record.msg)
    ]
    assert len(alarms) == 1
    hands.move(timedelta(hours=1))
    assert ask_code(client, "13900139009").status_code == 201


def test_a_real_provider_gets_the_code_and_the_answer_does_not_show_it(client, hands, postbox):
    answer = ask_code(client)

    ((phone, code, life_min),) = postbox.sent
    assert (phone, life_min, len(code)) == ("+8613800138000", 5, 6)
    assert set(answer.json) == {"challenge_id", "expires_at"}
    assert try_code(client, answer.json["challenge_id"], code).status_code == 201


def test_when_the_provider_refuses_the_answer_says_so_and_the_challenge_is_void(client, hands, postbox):
    postbox.refusal = "LimitExceeded"

    answer = ask_code(client)

    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "auth.code_not_sent", "60")
    challenge = only(CodeChallengeRow)
    assert challenge.sent_at is None
    assert challenge.voided_at is not None
    assert "LimitExceeded" not in answer.text


def test_no_transaction_is_open_while_the_provider_is_called(client, hands, use_providers):
    class Watching:
        name, reveals_code = "watching", False
        seen: list[tuple[bool, int]] = []

        def send_code(self, phone, code, *, life_min):
            self.seen.append((in_transaction(), count(CodeChallengeRow)))

    use_providers(sender=Watching())

    ask_code(client)

    assert Watching.seen == [(False, 1)]


def test_old_codes_and_counters_are_swept_and_new_ones_stay(client, hands):
    ask_code(client, PHONE)
    hands.move(timedelta(days=2, seconds=1))
    ask_code(client, OTHER_PHONE)

    with transaction() as session:
        sweep(session, clock.now())

    assert (count(CodeChallengeRow), count(SendPaceRow)) == (1, 1)
