"""The inbox: what one was told, in one's language, once, and read by nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.foundation.data import clock, new_id, public_id, transaction
from app.identity.rights.models import ErasureRow, ErasureState
from app.notices import ParamNotPlain, notify
from app.notices.models import NoticeRow
from app.notices.usecases.sweep import sweep
from tests.identity.people import OTHER_PHONE, bearer, make_staff
from tests.notices.conftest import NOON, notices


def test_a_resident_reads_what_happened_in_their_language_with_the_way_to_it(reader):
    award = reader.tell(points=1280)

    in_english = reader.inbox()
    in_chinese = reader.get("/v1/notices").json

    (told,) = in_english["items"]
    assert (told["title"], told["body"]) == ("Waiting points have come", "The result was checked: 1,280 points more.")
    assert (told["kind"], told["group"], told["is_urgent"]) == ("points.settled", "points", False)
    assert told["href"] == f"/v1/awards/{public_id('awd', award)}"
    assert (told["read_at"], told["expires_at"][:10]) == (None, "2027-04-16")
    assert in_english["unread_count"] == 1
    assert in_chinese["items"][0]["id"] == told["id"]


def test_the_same_fact_is_told_once_and_the_next_step_again(reader):
    subject = reader.tell()
    reader.tell(subject=subject)
    reader.tell(subject=subject, points=20, step=2)

    assert sorted(row.step for row in notices()) == ["", "2"]
    assert [row.params for row in notices()] == [{"points": 20}, {"points": 20}]


def test_a_late_fact_about_somebody_who_is_being_forgotten_leaves_no_row(reader, client):
    asked = client.post("/v1/me/erasure", headers=reader.headers, json={"confirmation": "erase my account"})
    assert asked.status_code == 201, asked.json
    reader.tell()
    assert len(notices()) == 1
    with transaction() as session:
        session.execute(update(ErasureRow).values(state=ErasureState.ERASING, begun_at=clock.now()))

    reader.tell()

    assert len(notices()) == 1


def test_reading_one_then_all_up_to_one_leaves_newer_ones_unread(reader, hands):
    for _ in range(4):
        reader.tell()
        hands.move(timedelta(seconds=1))
    newest, third, second, _ = (each["id"] for each in reader.inbox()["items"])

    one = reader.post(f"/v1/notices/{second}/read")
    again = reader.post(f"/v1/notices/{second}/read")
    upto = reader.post("/v1/notices/read", {"up_to": third})

    assert (one.status_code, again.json["read_at"]) == (200, one.json["read_at"])
    assert one.json["expires_at"] < reader.inbox()["items"][0]["expires_at"]
    assert (upto.json["read_count"], upto.json["unread_count"]) == (2, 1)
    assert [each["id"] for each in reader.inbox(state="unread")["items"]] == [newest]
    assert len(reader.inbox()["items"]) == 4


def test_more_than_ninety_nine_unread_are_not_counted(reader):
    for _ in range(101):
        reader.tell()

    page = reader.inbox(limit="20")
    rest = reader.inbox(limit="200", cursor=page["next_cursor"])

    assert (page["unread_count"], page["unread_is_more"], page["unread_text"]) == (99, True, "99+")
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (20, 81, None)


def test_notices_of_somebody_else_do_not_exist(reader, make_reader):
    reader.tell()
    stranger = make_reader(OTHER_PHONE)
    theirs = reader.inbox()["items"][0]["id"]

    assert stranger.inbox()["items"] == []
    assert stranger.post(f"/v1/notices/{theirs}/read").json["code"] == "notices.not_found"
    assert stranger.post("/v1/notices/read", {"up_to": theirs}).status_code == 404
    assert stranger.post("/v1/notices/not_7/read").status_code == 404
    assert notices()[0].read_at is None


def test_staff_have_an_inbox_of_their_own(reader, client):
    member = make_staff()
    with transaction() as session:
        notify(
            session,
            staff_id=member.id,
            kind="identity.assisted",
            subject_kind="nothing.known",
            subject_id=new_id(),
            params={},
            now=NOON,
        )
    answer = client.get("/v1/notices", headers=bearer(member.sign_in(client).json))

    assert [each["href"] for each in answer.json["items"]] == [None]
    assert reader.inbox()["items"] == []


@pytest.mark.parametrize(
    "params", [{"points": "13800138000"}, {"points": 13_800_138_000}, {"points": "王敏"}, {"points": 1.5}, {}]
)
def test_what_could_be_personal_or_cannot_be_worded_is_not_told(app, params):
    with pytest.raises(ParamNotPlain), transaction() as session:
        notify(
            session,
            person_id=new_id(),
            kind="points.settled",
            subject_kind="points.award",
            subject_id=new_id(),
            params=params,
            now=NOON,
        )
    assert notices() == []


def test_old_notices_are_swept_read_ones_sooner(reader, hands):
    left = {}
    for days in (181, 179, 401, 399):
        hands.set(NOON - timedelta(days=days))
        left[days] = reader.tell()
    hands.set(NOON)
    with transaction() as session:
        read = NoticeRow.subject_id.in_([left.pop(181), left[179]])
        session.execute(update(NoticeRow).where(read).values(read_at=NOON))
    left.pop(401)

    with transaction() as session:
        sweep(session, NOON)

    assert {row.subject_id for row in notices()} == set(left.values())
