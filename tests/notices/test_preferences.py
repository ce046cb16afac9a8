"""How one wants to be told: read with an ETag, changed with If-Match, and security stays in the inbox."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.notices.rules import NoticeGroup
from tests.identity.people import bearer, make_staff

PATH = "/v1/me/notice-preferences"


def group(answer, name):
    return next(each for each in answer.json["groups"] if each["group"] == name)


def test_everything_is_on_until_somebody_chooses_and_the_night_is_quiet(reader):
    answer = reader.get(PATH)

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"0"')
    assert [each["group"] for each in answer.json["groups"]] == [str(each) for each in NoticeGroup]
    assert all(each[channel] for each in answer.json["groups"] for channel in ("inbox", "push", "wechat", "sms"))
    assert (answer.json["quiet_from"], answer.json["quiet_until"], answer.json["digest_hour"]) == (
        "22:00",
        "07:00",
        None,
    )
    # The settings of the tests switch no channel on.
    assert {each["channel"] for each in answer.json["channels"] if each["is_available"]} == {"inbox"}


def test_a_choice_is_kept_and_only_who_saw_it_can_change_it(reader):
    first = reader.choose(groups=[{"group": "points", "push": False}], quiet_from="23:00", digest_hour=8)
    stale = reader.choose(groups=[])
    blind = reader.put(PATH, {"groups": []})
    second = reader.choose('"1"', groups=[], quiet_from="07:00")

    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert (group(first, "points")["push"], group(first, "points")["inbox"]) == (False, True)
    assert (first.json["quiet_from"], first.json["digest_hour"]) == ("23:00", 8)
    assert (stale.status_code, blind.status_code) == (412, 428)
    assert (second.headers["ETag"], group(second, "points")["push"], second.json["digest_hour"]) == ('"2"', True, None)
    assert reader.get(PATH, headers={"If-None-Match": '"2"'}).status_code == 304


def test_security_says_that_it_stays_and_refuses_to_leave_the_inbox(reader):
    refused = reader.choose(groups=[{"group": "security", "inbox": False}])
    elsewhere = reader.choose(groups=[{"group": "security", "sms": False}])

    assert (refused.status_code, refused.json["code"]) == (422, "notices.security_stays")
    assert elsewhere.status_code == 200
    shown = group(elsewhere, "security")
    assert (shown["inbox"], shown["sms"], shown["locked"], shown["ignores_quiet_hours"]) == (
        True,
        False,
        ["inbox"],
        ["sms"],
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "24:00"},
        {"quiet_from": "7:00"},
        {"digest_hour": 24},
        {"groups": [{"group": "weather"}]},
        {"groups": [{"group": "points", "push": "no"}]},
    ],
)
def test_what_is_no_time_hour_group_or_switch_is_refused(reader, wrong):
    assert reader.choose(**wrong).status_code == 422


def test_of_two_first_choices_at_once_one_is_kept_and_the_other_is_told(app, reader):
    def choose(hour: int) -> int:
        client = app.test_client()
        body = {"groups": [], "quiet_from": "22:00", "quiet_until": "07:00", "digest_hour": hour}
        headers = {**reader.headers, "If-Match": '"0"'}
        return client.put(PATH, json=body, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(choose, range(4)))

    assert sorted(answers) == [200, 412, 412, 412]
    assert reader.get(PATH).headers["ETag"] == '"1"'


def test_staff_choose_as_well(client):
    headers = bearer(make_staff().sign_in(client).json)
    body = {"groups": [{"group": "work", "push": False}], "quiet_from": "22:00", "quiet_until": "07:00"}

    answer = client.put(PATH, json={**body, "digest_hour": None}, headers={**headers, "If-Match": '"0"'})

    assert group(answer, "work")["push"] is False
