"""Guardians: an account for a child without a telephone, a child who invites, and the 14th birthday."""

from datetime import UTC, datetime, timedelta

import pytest

from app.foundation.data import parse_public_id, reading, run_in_transaction
from app.foundation.proof import Actor, ActorKind
from app.identity import GuardianNeeded, acts_for, guardian_of, require_guardian
from app.identity.people.family.linking import close_due
from app.identity.people.family.models import GuardianInvitationRow, GuardianshipRow
from tests.identity.people import DEVICE, OTHER_DEVICE, OTHER_PHONE, PHONE, bearer, only, sign_in, try_code
from tests.identity.residents.desk import MINUTE, NEW_PHONE, audited, born, get, person_id, post, put, version_of

CHILD = {"display_name": "小禾", "birth_date": "2016-09-01", "relation": "parent", "is_guardian": True}
ACCEPTANCE = {"relation": "parent", "is_guardian": True}


def acting(signed_in):
    return Actor(id=person_id(signed_in), kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))


def change(client, who, path, body):
    return client.patch(path, json=body, headers={**bearer(who), "If-Match": version_of(client, who, path)})


def invite(client, hands):
    """A child and a guardian, each with a telephone, and the child's invitation."""
    child = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)
    born(client, child, "2016-09-01")
    answer = post(client, child, "/v1/me/guardian", {"phone": PHONE})
    assert answer.status_code == 201, answer.json
    return child, answer


def test_a_guardian_opens_reads_corrects_and_ends_a_childs_account(client, hands):
    guardian, stranger = sign_in(client), sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)

    opened = post(client, guardian, "/v1/me/children", CHILD)
    path = opened.headers["Location"]
    child_id = parse_public_id("per", opened.json["id"])
    with reading() as session:
        assert guardian_of(session, child_id) == person_id(guardian)
        assert acts_for(session, acting(guardian), child_id)
        assert not acts_for(session, acting(stranger), child_id)
        require_guardian(session, acting(guardian), child_id)
        with pytest.raises(GuardianNeeded):
            require_guardian(session, acting(stranger), child_id)

    assert (opened.status_code, opened.json["until_on"], opened.json["phone_masked"]) == (201, "2030-09-01", None)
    assert get(client, guardian, "/v1/me/children").json["items"] == [opened.json]
    changed = change(client, guardian, path, {"display_name": "大禾", "birth_date": "2015-09-01"})
    assert (changed.json["display_name"], changed.json["until_on"]) == ("大禾", "2029-09-01")
    assert change(client, guardian, path, {"birth_date": "2010-09-01"}).json["code"] == "identity.not_a_child"
    assert get(client, stranger, path).status_code == 404
    assert client.delete(path, headers={**bearer(stranger), "If-Match": '"1"'}).status_code == 404

    ended = client.delete(path, headers={**bearer(guardian), "If-Match": version_of(client, guardian, path)})

    assert ended.status_code == 204
    assert get(client, guardian, "/v1/me/children").json["items"] == []
    assert only(GuardianshipRow).ended_because == "ended_by_guardian"
    assert len(audited("identity.guardian_linked")) == len(audited("identity.guardian_ended")) == 1


def test_nobody_opens_an_account_for_a_grown_up_without_declaring_or_as_a_minor(client, hands):
    me = sign_in(client)

    answers = [
        post(client, me, "/v1/me/children", {**CHILD, "birth_date": "2012-03-12"}).json["code"],
        post(client, me, "/v1/me/children", {**CHILD, "is_guardian": False}).json["code"],
    ]
    born(client, me, "2010-01-01")
    answers.append(post(client, me, "/v1/me/children", CHILD).json["code"])

    assert answers == ["identity.not_a_child", "request.invalid", "identity.guardian_not_of_full_age"]


