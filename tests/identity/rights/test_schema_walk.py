"""No table with personal data is forgotten: whoever adds one says what it holds, how it is handed out and how it is erased."""

import pytest
from flask import Flask
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, Text

from app.foundation.data import Base, Document, Identifier
from app.identity.rights.parts import parts_upwards
from app.identity.rights.usecases.inventory import inventory
from app.identity.rights.usecases.walk import answered_twice_or_for_nothing, looks_personal, unanswered
from tests.engines import app_for


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application; these tests look at models and never at a database."""
    return app_for(tmp_path_factory.mktemp("walk"), "sqlite://")


def table(*columns: Column) -> Table:
    metadata = MetaData()
    for name in ("identity_person", "planting_claim", "points_budget"):
        Table(name, metadata, Column("id", Identifier(), primary_key=True))
    return Table("room_thing", metadata, Column("id", Identifier(), primary_key=True), *columns)


def test_some_room_answers_for_every_table_that_looks_personal(house):
    with house.app_context():
        assert unanswered(Base.metadata) == {}
        assert answered_twice_or_for_nothing(Base.metadata) == []


@pytest.mark.parametrize(
    "column",
    [
        Column("person_id", Identifier()),
        Column("payer_id", Identifier()),
        Column("granted_by", Identifier()),
        Column("invited_by_person", Identifier()),
        Column("lat_e7", Integer),
        Column("contact_phone", Integer),
        Column("remark", Text),
        Column("facts", Document()),
        Column("whose", Identifier(), ForeignKey("identity_person.id")),
        Column("claim", Identifier(), ForeignKey("planting_claim.id")),
        Column("shoe_size", Integer, info={"personal": True}),
    ],
    ids=lambda column: column.name,
)
def test_a_table_looks_personal_by_one_column(column):
    assert looks_personal(table(column), ["planting_claim"]) is not None


def test_a_table_of_counts_does_not_look_personal():
    counts = table(Column("year", Integer), Column("budget", Integer), Column("of", ForeignKey("points_budget.id")))

    assert looks_personal(counts, ["planting_claim"]) is None


def test_a_new_table_that_nobody_answers_for_is_found(house):
    planted = MetaData()
    for each in Base.metadata.sorted_tables:
        each.to_metadata(planted)
    Table("room_diary", planted, Column("id", Identifier(), primary_key=True), Column("resident_id", Identifier()))

    with house.app_context():
        assert unanswered(planted) == {"room_diary": "resident_id says whose it is"}


def test_a_table_that_is_no_more_is_found(house):
    shrunk = MetaData()
    for each in Base.metadata.sorted_tables:
        if each.name != "offsets_order_organisation":
            each.to_metadata(shrunk)

    with house.app_context():
        assert answered_twice_or_for_nothing(shrunk) == ["offsets: offsets_order_organisation"]


def test_the_inventory_says_of_each_table_what_why_and_how_long(house):
    with house.app_context():
        lines = inventory()
        reasons = [why for _, part in parts_upwards() for why in part.not_personal.values()]

    assert len(lines) == len({line.held.table for line in lines}) >= 50
    assert all(line.held.what and line.held.purpose and line.held.kept for line in lines)
    assert all(len(why) > 5 for why in reasons)


def test_the_list_of_erasures_holds_ids_times_and_states_alone():
    assert set(Base.metadata.tables["identity_erasure"].columns.keys()) == {
        *("id", "person_id", "state", "asked_at", "due_at", "begun_at", "done_at", "cancelled_at"),
        *("parts_done", "restricted_until", "look_again_on", "version"),
    }
