"""Those who ask: a question of one's own, its messages, its end and its second life."""

from datetime import timedelta

from app.foundation.data import clock, new_id, public_id
from app.foundation.proof import Actor, ActorKind
from app.help import NewTicket, Topic, open_ticket
from app.help.models import MessageRow, TicketRow
from tests.help.people import TEXT
from tests.help.people import resident as make_resident
from tests.identity.people import count, only


def test_a_question_waits_and_is_its_owners_alone(client, hands, resident, support):
    about = {"kind": "planting.claim", "id": "plt_01m869pkw9ef58pjjqagfgmtsp"}
    made = resident.post("/v1/tickets", {"topic": "planting", "text": f"{TEXT}\n第二行", "about": about})
    ticket = made.json
    stranger = make_resident(client)

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.headers["Location"].endswith(f"/v1/tickets/{ticket['id']}")
    assert (ticket["state"], ticket["due_at"]) == ("waiting", "2026-03-16T15:59:59Z")
    assert (ticket["about"], ticket["owner"], ticket["owner_masked"]) == (about, None, None)
    assert [(each["side"], each["text"]) for each in ticket["messages"]] == [("owner", f"{TEXT}\n第二行")]
    assert resident.read(ticket).json == ticket
    assert [each["id"] for each in resident.get("/v1/tickets").json["items"]] == [ticket["id"]]
    assert stranger.get("/v1/tickets").json["items"] == []
    for answer in (stranger.read(ticket), stranger.write(ticket), stranger.close(ticket)):
        assert (answer.status_code, answer.json["code"]) == (404, "help.ticket_not_found")
    assert stranger.read({"id": "nonsense"}).status_code == 404
    assert resident.read({"id": public_id("tkt", new_id())}).status_code == 404
    assert count(MessageRow) == 1


def test_an_owner_closes_and_a_message_within_fourteen_days_opens_again(hands, resident):
    ticket = resident.ask()
    hands.move(timedelta(days=1))

    closed = resident.close(ticket)
    again = resident.close(ticket)
    hands.move(timedelta(days=14))
    reopened = resident.write(ticket)
    resident.close(ticket)
    hands.move(timedelta(days=14, seconds=1))
    late = resident.write(ticket)

    assert (closed.status_code, closed.json["closed_by"]) == (200, "owner")
    assert closed.json["reopenable_until"] == "2026-03-27T04:00:00Z"
    assert (again.status_code, again.json["code"]) == (409, "help.ticket_closed")
    assert (reopened.status_code, reopened.json["state"]) == (201, "waiting")
    assert (reopened.json["closed_at"], reopened.json["due_at"]) == (None, "2026-03-31T15:59:59Z")
    assert (late.status_code, late.json["code"]) == (409, "help.ticket_closed")
    assert [each["text"] for each in resident.read(ticket).json["messages"]] == [TEXT, "还有一句"]


def test_open_questions_and_messages_have_a_bound(hands, resident, monkeypatch):
    monkeypatch.setattr("app.help.rules.TICKETS_OPEN_MAX", 2)
    monkeypatch.setattr("app.help.rules.MESSAGES_MAX", 2)
    ticket = resident.ask()
    resident.ask()

    third = resident.post("/v1/tickets", {"topic": "other", "text": "x"})
    statuses = [resident.write(ticket).status_code for _ in range(2)]
    full = resident.write(ticket)
    resident.close(ticket)

    assert (third.status_code, third.json["code"], third.json["tickets_open_max"]) == (409, "help.too_many_tickets", 2)
    assert (statuses, full.json["code"]) == ([201, 409], "help.ticket_full")
    assert resident.ask()["state"] == "waiting"


def test_a_body_of_another_shape_is_refused_and_leaves_nothing(hands, resident):
    for body in (
        {"topic": "planting"},
        {"topic": "weather", "text": "x"},
        {"topic": "planting", "text": "  "},
        {"topic": "planting", "text": "x" * 2_001},
        {"topic": "planting", "text": "x", "state": "closed"},
        {"topic": "planting", "text": "x", "about": {"kind": "planting.claim"}},
        {"topic": "planting", "text": "x", "about": {"kind": "planting.claim", "id": "张三"}},
    ):
        assert resident.post("/v1/tickets", body).status_code == 422, body
    assert count(TicketRow) == 0


def test_staff_ask_too_and_colleagues_answer(client, hands, support):
    ticket = support.ask("审核页面打不开")

    assert support.read(ticket).json["owner"] is None
    assert [each["id"] for each in support.get("/v1/tickets").json["items"]] == [ticket["id"]]
    own = support.act("take", ticket)
    assert (own.status_code, own.json["code"]) == (409, "help.own_ticket")


def test_what_staff_entered_at_a_desk_says_so_and_is_the_residents(app, hands, resident, support):
    assisted = Actor(id=resident.id, kind=ActorKind.RESIDENT, roles=frozenset({"resident"}), assisted_by=support.id)

    open_ticket(NewTicket(topic=Topic.ACCOUNT, text=TEXT), owner=assisted, now=clock.now())

    assert only(TicketRow).assisted_by == only(MessageRow).assisted_by == support.id
    (line,) = resident.get("/v1/tickets").json["items"]
    assert line["is_assisted"] is True
    assert resident.read(line).json["messages"][0]["is_assisted"] is True
