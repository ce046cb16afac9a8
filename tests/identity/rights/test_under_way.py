"""What is under way while an erasure begins: it commits before and is erased, or it learns that its session has ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.foundation.data import clock, public_id, reading, run_in_transaction, transaction
from app.foundation.http.models import IdempotencyRow
from app.foundation.proof import Actor, ActorKind
from app.help.models import TicketRow
from app.identity.entrance.errors import SessionEnded
from app.identity.households.models import HouseholdRow
from app.identity.households.usecases.joining import NewMembership, join_household
from app.identity.households.usecases.opening import open_household
from app.identity.people.models import PersonRow
from app.identity.rights.models import ErasureRow, ErasureState, ExportRow
from app.identity.rights.rules import LONGEST_REQUEST
from app.identity.rights.usecases import erasing
from app.identity.rights.usecases.door import require_not_gone
from app.identity.rights.usecases.erasing import erase_step
from tests.identity.people import OTHER_DEVICE, bearer, count, only, statements_asked
from tests.identity.residents.desk import post, supporter
from tests.identity.rights.conftest import ERASE, erase_in_steps, resident_of

A_WEEK = timedelta(days=7)
TICKET = {"topic": "other", "text": "我家门牌写成了金鸡岭十七号"}


def acting(person_id: UUID) -> Actor:
    return Actor(id=person_id, kind=ActorKind.RESIDENT, roles=frozenset({"resident"}))


def begin() -> None:
    run_in_transaction(lambda session: erasing._take(session, clock.now()))


@pytest.fixture
def late_headers(app, client, hands, resident, request):
    """Somebody whose seven days are over this minute, and a session that was opened just before, at home or at a desk."""
    assert resident.post("/v1/me/erasure", ERASE).status_code == 201
    hands.move(A_WEEK - timedelta(minutes=1))
    if getattr(request, "param", "home") == "home":
        headers = resident_of(app.test_client(), device=OTHER_DEVICE).headers
    else:
        asked = {"person_id": public_id("per", resident.id), "reason": "本人到窗口申报植树", "paper_ref": "x-1"}
        opened = post(client, supporter(client), "/v1/assisted-sessions", asked)
        assert opened.status_code == 201, opened.json
        headers = bearer(opened.json["access_token"])
    hands.move(timedelta(minutes=1))
    return headers


@pytest.mark.parametrize("late_headers", ["home", "desk"], indirect=True)
def test_who_goes_while_the_request_is_read_leaves_nothing_behind(client, hands, late_headers, let_in_then):
    let_in_then(lambda: erase_in_steps(hands))

    answer = client.post("/v1/tickets", json=TICKET, headers=late_headers)

    assert (answer.status_code, answer.json["code"]) == (401, "auth.session_ended")
    assert only(ErasureRow).state is ErasureState.ERASED
    assert count(TicketRow) == 0
    assert count_answers_of(only(ErasureRow).person_id) == 0


def count_answers_of(person_id: UUID) -> int:
    with reading() as session:
        return session.query(IdempotencyRow).filter_by(principal=f"resident:{person_id}").count()


def test_a_change_that_is_sent_while_the_erasure_begins_is_refused(client, late_headers, let_in_then):
    seen = client.get("/v1/me", headers=late_headers).headers["ETag"]
    let_in_then(begin)

    answer = client.patch("/v1/me", json={"display_name": "林小禾"}, headers={**late_headers, "If-Match": seen})

    assert (answer.status_code, answer.json["code"]) == (401, "auth.session_ended")
    assert only(PersonRow).display_name is None


def test_a_request_waits_for_the_beginning_that_came_first(app: Flask, client, late_headers, let_in_then):
    """The worker has closed the door and not yet committed when the request asks whether it may go on."""
    closed = Event()

    def close_slowly() -> None:
        def work(session):
            erasing._take(session, clock.now())
            closed.set()
            Event().wait(0.5)

        with app.app_context():
            run_in_transaction(work)

    with ThreadPoolExecutor(1) as pool:

        def start() -> None:
            begun.append(pool.submit(close_slowly))
            assert closed.wait(10)

        begun: list[Any] = []
        let_in_then(start)
        answer = client.post("/v1/tickets", json=TICKET, headers=late_headers)
        begun[0].result()

    assert (answer.status_code, answer.json["code"]) == (401, "auth.session_ended")
    assert count(TicketRow) == 0


def test_an_erasure_does_not_begin_before_a_request_that_came_first_has_ended(app: Flask, engine_name, resident, hands):
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    held, seen = Event(), []

    def change_slowly() -> None:
        def work(session):
            require_not_gone(session, acting(resident.id))
            held.set()
            Event().wait(0.5)
            session.get_one(PersonRow, resident.id).display_name = "林小禾"
            seen.append(session.query(ErasureRow).one().state)

        with app.app_context():
            run_in_transaction(work)

    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change_slowly)
        assert held.wait(10)
        taken = erase_step()  # PostgreSQL passes it over; on SQLite its turn comes after the request's.
        changing.result()

    assert seen == [ErasureState.WAITING]
    assert taken == (1 if engine_name == "sqlite" else 0)
    erase_in_steps(hands)
    assert only(ErasureRow).state is ErasureState.ERASED
    assert only(PersonRow).display_name is None


def test_who_has_not_asked_costs_one_question_and_no_lock(resident):
    with transaction() as session, statements_asked() as asked:
        require_not_gone(session, acting(resident.id))

    assert len(asked) == 1


def test_no_household_is_opened_or_joined_by_who_is_being_forgotten(client, hands, resident):
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    begin()

    with pytest.raises(SessionEnded):
        open_household("小林一家", actor=acting(resident.id), now=clock.now())
    head = resident_of(client, phone="13900139000", device=OTHER_DEVICE)
    home = head.post("/v1/households", {"name": "小林一家"}).json
    code = head.post(f"/v1/households/{home['id']}/invitations", None).json["code"]
    with pytest.raises(Exception, match="member_unknown"):
        join_household(
            NewMembership(code=code, joined_on=None, person_id=None), actor=acting(resident.id), now=clock.now()
        )
    assert count(HouseholdRow) == 1


def test_the_first_part_waits_for_the_longest_request_and_for_what_it_began(hands, resident, monkeypatch):
    blocked = erasing.what_blocks
    opened = [False]
    monkeypatch.setattr(erasing, "what_blocks", lambda *asked: (object(),) if opened[0] else blocked(*asked))
    resident.post("/v1/me/erasure", ERASE)
    hands.move(A_WEEK)
    assert erase_step() == 1
    opened[0] = True

    hands.move(LONGEST_REQUEST - timedelta(seconds=1))
    assert erase_step() == 0
    hands.move(timedelta(seconds=1))
    assert (erase_step(), only(ErasureRow).parts_done) == (1, [])
    assert erase_step() == 0
    opened[0] = False
    hands.move(timedelta(minutes=10))
    assert erase_in_steps(hands) > 10
    assert only(ErasureRow).state is ErasureState.ERASED


def test_of_two_who_ask_at_once_one_is_told_that_it_is_asked_already(resident, at_once):
    erasures = at_once(4, lambda client, _: client.post("/v1/me/erasure", json=ERASE, headers=resident.headers))
    copies = at_once(
        4, lambda client, _: client.post("/v1/me/exports", json={"person_id": None}, headers=resident.headers)
    )

    assert sorted(each.json.get("code", "") for each in erasures) == ["", *["identity.erasure_asked"] * 3]
    assert sorted(each.json.get("code", "") for each in copies) == ["", *["identity.export_running"] * 3]
    assert count(ErasureRow) == count(ExportRow) == 1
