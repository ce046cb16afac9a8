"""A person's copy holds what they were told and how; an erasure leaves nothing of it."""

from sqlalchemy import select

from app.foundation.data import Base, reading, run_in_transaction
from app.foundation.work import work_until_idle
from app.identity import Erasure
from app.notices.models import DeliveryRow, NoticeRow
from app.notices.person_data import PERSON_DATA
from tests.identity.people import OTHER_DEVICE, OTHER_PHONE
from tests.notices.conftest import NOON


def rows_of(person_id):
    with reading() as session:
        return {
            table: session.execute(
                select(Base.metadata.tables[table]).where(Base.metadata.tables[table].c.person_id == person_id)
            ).all()
            for table in PERSON_DATA.tables
        }


def test_the_copy_tells_everything_but_tokens_and_the_erasure_takes_all_of_one_person(reader, make_reader, senders):
    neighbour = make_reader(OTHER_PHONE, device=OTHER_DEVICE)
    for each, token in ((reader, "token-of-the-reader"), (neighbour, "token-of-the-neighbour")):
        each.takes_push(token)
        each.choose(digest_hour=8)
        each.post("/v1/me/wechat-grants", {"code": "abc", "groups": ["points"]})
        each.tell()
        each.tell("identity.phone_changed")
    work_until_idle()
    before = rows_of(neighbour.id)

    with reading() as session:
        copy = PERSON_DATA.export(session, reader.id)
    steps = 0
    while not run_in_transaction(lambda session: PERSON_DATA.erase(session, Erasure(reader.id, NOON, limit=2))).is_done:
        steps += 1

    assert {name: bool(rows) for name, rows in copy.items()} == dict.fromkeys(copy, True)
    assert "token-of-the-reader" not in str(copy)
    assert {row["kind"] for row in copy["notices"]} == {"points.settled", "identity.phone_changed"}
    assert steps >= 3
    assert not any(rows_of(reader.id).values())
    assert rows_of(neighbour.id) == before
    assert all(before.values())


def test_every_table_of_the_room_with_a_person_is_answered_for():
    tables = {each.__tablename__ for each in (NoticeRow, DeliveryRow)}
    with_person = {
        name
        for name, table in Base.metadata.tables.items()
        if name.startswith("notices_") and "person_id" in table.columns
    }

    assert tables <= with_person
    assert with_person == set(PERSON_DATA.tables)
