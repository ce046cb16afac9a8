"""Devices are listed and forgotten; signing out everywhere else leaves this session."""

from sqlalchemy import select

from app.foundation.data import reading
from app.identity.entrance.models import DeviceRow, SessionRow
from tests.identity.people import DEVICE, OTHER_DEVICE, OTHER_PHONE, bearer, count, refresh, sign_in
from tests.identity.residents.desk import MINUTE, audited, get, person_id


def test_signing_out_everywhere_else_leaves_this_session(client, hands):
    lost = sign_in(client, device=OTHER_DEVICE)
    stranger = sign_in(client, OTHER_PHONE, device="a-third-device-1")
    hands.move(MINUTE)
    me = sign_in(client)

    answers = [client.delete("/v1/auth/sessions", headers=bearer(me)).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert get(client, lost, "/v1/me").json["code"] == "auth.session_ended"
    assert (get(client, me, "/v1/me").status_code, get(client, stranger, "/v1/me").status_code) == (200, 200)
    assert len(audited("identity.other_sessions_ended")) == 1


def test_a_forgotten_device_is_signed_out_and_new_when_it_comes_back(client, hands):
    lost = sign_in(client, device=OTHER_DEVICE, name="Mate")
    hands.move(MINUTE)
    me = sign_in(client)
    devices = get(client, me, "/v1/me/devices").json["items"]
    path = f"/v1/me/devices/{devices[1]['id']}"

    stranger = sign_in(client, OTHER_PHONE, device="a-third-device-1")
    answers = [client.delete(path, headers=bearer(who)).status_code for who in (stranger, me, me)]

    assert [(each["name"], each["open_sessions"]) for each in devices] == [("Pura", 1), ("Mate", 1)]
    assert answers == [404, 204, 404]
    assert get(client, lost, "/v1/me").json["code"] == "auth.session_ended"
    assert refresh(client, lost["refresh_token"], device=OTHER_DEVICE).status_code == 401
    assert [each["name"] for each in get(client, me, "/v1/me/devices").json["items"]] == ["Pura"]
    with reading() as session:
        mine = session.scalars(select(SessionRow).where(SessionRow.person_id == person_id(me))).all()
        assert sorted(row.device_id is None for row in mine) == [False, True]


def test_opening_a_session_is_on_record_with_its_device_and_no_number(client, hands):
    me = sign_in(client, device=DEVICE)

    row = audited("identity.session_opened")[0]

    assert (row.actor_id, row.object_kind) == (person_id(me), "identity.session")
    assert row.session_id == row.object_id
    assert row.after_sha256 is not None
    assert count(DeviceRow) == 1
