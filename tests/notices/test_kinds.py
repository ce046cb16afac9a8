"""Every kind can be worded, and what leaves for it tells nobody's affairs; identity's events reach whom they concern."""

from datetime import timedelta
from string import Formatter
from uuid import UUID

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app import identity
from app.foundation.data import clock, new_id, reading, run_in_transaction, transaction
from app.foundation.proof import SYSTEM, HookMissing, check_stored_kinds
from app.foundation.work import publish, work_until_idle
from app.foundation.work.models import TaskRow
from app.identity.organisations.events import MEMBER_JOINED
from app.notices import Channel, NoticeGroup, kinds, notify
from app.notices.from_identity import _EVENTS
from app.notices.kinds import body_of
from app.notices.models import PushTargetRow, WechatAccountRow, WechatGrantRow
from app.points import decide_award
from app.review import reasons_for
from tests.identity.people import OTHER_DEVICE, OTHER_PHONE, count, only
from tests.notices.conftest import NOON, notices


def test_what_leaves_has_no_placeholder_and_only_urgent_kinds_cost_a_text_message(app):
    for name in kinds.kinds():
        kind = kinds.handler(name)
        for locale in ("zh", "en"):
            with force_locale(locale):
                assert not [field for _, field, _, _ in Formatter().parse(str(kind.title)) if field], name
        assert kind.is_urgent or Channel.SMS not in kind.channels, name
        assert Channel.INBOX not in kind.channels, name


def test_security_kinds_reach_every_channel_at_once(app):
    security = [name for name in kinds.kinds() if kinds.handler(name).group is NoticeGroup.SECURITY]

    assert {"identity.phone_changed", "identity.phone_recovered", "identity.new_device"} <= set(security)
    assert all(kinds.handler(name).is_urgent and Channel.SMS in kinds.handler(name).channels for name in security)


def test_every_topic_of_identity_that_notices_know_has_words_for_each_it_tells(app):
    told = {each.kind: each for events in _EVENTS.values() for each in events}
    params = {"purpose": "photos", "about": "station", "act": "needs_more"}

    for kind, each in told.items():
        with force_locale("en"):
            text = body_of(kind, {name: params[name] for name in each.params})
        assert text
        assert "{" not in text
    with force_locale("en"):
        assert body_of("identity.consent_withdrawn", {"purpose": "photos"}).startswith(
            "From now on without your consent: photos."
        )


def event(topic, key=None, **payload):
    with transaction() as session:
        publish(session, topic, str(key or new_id()), {name: str(value) for name, value in payload.items()})
    work_until_idle()


def test_who_joins_a_household_and_its_head_are_both_told_and_a_head_who_joins_only_once(reader, make_reader):
    member, household = make_reader(OTHER_PHONE, device=OTHER_DEVICE), new_id()
    ids = {"household_id": household, "membership_id": new_id()}
    event("identity.household_joined", **ids, person_id=member.id, head_id=reader.id)
    event("identity.household_joined", **ids, person_id=reader.id, head_id=reader.id)

    assert [each["kind"] for each in member.inbox()["items"]] == ["identity.household_joined"]
    assert sorted(each["kind"] for each in reader.inbox()["items"]) == [
        "identity.household_grew",
        "identity.household_joined",
    ]
    assert {each["href"] for each in reader.inbox()["items"]} == {
        member.inbox()["items"][0]["href"],
    }


def test_each_owner_of_an_organisation_gets_a_notice_of_their_own(app, reader, make_reader, monkeypatch):
    other = make_reader(OTHER_PHONE, device=OTHER_DEVICE)
    monkeypatch.setattr(identity, "owners_of", lambda session, organisation_id: [reader.id, other.id])
    member = new_id()
    event(MEMBER_JOINED, organisation_id=new_id(), person_id=member, member_id=new_id())

    assert {(row.kind, row.person_id) for row in notices()} == {
        ("identity.organisation_joined", member),
        ("identity.organisation_grew", reader.id),
        ("identity.organisation_grew", other.id),
    }


