"""The rulebook over HTTP: read by anyone, changed by two."""

from datetime import timedelta

import pytest

from app.foundation.data import clock, new_id, public_id
from app.foundation.proof import Actor, ActorKind, Grant
from tests.approvals.conftest import registrar
from tests.rulebook.conftest import CONTENT, KIND, NOW, TODAY, shipped

BODY = {
    "kind": KIND,
    "name": "planting",
    "title_zh": "植树积分规则",
    "title_en": "Points for planting",
    "content": {**CONTENT, "points_per_tree": 30},
    "source": "会议纪要 2026-11-20",
    "status": "DECIDED",
    "effective_from": "2026-12-01",
}


@pytest.fixture(autouse=True)
def ten_in_the_morning():
    with clock.standing_at(NOW) as hands:
        yield hands


@pytest.fixture
def proposer(sit_down):
    return sit_down(registrar())


@pytest.fixture
def approver(sit_down, issuer):
    return sit_down(issuer)


def test_new_version_is_proposed_approved_and_read_by_anyone(ship_file, proposer, approver, client):
    ship_file(shipped())

    proposed = proposer.post("/v1/rulebook", json=BODY)
    path = proposed.headers["Location"]
    seen = approver.get(path).json
    approver.post(f"{path}/approve", json={"content_sha256": seen["content_sha256"]})
    listed = client.get(f"/v1/rulebook?kind={KIND}&name=planting&on=2026-12-01").json["items"]
    document = client.get(f"/v1/rulebook/{listed[0]['id']}")

    assert (proposed.status_code, proposed.json["kind"], proposed.json["may_decide"]) == (
        202,
        f"rulebook.{KIND}",
        False,
    )
    points = {"member": "/content/points_per_tree", "change": "changed", "before": 20, "after": 30}
    assert points in seen["difference"]["changed"]
    assert seen["title"] == "植树积分规则 (planting, 2)"
    assert [item["version"] for item in listed] == [2]
    assert document.json | {"id": None, "created_at": None, "content_sha256": None} == {
        **BODY,
        "id": None,
        "created_at": None,
        "content_sha256": None,
        "version": 2,
        "origin": "approved",
        "approval_id": seen["id"],
        "proposed_by": public_id("stf", proposer.actor.id),
        "approved_by": public_id("stf", approver.actor.id),
    }


def test_proposer_alone_brings_nothing_in(kind, sit_down, client):
    grants = (Grant("registrar"), Grant("issuer"))
    roles = frozenset({"staff", "registrar", "issuer"})
    both = sit_down(Actor(id=new_id(), kind=ActorKind.STAFF, roles=roles, grants=grants))

    proposed = both.post("/v1/rulebook", json=BODY)
    answer = both.post(
        f"{proposed.headers['Location']}/approve", json={"content_sha256": proposed.json["content_sha256"]}
    )

    assert (answer.status_code, answer.json["code"]) == (403, "approvals.own_proposal")
    assert client.get(f"/v1/rulebook?kind={KIND}").json["items"] == []


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"kind": "test.none"}, "rulebook.kind_unknown", "/kind"),
        ({"kind": "Test"}, "request.invalid", "/kind"),
        ({"name": "two words"}, "request.invalid", "/name"),
        ({"content": []}, "request.invalid", "/content"),
        ({"content": {**CONTENT, "caps": {"year": "400"}}}, "rulebook.content_invalid", "/content/caps/year"),
        ({"content": {**CONTENT, "points_per_tree": 20.5}}, "rulebook.content_invalid", "/content/points_per_tree"),
        ({"effective_from": "2026-11-23"}, "rulebook.effective_too_early", "/effective_from"),
        ({"effective_from": "2028-01-01"}, "rulebook.effective_too_late", "/effective_from"),
        ({"version": 7}, "request.invalid", "/version"),
    ],
)
def test_bad_version_is_refused_with_a_pointer_into_the_body(kind, proposer, change, code, pointer):
    answer = proposer.post("/v1/rulebook", json=BODY | change)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_faults_are_told_in_the_callers_language(kind, proposer):
    body = BODY | {"content": {**CONTENT, "points_per_tree": 20.5}}

    answer = proposer.post("/v1/rulebook", json=body, headers={"Accept-Language": "en"})

    assert answer.json["errors"][0]["detail"] == 'Write a number with a fraction as text, like "0.5153".'


def test_staff_without_the_proposers_role_and_strangers_propose_nothing(kind, approver, client):
    assert approver.post("/v1/rulebook", json=BODY).status_code == 403
    assert client.post("/v1/rulebook", json=BODY).status_code == 401


def test_shipped_document_has_no_people_behind_it_and_an_etag(ship_file, client):
    ship_file(shipped())
    item = client.get(f"/v1/rulebook?kind={KIND}").json["items"][0]

    first = client.get(f"/v1/rulebook/{item['id']}")
    again = client.get(f"/v1/rulebook/{item['id']}", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.json["approval_id"], first.json["proposed_by"], first.json["approved_by"]) == (None, None, None)
    assert first.json["content"] == CONTENT
    assert "content" not in item
    assert (again.status_code, again.data) == (304, b"")


def test_list_shows_all_versions_or_those_in_force_on_a_day(ship_file, client):
    ship_file(shipped(), shipped(version=2, effective_from="2026-06-01"), shipped(name="care"))

    def listed(query, kind=KIND):
        items = client.get(f"/v1/rulebook?kind={kind}&{query}").json["items"]
        return sorted((item["name"], item["version"]) for item in items)

    assert listed("") == [("care", 1), ("planting", 1), ("planting", 2)]
    assert listed(f"on={TODAY}") == [("care", 1), ("planting", 2)]
    assert listed("on=2026-05-31") == [("care", 1), ("planting", 1)]
    assert listed(f"name=planting&on={TODAY - timedelta(days=900)}") == []
    assert listed("", kind="test.none") == []


def test_pages_of_documents_written_in_one_moment_miss_none(ship_file, client):
    ship_file(*(shipped(name=f"n{n}") for n in range(5)))

    names, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/rulebook?kind={KIND}&limit=2{cursor and f'&cursor={cursor}'}").json
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert sorted(names) == [f"n{n}" for n in range(5)]


def test_document_that_is_not_there_is_not_found(client):
    for name in (public_id("doc", new_id()), "doc_1", public_id("apv", new_id())):
        answer = client.get(f"/v1/rulebook/{name}")

        assert (answer.status_code, answer.json["code"]) == (404, "rulebook.document_not_found")
