"""Two registrars bring a project and a batch into the register, over HTTP (SECURITY B2, B4)."""

from datetime import timedelta
from io import BytesIO

import pytest

from app.foundation.data import transaction
from app.identity import Role
from tests.credits.conftest import findings, rows
from tests.credits.people import CELL, EXTERNAL, LIANDU, LONGQUAN, Office, new_batch, new_project
from tests.evidence.pictures import jpeg


def registered_project(office: Office, **changed):
    """A project that two registrars of Liandu have entered."""
    proposer, approver = office.registrar(), office.registrar()
    proposal = proposer.propose("/v1/projects", new_project(**changed))
    assert approver.approve(proposal).status_code == 200
    return proposal["content"]["id"], proposer, approver


def issued_batch(office: Office, **changed):
    project_id, proposer, approver = registered_project(office)
    proposal = proposer.propose("/v1/batches", new_batch(project_id, **changed))
    answer = approver.approve(proposal)
    assert answer.status_code == 200, answer.json
    return proposal["content"]["id"], proposer, approver


def test_project_and_batch_enter_by_two_registrars_and_everybody_can_read_them(office, client):
    project_id, proposer, approver = registered_project(office, boundary_cells=[CELL])
    proposal = proposer.propose("/v1/batches", new_batch(project_id))
    batch_id = proposal["content"]["id"]

    assert client.get(f"/v1/batches/{batch_id}").status_code == 404
    assert approver.approve(proposal).status_code == 200

    project, batch = client.get(f"/v1/projects/{project_id}").json, client.get(f"/v1/batches/{batch_id}").json
    assert (project["county"], project["registry"], project["boundary_cells"]) == (LIANDU, "lintan", [CELL])
    assert (batch["code"], batch["vintage"], batch["issued_kg"]) == ("LS33-F-0007-2024", 2024, 100)
    assert (batch["first"], batch["last"], batch["price_fen_per_t"]) == (1, 100, 7_519)
    assert (batch["available_kg"], batch["held_kg"], batch["retired_kg"]) == (100, 0, 0)
    assert batch["methodology"] == project["methodology"]
    assert batch["approval_id"] == proposal["id"]
    assert findings() == {}


def test_answer_to_a_proposal_points_at_its_approval_and_shows_all_that_is_approved(office):
    project_id, proposer, approver = registered_project(office)

    answer = proposer.post("/v1/batches", new_batch(project_id))

    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/approvals/{answer.json['id']}"
    seen = approver.get(answer.headers["Location"]).json
    assert seen["may_decide"] is True
    told = {each["member"]: each["after"] for each in seen["difference"]["changed"]}
    assert (told["/kg"], told["/price_fen_per_t"], told["/custody"]) == (100, 7_519, "own")


def test_serials_of_the_register_go_on_where_the_last_batch_ended(office, client):
    project_id, proposer, approver = registered_project(office)
    for code, kg in (("LS33-F-0007-2024", 7), ("LS33-F-0007-2024B", 5)):
        assert (
            approver.approve(proposer.propose("/v1/batches", new_batch(project_id, code=code, kg=kg))).status_code
            == 200
        )

    listed = client.get("/v1/batches", query_string={"project_id": project_id}).json["items"]

    assert sorted((each["code"], each["first"], each["last"]) for each in listed) == [
        ("LS33-F-0007-2024", 1, 7),
        ("LS33-F-0007-2024B", 8, 12),
    ]


def test_nobody_approves_their_own_batch_and_nothing_is_issued(office, client):
    project_id, proposer, _ = registered_project(office)
    proposal = proposer.propose("/v1/batches", new_batch(project_id))

    answer = proposer.approve(proposal)

    assert (answer.status_code, answer.json["code"]) == (403, "approvals.own_proposal")
    assert client.get("/v1/batches").json["items"] == []


def test_batch_is_issued_once_however_often_it_is_approved(office, client):
    project_id, proposer, approver = registered_project(office)
    proposal = proposer.propose("/v1/batches", new_batch(project_id))
    assert approver.approve(proposal).status_code == 200

    again = approver.approve(proposal)

    assert (again.status_code, again.json["code"]) == (409, "approvals.already_decided")
    assert len(client.get("/v1/batches").json["items"]) == 1
    assert findings() == {}


