"""Names and numbers in plain: only to who is at the ticket, with a reason, and on record."""

import logging

from sqlalchemy import select

from app.foundation.data import reading
from app.foundation.http.models import IdempotencyRow
from app.foundation.proof.audit import AuditRow
from app.help.models import ContactReadingRow
from tests.help.people import support as make_support
from tests.identity.people import count, only

REASON = {"reason": "订单编号写错了，电话核对"}


def test_a_reading_in_plain_takes_a_ticket_and_a_reason_and_is_kept(client, hands, resident, support, caplog):
    caplog.set_level(logging.DEBUG)
    ticket = resident.ask("请回电")

    early = support.act("contact", ticket, REASON)
    support.act("take", ticket)
    bare = support.act("contact", ticket, {})
    other = make_support(client).act("contact", ticket, REASON)
    told = support.act("contact", ticket, REASON)
    support.act("contact", ticket, REASON)

    assert (early.json["code"], other.json["code"]) == ("help.ticket_not_taken", "help.ticket_not_taken")
    assert bare.status_code == 422
    assert told.json == {"name": "张小明", "phone": f"+86{resident.phone}"}
    assert count(ContactReadingRow) == 2
    with reading() as session:
        rows = session.scalars(select(ContactReadingRow)).all()
        audit = session.scalars(select(AuditRow).where(AuditRow.action == "help.contact_read")).all()
        kept = [str(vars(each)) for each in session.scalars(select(IdempotencyRow))]
    assert [(each.read_by, each.reason) for each in rows] == [(support.id, REASON["reason"])] * 2
    assert [each.actor_id for each in audit] == [support.id] * 2
    for secret in (resident.phone, "张小明", "请回电", REASON["reason"]):
        assert secret not in caplog.text
    assert not [each for each in kept if "help_desk" in each and resident.phone in each]


def test_a_ticket_of_staff_has_a_name_and_no_number(client, hands, support):
    ticket = make_support(client).ask("打不开")
    support.act("take", ticket)

    assert support.act("contact", ticket, REASON).json == {"name": "张小明", "phone": None}
    assert only(ContactReadingRow).reason == REASON["reason"]
