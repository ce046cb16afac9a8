"""Those who answer: the queue, taking, answering, handing over to 12345, closing."""

from datetime import timedelta

import pytest

from app.foundation.data import transaction
from app.foundation.proof import SYSTEM
from app.identity import Role, open_work
from tests.help.people import support as make_support


def notices_of(caller):
    answer = caller.client.get("/v1/notices", headers={**caller.headers, "Accept-Language": "en"})
    return {(each["title"], each["href"]) for each in answer.json["items"]}


def test_the_queue_shows_what_waits_due_first_and_masked(client, hands, resident):
    late = resident.ask()
    hands.move(timedelta(days=2))
    later, support = resident.ask(), make_support(client)

    queue = support.queue()

    assert [each["id"] for each in queue] == [late["id"], later["id"]]
    assert (queue[0]["owner_masked"], queue[0]["taken_by"]) == ("张**", None)
    support.act("take", late)
    assert [each["id"] for each in support.queue()] == [later["id"]]
    (taken,) = support.queue(state="taken")
    assert (taken["taken_by"], taken["is_taken_by_you"]) == ("张小明", True)
    assert make_support(client).queue(state="taken")[0]["is_taken_by_you"] is False
    auditor = make_support(client, role=Role.AUDITOR)
    assert auditor.get("/v1/tickets/queue").status_code == resident.get("/v1/tickets/queue").status_code == 403
    assert auditor.read(late).status_code == 404


def test_a_ticket_is_read_masked_and_its_text_stays_out_of_what_acts_answer(hands, resident, support):
    ticket = resident.ask("我的手机号换了")

    read = support.read(ticket)
    taken = support.act("take", ticket)

    owner = read.json["owner"]
    assert (owner["kind"], owner["name_masked"]) == ("resident", "张**")
    assert owner["phone_masked"] == f"{resident.phone[:3]}****{resident.phone[-4:]}"
    assert resident.phone not in read.text
    assert set(taken.json) == {"id", "state", "due_at", "hotline_reference", "closed_at"}


def test_who_has_taken_a_ticket_answers_it_and_the_owner_is_told(client, hands, resident, support):
    ticket = resident.ask()
    colleague = make_support(client)

    early = support.act("answer", ticket, {"text": "5个工作日内答复"})
    support.act("take", ticket)
    again, lost = support.act("take", ticket), colleague.act("take", ticket)
    foreign = colleague.act("answer", ticket, {"text": "x"})
    blind = support.post(f"/v1/tickets/{ticket['id']}/answer", {"text": "x"})
    done = support.act("answer", ticket, {"text": "5个工作日内答复"})

    assert (early.status_code, early.json["code"]) == (409, "help.ticket_not_taken")
    assert (again.status_code, lost.json["code"], foreign.json["code"]) == (
        200,
        "help.ticket_taken",
        "help.ticket_not_taken",
    )
    assert blind.status_code == 428
    assert (done.status_code, done.json["state"]) == (200, "answered")
    seen = resident.read(ticket).json
    assert [(each["side"], each["text"]) for each in seen["messages"]][-1] == ("support", "5个工作日内答复")
    assert str(support.id) not in resident.read(ticket).text
    assert notices_of(resident) == {("Your question is answered", f"/v1/tickets/{ticket['id']}")}
    assert resident.write(ticket).json["state"] == "waiting"
    assert support.queue()[0]["id"] == ticket["id"]


def test_an_answer_to_what_has_changed_meanwhile_is_refused(hands, resident, support):
    ticket = resident.ask()
    support.act("take", ticket)
    etag = support.read(ticket).headers["ETag"]
    resident.write(ticket, "已经解决了")

    stale = [
        support.act(act, ticket, body, etag=etag)
        for act, body in (
            ("answer", {"text": "x"}),
            ("hotline", {"reference": "LS-0001"}),
            ("settle", {"reason": "x"}),
        )
    ]

    assert [each.status_code for each in stale] == [412] * 3
    assert resident.read(ticket).json["state"] == "taken"


