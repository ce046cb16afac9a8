"""An erasure: asked for twice over, called off in time, carried out step by step, and again after a restore."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.foundation.data import clock, file_store, new_id, reading, run_in_transaction, transaction
from app.foundation.http.models import IdempotencyRow
from app.foundation.work import work_until_idle
from app.identity import forgotten_people, people_by_ids
from app.identity.entrance.models import CodeChallengeRow, DeviceRow, SendPaceRow, SendScope, SessionRow
from app.identity.organisations.models import OrganisationMemberRow, OrganisationRow
from app.identity.organisations.rules.kinds import MemberRole
from app.identity.organisations.rules.states import OrganisationState
from app.identity.people.models import PersonRow, PhoneRow
from app.identity.people.queries import lock_person
from app.identity.rights.models import ErasureRow, ErasureState
from app.identity.rights.parts import Erasure, Kept, Progress, parts_downwards
from app.identity.rights.rules import Law
from app.identity.rights.usecases import erasing, replaying
from app.identity.rights.usecases.erasing import erase_step
from tests.identity.people import PHONE, count, only
from tests.identity.rights.conftest import ERASE, NOON, erase_in_steps, resident_of

A_WEEK = timedelta(days=7)


def state() -> ErasureState:
    return ErasureState(only(ErasureRow).state)


def test_who_asks_has_signed_in_a_moment_ago_and_says_so_twice(hands, resident):
    hands.move(timedelta(minutes=10))
    late = resident.post("/v1/me/erasure", ERASE)
    hands.move(-timedelta(minutes=1))
    careless = resident.post("/v1/me/erasure", {"confirmation": "yes"})
    asked = resident.post("/v1/me/erasure", ERASE)

    assert (late.status_code, late.json["code"]) == (403, "identity.fresh_sign_in_needed")
    assert careless.status_code == 422
    assert (asked.status_code, asked.json["state"], asked.json["due_at"]) == (201, "waiting", "2026-03-19T04:09:00Z")
    assert asked.headers["Location"] == f"/v1/erasures/{asked.json['id']}"
    again = resident.post("/v1/me/erasure", ERASE)
    assert (again.status_code, again.json["code"]) == (409, "identity.erasure_asked")


def test_within_seven_days_it_is_called_off_and_nothing_has_happened(hands, resident):
    assert resident.get("/v1/me/erasure").status_code == 404
    assert resident.delete("/v1/me/erasure").status_code == 404
    resident.post("/v1/me/erasure", ERASE)

    assert resident.get("/v1/me/erasure").json["state"] == "waiting"
    assert resident.delete("/v1/me/erasure").status_code == 204
    hands.move(timedelta(days=8))
    work_until_idle()

    assert state() is ErasureState.CANCELLED
    assert count(PhoneRow) == 1
    assert resident.get("/v1/me/erasure").status_code == 404
    with reading() as session:
        assert forgotten_people(session, [resident.id]) == frozenset()


def test_after_seven_days_the_door_is_closed_first_and_who_it_was_goes_last(app, hands, resident):
    asked = resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)

    assert erase_step() == 1

    assert state() is ErasureState.ERASING
    assert only(SessionRow).ended_at == clock.now()
    assert [count(model) for model in (PhoneRow, CodeChallengeRow)] == [0, 0]
    assert only(PersonRow).id == resident.id
    assert erase_in_steps(hands) > 10
    assert state() is ErasureState.ERASED
    assert [count(model) for model in (SessionRow, DeviceRow)] == [0, 0]
    with reading() as session:
        mine = IdempotencyRow.principal == f"resident:{resident.id}"
        assert session.scalar(select(func.count()).select_from(IdempotencyRow).where(mine)) == 0
        assert session.scalar(select(func.count()).where(SendPaceRow.scope == SendScope.PHONE)) == 0
        assert forgotten_people(session, [resident.id, new_id()]) == {resident.id}
        assert people_by_ids(session, [resident.id])[resident.id].display_name is None
    shown = app.test_client().get(asked.headers["Location"]).json
    assert (shown["state"], shown["restricted_until"]) == ("erased", None)
    assert {each["law"] for each in shown["kept"]} == {"anonymous"}

    again = resident_of(app.test_client())
    assert again.id != resident.id
    assert again.get("/v1/me/erasure").status_code == 404


def test_a_worker_that_dies_in_any_step_is_followed_by_one_that_goes_on(hands, resident, monkeypatch):
    """Each part is struck once, after its rows are gone and before its step is noted: both come back together."""
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    struck: set[str] = set()
    note = erasing._note_kept

    def strike(session: Any, row: Any, room: str, progress: Progress) -> None:
        if room not in struck:
            struck.add(room)
            raise RuntimeError(room)
        note(session, row, room, progress)

    monkeypatch.setattr(erasing, "_note_kept", strike)
    for _ in range(40):
        erase_in_steps(hands)
        hands.move(timedelta(minutes=1))

    assert struck == {room for room, _ in parts_downwards()}
    assert state() is ErasureState.ERASED


def test_a_step_that_another_worker_holds_is_left_alone(hands, resident):
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    taken = run_in_transaction(lambda session: erasing._take(session, clock.now()))

    assert taken == only(ErasureRow).id
    assert erase_step() == 0
    hands.move(timedelta(minutes=3))
    assert erase_step() == 1


def test_what_is_open_is_named_and_what_opens_later_is_waited_for(hands, resident, monkeypatch):
    opened: list[bool] = [True]
    blocked = erasing.what_blocks
    monkeypatch.setattr(erasing, "what_blocks", lambda *asked: (object(),) if opened[0] else blocked(*asked))
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)

    assert erase_in_steps(hands) == 0
    assert (state(), only(ErasureRow).due_at) == (ErasureState.WAITING, NOON + A_WEEK + timedelta(days=1))
    opened[0] = False
    hands.move(timedelta(days=1))
    erase_in_steps(hands)
    assert state() is ErasureState.ERASED


def test_what_a_law_keeps_is_let_go_of_on_its_day(hands, resident, monkeypatch):
    """Two laws, two days: after the first one thing goes, after the second the rest."""
    first, second = clock.civil_day(NOON) + timedelta(days=400), clock.civil_day(NOON) + timedelta(days=800)

    def keep(_: Any, erasure: Erasure) -> Progress:
        today = clock.civil_day(erasure.at)
        kept = (Kept("orders", first, Law.TRADE), Kept("payments", second, Law.ACCOUNTING))
        return Progress(is_done=True, kept=tuple(each for each in kept if each.until > today))

    name, part = parts_downwards()[0]
    monkeypatch.setattr(
        erasing, "parts_downwards", lambda: [(name, type(part)(held=(), export=part.export, erase=keep))]
    )
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    erase_in_steps(hands)
    row = only(ErasureRow)
    assert (row.state, row.restricted_until, row.look_again_on) == (ErasureState.RESTRICTED, second, first)

    for day, expected in ((first, (ErasureState.RESTRICTED, second)), (second, (ErasureState.ERASED, None))):
        hands.set(clock.day_start(day))
        run_in_transaction(lambda session: erasing.look_again(session, clock.now()))
        erase_in_steps(hands)
        row = only(ErasureRow)
        assert (row.state, row.restricted_until) == expected


def test_the_journal_is_emptied_before_it_is_said_to_be_done(hands, resident, monkeypatch):
    busy = [True]
    monkeypatch.setattr(erasing, "truncate_journal", lambda: not busy[0])
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    erase_in_steps(hands)

    assert state() is ErasureState.ERASING
    busy[0] = False
    hands.move(timedelta(minutes=3))
    erase_in_steps(hands)
    assert state() is ErasureState.ERASED


def test_a_restored_database_forgets_again_whom_the_list_names(app, hands, resident):
    """The list is what a restore leaves; the database knows nothing of it."""
    erasure_id, nobody = new_id(), new_id()
    line = {"asked_at": "2026-03-01T00:00:00Z"}
    lines = [
        {**line, "erasure_id": str(erasure_id), "person_id": str(resident.id)},
        {**line, "erasure_id": str(new_id()), "person_id": str(nobody)},
    ]

    first = replaying.replay(lines)
    erase_in_steps(hands)
    # The store of the tests holds those of other tests too.
    of_store = [each for each in replaying.read_list(None) if each["erasure_id"] == str(erasure_id)]
    second = replaying.replay([*of_store, lines[1]])

    assert (first.known, first.asked_again, first.nobody) == (0, 1, 1)
    assert (only(ErasureRow).id, state()) == (erasure_id, ErasureState.ERASED)
    assert (second.known, second.asked_again, second.nobody) == (1, 0, 1)
    assert count(PhoneRow) == 0
    assert json.loads(file_store().get(f"erasures/{erasure_id.hex}"))["person_id"] == str(resident.id)


def test_an_erasure_that_a_backup_holds_half_done_or_called_off_is_carried_out(hands, resident):
    resident.post("/v1/me/erasure", ERASE)
    with transaction() as session:
        row = session.scalars(select(ErasureRow)).one()
        row.state, row.cancelled_at = ErasureState.CANCELLED, clock.now()
    line = {"erasure_id": str(new_id()), "person_id": str(resident.id), "asked_at": "2026-03-01T00:00:00Z"}

    replaying.replay([line])
    replaying.replay([line])
    erase_in_steps(hands)

    with reading() as session:
        states = session.scalars(select(ErasureRow.state).order_by(ErasureRow.asked_at)).all()
    assert sorted(states) == [ErasureState.CANCELLED, ErasureState.ERASED]


def test_the_commands_print_the_inventory_the_list_and_what_a_replay_came_to(app, hands, resident, tmp_path):
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    erase_in_steps(hands)
    runner = app.test_cli_runner()

    listed = runner.invoke(args=["privacy", "erasure-list"])
    (tmp_path / "list").write_text(listed.output, encoding="utf-8")
    (tmp_path / "broken").write_text('{"a": 1}', encoding="utf-8")

    assert json.loads(listed.output)["person_id"] == str(resident.id)
    assert "1 known" in runner.invoke(args=["privacy", "replay-erasures", "--list", str(tmp_path / "list")]).output
    assert "1 known" in runner.invoke(args=["privacy", "replay-erasures"]).output
    assert runner.invoke(args=["privacy", "replay-erasures", "--list", str(tmp_path / "broken")]).exit_code == 1
    assert "planting_claim" in runner.invoke(args=["privacy", "inventory"]).output


def test_numbers_of_others_and_other_peoples_rows_stay(app, hands, resident):
    other = resident_of(app.test_client(), phone="13900139000", device="device-of-a-test-0002")
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    erase_in_steps(hands)

    with reading() as session:
        assert session.scalars(select(PhoneRow.person_id)).all() == [other.id]
        assert session.scalars(select(SessionRow.person_id)).all() == [other.id]
    assert PHONE not in str(only(PhoneRow).phone)


@pytest.mark.parametrize("path", ["/v1/erasures/era_00000000000000000000000011", "/v1/erasures/nonsense"])
def test_an_erasure_of_another_id_is_not_there(client, path):
    assert client.get(path).json["code"] == "identity.erasure_not_found"


def test_who_is_being_forgotten_gets_no_new_number_and_no_help_at_a_desk(hands, resident):
    with transaction() as session:
        assert lock_person(session, resident.id) is not None
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    erase_step()

    with transaction() as session:
        assert lock_person(session, resident.id) is None


def test_the_only_owner_of_an_organisation_hands_it_over_first(hands, resident):
    organisation_id = new_id()

    def join(person_id: UUID, role: MemberRole) -> None:
        with transaction() as session:
            session.add(
                OrganisationMemberRow(
                    id=new_id(),
                    organisation_id=organisation_id,
                    person_id=person_id,
                    role=role,
                    joined_at=NOON,
                    version=1,
                )
            )

    with transaction() as session:
        session.add(
            OrganisationRow(
                id=organisation_id,
                name="丽水市林碳演示有限公司",
                uscc="91331100MA2E0T4F5X",
                county_code="331102",
                kinds=["general"],
                state=OrganisationState.DRAFT,
                touched_at=NOON,
                created_at=NOON,
                created_by=resident.id,
                version=1,
            )
        )
        other = PersonRow(id=new_id(), opened_at=NOON, version=1)
        session.add(other)
    join(resident.id, MemberRole.OWNER)
    alone = resident.post("/v1/me/erasure", ERASE)
    join(other.id, MemberRole.OWNER)

    assert [each["code"] for each in alone.json["errors"]] == ["organisation_owned"]
    assert resident.post("/v1/me/erasure", ERASE).status_code == 201
    hands.move(A_WEEK)
    erase_in_steps(hands)
    with reading() as session:
        present = select(OrganisationMemberRow.person_id).where(OrganisationMemberRow.left_at.is_(None))
        assert session.scalars(present).all() == [other.id]
