"""Proposals over HTTP."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.foundation.data import clock, new_id, public_id
from app.foundation.proof import Actor, ActorKind
from tests.approvals.conftest import NOW, registrar

FORESTRY = UUID(int=1)


@pytest.fixture(autouse=True)
def an_hour_later():
    with clock.standing_at(NOW + timedelta(hours=1)) as hands:
        yield hands


@pytest.fixture
def proposer(sit_down):
    return sit_down(registrar())


@pytest.fixture
def approver(sit_down):
    return sit_down(registrar())


@pytest.fixture
def path(make_proposal, proposer):
    return f"/v1/approvals/{public_id('apv', make_proposal(proposer.actor).id)}"


def test_second_person_reads_the_difference_and_approves_its_hash(path, proposer, approver, prices):
    seen = approver.get(path).json

    answer = approver.post(f"{path}/approve", json={"content_sha256": seen["content_sha256"]})

    assert seen["difference"] == {
        "changed": [{"member": "/price_fen", "change": "changed", "before": 5_000, "after": 6_000}],
        "unchanged_count": 1,
    }
    assert (seen["state"], seen["may_decide"], seen["content"]["price_fen"]) == ("proposed", True, 6_000)
    assert seen["proposed_by"] == public_id("stf", proposer.actor.id)
    assert (answer.status_code, answer.json["state"]) == (200, "approved")
    assert answer.json["decided_by"] == public_id("stf", approver.actor.id)
    assert len(prices.effects) == 1


def test_member_that_comes_new_has_no_value_before(path, approver, prices):
    prices.price = {"unit": "kg"}

    changed = approver.get(path).json["difference"]["changed"]

    assert changed == [{"member": "/price_fen", "change": "added", "after": 6_000}]


def test_approval_sent_twice_under_one_key_happens_once(path, approver, prices):
    body = {"content_sha256": approver.get(path).json["content_sha256"]}

    first, again = (approver.post(f"{path}/approve", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    fresh = approver.post(f"{path}/approve", json=body)

    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (fresh.status_code, fresh.json["code"], fresh.json["state"]) == (
        409,
        "approvals.already_decided",
        "approved",
    )
    assert len(prices.effects) == 1


def test_proposer_is_told_that_a_second_person_decides(path, proposer, prices):
    seen = proposer.get(path).json

    answer = proposer.post(f"{path}/approve", json={"content_sha256": seen["content_sha256"]})

    assert seen["may_decide"] is False
    assert (answer.status_code, answer.json["code"]) == (403, "approvals.own_proposal")
    assert prices.effects == []


def test_other_hash_is_a_conflict_that_points_at_it(path, approver, prices):
    answer = approver.post(f"{path}/approve", json={"content_sha256": "0" * 64})

    assert (answer.status_code, answer.json["code"]) == (409, "approvals.content_differs")
    assert answer.json["errors"][0]["pointer"] == "/content_sha256"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/content_sha256", "missing"),
        ({"content_sha256": "0" * 63}, "/content_sha256", "bad_length"),
        ({"content_sha256": "G" * 64}, "/content_sha256", "bad_pattern"),
        ({"content_sha256": "0" * 64, "force": True}, "/force", "unknown"),
    ],
)
def test_misshapen_approval_is_refused(path, approver, body, pointer, code):
    answer = approver.post(f"{path}/approve", json=body)

    assert answer.status_code == 422
    assert (pointer, code) in [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]]


def test_expired_proposal_is_a_conflict(path, approver, prices, an_hour_later):
    body = {"content_sha256": approver.get(path).json["content_sha256"]}
    an_hour_later.move(timedelta(days=7))

    answer = approver.post(f"{path}/approve", json=body)

    assert (answer.status_code, answer.json["code"]) == (409, "approvals.expired")
    assert answer.json["expires_at"] == "2026-12-01T02:00:00Z"
    assert approver.get(path).json["state"] == "expired"


def test_refusal_needs_a_reason_and_shows_it_to_the_proposer(path, proposer, approver):
    without = approver.post(f"{path}/refuse", json={"reason": "  "})
    answer = approver.post(f"{path}/refuse", json={"reason": "来源没有给出页码。"})

    assert (without.status_code, answer.status_code) == (422, 200)
    assert proposer.get(path).json["reason"] == "来源没有给出页码。"


def test_proposer_withdraws_and_nobody_else_does(path, proposer, approver):
    other = approver.post(f"{path}/withdraw")
    own = proposer.post(f"{path}/withdraw")

    assert (other.status_code, other.json["code"]) == (403, "approvals.not_your_proposal")
    assert (own.status_code, own.json["state"], own.json["decided_by"]) == (200, "withdrawn", None)


def test_proposal_of_another_county_is_as_if_it_were_not(make_proposal, sit_down):
    own = sit_down(registrar(FORESTRY, "331102"))
    other = sit_down(registrar(FORESTRY, "331181"))
    proposal = make_proposal(registrar(), agency_id=FORESTRY, county="331102")
    path = f"/v1/approvals/{public_id('apv', proposal.id)}"

    answers = [
        other.get(path),
        other.post(f"{path}/approve", json={"content_sha256": proposal.content_sha256}),
        other.post(f"{path}/refuse", json={"reason": "no"}),
        other.post(f"{path}/withdraw"),
        other.post(f"{path}/approve", json={"nonsense": 1}),
        other.post(f"{path}/refuse", headers={"Idempotency-Key": None}),
        own.get(f"/v1/approvals/{public_id('apv', new_id())}"),
        own.get("/v1/approvals/apv_1"),
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "approvals.not_found")}
    assert own.get(path).status_code == 200


def test_who_may_not_decide_is_told_so_before_the_body_is_read(make_proposal, sit_down, prices):
    actor = registrar()
    proposal = make_proposal(actor, price_fen=6_000)
    path = f"/v1/approvals/{public_id('apv', proposal.id)}"
    prices.fen_max = 5_999

    own = sit_down(actor).post(f"{path}/approve", json={"nonsense": 1})
    limited = sit_down(registrar()).post(f"{path}/refuse", json={"nonsense": 1})

    assert (own.status_code, own.json["code"]) == (403, "approvals.own_proposal")
    assert (limited.status_code, limited.json["code"]) == (403, "approvals.may_not_approve")


def test_list_is_filtered_and_paged_and_a_cursor_belongs_to_its_filters(make_proposal, proposer, approver):
    made = [make_proposal(proposer.actor, price_fen=6_000 + n, now=NOW + timedelta(seconds=n)) for n in range(3)]
    approver.post(f"/v1/approvals/{public_id('apv', made[0].id)}/refuse", json={"reason": "no"})

    first = approver.get("/v1/approvals?state=proposed&limit=1")
    second = approver.get(f"/v1/approvals?state=proposed&limit=1&cursor={first.json['next_cursor']}")
    foreign = approver.get(f"/v1/approvals?state=refused&cursor={first.json['next_cursor']}")

    titles = [[item["title"] for item in answer.json["items"]] for answer in (first, second)]
    assert titles == [["6002 fen a kilogram"], ["6001 fen a kilogram"]]
    assert 'rel="next"' in first.headers["Link"]
    assert (second.json["next_cursor"], foreign.status_code) == (None, 400)
    assert [item["state"] for item in approver.get("/v1/approvals?state=refused").json["items"]] == ["refused"]
    assert approver.get("/v1/approvals?kind=test.none").json["items"] == []


def test_residents_and_strangers_have_no_approvals(client, sit_down):
    resident = sit_down(Actor(id=new_id(), kind=ActorKind.RESIDENT, roles=frozenset({"resident"})))

    assert client.get("/v1/approvals").status_code == 401
    assert resident.get("/v1/approvals").status_code == 403
