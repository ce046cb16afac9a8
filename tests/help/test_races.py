"""Many at one ticket at once: one consistent state."""

from app.help.models import MessageRow, TicketRow
from tests.help.people import support as make_support
from tests.identity.people import count, only


def test_fifty_answers_and_closings_at_once_leave_one_state(resident, support, at_once):
    ticket = resident.ask()
    support.act("take", ticket)
    etag = support.read(ticket).headers["ETag"]

    def act(client, n):
        if n % 2:
            return resident.post(f"/v1/tickets/{ticket['id']}/close", client=client)
        return support.post(f"/v1/tickets/{ticket['id']}/answer", {"text": f"{n}"}, etag=etag, client=client)

    answers = at_once(50, act)

    answered = [each for each in answers[::2] if each.status_code == 200]
    closed = [each for each in answers[1::2] if each.status_code == 200]
    assert {each.status_code for each in answers} <= {200, 409, 412}
    assert (len(closed), len(answered) in {0, 1}) == (1, True)
    row = only(TicketRow)
    assert (row.state, row.closed_by, row.taken_by) == ("closed", "owner", None)
    assert row.version == 2 + len(answered) + len(closed)
    assert row.message_count == count(MessageRow) == 1 + len(answered)


def test_one_of_many_takes_a_ticket(client, resident, at_once):
    desk = [make_support(client) for _ in range(3)]
    ticket = resident.ask()

    answers = at_once(12, lambda each, n: desk[n % 3].post(f"/v1/tickets/{ticket['id']}/take", client=each))

    row = only(TicketRow)
    takers = {desk[n % 3].id for n, each in enumerate(answers) if each.status_code == 200}
    assert takers == {row.taken_by}
    assert row.version == 2


def test_messages_at_once_keep_their_places(resident, at_once):
    ticket = resident.ask()

    answers = at_once(
        8, lambda each, n: resident.post(f"/v1/tickets/{ticket['id']}/messages", {"text": f"{n}"}, client=each)
    )

    assert {each.status_code for each in answers} == {201}
    assert len(resident.read(ticket).json["messages"]) == only(TicketRow).message_count == 9
