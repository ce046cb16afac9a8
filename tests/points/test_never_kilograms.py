"""Points are an incentive; they never become kilograms (DESIGN 2.1)."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import points
from app.foundation.data import clock, reading, run_in_transaction, transaction
from app.foundation.work import work_until_idle
from app.ledger import CITY_ID, AssetKind, AssetMismatch, Cause, ensure_account, ensure_asset, ensure_points, post_move
from app.points import reverse_award, settle_later
from tests.points.conftest import VERIFIER, balance

ROOM = Path(points.__file__).parent
KILOGRAMS = re.compile(r"co2e|_kg\b|\bkg\b|kilogram|serial|credits", re.IGNORECASE)
THE_PROMISE = "They never become kilograms"


def kilograms_of(session, resident_id):
    batch = ensure_asset(session, "batch:test", AssetKind.CO2E_KG, "kg")
    return ensure_account(session, "resident", resident_id, batch, "holding")


@pytest.mark.parametrize("way", ["points to kilograms", "kilograms to points"])
def test_ledger_refuses_a_move_between_points_and_kilograms(person, decide, way):
    decide(person, 5)
    work_until_idle()

    def move(session):
        sides = [
            ensure_account(session, "resident", person, ensure_points(session), "points"),
            kilograms_of(session, person),
        ]
        debit, credit = sides if way == "points to kilograms" else reversed(sides)
        cause = Cause("test.exchange", uuid4(), "main", actor_id=CITY_ID)
        post_move(session, debit=debit, credit=credit, amount=1, cause=cause, now=clock.now())

    with pytest.raises(AssetMismatch):
        run_in_transaction(move)
    assert balance(person).free == 30


def test_database_refuses_it_too_whatever_the_application_does(person, decide):
    decide(person, 5)
    work_until_idle()
    with transaction() as session:
        holding = kilograms_of(session, person).id

    with pytest.raises(DBAPIError, match="ledger_transfer_asset"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO ledger_transfer (id, kind, asset_id, debit_account, debit_bucket, credit_account,"
                " credit_bucket, amount, source_kind, source_id, leg, actor_id, created_at)"
                " SELECT :id, 'move', asset_id, credit_account, 0, :holding, 0, 1, 'test', source_id, leg, actor_id,"
                " created_at FROM ledger_transfer"
            ),
            {
                "id": uuid4().bytes if session.get_bind().dialect.name == "sqlite" else uuid4(),
                "holding": holding.bytes if session.get_bind().dialect.name == "sqlite" else holding,
            },
        )


def test_no_purpose_of_an_account_is_for_points_and_for_kilograms(app):
    with reading() as session:
        purposes = session.execute(text("SELECT asset_kind, owner_kind, purpose FROM ledger_purpose")).all()

    of_points = {(owner, purpose) for kind, owner, purpose in purposes if kind == "points"}
    of_kilograms = {(owner, purpose) for kind, owner, purpose in purposes if kind == "co2e_kg"}
    assert of_points
    assert of_kilograms
    assert of_points & of_kilograms == set()


def test_whole_life_of_an_award_touches_points_only(person, decide):
    award = decide(person, 5)
    work_until_idle()
    run_in_transaction(lambda session: settle_later(session, award.id, points=20, actor=VERIFIER, now=clock.now()))
    work_until_idle()
    run_in_transaction(lambda session: reverse_award(session, award.id, actor=VERIFIER, now=clock.now()))

    with reading() as session:
        kinds = session.scalars(
            text(
                "SELECT DISTINCT asset.kind FROM ledger_transfer transfer"
                " JOIN ledger_asset asset ON asset.id = transfer.asset_id"
            )
        ).all()
    assert kinds == ["points"]


def test_room_knows_no_kilograms():
    told = [
        f"{path.name}: {line.strip()}"
        for path in [*ROOM.rglob("*.py"), *ROOM.rglob("*.sql"), *ROOM.rglob("*.json")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if KILOGRAMS.search(line) and THE_PROMISE not in line
    ]

    assert told == []


def test_no_operation_takes_points_and_answers_with_kilograms(client):
    document = client.get("/openapi.json").json

    def members(node, seen=()):
        if isinstance(node, list):
            return set().union(*(members(each, seen) for each in node))
        if not isinstance(node, dict):
            return set()
        reference = node.get("$ref", "")
        if reference and reference not in seen:
            return members(document["components"]["schemas"].get(reference.rpartition("/")[2], {}), (*seen, reference))
        return set(node.get("properties", {})).union(*(members(each, seen) for each in node.values()))

    operations = [each for item in document["paths"].values() for each in item.values() if isinstance(each, dict)]
    assert len(operations) >= 4
    for operation in operations:
        asked, answered = members(operation.get("requestBody", {})), members(operation.get("responses", {}))
        takes_points = any("points" in name for name in asked)
        assert not (takes_points and any(name.endswith("_kg") for name in answered)), operation.get("operationId")
