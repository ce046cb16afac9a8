"""A certificate of a registered organisation is signed with its name and code, and anybody who asks finds it good."""

from app.certificates.rules import HolderKind
from app.foundation.data import clock, new_id, transaction
from app.identity.organisations.models import OrganisationRow
from app.identity.organisations.rules.states import OrganisationState
from tests.certificates.looking import content_of, row_of


def test_an_organisations_certificate_names_it_in_full_with_its_code(bureau, client):
    with transaction() as session:
        row = OrganisationRow(
            id=new_id(),
            name="瓯江竹业有限公司",
            uscc="91331102EXAMPLE01N",
            county_code="331102",
            kinds=["general"],
            state=OrganisationState.VERIFIED,
            agency_id=bureau.agency_id,
            touched_at=clock.now(),
            created_at=clock.now(),
            verified_at=clock.now(),
        )
        session.add(row)

    number = bureau.issue(organisation="an older name", holder_id=row.id)

    subject = content_of(number)["credentialSubject"]
    assert subject["beneficiary"] == {"type": "Organization", "name": row.name, "unitCreditCode": row.uscc}
    assert "holderCommitment" not in subject
    assert row_of(number).holder_kind is HolderKind.ORGANISATION
    told = client.get(f"/v1/verify/{number}").json
    assert (told["status"], told["summary"]["holder"]) == ("valid", row.name)