def test_a_guardian_does_not_become_a_minor_while_answering_for_a_child(client, hands):
    guardian = sign_in(client)
    path = post(client, guardian, "/v1/me/children", CHILD).headers["Location"]

    refused = born(client, guardian, "2017-01-01")
    of_age = born(client, guardian, "2008-03-12")
    client.delete(path, headers={**bearer(guardian), "If-Match": version_of(client, guardian, path)})
    alone = born(client, guardian, "2017-01-01")

    assert (refused.status_code, refused.json["code"]) == (409, "identity.guardian_of_full_age")
    assert (of_age.status_code, alone.status_code) == (200, 200)


def test_a_birth_date_at_the_end_of_the_calendar_is_refused_like_every_other_of_nobody(client, hands):
    guardian = sign_in(client)
    path = post(client, guardian, "/v1/me/children", CHILD).headers["Location"]

    for day in ("9999-12-31", "9990-02-28", "0001-01-01"):
        answers = [
            change(client, guardian, path, {"birth_date": day}),
            post(client, guardian, "/v1/me/children", {**CHILD, "birth_date": day}),
            born(client, guardian, day),
        ]
        assert [(each.status_code, each.json["code"]) for each in answers] == [
            (422, "identity.birth_date_implausible")
        ] * 3, day


def test_a_guardian_gives_a_child_a_number_with_which_the_child_signs_in(client, hands):
    guardian = sign_in(client)
    opened = post(client, guardian, "/v1/me/children", CHILD)
    path = f"{opened.headers['Location']}/phone"
    hands.move(MINUTE)
    sent = post(client, guardian, f"{path}/codes", {"phone": NEW_PHONE})
    body = {"challenge_id": sent.json["challenge_id"], "code": sent.json["sandbox_code"]}

    as_sign_in = try_code(client, body["challenge_id"], body["code"])
    as_own = put(client, guardian, "/v1/me/phone", body)
    given = client.put(path, json=body, headers=bearer(guardian))
    again = post(client, guardian, f"{path}/codes", {"phone": OTHER_PHONE})
    hands.move(MINUTE)
    child = sign_in(client, NEW_PHONE, device=OTHER_DEVICE)

    assert (as_sign_in.status_code, as_own.status_code) == (401, 422)
    assert (given.status_code, given.json["phone_masked"]) == (200, "137****7000")
    assert again.json["code"] == "identity.child_has_number"
    assert child["actor"]["id"] == opened.json["id"]
    mine = get(client, child, "/v1/me/guardian").json
    assert (mine["relation"], mine["until_on"]) == ("parent", "2030-09-01")
    assert born(client, child, "1990-01-01").json["code"] == "identity.birth_date_locked"


def test_a_child_invites_and_the_guardian_finds_it_under_the_own_number(client, hands):
    child, invited = invite(client, hands)
    guardian = sign_in(client)

    listed = get(client, guardian, "/v1/guardian-invitations").json["items"]
    path = f"/v1/guardian-invitations/{listed[0]['id']}/accept"
    not_theirs = post(client, child, path, ACCEPTANCE)
    undeclared = post(client, guardian, path, {"relation": "parent", "is_guardian": False})
    accepted = post(client, guardian, path, ACCEPTANCE, **{"Idempotency-Key": "once"})
    repeated = post(client, guardian, path, ACCEPTANCE, **{"Idempotency-Key": "once"})

    assert invited.json["invited_phone_masked"] == "138****8000"
    assert (not_theirs.status_code, undeclared.status_code) == (404, 422)
    assert accepted.json["id"] == child["actor"]["id"]
    assert (repeated.json, repeated.headers["Idempotent-Replayed"]) == (accepted.json, "true")
    assert get(client, guardian, "/v1/guardian-invitations").json["items"] == []
    assert get(client, child, "/v1/me/guardian").json["invited_phone_masked"] is None
    assert (only(GuardianInvitationRow).phone, only(GuardianInvitationRow).closed_because) == (None, "accepted")
    with reading() as session:
        assert guardian_of(session, person_id(child)) == person_id(guardian)


