"""Kilograms are reserved, released, delivered and retired; whatever is asked twice happens once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.credits import (
    Beneficiary,
    BeneficiaryKind,
    BeneficiaryUnknown,
    HoldNotForThis,
    NotEnoughKilograms,
    Purpose,
    RetirementDiffers,
    SerialRange,
    available_kg,
    batches_for_sale,
    deliver_held,
    hold_kg,
    offer_of,
    release_hold,
    retire,
    retire_held,
    transfer_kg,
)
from app.credits.rules import Custody
from app.foundation.data import clock, transaction
from app.foundation.proof import SYSTEM
from app.ledger import HoldMismatch, HoldResolved, ReplayConflict
from tests.credits.conftest import findings, rows
from tests.credits.people import EXTERNAL, NOON, cause, organisation, somebody
from tests.identity.people import bearer, sign_in

UNTIL = NOON + timedelta(minutes=15)


def hold(batch, kg, **more):
    with transaction() as session:
        said = {"cause": cause("hold"), "until": UNTIL, "now": clock.now(), **more}
        return hold_kg(session, batch.id, kg, **said)


def retire_hold(held, **more):
    with transaction() as session:
        said = {
            "beneficiary": somebody(),
            "purpose": Purpose.SELF,
            "cause": cause("retire"),
            "actor": SYSTEM,
            "now": clock.now(),
            **more,
        }
        return retire_held(session, held.id, **said)


def free(batch):
    with transaction() as session:
        return available_kg(session, batch.id, now=clock.now())


def test_reserved_kilograms_are_retired_lowest_serials_first(register, client):
    batch = register.batch(100)
    earlier = retire_hold(hold(batch, 7))
    later = retire_hold(hold(batch, 13))

    assert earlier.serials == (SerialRange(1, 7),)
    assert later.serials == (SerialRange(8, 20),)
    told = client.get(f"/v1/retirements/{later.public_id}").json
    assert told["serials"] == [{"block": batch.code, "first": 8, "last": 20}]
    assert (told["retired_kg"], told["vintage"], told["custody"], told["source_cancellation"]) == (
        13,
        2024,
        "own",
        None,
    )
    assert free(batch) == 80
    assert findings() == {}


def test_public_id_of_a_retirement_tells_nothing_of_the_one_before(register):
    batch = register.batch(100)
    codes = [retire_hold(hold(batch, 1)).public_id for _ in range(20)]

    assert all(len(code) == 20 and code.startswith("ret_") for code in codes)
    assert len({code[:8] for code in codes}) > 15


def test_what_is_reserved_is_no_longer_available_and_comes_back_when_released(register):
    batch = register.batch(10)
    held = hold(batch, 7)
    with pytest.raises(NotEnoughKilograms):
        hold(batch, 4)
    assert free(batch) == 3

    with transaction() as session:
        release_hold(session, held.id, cause=cause("void"), now=clock.now())

    assert free(batch) == 10
    with pytest.raises(HoldResolved):
        retire_hold(held)
    assert findings() == {}


def test_same_cause_reserves_retires_and_releases_once(register):
    batch = register.batch(100)
    order, person = uuid4(), somebody()
    held, again = (hold(batch, 7, cause=cause("hold", order)) for _ in range(2))
    done = [retire_hold(held, cause=cause("retire", order), beneficiary=person) for _ in range(3)]

    assert held == again
    assert done[0] == done[1] == done[2]
    assert free(batch) == 93
    with transaction() as session:
        assert rows(session, "SELECT count(*) FROM credits_retirement") == [(1,)]
        assert rows(session, "SELECT count(*) FROM foundation_audit WHERE action = 'credits.retired'") == [(1,)]
    assert findings() == {}


def test_same_cause_for_something_else_is_a_conflict_and_changes_nothing(register):
    batch, other = register.batch(100), register.batch(100)
    order = uuid4()
    held = hold(batch, 7, cause=cause("hold", order))
    with pytest.raises(ReplayConflict):
        hold(batch, 8, cause=cause("hold", order))
    with pytest.raises(ReplayConflict):
        hold(other, 7, cause=cause("hold", order))
    retire_hold(held, cause=cause("retire", order))

    with pytest.raises(RetirementDiffers):
        retire_hold(held, cause=cause("retire", order), beneficiary=somebody())
    with pytest.raises(HoldResolved):
        retire_hold(held, cause=cause("retire"))
    assert (free(batch), free(other)) == (93, 100)


def test_reservation_to_be_delivered_is_not_retired_and_the_other_way_round(register):
    batch = register.batch(100)
    to_retire, to_deliver = hold(batch, 1), hold(batch, 1, deliver_to=organisation())

    with pytest.raises(HoldNotForThis):
        retire_hold(to_deliver)
    with pytest.raises(HoldNotForThis), transaction() as session:
        deliver_held(session, to_retire.id, cause=cause(), actor=SYSTEM, now=clock.now())
    with pytest.raises(HoldNotForThis):
        retire_hold(replace(to_retire, id=uuid4()))
    with pytest.raises(HoldMismatch), transaction() as session:
        release_hold(session, uuid4(), cause=cause(), now=clock.now())


def test_organisation_takes_delivery_and_retires_later_what_it_holds(register, client):
    batch, company = register.batch(100), organisation()
    retire_hold(hold(batch, 5))
    held = hold(batch, 20, deliver_to=company)
    with transaction() as session:
        delivered = deliver_held(session, held.id, cause=cause("deliver"), actor=SYSTEM, now=clock.now())
    event = Beneficiary(kind=BeneficiaryKind.ORGANISATION, id=company.id, name="示例体育发展有限公司")

    with transaction() as session:
        retirement = retire(
            session,
            batch.id,
            13,
            holder=company,
            beneficiary=event,
            purpose=Purpose.EVENT,
            cause=cause(),
            actor=SYSTEM,
            now=clock.now(),
        )

    assert delivered.serials == (SerialRange(6, 25),)
    assert retirement.serials == (SerialRange(6, 18),)
    told = client.get(f"/v1/retirements/{retirement.public_id}").json
    assert told["beneficiary"] == {"kind": "organisation", "name": "示例体育发展有限公司"}
    with pytest.raises(NotEnoughKilograms), transaction() as session:
        retire(
            session,
            batch.id,
            8,
            holder=company,
            beneficiary=event,
            purpose=Purpose.EVENT,
            cause=cause(),
            actor=SYSTEM,
            now=clock.now(),
        )
    assert findings() == {}


def test_delivery_sent_again_moves_nothing_again(register):
    batch, seller, buyer, order = register.batch(100), organisation(), organisation(), uuid4()

    def pass_on(kg, sender, receiver, leg):
        with transaction() as session:
            return transfer_kg(
                session,
                batch.id,
                kg,
                sender=sender,
                receiver=receiver,
                cause=cause(leg, order),
                actor=SYSTEM,
                now=clock.now(),
            )

    held = hold(batch, 50, deliver_to=seller)
    with transaction() as session:
        deliver_held(session, held.id, cause=cause("deliver"), actor=SYSTEM, now=clock.now())
    first, again = pass_on(30, seller, buyer, "sale"), pass_on(30, seller, buyer, "sale")

    assert first == again
    assert first.serials == (SerialRange(1, 30),)
    with pytest.raises(NotEnoughKilograms):
        pass_on(21, seller, buyer, "more")
    with pytest.raises(ReplayConflict):
        pass_on(29, seller, buyer, "sale")
    assert findings() == {}


def test_retirement_is_for_somebody(register):
    held = hold(register.batch(10), 1)

    with pytest.raises(BeneficiaryUnknown):
        retire_hold(held, beneficiary=Beneficiary(kind=BeneficiaryKind.RESIDENT))
    assert retire_hold(held).kg == 1


def test_failure_after_a_retirement_takes_the_whole_of_it_back(register):
    batch = register.batch(10)
    held = hold(batch, 7)

    def retire_and_fail():
        with transaction():
            retire_hold(held)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        retire_and_fail()

    assert free(batch) == 3
    assert findings() == {}
    assert retire_hold(held).serials == (SerialRange(1, 7),)


def test_strangers_see_a_residents_name_masked_as_identity_knows_it(register, client):
    headers = bearer(sign_in(client))
    me = client.get("/v1/me", headers=headers)
    etag = {"If-Match": me.headers["ETag"]}
    assert client.patch("/v1/me", json={"display_name": "张小明"}, headers={**headers, **etag}).status_code == 200
    with transaction() as session:
        ((person_id,),) = session.execute(text("SELECT id FROM identity_person")).all()
    person_id = UUID(bytes=person_id) if isinstance(person_id, bytes) else person_id
    mine = Beneficiary(kind=BeneficiaryKind.RESIDENT, id=person_id)

    retirement = retire_hold(hold(register.batch(10), 1), beneficiary=mine)
    gift = retire_hold(
        hold(register.batch(10), 1),
        beneficiary=Beneficiary(kind=BeneficiaryKind.RESIDENT, name="欧阳小红"),
        purpose=Purpose.GIFT,
        note="生日快乐，小红",
    )

    told, given = (client.get(f"/v1/retirements/{each.public_id}") for each in (retirement, gift))
    assert told.json["beneficiary"] == {"kind": "resident", "name": "张**"}
    assert given.json["beneficiary"] == {"kind": "resident", "name": "欧阳**"}
    assert "小" not in told.get_data(as_text=True) + given.get_data(as_text=True)


def test_words_of_a_retirement_can_be_erased_and_the_retirement_stays(register, client):
    gift = retire_hold(
        hold(register.batch(10), 1),
        beneficiary=Beneficiary(kind=BeneficiaryKind.RESIDENT, name="欧阳小红"),
        purpose=Purpose.GIFT,
    )
    with transaction() as session:
        session.execute(text("DELETE FROM credits_dedication"))

    told = client.get(f"/v1/retirements/{gift.public_id}").json
    assert told["beneficiary"] == {"kind": "resident", "name": None}
    assert told["serials"][0]["first"] == 1


def external(register, kg=10):
    said = {name: EXTERNAL[name] for name in ("external_serials", "source_proof_reference", "registry")}
    return register.batch(kg, custody=Custody.EXTERNAL, **said)


def test_retirement_of_another_registrys_kilograms_opens_the_task_to_cancel_them_there(register, client):
    retirement = retire_hold(hold(external(register), 3))

    with transaction() as session:
        tasks = rows(session, "SELECT kind, role, county, state FROM foundation_task")
    assert tasks == [("credits.cancel_at_source", "registrar", "331102", "open")]
    told = client.get(f"/v1/retirements/{retirement.public_id}").json
    assert told["custody"] == "external"
    assert told["source_cancellation"] == {
        "state": "pending",
        "registry": "CCER",
        "reference": None,
        "cancelled_on": None,
    }


def test_proof_of_cancellation_is_shown_and_given_once(register, client):
    retirement = retire_hold(hold(external(register), 3))
    prove = text(
        "UPDATE credits_cancellation SET reference = :reference, cancelled_on = :day, proved_by = retirement_id,"
        " proved_at = opened_at"
    )
    with transaction() as session:
        session.execute(prove, {"reference": "注销 17", "day": date(2026, 11, 25).isoformat()})

    told = client.get(f"/v1/retirements/{retirement.public_id}").json["source_cancellation"]
    assert told == {"state": "proved", "registry": "CCER", "reference": "注销 17", "cancelled_on": "2026-11-25"}
    with pytest.raises(Exception, match="credits_cancellation_kept"), transaction() as session:
        session.execute(prove, {"reference": "another", "day": date(2026, 11, 26).isoformat()})


def test_only_priced_batches_with_something_left_are_for_sale(register):
    cheap, unpriced, sold_out, reserved = (
        register.batch(10, price_fen_per_t=fen) for fen in (5_000, None, 7_000, 7_000)
    )
    retire_hold(hold(sold_out, 10))
    hold(reserved, 10)
    hold(cheap, 4)

    with transaction() as session:
        offers = batches_for_sale(session, now=clock.now())
        asked = [offer_of(session, each.id, now=clock.now()) for each in (cheap, unpriced, sold_out, reserved)]

    assert [(each.batch.id, each.price_fen_per_t, each.available_kg) for each in offers] == [(cheap.id, 5_000, 6)]
    assert asked == [offers[0], None, None, None]
