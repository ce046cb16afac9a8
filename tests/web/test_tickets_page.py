"""The help desk at the console: take a question, answer it, hand it over, and call only for a reason."""

import pytest

from app.identity import Role
from tests.identity.people import bearer, make_staff
from tests.web.browser import Clerk


@pytest.fixture
def support(make_clerk) -> Clerk:
    made = make_clerk("he.lan", role=Role.SUPPORT)
    assert made.sign_in().status == 200
    return made


def ask(resident, text: str = "我的植树为什么是 0 分？") -> str:
    answer = resident.post("/v1/tickets", {"topic": "planting", "text": text})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def open_page(clerk: Clerk, ticket: str):
    return clerk.get(f"/console/tickets/{ticket}")


def act(clerk: Clerk, ticket: str, act: str, **fields: str):
    page = open_page(clerk, ticket)
    form = next(each for each in page.forms if each.fields.get("act") == act)
    return clerk.send(form, **fields)


def test_a_question_is_taken_and_answered_and_the_asker_reads_it(support, resident):
    ticket = ask(resident)

    listed = support.get("/console/tickets")
    taken = act(support, ticket, "take")
    done = act(support, ticket, "answer", text="本年已到上限，见 /v1/awards。")

    assert "张**" in listed.text
    assert resident.phone not in listed.source + taken.source
    assert "Send the answer" in taken.text
    assert "Answered. The asker gets a notice." in done.text
    read = resident.get(f"/v1/tickets/{ticket}").json
    assert (read["state"], read["messages"][-1]["text"]) == ("answered", "本年已到上限，见 /v1/awards。")


def test_what_is_missing_is_said_and_what_was_typed_is_kept(support, resident):
    ticket = ask(resident)
    act(support, ticket, "take")

    empty = act(support, ticket, "answer")
    odd = act(support, ticket, "hotline", reference="?")
    closed = act(support, ticket, "settle")

    assert (empty.status, odd.status, closed.status) == (422, 422, 422)
    assert empty.title.startswith("Error: ")
    assert 'value="?"' in odd.source
    assert "the asker sees it" in closed.text


def test_the_number_is_shown_for_a_reason_only_and_the_reason_is_kept(support, resident):
    ticket = ask(resident)
    page = act(support, ticket, "take")
    form = next(each for each in page.forms if each.action.endswith("/contact"))

    refused = support.send(form, reason="")
    shown = support.send(form, reason="订单编号写错了，电话核对。")

    assert refused.status == 422
    assert resident.phone not in refused.source
    assert resident.phone in shown.source


def test_a_hand_over_shows_the_asker_the_number_of_the_hotline(support, resident):
    ticket = ask(resident)
    act(support, ticket, "take")

    act(support, ticket, "hotline", reference="LS20260312-00417")

    assert resident.get(f"/v1/tickets/{ticket}").json["hotline_reference"] == "LS20260312-00417"
    assert "LS20260312-00417" in open_page(support, ticket).text


def test_a_form_shown_before_a_new_message_answers_nothing(support, resident):
    ticket = ask(resident)
    page = act(support, ticket, "take")
    form = next(each for each in page.forms if each.fields.get("act") == "answer")
    resident.post(f"/v1/tickets/{ticket}/messages", {"text": "补充一句。"})

    stale = support.send(form, text="答复")

    assert stale.status == 412
    assert resident.get(f"/v1/tickets/{ticket}").json["state"] == "taken"


def test_the_desk_is_for_support_alone(clerk, support, resident, app):
    ticket = ask(resident)

    assert clerk.get("/console/tickets").status == 403
    assert open_page(clerk, ticket).status == 403
    assert open_page(support, "tkt_nonsense").status == 404
    second = make_staff("su.yi", role=Role.SUPPORT).sign_in(app.test_client()).json
    taken = app.test_client().post(f"/v1/tickets/{ticket}/take", headers=bearer(second))
    assert taken.status_code == 200
    assert "a colleague is at it" in open_page(support, ticket).text