def test_the_answer_to_an_invitation_is_the_same_for_a_number_nobody_has(client, hands):
    child, known = invite(client, hands)

    unknown = post(client, child, "/v1/me/guardian", {"phone": "13812348000"})

    assert (unknown.status_code, unknown.json) == (known.status_code, known.json)


def test_invitations_are_few_end_by_themselves_and_are_taken_back(client, hands):
    child, _ = invite(client, hands)
    own = post(client, child, "/v1/me/guardian", {"phone": OTHER_PHONE})
    more = [post(client, child, "/v1/me/guardian", {"phone": PHONE}).status_code for _ in range(3)]
    withdrawn = client.delete("/v1/me/guardian/invitation", headers=bearer(child))
    twice = client.delete("/v1/me/guardian/invitation", headers=bearer(child))
    hands.move(timedelta(days=1, seconds=1))
    child = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)
    post(client, child, "/v1/me/guardian", {"phone": PHONE})
    guardian = sign_in(client, device=DEVICE)
    waiting = get(client, guardian, "/v1/guardian-invitations").json["items"]
    declined = post(client, guardian, f"/v1/guardian-invitations/{waiting[0]['id']}/decline")

    assert own.json["code"] == "identity.own_number"
    assert more == [201, 201, 429]
    assert (withdrawn.status_code, twice.status_code) == (204, 404)
    assert declined.status_code == 204
    hands.move(timedelta(days=1, seconds=1))
    child = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)
    post(client, child, "/v1/me/guardian", {"phone": PHONE})
    hands.move(timedelta(days=14))
    run_in_transaction(lambda session: close_due(session, hands.now()))
    with reading() as session:
        rows = session.query(GuardianInvitationRow).all()
    assert sorted(row.closed_because for row in rows) == ["declined", "expired", "replaced", "replaced", "withdrawn"]
    assert {row.phone for row in rows} == {None}


def test_who_has_no_birth_date_under_14_invites_nobody(client, hands):
    me = sign_in(client)

    assert post(client, me, "/v1/me/guardian", {"phone": OTHER_PHONE}).json["code"] == "identity.not_a_child"


def test_a_guardianship_is_over_on_the_14th_birthday_before_any_job_has_run(client, hands):
    guardian = sign_in(client)
    opened = post(client, guardian, "/v1/me/children", {**CHILD, "birth_date": "2012-03-13"})
    child_id = parse_public_id("per", opened.json["id"])
    eve = get(client, guardian, "/v1/me/children").json["items"]

    hands.set(datetime(2026, 3, 12, 16, 0, tzinfo=UTC))  # Midnight in Lishui.
    guardian = sign_in(client)
    birthday = get(client, guardian, "/v1/me/children").json["items"]
    with reading() as session:
        assert guardian_of(session, child_id) is None
        assert not acts_for(session, acting(guardian), child_id)
    assert only(GuardianshipRow).ended_at is None
    run_in_transaction(lambda session: close_due(session, hands.now()))

    assert (len(eve), birthday) == (1, [])
    assert only(GuardianshipRow).ended_because == "came_of_age"


def test_of_two_guardians_who_accept_at_once_one_answers_for_the_child(client, at_once):
    guardian = sign_in(client)
    child = sign_in(client, OTHER_PHONE, device=OTHER_DEVICE)
    born(client, child, "2016-09-01")
    post(client, child, "/v1/me/guardian", {"phone": PHONE})
    waiting = get(client, guardian, "/v1/guardian-invitations").json["items"][0]["id"]
    path = f"/v1/guardian-invitations/{waiting}/accept"

    answers = at_once(4, lambda each, _: post(each, guardian, path, ACCEPTANCE).status_code)

    assert sorted(answers) == [200, 404, 404, 404]
    assert only(GuardianshipRow).guardian_id == person_id(guardian)
