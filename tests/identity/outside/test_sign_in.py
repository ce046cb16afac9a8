"""Residents sign in through WeChat and 浙里办, are found again, and unlink."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.data import in_transaction, new_id, parse_public_id, public_id, reading, transaction
from app.foundation.proof.audit import AuditRow
from app.foundation.work import work_until_idle
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.entrance.providers import providers
from app.identity.people.models import PersonRow, PhoneRow
from app.identity.people.queries import find_phone_of
from app.identity.rights.usecases.door import close_door
from tests.identity.people import DEVICE, OTHER_DEVICE, OTHER_PHONE, PHONE, bearer, count, make_staff, only, sign_in
from tests.identity.residents.desk import MINUTE, change_codes

pytestmark = pytest.mark.usefixtures("doors")


def through_wechat(client, code="code", phone_code=None, *, device=DEVICE):
    body = {"code": code, "device": {"id": device, "name": "Pura"}}
    return client.post("/v1/auth/wechat", json=body | ({"phone_code": phone_code} if phone_code else {}))


def through_zheliban(client, ticket="ticket", *, device=DEVICE):
    return client.post("/v1/auth/zheliban", json={"ticket": ticket, "device": {"id": device, "name": "Pura"}})


def test_a_wechat_user_opens_a_person_with_a_number_and_comes_back_without(client, hands, wechat):
    wechat.users |= {"one": "openid", "two": "openid", "three": "openid"}

    bare = through_wechat(client, "one")
    first = through_wechat(client, "two", wechat.phone("phone-code", PHONE))
    hands.move(timedelta(days=30))
    again = through_wechat(client, "three", wechat.phone("another", PHONE), device=OTHER_DEVICE)

    assert (bare.status_code, bare.json["code"]) == (409, "auth.phone_needed")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json.keys() == {"access_token", "refresh_token", "expires_at", "actor"}
    assert again.json["actor"]["id"] == first.json["actor"]["id"]
    assert client.get("/v1/me", headers=bearer(again.json)).json["phone_masked"] == "138****8000"
    assert wechat.calls.count("/wxa/business/getuserphonenumber") == 1  # Not asked for a known account.
    assert (count(PersonRow), count(OutsideAccountRow)) == (1, 1)


def test_a_number_that_is_known_here_signs_its_person_in(client, hands, wechat, zheliban):
    person = sign_in(client, PHONE)["actor"]["id"]
    wechat.users["code"] = "openid"

    by_wechat = through_wechat(client, "code", wechat.phone("phone-code", PHONE))
    by_zheliban = through_zheliban(client, zheliban.person("ticket", "user", f"86-{PHONE}"))

    assert by_wechat.json["actor"]["id"] == by_zheliban.json["actor"]["id"] == person
    assert count(OutsideAccountRow) == 2


def test_a_number_unused_for_half_a_year_opens_a_new_person_here_too(client, hands, wechat):
    old = sign_in(client, PHONE)["actor"]["id"]
    hands.move(timedelta(days=185))
    wechat.users["code"] = "openid"

    new = through_wechat(client, "code", wechat.phone("phone-code", PHONE), device=OTHER_DEVICE).json["actor"]["id"]

    assert new != old
    with reading() as session:
        assert "identity.phone_reassigned" in session.scalars(select(AuditRow.action)).all()


def test_a_linked_account_stays_with_its_person_when_the_number_goes(client, hands, zheliban):
    first = through_zheliban(client, zheliban.person("one", "user", PHONE)).json["actor"]["id"]
    with transaction() as session:
        held = session.scalars(select(PhoneRow)).one()
        held.held_until, held.ended_because = held.held_from, "changed"
    hands.move(timedelta(minutes=1))
    other = sign_in(client, PHONE, device=OTHER_DEVICE)["actor"]["id"]

    again = through_zheliban(client, zheliban.person("two", "user", PHONE)).json["actor"]["id"]

    assert again == first != other
    with reading() as session:
        assert find_phone_of(session, only(OutsideAccountRow).person_id) is None


@pytest.mark.parametrize("phone", [None, "138****8000", "+85251234567", ""])
def test_without_a_number_of_the_mainland_nobody_is_opened(client, hands, zheliban, phone):
    answer = through_zheliban(client, zheliban.person("ticket", "user", phone))

    assert (answer.status_code, answer.json["code"]) == (409, "auth.phone_needed")
    assert count(PersonRow) == 0


def test_refusals_and_failures_are_two_errors_and_quote_nobody(client, hands, wechat, zheliban):
    refused = through_wechat(client, "canary"), through_zheliban(client, "canary")
    wechat.errcode = 45011
    zheliban.broken = (502, b"canary")
    failed = through_wechat(client, "canary"), through_zheliban(client, "canary")

    for answer in refused:
        assert (answer.status_code, answer.json["code"]) == (401, "auth.outside_refused")
    for answer in failed:
        assert (answer.status_code, answer.json["code"]) == (503, "auth.provider_failed")
        assert answer.headers["Retry-After"] == "60"
    assert "canary" not in "".join(answer.text for answer in (*refused, *failed))


def test_a_change_of_number_ends_what_the_number_before_had_linked(client, hands, wechat):
    me = sign_in(client)
    wechat.users |= {"one": "openid", "two": "openid"}
    hands.move(MINUTE)
    linked = through_wechat(client, "one", wechat.phone("phone-code", PHONE), device=OTHER_DEVICE)
    work_until_idle()
    told = client.get("/v1/notices", headers=bearer(me)).json["items"]
    hands.move(MINUTE)

    changed = client.put("/v1/me/phone", json=change_codes(client, me, hands), headers=bearer(me))
    again = through_wechat(client, "two", device=OTHER_DEVICE)

    assert linked.json["actor"]["id"] == me["actor"]["id"]
    assert "identity.outside_linked" in [each["kind"] for each in told]
    assert changed.status_code == 200
    assert (again.status_code, again.json["code"]) == (409, "auth.phone_needed")
    assert count(OutsideAccountRow) == 0


def test_who_opens_an_account_through_another_app_is_not_warned_of_it(client, hands, wechat):
    wechat.users["one"] = "openid"

    first = through_wechat(client, "one", wechat.phone("phone-code", PHONE))
    work_until_idle()

    assert client.get("/v1/notices", headers=bearer(first.json)).json["items"] == []


def test_who_comes_through_another_app_for_half_a_year_keeps_the_account_there_but_proves_no_number(
    client, hands, wechat
):
    """Whoever has the number by now may be somebody else, and must not be let in by a code."""
    wechat.users |= {f"code-{month}": "openid" for month in range(8)}
    me = through_wechat(client, "code-0", wechat.phone("phone-code", PHONE)).json["actor"]["id"]
    for month in range(1, 8):
        hands.move(timedelta(days=30))
        assert through_wechat(client, f"code-{month}").json["actor"]["id"] == me

    by_code = sign_in(client, PHONE, device=OTHER_DEVICE)["actor"]["id"]
    wechat.users["code-8"] = "openid"

    assert by_code != me
    assert through_wechat(client, "code-8").json["actor"]["id"] == me


def test_a_refused_phone_code_links_nobody(client, hands, wechat):
    wechat.users["code"] = "openid"

    answer = through_wechat(client, "code", "unknown-phone-code")

    assert (answer.status_code, answer.json["code"]) == (401, "auth.outside_refused")
    assert (count(PersonRow), count(OutsideAccountRow)) == (0, 0)


def test_many_first_sign_ins_at_once_open_one_person_and_one_link(client, wechat, at_once):
    for number in range(6):
        wechat.users[f"code-{number}"] = "openid"
        wechat.phone(f"phone-{number}", PHONE)

    answers = at_once(6, lambda each, n: through_wechat(each, f"code-{n}", f"phone-{n}", device=f"{DEVICE}-{n}"))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["actor"]["id"] for answer in answers}) == 1
    assert (count(PersonRow), count(OutsideAccountRow)) == (1, 1)


def test_shapes_are_checked_before_anybody_is_asked(client, hands, wechat):
    for path, body in (
        ("wechat", {"device": {"id": DEVICE}}),
        ("wechat", {"code": "x" * 513, "device": {"id": DEVICE}}),
        ("wechat", {"code": "a b", "device": {"id": DEVICE}}),
        ("wechat", {"code": "x"}),
        ("zheliban", {"ticket": "", "device": {"id": DEVICE}}),
        ("zheliban", {"ticket": "x", "phone_code": "y", "device": {"id": DEVICE}}),
    ):
        assert client.post(f"/v1/auth/{path}", json=body).status_code == 422, body
    assert wechat.calls == []


def test_an_account_is_listed_and_unlinked_by_its_owner_alone(client, hands, wechat):
    wechat.users |= {"one": "openid", "two": "openid"}
    mine = through_wechat(client, "one", wechat.phone("phone-code", PHONE)).json
    other = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)

    (account,) = client.get("/v1/me/outside-accounts", headers=bearer(mine)).json["items"]
    path = f"/v1/me/outside-accounts/{account['id']}"
    strange = client.delete(path, headers=bearer(other))
    unlinked = client.delete(path, headers=bearer(mine))

    assert (account["provider"], account["linked_at"]) == ("wechat", "2026-03-12T04:00:00Z")
    assert client.get("/v1/me/outside-accounts", headers=bearer(other)).json["items"] == []
    assert (strange.status_code, unlinked.status_code) == (404, 204)
    assert client.delete(path, headers=bearer(mine)).status_code == 404
    assert client.delete("/v1/me/outside-accounts/nonsense", headers=bearer(mine)).status_code == 404
    assert client.get("/v1/me", headers=bearer(mine)).status_code == 200
    assert through_wechat(client, "two").json["code"] == "auth.phone_needed"
    staff = make_staff().sign_in(client).json
    assert client.get("/v1/me/outside-accounts", headers=bearer(staff)).status_code == 403
    with reading() as session:
        actions = session.scalars(select(AuditRow.action)).all()
    assert actions.count("identity.outside_account_linked") == actions.count("identity.outside_account_unlinked") == 1


def test_an_account_signs_nobody_in_whose_door_was_closed_for_good(client, hands, wechat):
    wechat.users |= {"one": "openid", "two": "openid"}
    gone = through_wechat(client, "one", wechat.phone("phone-code", PHONE)).json["actor"]["id"]

    with transaction() as session:
        close_door(session, parse_public_id("per", gone), hands.now())
    bare = through_wechat(client, "two")

    assert bare.json["code"] == "auth.phone_needed"
    assert count(OutsideAccountRow) == 0


def test_neither_subject_nor_number_stands_in_the_row_the_audit_or_the_log(client, hands, zheliban, caplog):
    caplog.set_level(logging.DEBUG)
    through_zheliban(client, zheliban.person("canary-ticket", "canary user", PHONE))
    through_zheliban(client, "canary-ticket")

    row = only(OutsideAccountRow)
    assert len(row.subject_mark) == 64
    with reading() as session:
        audit = [str(vars(each)) for each in session.scalars(select(AuditRow))]
    assert "identity.outside" in caplog.text
    for secret in ("canary", PHONE):
        assert secret not in caplog.text + "".join(audit)


def test_the_provider_is_asked_outside_any_transaction(client, hands, wechat, monkeypatch):
    seen = []
    door = providers().doors["wechat"]
    for name in ("identify", "phone_of"):
        real = getattr(door, name)
        monkeypatch.setattr(door, name, lambda proof, real=real: seen.append(in_transaction()) or real(proof))
    wechat.users["code"] = "openid"

    through_wechat(client, "code", wechat.phone("phone-code", PHONE))

    assert seen == [False, False]


def test_an_app_that_is_not_set_up_has_no_door(app, client, hands):
    providers().doors.clear()

    for answer in (through_wechat(client), through_zheliban(client)):
        assert (answer.status_code, answer.json["code"]) == (404, "auth.provider_off")


def test_an_account_id_of_nobody_is_404(client, hands):
    mine = bearer(sign_in(client))

    assert client.delete(f"/v1/me/outside-accounts/{public_id('oac', new_id())}", headers=mine).status_code == 404
