"""A copy of one's data: asked for, built, fetched by a short link, deleted after seven days."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.foundation.data import clock, file_store, new_id, public_id, reading, transaction
from app.foundation.work import work_until_idle
from app.identity.people.family.models import BirthDateRow, GuardianshipRow, Relation
from app.identity.people.models import PersonRow
from app.identity.rights.models import ErasureRow, ErasureState, ExportPartRow, ExportRow, ExportState
from app.identity.rights.parts import parts_upwards
from app.identity.rights.rules import LONGEST_REQUEST
from app.identity.rights.usecases import building
from app.identity.rights.usecases.erasing import erase_step
from tests.identity.people import OTHER_DEVICE, OTHER_PHONE, PHONE
from tests.identity.residents.test_family import CHILD
from tests.identity.rights.conftest import ERASE, Resident, resident_of


def ask(resident: Resident, body: dict[str, Any] | None = None) -> Any:
    return resident.post("/v1/me/exports", body or {"person_id": None})


def files_of(resident: Resident, export_id: str) -> dict[str, dict[str, Any]]:
    answer = resident.get(f"/v1/me/exports/{export_id}")
    return {each["format"]: each for each in answer.json["files"]}


def test_a_copy_is_built_room_by_room_and_fetched_for_seven_days(app, hands, resident):
    asked = ask(resident)

    assert (asked.status_code, asked.json["state"], asked.json["files"]) == (201, "waiting", [])
    assert asked.headers["Location"] == f"/v1/me/exports/{asked.json['id']}"
    assert (ask(resident).status_code, ask(resident).json["code"]) == (409, "identity.export_running")

    work_until_idle()
    shown = resident.get(asked.headers["Location"]).json
    files = files_of(resident, asked.json["id"])
    answer = app.test_client().get(files["json"]["content_path"])
    whole = json.loads(answer.data)
    assert (shown["state"], shown["expires_at"]) == ("ready", "2026-03-19T04:00:00Z")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert whole["person_id"] == public_id("per", resident.id)
    assert whole["rooms"]["identity.people"]["phones"][0]["phone"] == f"+86{PHONE}"
    assert [each for each in whole["rooms"] if each in {"identity.people", "identity.entrance"}]
    assert app.test_client().get(files["pdf"]["content_path"]).data.startswith(b"%PDF")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ExportPartRow)) == 0
        key = session.scalars(select(ExportRow.store_key)).one()
    assert file_store().keys(key) == [f"{key}/copy.json", f"{key}/copy.pdf"]

    hands.move(timedelta(minutes=10))
    gone = app.test_client().get(files["json"]["content_path"])
    assert (gone.status_code, gone.json["code"]) == (410, "identity.export_link_expired")
    hands.move(timedelta(days=7))
    work_until_idle()
    shown = resident.get(asked.headers["Location"]).json
    assert (shown["state"], shown["files"]) == ("expired", [])
    assert file_store().keys(key) == []


def test_a_link_is_good_for_its_own_file_alone_and_a_copy_for_who_asked(app, hands, resident):
    export_id = ask(resident).json["id"]
    work_until_idle()
    files = files_of(resident, export_id)
    hands.move(timedelta(minutes=1))
    stranger = resident_of(app.test_client(), phone=OTHER_PHONE, device=OTHER_DEVICE)

    forged = files["json"]["content_path"].replace("format=json", "format=pdf")
    assert app.test_client().get(forged).status_code == 404
    assert stranger.get(f"/v1/me/exports/{export_id}").status_code == 404
    assert (
        ask(stranger, {"person_id": public_id("per", resident.id)}).json["code"] == "identity.export_person_not_found"
    )


def test_a_guardian_has_a_copy_of_a_child_under_14_and_nobody_else_has(app, hands, resident):
    child_id = new_id()
    with transaction() as session:
        session.add(PersonRow(id=child_id, display_name="小禾", opened_at=clock.now(), version=1))
        session.flush()
        now = clock.now()
        session.add(
            BirthDateRow(
                person_id=child_id, born_on=date(2017, 5, 1), first_given_at=now, given_at=now, given_by=resident.id
            )
        )
        session.add(
            GuardianshipRow(
                id=new_id(),
                child_id=child_id,
                guardian_id=resident.id,
                relation=Relation.PARENT,
                declared_at=now,
                began_at=now,
                until_on=date(2031, 5, 1),
            )
        )
    body = {"person_id": public_id("per", child_id)}

    asked = ask(resident, body)
    work_until_idle()

    content = app.test_client().get(files_of(resident, asked.json["id"])["json"]["content_path"]).json
    assert content["person_id"] == body["person_id"]
    assert content["rooms"]["identity.people"]["profile"][0]["display_name"] == "小禾"


def test_five_copies_a_day_are_enough(hands, resident):
    for _ in range(5):
        assert ask(resident).status_code == 201
        work_until_idle()

    assert (ask(resident).status_code, ask(resident).json["code"]) == (429, "identity.too_many_exports")


def test_a_copy_that_cannot_be_built_is_tried_five_times_and_leaves_nothing(app, hands, resident, monkeypatch):
    def fail(*_: object, **__: object) -> bytes:
        raise OSError("no renderer")

    monkeypatch.setattr(building, "export_pdf", fail)
    asked = ask(resident)
    for _ in range(5):
        work_until_idle()
        hands.move(timedelta(seconds=40))

    assert resident.get(asked.headers["Location"]).json["state"] == "failed"
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ExportPartRow)) == 0


@pytest.mark.parametrize("room", ["foundation", "identity.people", "offsets"])
def test_each_room_is_asked_in_a_transaction_of_its_own(app, hands, resident, monkeypatch, room):
    """A worker that dies while one room is read has kept what the rooms before have handed out."""
    ask(resident)
    before = [name for name, _ in parts_upwards()].index(room)
    for _ in range(before):
        building.build_exports()

    with reading() as session:
        done = session.scalars(select(ExportPartRow.room)).all()
    assert len(done) == before
    work_until_idle()
    with reading() as session:
        assert session.scalars(select(ExportRow.state)).one() == "ready"


def fail_at_the_paper(monkeypatch):
    """The disk is full when the second file is written."""
    store = type(file_store())
    put = store.put

    def put_text_alone(self, key, content):
        if key.endswith(".pdf"):
            raise OSError(28, "No space left on device")
        return put(self, key, content)

    monkeypatch.setattr(store, "put", put_text_alone)


def test_a_copy_that_fails_half_way_leaves_no_file(hands, resident, monkeypatch):
    fail_at_the_paper(monkeypatch)
    asked = ask(resident)
    for _ in range(5):
        work_until_idle()
        hands.move(timedelta(seconds=40))

    assert resident.get(asked.headers["Location"]).json["state"] == "failed"
    with reading() as session:
        assert file_store().keys(session.scalars(select(ExportRow.store_key)).one()) == []


@pytest.mark.parametrize("state", [ExportState.WAITING, ExportState.FAILED])
def test_an_erasure_deletes_files_of_a_copy_that_never_became_ready(hands, resident, state):
    ask(resident)
    with transaction() as session:
        row = session.scalars(select(ExportRow)).one()
        row.state, row.next_at, key = state, clock.now(), row.store_key
    file_store().put(f"{key}/copy.json", b"{}")
    assert resident.post("/v1/me/erasure", ERASE).status_code == 201
    with transaction() as session:
        session.scalars(select(ExportRow)).one().next_at = clock.now() + timedelta(days=7)
    hands.move(timedelta(days=7))
    erase_step()
    hands.move(LONGEST_REQUEST)
    while building.expire_exports() + erase_step():
        pass

    with reading() as session:
        assert session.scalars(select(ErasureRow.state)).one() is ErasureState.ERASED
        assert session.scalar(select(func.count()).select_from(ExportRow)) == 0
    assert file_store().keys(key) == []


def test_who_is_guardian_no_more_reads_no_copy_and_has_none_built(app, hands, resident):
    opened = resident.post("/v1/me/children", CHILD)
    ready = ask(resident, {"person_id": opened.json["id"]})
    work_until_idle()
    link = files_of(resident, ready.json["id"])["json"]["content_path"]
    assert app.test_client().get(link).status_code == 200
    waiting = ask(resident, {"person_id": opened.json["id"]})
    assert waiting.status_code == 201
    path = opened.headers["Location"]
    seen = {**resident.headers, "If-Match": resident.get(path).headers["ETag"]}
    assert app.test_client().delete(path, headers=seen).status_code == 204

    work_until_idle()

    for each in (ready, waiting):
        assert resident.get(each.headers["Location"]).json["code"] == "identity.export_not_found"
    assert app.test_client().get(link).json["code"] == "identity.export_not_found"
    with reading() as session:
        states = session.scalars(select(ExportRow.state).order_by(ExportRow.asked_at, ExportRow.id)).all()
    assert sorted(states) == [ExportState.FAILED, ExportState.READY]
