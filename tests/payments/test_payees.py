"""Who is paid for what: named by two finance people, shown without accounts."""

import pytest

from app.approvals import approve_proposal
from app.foundation.data import parse_public_id, public_id, reading
from app.payments import NewPayee, PaidFor, PayeeTaken, payee_for
from app.payments.errors import PayeeScopeUnclear
from app.payments.usecases.payees import propose_payee
from tests.payments.conftest import COUNTY, NOON, PAYEE, finance

BODY = {
    "name_zh": "村集体",
    "name_en": "Village",
    "county": COUNTY,
    "bank_account": "6228 4811",
    "paid_for": [{"kind": "heritage.county", "reference": COUNTY}],
}


def new_payee(reference="prj_2", county=COUNTY) -> NewPayee:
    return NewPayee(
        name_zh="甲",
        name_en="A",
        county=county,
        agency_id=None,
        bank_name=None,
        bank_account=None,
        tax_number=None,
        invoice_title=None,
        paid_for=(PaidFor(kind="credits.project", reference=reference),),
    )


def test_anybody_sees_who_is_paid_for_what_and_no_account(client):
    answer = client.get("/v1/payees")

    assert answer.status_code == 200
    assert answer.json["items"] == [
        {
            "id": public_id("pye", PAYEE["id"]),
            "name_zh": "白云山林场",
            "name_en": "Baiyunshan Forest Farm",
            "paid_for": [{"kind": "credits.project", "reference": "prj_1"}],
        }
    ]
    assert "6228" not in answer.text


def test_a_payee_enters_when_a_second_finance_person_approves(app, monkeypatch):
    first, second = finance(), finance()
    handlers = app.extensions["lintan_hooks"]["foundation.authenticate"]
    monkeypatch.setitem(handlers, "bearer", {"first": first, "second": second}.__getitem__)
    client = app.test_client()
    proposal = client.post("/v1/payees", json=BODY, headers={"Authorization": "Bearer first"})
    assert proposal.status_code == 202, proposal.json
    with reading() as session:
        assert payee_for(session, "heritage.county", COUNTY) is None

    approval = {"content_sha256": proposal.json["content_sha256"]}
    address = f"/v1/approvals/{proposal.json['id']}/approve"
    alone = client.post(address, json=approval, headers={"Authorization": "Bearer first"})
    done = client.post(address, json=approval, headers={"Authorization": "Bearer second"})

    assert (alone.status_code, done.status_code) == (403, 200), (alone.json, done.json)
    with reading() as session:
        entered = payee_for(session, "heritage.county", COUNTY)
    assert entered.id == parse_public_id("pye", proposal.json["content"]["id"])
    assert entered.bank_account == "6228 4811"


def test_two_payees_for_one_thing_are_refused_at_the_proposal_and_at_the_approval(app):
    with pytest.raises(PayeeTaken):
        propose_payee(new_payee("prj_1"), proposer=finance(), now=NOON)

    both = [propose_payee(new_payee(), proposer=finance(), now=NOON) for _ in range(2)]
    approve_proposal(both[0].id, content_sha256=both[0].content_sha256, approver=finance(), now=NOON)
    with pytest.raises(PayeeTaken):
        approve_proposal(both[1].id, content_sha256=both[1].content_sha256, approver=finance(), now=NOON)


def test_finance_of_another_county_names_nobody_here(app):
    with pytest.raises(PayeeScopeUnclear):
        propose_payee(new_payee(county="331181"), proposer=finance(), now=NOON)


def test_the_command_enters_a_payee(app):
    arguments = [
        "--agency",
        public_id("agy", PAYEE["agency_id"]),
        "--county",
        COUNTY,
        "--name-zh",
        "乙",
        "--name-en",
        "B",
    ]
    run = app.test_cli_runner().invoke

    done = run(args=["payments", "payee", *arguments, "--for", "heritage.county=331102"])
    again = run(args=["payments", "payee", *arguments, "--for", "heritage.county=331102"])

    assert done.exit_code == 0, done.output
    assert again.exit_code == 1
    with reading() as session:
        assert payee_for(session, "heritage.county", "331102").id == parse_public_id("pye", done.output.strip())
