"""Erasures where somebody answers for somebody: guardians and children, owners and their organisations."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.foundation.data import clock, parse_public_id, public_id, reading, run_in_transaction
from app.identity import guardian_of
from app.identity.organisations.models import OrganisationContactRow, OrganisationMemberRow
from app.identity.people.models import PersonRow
from app.identity.rights.models import ErasureRow, ErasureState
from app.identity.rights.usecases import erasing
from tests.identity.organisations.people import CONTACT, checker, joined, verified
from tests.identity.organisations.people import resident as member
from tests.identity.people import OTHER_DEVICE, OTHER_PHONE, PHONE, count, only
from tests.identity.residents.desk import audited, born
from tests.identity.residents.test_family import ACCEPTANCE, CHILD
from tests.identity.rights.conftest import ERASE, erase_in_steps, resident_of

A_WEEK = timedelta(days=7)


def states() -> dict[str, ErasureState]:
    with reading() as session:
        return {
            public_id("per", row.person_id): row.state
            for row in session.scalars(select(ErasureRow).where(ErasureRow.cancelled_at.is_(None)))
        }


def test_a_child_without_a_number_goes_before_its_guardian_or_with_them(client, hands, resident):
    child = resident.post("/v1/me/children", CHILD).json["id"]
    whose = f"/v1/me/erasure?person_id={child}"

    alone = resident.post("/v1/me/erasure", ERASE)
    assert [each["code"] for each in alone.json["errors"]] == ["child_alone"]
    asked = resident.post("/v1/me/erasure", {**ERASE, "person_id": child})
    assert (asked.status_code, resident.get("/v1/me/erasure").status_code) == (201, 404)
    assert resident.get(whose).json["id"] == asked.json["id"]
    assert resident.delete(whose).status_code == 204
    assert resident.post("/v1/me/erasure", ERASE).status_code == 409
    assert resident.post("/v1/me/erasure", {**ERASE, "person_id": child}).status_code == 201
    assert resident.post("/v1/me/erasure", ERASE).status_code == 201

    hands.move(A_WEEK)
    erase_in_steps(hands)

    assert set(states().values()) == {ErasureState.ERASED}
    with reading() as session:
        names = session.scalars(select(PersonRow.display_name)).all()
        assert (names, guardian_of(session, parse_public_id("per", child))) == ([None, None], None)
    assert len(audited("identity.guardian_ended")) == 1


def test_nobody_asks_for_a_child_of_others(app, client, hands, resident):
    child = resident.post("/v1/me/children", CHILD).json["id"]
    stranger = resident_of(app.test_client(), phone=OTHER_PHONE, device=OTHER_DEVICE)
    whose = f"/v1/me/erasure?person_id={child}"

    asked = stranger.post("/v1/me/erasure", {**ERASE, "person_id": child})
    assert (asked.status_code, asked.json["code"]) == (404, "identity.erasure_person_not_found")
    assert resident.post("/v1/me/erasure", {**ERASE, "person_id": child}).status_code == 201
    assert [each(whose).status_code for each in (stranger.get, stranger.delete)] == [404, 404]


def test_a_child_under_14_neither_asks_nor_calls_off_without_the_guardian(app, client, hands):
    child = resident_of(app.test_client(), phone=OTHER_PHONE, device=OTHER_DEVICE)
    born(client, child.headers["Authorization"].removeprefix("Bearer "), "2016-09-01")
    assert child.post("/v1/me/guardian", {"phone": PHONE}).status_code == 201
    hands.move(timedelta(seconds=61))
    guardian = resident_of(app.test_client())
    invitation = guardian.get("/v1/guardian-invitations").json["items"][0]["id"]
    assert guardian.post(f"/v1/guardian-invitations/{invitation}/accept", ACCEPTANCE).status_code in {200, 201}

    refused = child.post("/v1/me/erasure", ERASE)
    asked = guardian.post("/v1/me/erasure", {**ERASE, "person_id": public_id("per", child.id)})
    back = child.delete("/v1/me/erasure")

    assert (refused.status_code, refused.json["code"]) == (409, "identity.guardian_needed")
    assert (asked.status_code, back.status_code) == (201, 409)
    assert child.get("/v1/me/erasure").json["id"] == asked.json["id"]
    # A child with a number of its own holds its guardian back from nothing.
    assert guardian.post("/v1/me/erasure", ERASE).status_code == 201


def owners() -> int:
    with reading() as session:
        rows = session.scalars(select(OrganisationMemberRow).where(OrganisationMemberRow.left_at.is_(None)))
        return len(rows.all())


def test_of_two_owners_who_go_at_once_one_waits(client, hands):
    office, first, second = checker(client), member(client), member(client, OTHER_PHONE)
    joined(first, verified(first, office), second, "owner")
    assert first.post("/me/erasure", ERASE).status_code == 201
    assert second.post("/me/erasure", ERASE).status_code == 201
    hands.move(A_WEEK)

    erase_in_steps(hands)

    assert sorted(states().values()) == [ErasureState.ERASED, ErasureState.WAITING]
    assert owners() == 1


def test_of_two_workers_with_an_owner_each_the_second_sees_what_the_first_did(app, client, hands, at_once):
    office, first, second = checker(client), member(client), member(client, OTHER_PHONE)
    joined(first, verified(first, office), second, "owner")
    assert [who.post("/me/erasure", ERASE).status_code for who in (first, second)] == [201, 201]
    hands.move(A_WEEK)

    def begin(*_: object) -> None:
        with app.app_context():
            run_in_transaction(lambda session: erasing._take(session, clock.now()))

    at_once(2, begin)

    assert sorted(states().values()) == [ErasureState.ERASING, ErasureState.WAITING]
    assert owners() == 1


@pytest.mark.parametrize("contact", [{**CONTACT, "phone": f"138 0013-{PHONE[-4:]}"}, {**CONTACT, "name": "林小禾"}])
def test_who_goes_is_no_contact_of_an_organisation_any_more(client, hands, contact):
    office, first, second = checker(client), member(client), member(client, OTHER_PHONE)
    joined(first, verified(first, office, contact=contact), second, "owner")
    seen = first.get("/me").headers["ETag"].strip('"')
    assert first.ask("PATCH", "/me", {"display_name": "林小禾"}, version=seen).status_code == 200
    assert count(OrganisationContactRow) == 1
    assert first.post("/me/erasure", ERASE).status_code == 201
    hands.move(A_WEEK)

    erase_in_steps(hands)

    assert only(ErasureRow).state is ErasureState.ERASED
    assert count(OrganisationContactRow) == 0


def test_a_closed_organisation_has_no_contact(client, hands):
    owner = member(client)
    organisation = verified(owner, checker(client))

    assert owner.post(f"/organisations/{organisation['id']}/close").status_code == 200
    assert count(OrganisationContactRow) == 0
    assert owner.get(f"/organisations/{organisation['id']}").json["contact"] is None
