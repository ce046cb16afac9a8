"""A birth date is optional, the person's own, and no way round a guardian."""

from datetime import timedelta

from app.foundation.data import clock, reading
from app.identity import birth_date_of, is_under_14, language_of
from app.identity.people.family.models import BirthDateRow
from tests.identity.people import bearer, count, make_staff, sign_in
from tests.identity.residents.desk import audited, born, get, person_id, put, version_of


def test_a_birth_date_is_given_shown_and_taken_back(client, hands):
    me = sign_in(client)
    before = get(client, me, "/v1/me")

    given = born(client, me, "1986-05-04")
    etag = version_of(client, me)
    gone = client.delete("/v1/me/birth-date", headers={**bearer(me), "If-Match": etag})

    assert before.json["birth_date"] is None
    assert (given.status_code, given.json["birth_date"]) == (200, "1986-05-04")
    assert given.headers["ETag"] == etag != before.headers["ETag"]
    assert gone.status_code == 204
    assert get(client, me, "/v1/me").json["birth_date"] is None
    assert count(BirthDateRow) == 0
    for action in ("identity.birth_date_given", "identity.birth_date_deleted"):
        assert [(row.actor_id, row.after_sha256) for row in audited(action)] == [(person_id(me), None)]


def test_a_date_that_is_no_living_persons_or_was_not_seen_is_refused(client, hands):
    me = sign_in(client)

    answers = [
        born(client, me, "2026-03-13").json["code"],
        born(client, me, "1890-01-01").json["code"],
        put(client, me, "/v1/me/birth-date", {"birth_date": "1986-05-04"}, etag='"7"').status_code,
        client.put("/v1/me/birth-date", json={"birth_date": "1986-05-04"}, headers=bearer(me)).status_code,
    ]

    assert answers == ["identity.birth_date_implausible", "identity.birth_date_implausible", 412, 428]
    assert count(BirthDateRow) == 0


def test_a_child_corrects_a_typing_error_for_a_day_and_not_after_it(client, hands):
    me = sign_in(client)
    born(client, me, "2016-09-01")

    hands.move(timedelta(hours=24))
    me = sign_in(client)
    in_time = born(client, me, "2015-09-01")
    hands.move(timedelta(seconds=70))
    me = sign_in(client)
    late = born(client, me, "1990-09-01")
    deleted = client.delete("/v1/me/birth-date", headers={**bearer(me), "If-Match": version_of(client, me)})

    assert in_time.status_code == 200
    assert [(each.status_code, each.json["code"]) for each in (late, deleted)] == [
        (409, "identity.birth_date_locked")
    ] * 2
    with reading() as session:
        today = clock.civil_day(clock.now())
        assert is_under_14(session, person_id(me), today) is True
        assert str(birth_date_of(session, person_id(me))) == "2015-09-01"


def test_a_resident_chooses_the_language_and_staff_do_not(client, hands):
    me, clerk = sign_in(client), make_staff().sign_in(client).json

    def choose(who, language):
        return client.patch(
            "/v1/me", json={"language": language}, headers={**bearer(who), "If-Match": version_of(client, who)}
        )

    with reading() as session:
        assert language_of(session, person_id(me)) == "zh-CN"
    assert choose(me, "en").json["language"] == "en"
    assert choose(me, "fr").status_code == 422
    assert choose(clerk, "en").json["code"] == "identity.language_of_residents"
    with reading() as session:
        assert language_of(session, person_id(me)) == "en"
