"""Giving and withdrawing: each purpose by itself, to the text in force, by who may, once however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.foundation.data import clock, new_id, public_id, reading, transaction
from app.foundation.proof import Actor, ActorKind
from app.foundation.proof.audit import AuditRow
from app.foundation.work import subscribe
from app.foundation.work.models import OutboxRow
from app.identity import CONSENT_GIVEN, CONSENT_WITHDRAWN, Purpose, has_consent
from app.identity.consents.models import ConsentEventRow
from app.identity.consents.usecases import NewConsent, give_consent, list_texts
from app.identity.people.family.children import NewChild, open_child
from app.identity.people.family.models import BirthDateRow, Relation


def history(person_id):
    with reading() as session:
        rows = session.scalars(
            select(ConsentEventRow).where(ConsentEventRow.person_id == person_id).order_by(ConsentEventRow.at)
        )
        return [(str(row.purpose), str(row.change), row.done_by, row.assisted_by) for row in rows]


def agreed(person_id, purpose):
    with reading() as session:
        return has_consent(session, person_id, purpose)


def test_the_texts_are_public_in_both_languages(client):
    chinese = client.get("/v1/consent-texts").json["items"]
    english = client.get("/v1/consent-texts", headers={"Accept-Language": "en"}).json["items"]

    assert [each["purpose"] for each in chinese] == ["location", "photos", "public_name", "cross_border_payment"]
    assert [each["document_id"] for each in chinese] == [each["document_id"] for each in english]
    assert (chinese[0]["title"], english[0]["title"]) == ("位置信息", "Location")
    assert (chinese[0]["language"], english[0]["language"]) == ("zh-CN", "en")
    for each in english:
        assert each["text"].isascii()
        assert all(each[member] for member in ("why", "how_long", "how_to_withdraw"))
        document = client.get(f"/v1/rulebook/{each['document_id']}").json
        assert document["content"]["text_en"] == each["text"]


def test_a_consent_is_given_withdrawn_and_given_again_and_all_of_it_is_on_record(resident, hands):
    assert {each["state"] for each in resident.stands().values()} == {"never"}

    first = resident.agree("location")
    twice = resident.agree("location")
    hands.move(timedelta(hours=1))
    back = resident.withdraw("location")
    back_again = resident.withdraw("location")

    assert (first.status_code, first.headers["Location"], twice.status_code) == (201, "/v1/me/consents", 200)
    assert (first.json["state"], first.json["is_in_effect"]) == ("given", True)
    assert first.json["agreed_text"] == first.json["current_text"]
    assert (back.status_code, back.json["state"], back.json["is_in_effect"]) == (200, "withdrawn", False)
    assert (back_again.status_code, back_again.json) == (200, back.json)
    assert back.json["changed_at"] == "2026-03-12T05:00:00Z"
    hands.move(timedelta(minutes=1))
    assert resident.agree("location").status_code == 201
    stands = resident.stands()
    assert (stands["location"]["state"], stands["photos"]["state"]) == ("given", "never")
    assert history(resident.id) == [
        ("location", "given", resident.id, None),
        ("location", "withdrawn", resident.id, None),
        ("location", "given", resident.id, None),
    ]
    with reading() as session:
        actions = list(session.scalars(select(AuditRow.action).where(AuditRow.object_id == resident.id)))
    assert actions.count("identity.consent_given") == 2
    assert actions.count("identity.consent_withdrawn") == 1


def test_what_was_never_given_is_withdrawn_without_a_trace(resident):
    answer = resident.withdraw("photos")

    assert (answer.status_code, answer.json["state"]) == (200, "never")
    assert history(resident.id) == []
    assert resident.withdraw("everything").json["code"] == "identity.consent_purpose_not_found"


def test_only_the_text_in_force_can_be_agreed_to(resident, new_text):
    old = resident.texts()["location"]["document_id"]
    new_text("location", renewal_needed=False)

    stale = resident.agree("location", document_id=old)
    other = resident.agree("location", document_id=resident.texts()["photos"]["document_id"])

    current = resident.texts()["location"]["document_id"]
    assert current != old
    for answer in (stale, other):
        assert (answer.status_code, answer.json["code"]) == (409, "identity.consent_text_changed")
        assert answer.json["document_id"] == current
    assert resident.stands()["location"]["state"] == "never"
    for body in ({"document_id": None}, {"purpose": "all"}, {"is_14_or_over": "yes"}, {"document_id": "doc_1"}):
        assert resident.agree("location", **body).status_code == 422
    missing = resident.resident.post("/v1/me/consents", {"purpose": "location", "document_id": current})
    assert missing.status_code == 422


def test_a_newer_text_is_offered_and_only_one_that_asks_for_it_ends_the_older_consent(resident, new_text, hands):
    resident.agree("location")

    new_text("location", renewal_needed=False)
    offered = resident.stands()["location"]
    assert (offered["is_in_effect"], offered["is_renewal_offered"], offered["is_renewal_needed"]) == (True, True, False)
    assert agreed(resident.id, Purpose.LOCATION)

    new_text("location", renewal_needed=True, effective_from=date(2026, 3, 13))
    assert agreed(resident.id, Purpose.LOCATION)  # Its first day is tomorrow.
    hands.move(timedelta(days=1))
    assert not agreed(resident.id, Purpose.LOCATION)


def test_the_newest_text_settles_what_was_asked(resident, new_text):
    resident.agree("location")
    new_text("location", renewal_needed=True)
    asked = resident.stands()["location"]
    assert (asked["state"], asked["is_in_effect"], asked["is_renewal_needed"]) == ("given", False, True)
    assert (asked["agreed_text"]["version"], asked["current_text"]["version"]) == (1, 2)

    assert resident.agree("location").status_code == 201

    settled = resident.stands()["location"]
    assert (settled["is_in_effect"], settled["is_renewal_offered"], settled["agreed_text"]["version"]) == (
        True,
        False,
        2,
    )


def born(person_id, day):
    with transaction() as session:
        now = clock.now()
        session.add(
            BirthDateRow(person_id=person_id, born_on=day, first_given_at=now, given_at=now, given_by=person_id)
        )


@pytest.mark.parametrize(
    ("born_on", "says", "status"),
    [
        (None, True, 201),
        (None, False, 409),
        (date(2012, 3, 12), True, 201),  # 14 today.
        (date(2012, 3, 13), True, 409),
        (date(1980, 1, 1), False, 409),  # Whoever says to be under 14 is believed.
    ],
)
def test_under_14_nobody_agrees_alone(resident, born_on, says, status):
    if born_on is not None:
        born(resident.id, born_on)

    answer = resident.agree("photos", is_14_or_over=says)

    assert answer.status_code == status
    if status == 409:
        assert answer.json["code"] == "identity.guardian_needed"
        assert history(resident.id) == []


@pytest.fixture
def child(resident):
    """A child of nine for whom the resident answers."""
    new = NewChild(display_name="小禾", birth_date=date(2017, 1, 1), relation=Relation.PARENT)
    guardian = Actor(resident.id, ActorKind.RESIDENT, frozenset({"resident"}))
    return open_child(new, guardian=guardian, now=clock.now()).id


def test_a_guardian_agrees_and_withdraws_for_a_child_and_nobody_else_does(resident, city, child, hands):
    stranger = city.resident(agrees=False)
    path = f"/v1/children/{public_id('per', child)}/consents"
    body = {"purpose": "photos", "document_id": resident.texts()["photos"]["document_id"]}

    given = resident.resident.post(path, body)
    hands.move(timedelta(minutes=1))
    seen = resident.resident.get(path).json["items"]
    for answer in (
        stranger.post(path, body),
        stranger.get(path),
        stranger.client.delete(f"{path}/photos", headers=stranger.headers),
        stranger.post(f"/v1/children/{public_id('per', new_id())}/consents", {"nonsense": 1}),
    ):
        assert answer.status_code == 404, answer.json

    assert (given.status_code, given.json["state"], given.headers["Location"]) == (201, "given", path)
    assert {each["purpose"]: each["state"] for each in seen}["photos"] == "given"
    assert agreed(child, Purpose.PHOTOS)
    assert not agreed(resident.id, Purpose.PHOTOS)
    back = resident.resident.client.delete(f"{path}/photos", headers=resident.resident.headers)
    assert (back.status_code, back.json["state"]) == (200, "withdrawn")
    assert not agreed(child, Purpose.PHOTOS)
    assert history(child) == [("photos", "given", resident.id, None), ("photos", "withdrawn", resident.id, None)]


def test_what_a_member_of_staff_enters_at_a_desk_names_them(resident, city):
    helper = city.verifier()
    actor = Actor(resident.id, ActorKind.RESIDENT, frozenset({"resident"}), assisted_by=helper.id)
    document_id = next(each.id for purpose, each in list_texts(now=clock.now()) if purpose is Purpose.PHOTOS)
    new = NewConsent(purpose=Purpose.PHOTOS, document_id=document_id, is_14_or_over=True)

    give_consent(new, person_id=resident.id, actor=actor, now=clock.now())

    assert history(resident.id) == [("photos", "given", resident.id, helper.id)]


def test_two_at_once_make_one_consent_and_one_entry(resident):
    document_id = resident.texts()["location"]["document_id"]
    body = {"purpose": "location", "document_id": document_id, "is_14_or_over": True}

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: resident.resident.post("/v1/me/consents", body).status_code, range(4)))

    assert sorted(answers) == [200, 200, 200, 201]
    assert history(resident.id) == [("location", "given", resident.id, None)]


def test_the_history_cannot_be_changed(resident):
    resident.agree("location")

    for statement in ("UPDATE identity_consent_event SET change = 'withdrawn'", "DELETE FROM identity_consent_event"):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


def test_rooms_above_hear_of_it_by_ids_alone(resident, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "lintan_subscribers", dict(app.extensions["lintan_subscribers"]))
    for topic in (CONSENT_GIVEN, CONSENT_WITHDRAWN):
        subscribe(app, topic=topic, name=f"test.{topic}", handle=lambda *_: None)

    resident.agree("photos")
    resident.withdraw("photos")

    with reading() as session:
        told = session.scalars(select(OutboxRow).where(OutboxRow.subscriber.like("test.%"))).all()
    assert sorted(row.topic for row in told) == ["identity.consent_given", "identity.consent_withdrawn"]
    for row in told:
        assert row.payload.keys() == {"event_id", "person_id", "purpose", "document_id"}
        assert (row.payload["person_id"], row.payload["event_id"]) == (str(resident.id), row.key)