def test_a_canned_answer_is_in_the_owners_language_and_known_by_its_code(client, hands, resident, support):
    ticket = resident.ask()
    support.act("take", ticket)
    canned = support.get("/v1/canned-answers").json

    for body, code in (
        ({}, "help.answer_unclear"),
        ({"text": "x", "canned_code": "refund_goes_back"}, "help.answer_unclear"),
        ({"canned_code": "nobody_wrote_this"}, "help.canned_answer_unknown"),
    ):
        answer = support.act("answer", ticket, body)
        assert (answer.status_code, answer.json["code"]) == (422, code)
    support.act("answer", ticket, {"canned_code": "review_takes_five_days"})

    last = resident.read(ticket).json["messages"][-1]
    texts = {each["code"]: each["text_zh"] for each in canned["items"]}
    assert (last["canned_code"], last["text"]) == ("review_takes_five_days", texts["review_takes_five_days"])
    assert (canned["version"], canned["source"]) == (1, "Product choice.")
    assert resident.get("/v1/canned-answers").status_code == 403


def test_the_hotline_has_a_ticket_under_its_number_until_it_answers(client, hands, resident, support):
    ticket = resident.ask()
    support.act("take", ticket)

    bad = support.act("hotline", ticket, {"reference": "一二三"})
    done = support.act("hotline", ticket, {"reference": "LS20260312-00417"})
    taken = support.act("take", ticket)
    seen = resident.read(ticket).json
    back = make_support(client).act("answer", ticket, {"text": "热线已答复"})

    assert (bad.status_code, done.json["state"]) == (422, "handed_over")
    assert (seen["state"], seen["hotline_reference"]) == ("handed_over", "LS20260312-00417")
    assert taken.json["code"] == "help.ticket_handed_over"
    assert (back.status_code, back.json["state"]) == (200, "answered")
    told = {"Your question is answered", "Your question is at the 12345 hotline"}
    assert {title for title, _ in notices_of(resident)} == told
    assert resident.read(ticket).json["hotline_reference"] == "LS20260312-00417"


def test_a_ticket_is_released_or_settled_by_who_has_taken_it(hands, resident, support):
    ticket = resident.ask()

    idle = support.act("release", ticket)
    support.act("take", ticket)
    released = support.act("release", ticket)
    support.act("take", ticket)
    settled = support.act("settle", ticket, {"reason": "与另一件是同一件事"})

    assert (idle.json["code"], released.json["state"]) == ("help.ticket_not_taken", "waiting")
    assert released.json["due_at"] == ticket["due_at"]
    assert (settled.json["state"], settled.json["closed_at"]) == ("closed", "2026-03-12T04:00:00Z")
    seen = resident.read(ticket).json
    assert (seen["closed_by"], seen["close_reason"]) == ("support", "与另一件是同一件事")
    assert support.act("take", ticket).json["code"] == "help.ticket_closed"
    assert resident.write(ticket).json["close_reason"] is None


@pytest.mark.parametrize("act", ["take", "release", "answer", "hotline", "settle", "contact"])
def test_a_resident_does_nothing_of_the_desk(hands, resident, act):
    ticket = resident.ask()

    assert resident.post(f"/v1/tickets/{ticket['id']}/{act}", {}).status_code == 403


def test_what_a_leaver_has_taken_goes_back_to_the_queue(app, hands, resident, support):
    ticket = resident.ask()
    support.act("take", ticket)
    part = open_work.handler("help.ticket")

    with transaction() as session:
        (item,) = part.list(session, support.id)
        passed_on = part.hand_over(session, support.id, None, SYSTEM, hands.now())

    assert (item.kind, passed_on) == ("help.ticket", 0)
    assert [each["id"] for each in make_support(support.client).queue()] == [ticket["id"]]
