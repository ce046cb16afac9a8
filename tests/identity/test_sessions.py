"""Sessions: the list, the end here and elsewhere, and that the end is felt at once (A5)."""

from datetime import timedelta

from sqlalchemy import select

from app.foundation.data import clock, reading, transaction
from app.identity.entrance.models import SessionEnd, SessionRow
from app.identity.entrance.queries import Holder
from app.identity.entrance.usecases.opening import end_sessions_of
from app.identity.entrance.usecases.sweep import sweep
from tests.identity.people import DEVICE, OTHER_DEVICE, OTHER_PHONE, bearer, refresh, sign_in, statements_asked


def sessions_of(client, signed_in, query: str = ""):
    return client.get(f"/v1/auth/sessions{query}", headers=bearer(signed_in))


def two_devices(client, hands):
    first = sign_in(client, device=DEVICE, name="Pura 90")
    hands.move(timedelta(minutes=2))
    return first, sign_in(client, device=OTHER_DEVICE, name="Mate 80")


def test_the_list_shows_each_device_and_which_one_asks(client, hands):
    _, second = two_devices(client, hands)

    answer = sessions_of(client, second)

    lines = [(line["device_name"], line["is_current"]) for line in answer.json["items"]]
    assert lines == [("Mate 80", True), ("Pura 90", False)]
    assert answer.json["items"][0]["opened_at"] == "2026-03-12T04:02:00Z"


def test_the_list_comes_in_pages(client, hands):
    _, second = two_devices(client, hands)

    page = sessions_of(client, second, "?limit=1")
    rest = sessions_of(client, second, f"?limit=1&cursor={page.json['next_cursor']}")

    assert [each.json["items"][0]["device_name"] for each in (page, rest)] == ["Mate 80", "Pura 90"]
    assert rest.json["next_cursor"] is None
    assert 'rel="next"' in page.headers["Link"]


def test_a_remote_sign_out_is_felt_at_once(client, hands):
    first, second = two_devices(client, hands)
    lost = next(line for line in sessions_of(client, second).json["items"] if not line["is_current"])

    answer = client.delete(f"/v1/auth/sessions/{lost['id']}", headers=bearer(second))

    assert answer.status_code == 204
    assert client.get("/v1/me", headers=bearer(first)).json["code"] == "auth.session_ended"
    assert refresh(client, first["refresh_token"]).status_code == 401
    assert client.get("/v1/me", headers=bearer(second)).status_code == 200


def test_signing_out_ends_this_session_only(client, hands):
    first, second = two_devices(client, hands)

    assert client.post("/v1/auth/logout", headers=bearer(second)).status_code == 204

    assert client.get("/v1/me", headers=bearer(second)).json["code"] == "auth.session_ended"
    assert client.get("/v1/me", headers=bearer(first)).status_code == 200


def test_somebody_elses_session_cannot_be_seen_or_ended(client, hands):
    mine, other = sign_in(client), sign_in(client, OTHER_PHONE)
    theirs = sessions_of(client, other).json["items"][0]["id"]

    answer = client.delete(f"/v1/auth/sessions/{theirs}", headers=bearer(mine))
    nothing = client.delete(f"/v1/auth/sessions/{theirs[:-1]}z", headers=bearer(mine))
    garbage = client.delete("/v1/auth/sessions/1", headers=bearer(mine))

    assert [each.status_code for each in (answer, nothing, garbage)] == [404, 404, 404]
    assert answer.json["code"] == nothing.json["code"] == garbage.json["code"] == "auth.session_not_found"
    assert client.get("/v1/me", headers=bearer(other)).status_code == 200
    assert len(sessions_of(client, mine).json["items"]) == 1


def test_signing_in_again_on_a_device_replaces_its_session(client, hands):
    first = sign_in(client)
    hands.move(timedelta(minutes=2))
    second = sign_in(client)

    assert client.get("/v1/me", headers=bearer(first)).json["code"] == "auth.session_ended"
    assert len(sessions_of(client, second).json["items"]) == 1


def test_a_change_of_credentials_ends_the_other_sessions(client, hands):
    first, second = two_devices(client, hands)
    with reading() as session:
        kept = session.scalars(select(SessionRow).order_by(SessionRow.opened_at.desc())).first()

    with transaction() as session:
        ended = end_sessions_of(
            session, Holder(person_id=kept.person_id), SessionEnd.CREDENTIALS_CHANGED, clock.now(), but=kept.id
        )

    assert ended == 1
    assert client.get("/v1/me", headers=bearer(first)).status_code == 401
    assert client.get("/v1/me", headers=bearer(second)).status_code == 200


def test_a_session_past_its_time_lets_nobody_in(client, hands):
    signed_in = sign_in(client)
    hands.move(timedelta(days=60))

    assert client.get("/v1/me", headers=bearer(signed_in)).json["code"] == "auth.session_ended"


def test_knowing_who_asks_takes_one_statement_and_a_residents_roles_another(client, hands):
    signed_in = sign_in(client)

    with statements_asked() as asked:
        client.post(
            "/v1/auth/otp", json={}, headers=bearer(signed_in)
        )  # Refused by its shape, after the caller is known.

    assert len([statement for statement, _ in asked if statement.startswith("SELECT")]) == 2


def test_sessions_are_swept_a_month_after_their_time(client, hands):
    sign_in(client)
    hands.move(timedelta(days=180))
    with transaction() as session:
        sweep(session, clock.now())
        assert session.scalars(select(SessionRow)).all()
    hands.move(timedelta(seconds=1))

    with transaction() as session:
        sweep(session, clock.now())

    with reading() as session:
        assert not session.scalars(select(SessionRow)).all()
