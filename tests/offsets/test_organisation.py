"""A member buys for an organisation: the member pays, the organisation is the beneficiary, and every member sees it."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.certificates.models import CertificateRow, CommitmentRow
from app.certificates.rules import HolderKind
from app.credits.models import DedicationRow, RetirementRow
from app.credits.rules import BeneficiaryKind
from app.foundation.data import clock, insert_once, new_id, public_id, reading, run_in_transaction, transaction
from app.identity.organisations.models import OrganisationMemberRow, OrganisationRow
from app.identity.organisations.rules.kinds import MemberRole, MembershipEnd
from app.identity.organisations.rules.states import OrganisationState
from app.identity.people.models import PersonRow
from app.points.models import AwardRow
from tests.offsets.shop import ALICE, BOB, pay, row_of

NAME = "瓯江竹业有限公司"


@pytest.fixture
def organisation(shop):
    """A verified organisation with Alice as its owner and Bob as a member."""
    with transaction() as session:
        for person_id in (ALICE, BOB):
            insert_once(session, PersonRow, id=person_id, opened_at=clock.now(), version=1)
        row = OrganisationRow(
            id=new_id(),
            name=NAME,
            uscc="91331102EXAMPLE01N",
            county_code="331102",
            kinds=["general"],
            state=OrganisationState.VERIFIED,
            agency_id=shop.register.agency_id,
            touched_at=clock.now(),
            created_at=clock.now(),
            verified_at=clock.now(),
        )
        session.add(row)
        session.flush()
        for person_id, role in ((ALICE, MemberRole.OWNER), (BOB, MemberRole.MEMBER)):
            session.add(
                OrganisationMemberRow(
                    id=new_id(), organisation_id=row.id, person_id=person_id, role=role, joined_at=clock.now()
                )
            )
    return public_id("org", row.id)


def change(**changed):
    def whole(session):
        row = session.scalars(select(OrganisationRow)).one()
        for name, value in changed.items():
            setattr(row, name, value)

    run_in_transaction(whole)


def remove(person_id: UUID):
    def whole(session):
        row = session.scalars(select(OrganisationMemberRow).where(OrganisationMemberRow.person_id == person_id)).one()
        row.left_at, row.ended_because = clock.now(), MembershipEnd.REMOVED

    run_in_transaction(whole)


def test_what_a_member_buys_is_the_organisations_and_every_member_sees_it(shop, alice, bob, client, organisation):
    shop.batch()

    order = bob.order(kg=3, purpose={"organisation_id": organisation})
    assert (order["organisation"], order["beneficiary_name"]) == ({"id": organisation, "name": NAME}, None)
    pay(order)

    with reading() as session:
        retirement = session.scalars(select(RetirementRow)).one()
        certificate = session.scalars(select(CertificateRow)).one()
        assert session.scalars(select(CommitmentRow)).all() == session.scalars(select(DedicationRow)).all() == []
        assert session.scalars(select(AwardRow)).all() == []
    assert retirement.beneficiary_kind is BeneficiaryKind.ORGANISATION
    assert (public_id("org", retirement.beneficiary_id), row_of(order).buyer_id) == (organisation, BOB)
    assert (certificate.holder_kind, certificate.holder_id) == (HolderKind.ORGANISATION, retirement.beneficiary_id)
    assert certificate.draft["beneficiary"] == {
        "type": "Organization",
        "name": NAME,
        "unitCreditCode": "91331102EXAMPLE01N",
    }
    public = client.get(f"/v1/retirements/{retirement.public_id}").json
    assert public["beneficiary"] == {"kind": "organisation", "name": NAME}
    assert NAME in client.get(f"/v/{certificate.number}").get_data(as_text=True)
    for member in (alice, bob):
        (listed,) = member.get(f"/v1/organisations/{organisation}/orders").json["items"]
        assert (listed["id"], listed["state"], "payment" in listed) == (order["id"], "fulfilled", False)
        (held,) = member.get(f"/v1/organisations/{organisation}/certificates").json["items"]
        assert held["number"] == certificate.number
        assert member.get(f"/v1/certificates/{certificate.number}").status_code == 200
        assert member.get("/v1/certificates").json["items"] == []
    assert alice.get(f"/v1/offset-orders/{order['id']}").status_code == 404
    path = f"/v1/certificates/{certificate.number}"
    version = {"If-Match": alice.get(path).headers["ETag"]}
    assert bob.client.patch(path, json={"visibility": "listed"}, headers=version).status_code == 404
    assert alice.client.patch(path, json={"visibility": "listed"}, headers=version).json["visibility"] == "listed"


def test_only_a_member_of_a_verified_organisation_buys_for_it(shop, alice, bob, organisation):
    shop.batch()
    quote = bob.quote(kg=3)

    gift = bob.try_order(quote, purpose="gift", beneficiary_name="欧阳小禾", organisation_id=organisation)
    assert (gift.status_code, gift.json["code"]) == (422, "offsets.organisation_gives")
    change(state=OrganisationState.SUSPENDED)
    refused = bob.try_order(quote, organisation_id=organisation)
    assert (refused.status_code, refused.json["code"]) == (404, "identity.organisation_not_found")
    change(state=OrganisationState.VERIFIED)
    remove(BOB)
    assert bob.try_order(quote, organisation_id=organisation).status_code == 404
    for what in ("orders", "certificates"):
        assert bob.get(f"/v1/organisations/{organisation}/{what}").status_code == 404
        assert alice.get(f"/v1/organisations/{organisation}/{what}").json["items"] == []
    assert bob.try_order(quote).status_code == 201


def test_what_was_paid_is_the_organisations_though_its_buyer_has_left(shop, alice, bob, organisation):
    shop.batch()
    order = bob.order(kg=3, purpose={"organisation_id": organisation})
    remove(BOB)

    pay(order)

    assert bob.now_is(order)["state"] == "fulfilled"
    assert len(alice.get(f"/v1/organisations/{organisation}/certificates").json["items"]) == 1
    assert bob.now_is(order)["organisation"]["name"] == NAME
