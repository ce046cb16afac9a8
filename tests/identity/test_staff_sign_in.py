"""Staff sign in with password and one-time code (A3); failures slow down and never lock out (A6)."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from app.foundation.data import clock, reading, transaction
from app.foundation.proof.audit import AuditRow
from app.identity import Role
from app.identity.entrance.usecases import staff_sign_in
from app.identity.staffing.models import StaffRoleRow, StaffRow
from tests.identity.people import LIANDU, PASSWORD, bearer, make_agency, make_staff


def refused(answer) -> bool:
    return (answer.status_code, answer.json["code"]) == (401, "auth.credentials_refused")


def stored(username: str = "liandu.verifier") -> StaffRow:
    with reading() as session:
        return session.scalars(select(StaffRow).where(StaffRow.username == username)).one()


def test_a_verifier_signs_in_with_a_role_an_agency_and_a_county(client, hands):
    agency_id = make_agency()
    member = make_staff(role=Role.VERIFIER, agency_slug="liandu-forestry")

    answer = member.sign_in(client)
    mine = client.get("/v1/me", headers=bearer(answer.json)).json

    assert answer.status_code == 201
    assert answer.json["actor"]["roles"] == ["staff", "verifier"]
    assert (mine["username"], mine["phone_masked"]) == ("liandu.verifier", None)
    assert [(role["role"], role["counties"]) for role in mine["roles"]] == [("verifier", [LIANDU])]
    assert mine["roles"][0]["agency_id"].startswith("agy_")
    assert agency_id is not None
    with reading() as session:
        assert "identity.staff_signed_in" in session.scalars(select(AuditRow.action)).all()


def test_the_name_is_read_without_regard_to_capitals(client, hands):
    assert make_staff().sign_in(client, username="Liandu.Verifier").status_code == 201


def test_without_the_second_factor_the_password_is_not_enough(client, hands):
    member = make_staff()
    wrong = f"{(int(member.code()) + 1) % 1_000_000:06d}"

    missing = client.post("/v1/auth/staff/token", json={"username": member.username, "password": PASSWORD})
    answer = member.sign_in(client, totp=wrong)

    assert missing.status_code == 422
    assert refused(answer)


def test_a_wrong_password_with_the_right_code_is_refused(client, hands):
    assert refused(make_staff().sign_in(client, password="camphor trees by the ou"))


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client, hands):
    member = make_staff()

    unknown, wrong = member.sign_in(client, username="nobody.here"), member.sign_in(client, password="x" * 12)

    without_ids = [{**each.json, "request_id": None} for each in (unknown, wrong)]
    assert without_ids[0] == without_ids[1]
    assert set(unknown.headers.keys()) == set(wrong.headers.keys())


def test_an_unknown_name_costs_one_hash_like_a_known_one(client, hands, monkeypatch):
    member = make_staff()
    verified = []
    genuine = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, *args: verified.append(args[0]) or genuine(self, *args))

    member.sign_in(client, username="nobody.here")
    member.sign_in(client, password="x" * 12)

    assert [extract_parameters(each) for each in verified] == [extract_parameters(stored().password_hash)] * 2


def test_a_one_time_code_works_once(client, hands):
    member = make_staff()
    code = member.code()
    assert member.sign_in(client, totp=code).status_code == 201

    assert refused(member.sign_in(client, totp=code))
    hands.move(timedelta(seconds=30))
    assert member.sign_in(client).status_code == 201


def test_of_two_uses_of_one_code_at_once_from_two_places_one_is_refused(client, hands, at_once):
    member = make_staff()
    code = member.code()

    answers = at_once(4, lambda each, n: member.sign_in(each, totp=code, address=f"192.0.2.{n}").status_code)

    assert sorted(answers) == [201, 401, 401, 401]


@pytest.mark.parametrize(("seconds", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephones_clock_may_be_half_a_minute_off(client, hands, seconds, accepted):
    member = make_staff()
    hands.move(timedelta(seconds=seconds))
    code = member.code()
    hands.move(timedelta(seconds=-seconds))

    assert (member.sign_in(client, totp=code).status_code == 201) is accepted


def test_an_older_code_is_refused_once_a_newer_was_used(client, hands):
    member = make_staff()
    older = member.code()
    hands.move(timedelta(seconds=30))
    member.sign_in(client)

    assert refused(member.sign_in(client, totp=older))


def test_the_hash_says_argon2id_with_the_parameters_of_the_settings(app, client, hands, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_ARGON2_MEMORY_KIB", "19456")
    monkeypatch.setitem(app.config, "LINTAN_ARGON2_TIME", "2")
    make_staff()

    parameters = extract_parameters(stored().password_hash)

    assert stored().password_hash.startswith("$argon2id$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)


def test_a_sign_in_renews_a_hash_of_older_parameters(app, client, hands, monkeypatch):
    member = make_staff()
    monkeypatch.setitem(app.config, "LINTAN_ARGON2_MEMORY_KIB", "16")

    assert member.sign_in(client).status_code == 201

    assert extract_parameters(stored().password_hash).memory_cost == 16
    hands.move(timedelta(seconds=30))
    assert member.sign_in(client).status_code == 201


def test_failures_make_the_next_try_wait_longer_each_time(client, hands):
    member = make_staff()
    waits = []
    for _ in range(11):
        assert refused(member.sign_in(client, password="x" * 12))
        delayed = member.sign_in(client)
        assert (delayed.status_code, delayed.json["code"]) == (429, "auth.sign_in_delayed")
        waits.append(int(delayed.headers["Retry-After"]))
        hands.move(timedelta(seconds=waits[-1]))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert member.sign_in(client).status_code == 201


def test_a_success_clears_the_failures(client, hands):
    member = make_staff()
    for _ in range(3):
        member.sign_in(client, password="x" * 12)
        hands.move(timedelta(seconds=5))
    assert member.sign_in(client).status_code == 201
    hands.move(timedelta(seconds=30))

    assert refused(member.sign_in(client, password="x" * 12))
    assert member.sign_in(client).headers["Retry-After"] == "1"


def test_a_hundred_wrong_tries_from_ten_addresses_do_not_lock_out_the_right_device(client, hands):
    member = make_staff()
    for number in range(100):
        member.sign_in(client, password="x" * 12, address=f"198.51.100.{number % 10}")

    assert member.sign_in(client).status_code == 201


def test_somebody_at_the_same_address_delays_the_right_person_five_minutes_at_most(client, hands):
    member = make_staff()
    for _ in range(50):
        member.sign_in(client, password="x" * 12)
        hands.move(timedelta(seconds=40))
    hands.move(timedelta(seconds=300))

    assert member.sign_in(client).status_code == 201


def test_names_that_do_not_exist_are_delayed_too(client, hands):
    member = make_staff()
    member.sign_in(client, username="nobody.here")

    assert member.sign_in(client, username="nobody.here").status_code == 429


def test_many_guesses_at_once_are_one_try(client, hands, at_once):
    member = make_staff()

    answers = at_once(6, lambda each, _: member.sign_in(each, password="x" * 12).status_code)

    assert sorted(answers) == [401] + [429] * 5


def test_the_delay_holds_in_another_process(client, hands, restarted):
    member = make_staff()
    member.sign_in(client, password="x" * 12)

    assert member.sign_in(restarted().test_client()).status_code == 429


def test_an_account_disabled_between_password_and_session_does_not_sign_in(client, hands, monkeypatch):
    member = make_staff()
    genuine = staff_sign_in.password_hashes.fits

    def disable_meanwhile(*args):
        with transaction() as session:
            session.get(StaffRow, member.id).disabled_at = clock.now()
        return genuine(*args)

    monkeypatch.setattr(staff_sign_in.password_hashes, "fits", disable_meanwhile)

    assert refused(member.sign_in(client))


def test_a_disabled_account_is_out_even_where_a_session_was_left_open(client, hands):
    member = make_staff()
    signed_in = member.sign_in(client).json
    with transaction() as session:
        session.get(StaffRow, member.id).disabled_at = clock.now()

    assert client.get("/v1/me", headers=bearer(signed_in)).json["code"] == "auth.session_ended"


def test_a_staff_session_ends_with_the_working_day(client, hands):
    signed_in = make_staff().sign_in(client).json
    hands.move(timedelta(hours=12) - timedelta(seconds=1))
    assert client.get("/v1/me", headers=bearer(signed_in)).status_code == 200
    hands.move(timedelta(seconds=1))

    assert client.get("/v1/me", headers=bearer(signed_in)).status_code == 401


def test_a_role_that_has_run_out_is_gone_from_the_next_request_on(client, hands):
    member = make_staff(role=Role.SUPPORT)
    signed_in = member.sign_in(client).json
    with transaction() as session:
        session.scalars(select(StaffRoleRow)).one().held_until = clock.now() + timedelta(seconds=5)
    before = client.get("/v1/me", headers=bearer(signed_in)).json["roles"]
    hands.move(timedelta(seconds=5))

    after = client.get("/v1/me", headers=bearer(signed_in)).json["roles"]

    assert ([role["role"] for role in before], after) == (["support"], [])
