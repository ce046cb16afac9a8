"""What the desk keeps of a resident is in their copy, and goes with them."""

from datetime import timedelta

from app.foundation.data import reading, run_in_transaction
from app.help.models import ContactReadingRow, MessageRow, TicketRow
from app.help.person_data import PERSON_DATA
from app.identity import Erasure
from tests.help.people import TEXT
from tests.help.people import resident as make_resident
from tests.identity.people import count


def test_a_copy_has_every_word_and_no_name_of_the_desk_and_an_erasure_leaves_nothing(client, hands, resident, support):
    ticket, other = resident.ask(), make_resident(client).ask("别人的")
    support.act("take", ticket)
    support.act("contact", ticket, {"reason": "电话核对"})
    hands.move(timedelta(seconds=1))
    support.act("answer", ticket, {"text": "已核对"})

    with reading() as session:
        copy = PERSON_DATA.export(session, resident.id)
    steps = [
        run_in_transaction(lambda session: PERSON_DATA.erase(session, Erasure(resident.id, hands.now(), limit=2)))
        for _ in range(4)
    ]

    assert [each["id"] for each in copy["tickets"]] == [ticket["id"]]
    assert [each["text"] for each in copy["ticket_messages"]] == [TEXT, "已核对"]
    assert [each["reason"] for each in copy["ticket_contact_readings"]] == ["电话核对"]
    assert str(support.id) not in str(copy)
    assert [each.is_done for each in steps][-1] is True
    assert (count(TicketRow), count(MessageRow), count(ContactReadingRow)) == (1, 1, 0)
    assert support.read(other).status_code == 200
