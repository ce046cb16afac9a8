"""A lost number is replaced at a desk, by two members of staff and never by one."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.approvals import find_proposal
from app.foundation.data import parse_public_id, reading, run_in_transaction, transaction
from app.foundation.proof.audit import AuditRow
from app.identity import keys
from app.identity.people.desk.models import LookupRow, RecoveryRow
from app.identity.people.desk.recovery import forget_old_numbers
from app.identity.people.models import PhoneRow
from tests.identity.people import OTHER_DEVICE, PHONE, bearer, count, only, other_than, refresh, sign_in
from tests.identity.residents.desk import (
    MINUTE,
    NEW_PHONE,
    audited,
    born,
    get,
    person_id,
    post,
    supporter,
)

REASON = {"reason": "手机遗失，原号码已停用", "document_kind": "resident_card"}


def desk_code(client, staff, person, phone=NEW_PHONE):
    sent = post(client, staff, "/v1/recoveries/codes", {"person_id": person, "phone": phone})
    assert sent.status_code == 201, sent.json
    return {"challenge_id": sent.json["challenge_id"], "code": sent.json["sandbox_code"]}


def open_recovery(client, staff, person, **changed):
    body = {"person_id": person, **REASON, **desk_code(client, staff, person), **changed}
    return post(client, staff, "/v1/recoveries", body)


def approve(client, staff, recovery):
    path = f"/v1/approvals/{recovery['approval_id']}"
    sha256 = get(client, staff, path).json["content_sha256"]
    return post(client, staff, f"{path}/approve", {"content_sha256": sha256})


def test_two_members_of_staff_give_a_resident_the_proved_number(client, hands):
    me = sign_in(client)
    person = me["actor"]["id"]
    one, two = supporter(client), supporter(client, "desk.two", address="192.0.2.51")

    opened = open_recovery(client, one, person)
    seen = get(client, two, f"/v1/approvals/{opened.json['approval_id']}").json
    alone = approve(client, one, opened.json)
    approved = approve(client, two, opened.json)
    shown = get(client, one, opened.headers["Location"]).json
    hands.move(MINUTE)
    by_new = sign_in(client, NEW_PHONE, device=OTHER_DEVICE)

    assert (opened.status_code, opened.json["state"]) == (201, "proposed")
    assert (opened.json["old_phone_masked"], opened.json["new_phone_masked"]) == ("138****8000", "137****7000")
    change = seen["difference"]["changed"]
    assert [(each["before"], each["after"]) for each in change] == [("138****8000", "137****7000")]
    assert (alone.status_code, alone.json["code"]) == (403, "approvals.own_proposal")
    assert approved.status_code == 200, approved.json
    assert shown["state"] == "approved"
    assert shown["applied_at"] is not None
    assert by_new["actor"]["id"] == person
    assert get(client, me, "/v1/me").json["code"] == "auth.session_ended"
    assert refresh(client, me["refresh_token"]).status_code == 401
    assert (only(RecoveryRow).phone, only(RecoveryRow).phone_salt) == (None, None)
    assert len(audited("identity.phone_recovered")) == 1


def test_the_proposal_tells_no_number(client, hands):
    person = sign_in(client)["actor"]["id"]
    opened = open_recovery(client, supporter(client), person)

    with reading() as session:
        proposal = find_proposal(session, parse_public_id("apv", opened.json["approval_id"]))
    told = f"{proposal.content} {proposal.title}"

    assert [number in told for number in (NEW_PHONE, PHONE)] == [False, False]
    assert set(proposal.content) == {
        "recovery_id",
        "person_id",
        "person_version",
        "document_kind",
        "phone_mark",
    }


def test_after_the_account_is_gone_no_number_can_be_tried_against_the_mark(client, hands):
    me = sign_in(client)
    one, two = supporter(client), supporter(client, "desk.two", address="192.0.2.51")
    opened = open_recovery(client, one, me["actor"]["id"])
    salt = only(RecoveryRow).phone_salt
    approve(client, two, opened.json)
    path = f"/v1/approvals/{opened.json['approval_id']}"

    with reading() as session:
        content = find_proposal(session, parse_public_id("apv", opened.json["approval_id"])).content
    decided = get(client, two, path).json["difference"]["changed"]
    with transaction() as session:
        session.execute(delete(RecoveryRow))
    gone = get(client, two, path)

    number = f"{person_id(me)}:+86{NEW_PHONE}"
    assert keys.blinded("recovery", f"{salt}:{number}") == content["phone_mark"]  # So the salt is what it takes.
    assert keys.blinded("recovery", number) != content["phone_mark"]
    assert "****" not in str(content)
    assert [each["after"] for each in decided] == ["137****7000"]
    assert (gone.status_code, gone.json["difference"]["changed"]) == (200, [])


def test_a_person_who_has_changed_in_between_makes_the_proposal_stale(client, hands):
    me = sign_in(client)
    one, two = supporter(client), supporter(client, "desk.two", address="192.0.2.51")
    opened = open_recovery(client, one, me["actor"]["id"])
    born(client, me, "1986-05-04")

    refused = approve(client, two, opened.json)

    assert (refused.status_code, refused.json["code"]) == (409, "identity.recovery_stale")
    assert get(client, one, opened.headers["Location"]).json["state"] == "proposed"
    assert only(PhoneRow).held_until is None


def test_a_number_that_somebody_has_begun_to_use_is_refused_and_nothing_changes(client, hands):
    me = sign_in(client)
    one, two = supporter(client), supporter(client, "desk.two", address="192.0.2.51")
    opened = open_recovery(client, one, me["actor"]["id"])
    hands.move(MINUTE)
    sign_in(client, NEW_PHONE, device=OTHER_DEVICE)

    refused = approve(client, two, opened.json)

    assert (refused.status_code, refused.json["code"]) == (409, "identity.phone_taken")
    assert get(client, me, "/v1/me").status_code == 200
    assert [row.held_until for row in _phones()] == [None, None]


def _phones():
    with reading() as session:
        return session.scalars(select(PhoneRow)).all()


def test_a_code_of_another_desk_another_person_or_a_wrong_one_is_refused_and_counted(client, hands):
    me, other = sign_in(client), sign_in(client, "13600136000", device=OTHER_DEVICE)
    one, two = supporter(client), supporter(client, "desk.two", address="192.0.2.51")
    code = desk_code(client, one, me["actor"]["id"])
    body = {"person_id": me["actor"]["id"], **REASON, **code}

    answers = [
        post(client, two, "/v1/recoveries", body).json["code"],
        post(client, one, "/v1/recoveries", {**body, "person_id": other["actor"]["id"]}).json["code"],
        *[
            post(client, one, "/v1/recoveries", {**body, "code": other_than(code["code"])}).json["code"]
            for _ in range(5)
        ],
        post(client, one, "/v1/recoveries", body).json["code"],
    ]

    assert answers == ["auth.code_refused"] * 8
    assert count(RecoveryRow) == 0


def test_a_proposal_whose_days_are_over_keeps_no_number(client, hands):
    person = sign_in(client)["actor"]["id"]
    open_recovery(client, supporter(client), person)

    hands.move(timedelta(days=8))
    run_in_transaction(lambda session: forget_old_numbers(session, hands.now()))
    kept = only(RecoveryRow).phone
    hands.move(timedelta(seconds=1))
    run_in_transaction(lambda session: forget_old_numbers(session, hands.now()))

    assert kept == f"+86{NEW_PHONE}"
    assert (only(RecoveryRow).phone, only(RecoveryRow).phone_salt) == (None, None)


def test_staff_find_present_and_former_holders_of_a_number_masked_and_on_record(client, hands):
    former = sign_in(client)
    client.patch("/v1/me", json={"display_name": "张小明"}, headers={**bearer(former), "If-Match": '"1"'})
    hands.move(timedelta(days=185))
    present = sign_in(client, device=OTHER_DEVICE)
    staff = supporter(client)

    found = post(client, staff, "/v1/people/lookup", {"phone": "138 0013 8000", "reason": "窗口找回账户"})
    nobody = post(client, staff, "/v1/people/lookup", {"phone": "13812341234", "reason": "窗口找回账户"})

    assert [
        (each["person_id"], each["name_masked"], each["ended_because"], each["present_phone_masked"])
        for each in found.json["items"]
    ] == [
        (present["actor"]["id"], "", None, "138****8000"),
        (former["actor"]["id"], "张**", "reassigned", None),
    ]
    assert PHONE not in found.text
    assert nobody.json["items"] == []
    assert {row.object_id for row in audited("identity.person_looked_up")} >= {person_id(former), person_id(present)}
    assert count(LookupRow) == len(audited("identity.person_looked_up")) == 3
    with reading() as session:
        assert "窗口" not in str([vars(row) for row in session.scalars(select(AuditRow))])
    assert post(client, present, "/v1/people/lookup", {"phone": PHONE, "reason": "好奇心"}).status_code == 403
