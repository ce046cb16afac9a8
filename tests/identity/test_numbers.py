"""Whose a number is: the same person comes back, a new holder does not find the old one (A2)."""

from datetime import timedelta

from sqlalchemy import select

from app.foundation.data import reading
from app.identity.people.models import PhoneRow
from tests.identity.people import (
    OTHER_DEVICE,
    bearer,
    sign_in,
)


def test_a_reassigned_number_opens_a_new_person(client, hands):
    old = sign_in(client)
    hands.move(timedelta(days=185))

    new = sign_in(client, device=OTHER_DEVICE)

    assert new["actor"]["id"] != old["actor"]["id"]
    with reading() as session:
        history = session.scalars(select(PhoneRow).order_by(PhoneRow.held_from)).all()
    assert [row.ended_because for row in history] == ["reassigned", None]
    assert client.get("/v1/me", headers=bearer(new)).json["id"] == new["actor"]["id"]


def test_after_half_a_year_a_device_that_was_there_before_finds_the_same_person(client, hands):
    old = sign_in(client)
    hands.move(timedelta(days=400))

    assert sign_in(client)["actor"]["id"] == old["actor"]["id"]


def test_each_sign_in_shows_that_the_number_is_still_held(client, hands):
    old = sign_in(client)
    hands.move(timedelta(days=120))
    sign_in(client)
    hands.move(timedelta(days=120))

    assert sign_in(client, device=OTHER_DEVICE)["actor"]["id"] == old["actor"]["id"]


def test_within_half_a_year_a_new_telephone_finds_the_same_person(client, hands):
    old = sign_in(client)
    hands.move(timedelta(days=183))

    assert sign_in(client, device=OTHER_DEVICE)["actor"]["id"] == old["actor"]["id"]