def test_a_lost_telephone_gets_nothing_more_and_a_new_one_named_since_does(reader, senders, hands):
    reader.takes_push("token-of-the-lost-one")
    reader.post("/v1/me/wechat-grants", {"code": "code", "groups": ["security"]})

    event("identity.phone_recovered", person_id=reader.id)

    assert count(PushTargetRow) == count(WechatAccountRow) == count(WechatGrantRow) == 0
    assert senders.push.sent == senders.wechat.sent == []
    assert [message.kind for _, message in senders.sms.sent] == ["identity.phone_recovered"]

    with transaction() as session:
        publish(session, "identity.phone_recovered", str(new_id()), {"person_id": str(reader.id)})
    hands.move(timedelta(seconds=1))
    reader.takes_push("token-of-the-new-one")
    work_until_idle()

    assert only(PushTargetRow).token == "token-of-the-new-one"


def test_an_event_that_is_handled_twice_tells_once(reader):
    key = new_id()
    event("identity.phone_changed", key, person_id=reader.id)
    with transaction() as session:
        for row in notices():
            notify(
                session,
                person_id=reader.id,
                kind=row.kind,
                subject_kind=row.subject_kind,
                subject_id=row.subject_id,
                params={"step": row.step},
                now=NOON,
            )

    assert [(row.kind, row.step) for row in notices()] == [("identity.phone_changed", str(key))]


def test_points_tell_what_an_act_earned_and_why_it_earned_nothing(reader):
    def decide(act, subject):
        def work(session):
            decide_award(
                session,
                person_id=reader.id,
                act=act,
                subject_kind="planting.claim",
                subject_id=subject,
                acted_on=clock.civil_day(NOON),
                quantity=5,
                now=NOON,
                actor=SYSTEM,
            )

        run_in_transaction(work)

    decide("planting.tree", UUID(int=1))
    decide("planting.moss", UUID(int=2))

    bodies = {each["kind"]: each["body"] for each in reader.inbox()["items"]}
    assert bodies["points.awarded"].startswith("50 points for tree planting; 30 points")
    assert bodies["points.nothing"] == "0 points: the rules of 12 March 2026 give none for this kind of act"


@pytest.mark.parametrize(
    ("kind", "params", "text"),
    [
        ("points.forfeited", {"points": 0}, "The result was checked, and the waiting points lapsed."),
        ("points.reversed", {"points": 50}, "50 points were taken back. The award says why."),
        (
            "offsets.paid",
            {"kg": 1200, "amount_fen": 123_456},
            "¥1,234.56 for 1,200 kg. They are retired within a minute.",
        ),
        ("offsets.expired", {"kg": 7, "amount_fen": 1400}, "7 kg are free again. Nothing was taken."),
        ("offsets.refunded", {"kg": 7, "amount_fen": 1405}, "¥14.05 go back the way they came. Nothing was retired."),
        ("review.forwarded", {}, "It came to the wrong office first. You need not send it again."),
        ("identity.organisation_checked", {"about": "station", "act": "reject"}, "As wildlife station: not confirmed."),
    ],
)
def test_numbers_and_codes_become_words(app, kind, params, text):
    with force_locale("en"):
        assert body_of(kind, params).startswith(text)


def test_every_reason_of_a_verifier_reads_in_both_languages(app):
    verdicts = {"needs_more": "review.needs_more", "reject": "review.rejected"}
    for reason in reasons_for("planting.claim"):
        for locale, text in (("en", reason.text_en), ("zh", reason.text_zh)):
            with force_locale(locale):
                assert body_of(verdicts[reason.verdict], {"reason": reason.code}).endswith(text)


def test_a_recipient_is_exactly_one_and_a_kind_that_nobody_registered_is_refused(app):
    fact = {"subject_kind": "a.b", "subject_id": new_id(), "params": {}, "now": NOON}
    with transaction() as session:
        with pytest.raises(TypeError):
            notify(session, kind="identity.assisted", **fact)
        with pytest.raises(TypeError):
            notify(session, person_id=new_id(), staff_id=new_id(), kind="identity.assisted", **fact)
        with pytest.raises(HookMissing):
            notify(session, person_id=new_id(), kind="nobody.knows", **fact)


def test_the_product_does_not_serve_while_a_stored_kind_has_no_words(app, reader):
    reader.tell()
    with reading() as session:
        check_stored_kinds(session)
        assert session.scalars(select(TaskRow).where(TaskRow.kind == "work.dead_letter")).all() == []
    words = app.extensions["lintan_hooks"]["notices.kinds"].pop("points.settled")
    try:
        with reading() as session, pytest.raises(HookMissing, match=r"points\.settled"):
            check_stored_kinds(session)
    finally:
        app.extensions["lintan_hooks"]["notices.kinds"]["points.settled"] = words