def test_registrar_of_another_county_neither_sees_nor_approves_nor_issues(office):
    project_id, proposer, _ = registered_project(office)
    proposal = proposer.propose("/v1/batches", new_batch(project_id))
    stranger = office.registrar(LONGQUAN)

    assert stranger.get(f"/v1/approvals/{proposal['id']}").status_code == 404
    assert stranger.approve(proposal).status_code == 404
    foreign = stranger.post("/v1/batches", new_batch(project_id))
    assert (foreign.status_code, foreign.json["code"]) == (404, "credits.project_not_found")


def test_registrar_of_another_county_sets_no_price_and_enters_no_project_here(office):
    batch_id, _, _ = issued_batch(office)
    stranger = office.registrar(LONGQUAN)

    price = stranger.post(f"/v1/batches/{batch_id}/prices", {"price_fen_per_t": 1})
    unread = stranger.post(f"/v1/batches/{batch_id}/prices", {"nonsense": 1})
    project = stranger.post("/v1/projects", new_project())

    assert (price.status_code, price.json["code"]) == (404, "credits.batch_not_found")
    assert (unread.status_code, unread.json["code"]) == (404, "credits.batch_not_found")
    assert (project.status_code, project.json["code"]) == (403, "credits.county_not_yours")


@pytest.mark.parametrize("path", ["/v1/projects", "/v1/batches", "/v1/batches/bat_01jd5kmh2ef8q9w3v6rx0t4y7z/prices"])
def test_only_registrars_propose(office, client, path):
    verifier = office.registrar(role=Role.VERIFIER)

    assert verifier.post(path, {}).status_code == 403
    assert client.post(path, json={}).status_code == 401


@pytest.mark.parametrize("left_out", ["external_serials", "source_proof_reference"])
def test_batch_of_another_registry_without_proof_is_refused(office, left_out):
    project_id, proposer, _ = registered_project(office)

    answer = proposer.post("/v1/batches", new_batch(project_id, **EXTERNAL | {left_out: None}))

    assert (answer.status_code, answer.json["code"]) == (422, "credits.source_proof_missing")


def test_own_batch_has_nothing_in_another_registry(office):
    project_id, proposer, _ = registered_project(office)

    answer = proposer.post("/v1/batches", new_batch(project_id, external_serials="CN-1"))

    assert (answer.status_code, answer.json["code"]) == (422, "credits.source_not_external")


def test_photographed_proof_is_bound_to_the_batch_at_once_and_to_nothing_else(office):
    project_id, proposer, approver = registered_project(office)
    file_id = proposer.client.post(
        "/v1/files",
        data={"file": (BytesIO(jpeg(seed=1)), "a.jpg"), "purpose": "credits"},
        content_type="multipart/form-data",
        headers=proposer.headers,
    ).json["id"]
    proven = {**EXTERNAL, "source_proof_reference": None, "source_proof_file_id": file_id}

    proposal = proposer.propose("/v1/batches", new_batch(project_id, **proven))
    again = proposer.post("/v1/batches", new_batch(project_id, code="LS33-F-0008-2024", **proven))

    assert (again.status_code, again.json["code"]) == (409, "evidence.file_already_bound")
    assert approver.approve(proposal).status_code == 200
    assert findings() == {}


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"vintage": 2027, "code": "LS33-F-0007-2027"}, 422, "credits.vintage_in_future"),
        ({"vintage": 2025}, 422, "credits.vintage_not_in_code"),
        ({"kg": 0}, 422, "request.invalid"),
        ({"kg": 1_000_000_001}, 422, "request.invalid"),
        ({"kg": 7.5}, 422, "request.invalid"),
        ({"code": "LS33-F-0007-2024/"}, 422, "request.invalid"),
        ({"price_fen_per_t": 0}, 422, "request.invalid"),
        ({"serials": [1, 2]}, 422, "request.invalid"),
        ({"project_id": "prj_01jd5kmh2ef8q9w3v6rx0t4y7z"}, 404, "credits.project_not_found"),
    ],
)
def test_batch_that_makes_no_sense_is_refused_and_proposes_nothing(office, changed, status, code):
    project_id, proposer, _ = registered_project(office)
    before = len(proposer.get("/v1/approvals").json["items"])

    answer = proposer.post("/v1/batches", {**new_batch(project_id), **changed})

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert len(proposer.get("/v1/approvals").json["items"]) == before


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"county": "331100"}, 422, "credits.county_unknown"),
        ({"county": "110101"}, 422, "credits.county_unknown"),
        ({"boundary_cells": [CELL[:-1] + "0"]}, 422, "credits.boundary_invalid"),
        ({"boundary_cells": ["8a2830828767fff"]}, 422, "credits.boundary_invalid"),
        ({"name_zh": " "}, 422, "request.invalid"),
        ({"agency_id": "agy_01jd5kmh2ef8q9w3v6rx0t4y7z"}, 403, "credits.county_not_yours"),
    ],
)
def test_project_that_makes_no_sense_is_refused(office, changed, status, code):
    answer = office.registrar().post("/v1/projects", new_project(**changed))

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_code_stands_for_one_batch_even_when_two_were_proposed(office, client):
    project_id, proposer, approver = registered_project(office)
    first, second = (proposer.propose("/v1/batches", new_batch(project_id)) for _ in range(2))
    assert approver.approve(first).status_code == 200

    answer = approver.approve(second)

    assert (answer.status_code, answer.json["code"]) == (409, "credits.batch_code_taken")
    assert proposer.post("/v1/batches", new_batch(project_id)).json["code"] == "credits.batch_code_taken"
    assert len(client.get("/v1/batches").json["items"]) == 1


