"""One's own profile: what is shown, and that nobody overwrites what they have not seen."""

from sqlalchemy import select

from app.foundation.data import reading
from app.foundation.proof.audit import AuditRow
from tests.identity.people import bearer, make_staff, sign_in


def rename(client, who, name, etag='"1"'):
    headers = {**bearer(who), **({"If-Match": etag} if etag else {})}
    return client.patch("/v1/me", json={"display_name": name}, headers=headers)


def test_a_resident_takes_a_name_and_takes_it_back(client, hands):
    me = sign_in(client)

    named = rename(client, me, "小林")
    shown = client.get("/v1/me", headers=bearer(me))
    unnamed = rename(client, me, None, '"2"')

    assert (named.status_code, named.json["display_name"], named.headers["ETag"]) == (200, "小林", '"2"')
    assert (shown.json["display_name"], shown.headers["ETag"]) == ("小林", '"2"')
    assert (unnamed.json["display_name"], unnamed.headers["ETag"]) == (None, '"3"')
    with reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "identity.renamed")).all()
    # Names are few: a hash of one would tell it to whoever tries them all, and the audit outlives the account.
    assert [(row.before_sha256, row.after_sha256) for row in rows] == [(None, None)] * 2


def test_ones_own_number_is_shown_masked_too(client, hands):
    me = client.get("/v1/me", headers=bearer(sign_in(client)))

    assert me.json["phone_masked"] == "138****8000"
    assert "13800138000" not in me.text


def test_staff_change_their_name_as_well(client, hands):
    member = make_staff().sign_in(client).json

    assert rename(client, member, "张明").json["display_name"] == "张明"


def test_a_change_needs_the_version_that_was_read(client, hands):
    me = sign_in(client)
    rename(client, me, "小林")

    stale, blind = rename(client, me, "大林"), rename(client, me, "大林", etag="")

    assert (stale.status_code, blind.status_code) == (412, 428)
    assert client.get("/v1/me", headers=bearer(me)).json["display_name"] == "小林"


def test_two_changes_at_once_from_one_version_leave_one(client, at_once):
    me = sign_in(client)

    answers = at_once(4, lambda each, n: rename(each, me, f"name {n}").status_code)

    assert sorted(answers) == [200, 412, 412, 412]


def test_the_same_name_again_is_no_new_version(client, hands):
    me = sign_in(client)
    rename(client, me, "小林")

    assert rename(client, me, "小林", '"2"').headers["ETag"] == '"2"'


def test_a_name_of_another_shape_is_refused(client, hands):
    headers = {**bearer(sign_in(client)), "If-Match": '"1"'}

    for body in (
        {},
        {"display_name": ""},
        {"display_name": "x" * 41},
        {"display_name": 7},
        {"display_name": "a", "id": "per_1"},
    ):
        assert client.patch("/v1/me", json=body, headers=headers).status_code == 422, body


def test_an_unchanged_profile_is_not_sent_twice(client, hands):
    me = bearer(sign_in(client))

    assert client.get("/v1/me", headers={**me, "If-None-Match": '"1"'}).status_code == 304
