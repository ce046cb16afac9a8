"""A number that was missing comes into the book by two people, and counts from its day."""

import pytest

from app.approvals import approve_proposal
from app.footprint import FACTOR_KIND
from app.foundation.data import reading
from app.foundation.http import DomainError, RoleMissing
from app.rulebook import ContentInvalid, NewDocument, Status, document_in_force, propose_document
from tests.approvals.conftest import registrar
from tests.footprint.conftest import NOON, TODAY, power

KEY = "grid.CN-ZJ.2023"


def value_read(**changes):
    """Zhejiang's 2023 value, as a registrar reads it in the notice."""
    with reading() as session:
        former = document_in_force(session, FACTOR_KIND, KEY, TODAY)
    return NewDocument(
        kind=FACTOR_KIND,
        name=KEY,
        title_zh=former.title_zh,
        title_en=former.title_en,
        content=former.content | {"value": "0.5555", "note": "read in the notice"} | changes,
        source="生态环境部公告 2025 年第 47 号",
        status=Status.VERIFIED,
        effective_from=TODAY,
    )


def test_approved_value_counts_at_once_and_one_person_alone_cannot_bring_it_in(resident):
    before = resident.year(**power())
    proposer = registrar()

    proposal = propose_document(value_read(), proposer=proposer, now=NOON)

    with pytest.raises(DomainError):
        approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=proposer, now=NOON)
    assert resident.year(**power())["total_g"] == before["total_g"] == 516
    issuer = registrar(role="issuer")
    approve_proposal(proposal.id, content_sha256=proposal.content_sha256, approver=issuer, now=NOON)
    line = resident.year(**power())["lines"][0]
    assert (line["emission_g"], line["factor"]["key"], line["factor"]["version"]) == (556, KEY, 2)
    assert (line["factor"]["source"], line["choice"]["passed_over"]) == ("生态环境部公告 2025 年第 47 号", [])


def test_only_registrars_propose_factors(resident):
    with pytest.raises(RoleMissing):
        propose_document(value_read(), proposer=registrar(role="issuer"), now=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "0.5e1"},
        {"value": "-1"},
        {"gas_scope": "co2 and more"},
        {"region": "浙江"},
        {"year_to": "2023"},
        {"unit": ""},
    ],
)
def test_factor_in_another_form_is_refused(resident, wrong):
    with pytest.raises(ContentInvalid):
        propose_document(value_read(**wrong), proposer=registrar(), now=NOON)