def test_nothing_is_issued_for_a_project_that_was_closed_meanwhile(office):
    project_id, proposer, approver = registered_project(office)
    proposal = proposer.propose("/v1/batches", new_batch(project_id))
    with transaction() as session:
        rows_changed = session.connection().exec_driver_sql("UPDATE credits_project SET state = 'closed'").rowcount

    assert rows_changed == 1
    assert approver.approve(proposal).json["code"] == "credits.project_closed"
    assert proposer.post("/v1/batches", new_batch(project_id)).json["code"] == "credits.project_closed"


def test_price_changes_by_two_people_and_the_difference_shows_both_prices(office, client, hands):
    batch_id, proposer, approver = issued_batch(office)
    hands.move(timedelta(minutes=5))
    proposal = proposer.propose(f"/v1/batches/{batch_id}/prices", {"price_fen_per_t": 8_000})
    shown = approver.get(f"/v1/approvals/{proposal['id']}").json["difference"]["changed"]

    assert client.get(f"/v1/batches/{batch_id}").json["price_fen_per_t"] == 7_519
    assert approver.approve(proposal).status_code == 200

    assert {"member": "/price_fen_per_t", "change": "changed", "before": 7_519, "after": 8_000} in shown
    now = client.get(f"/v1/batches/{batch_id}").json
    assert (now["price_fen_per_t"], now["price_version"]) == (8_000, 2)


def test_price_proposed_against_an_older_one_is_not_put_in_force(office, client):
    batch_id, proposer, approver = issued_batch(office)
    path = f"/v1/batches/{batch_id}/prices"
    first, second = (proposer.propose(path, {"price_fen_per_t": fen}) for fen in (8_000, None))
    assert approver.approve(second).status_code == 200

    answer = approver.approve(first)

    assert (answer.status_code, answer.json["code"]) == (409, "credits.price_moved")
    assert client.get(f"/v1/batches/{batch_id}").json["price_fen_per_t"] is None


def test_lists_are_filtered_and_paged(office, client):
    project_id, proposer, approver = registered_project(office)
    for number in (7, 8, 9):
        body = new_batch(project_id, code=f"LS33-F-000{number}-2024")
        assert approver.approve(proposer.propose("/v1/batches", body)).status_code == 200

    page = client.get("/v1/batches", query_string={"limit": 2}).json
    rest = client.get("/v1/batches", query_string={"limit": 2, "cursor": page["next_cursor"]}).json
    named = client.get("/v1/batches", query_string={"code": "LS33-F-0008-2024"}).json

    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert [each["code"] for each in named["items"]] == ["LS33-F-0008-2024"]
    assert [each["id"] for each in client.get("/v1/projects", query_string={"county": LIANDU}).json["items"]] == [
        project_id
    ]
    assert client.get("/v1/projects", query_string={"county": LONGQUAN}).json["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/projects/prj_01jd5kmh2ef8q9w3v6rx0t4y7z",
        "/v1/projects/nonsense",
        "/v1/batches/bat_01jd5kmh2ef8q9w3v6rx0t4y7z",
        "/v1/batches/PRJ",
        "/v1/serials/LS33-F-0007-2024-1",
        "/v1/serials/nonsense",
        "/v1/retirements/ret_7q2m4t8wxk0d9neb",
        "/v1/retirements/ret_7Q2M4T8WXK0D9NEB",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_issue_leaves_its_trace_in_the_audit(office):
    issued_batch(office)

    with transaction() as session:
        actions = {action for (action,) in rows(session, "SELECT action FROM foundation_audit")}

    assert {"credits.project_registered", "credits.batch_issued"} <= actions
