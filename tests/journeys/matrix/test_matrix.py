"""Every operation with everybody: who is let in, who is told nothing, and that no row is missing (SECURITY B1, B2)."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.journeys.matrix.cast import OTHER_RESIDENTS, OTHER_STAFF, ROLES
from tests.journeys.matrix.rows import ROWS
from tests.journeys.matrix.walk import BROKEN, LACKS, METHODS, NONSENSE, Operation, Told, Walker, operations_of
from tests.journeys.matrix.world import World

# Opened by the signature in the address; test_links.py forges it.
SIGNED = {"files_open_file", "rights_open_export"}


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get("/openapi.json").json)


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    return list(operations_of(document))


@pytest.fixture(scope="module")
def walker(world: World) -> Walker:
    return Walker(world)


def test_each_operation_has_a_row_that_names_each_part_of_its_path(document, operations):
    found = {item[method]["operationId"] for item in document["paths"].values() for method in METHODS if method in item}

    assert found - ROWS.keys() == set(), "operations without a row in tests/journeys/matrix/rows.py"
    assert ROWS.keys() - found == set(), "rows of operations that are not there any more"
    assert [str(each) for each in operations if each.row.names.keys() != each.parameters] == []


def test_each_row_says_who_is_let_in_for_every_role_and_who_is_not(operations, world):
    wrong = []
    for each in operations:
        insiders = [who for row in ROWS[each.id] for who in row.who]
        if set().union(*(world.roles[who] & each.roles for who in insiders)) != each.roles:
            wrong.append(f"{each}: let in {insiders}, roles {sorted(each.roles)}")
        wrong += [f"{each}: {who} has no role for it" for who in each.row.out if not world.roles[who] & each.roles]
        if each.acts and each.roles and each.row.told is None:
            wrong.append(f"{each} acts at once: its row must say how it answers")
    assert not wrong, "\n".join(wrong)


def test_without_a_good_token_only_public_operations_answer_and_to_all_alike(operations, walker, world):
    tokens = {"nobody": "", "broken": "not.a.token", "ended": world.cast.tokens["gone"]}
    wrong = []
    for each in operations:
        told = [walker.send(each, who, each.probes[-1], token=token) for who, token in tokens.items()]
        answers = {(one.status, one.code) for one in told}
        is_right = (
            {status for status, _ in answers} == {401} if each.roles else len(answers) == 1 and told[0].status < 500
        )
        wrong += [] if is_right else [str(one) for one in told]
    assert not wrong, "\n".join(wrong)


def test_a_role_that_the_document_does_not_name_is_refused_and_told_nothing(operations, walker, world):
    wrong = []
    for each in operations:
        for role, who in ROLES.items():
            if each.roles and not world.roles[who] & each.roles:
                told = walker.send(each, who, BROKEN if "requestBody" in each.document else None)
                if (told.status, told.code) != (403, "auth.role_missing") or told.shown(world.secrets):
                    wrong.append(f"{role} {told}")
    assert not wrong, "\n".join(wrong)


def test_whose_it_is_not_gets_nothing_whatever_they_send_and_whose_it_is_is_let_in(operations, walker, world):
    """First those outside, then the owner with the same probe: a refusal that everybody gets would say nothing."""
    wrong = []
    for each in operations:
        for told in [told for who in each.row.out for told in _all_probes(walker, each, who)]:
            is_assisted = told.who == "assisted" and each.document.get("x-assisted") is False
            refused = (403, "auth.not_assisted") if is_assisted else (each.row.refused, told.code)
            if (told.status, told.code) != refused or told.shown(world.secrets):
                wrong.append(f"outside {told} {told.shown(world.secrets) or ''}")
        wrong += _of_nobody(walker, each)
        for who in each.row.who:
            wrong += [f"inside {told}" for told in _owner_probes(walker, each, who) if not _is_let_in(told)]
    assert not wrong, "\n".join(wrong)


def test_lists_of_others_name_nothing_of_hers(operations, walker, world):
    wrong, asked, hers = [], 0, set()
    for each in operations:
        if each.method != "get" or each.row.names or each.row.query:
            continue
        hers |= walker.send(each, "alice").shown(world.secrets)
        for who in ("bob", *OTHER_RESIDENTS, *OTHER_STAFF) if each.roles else ("mallory",):
            if each.roles and not world.roles[who] & each.roles:
                continue
            told = walker.send(each, who)
            asked += 1
            if told.shown(world.secrets - _shared(world, who)):
                wrong.append(f"{told} {told.shown(world.secrets)}")
    assert not wrong, "\n".join(wrong)
    assert asked > 100
    assert len(hers) >= 15, f"her own lists must show what those of others may not: {hers}"


def _shared(world: World, who: str) -> set[str]:
    """What somebody has in common with her, or owns."""
    theirs = {
        "bob": ("household", "membership", "organisation", "organisation_member"),
        "assisted": ("assisted_person",),
    }
    return {world.things[name] for name in theirs.get(who, ())}


def _all_probes(walker: Walker, operation: Operation, who: str) -> list[Told]:
    """Without key and version, and with both."""
    bodies = operation.probes if who == operation.row.out[0] else operation.probes[-1:]
    told = [walker.send(operation, who, body) for body in bodies]
    if operation.method != "get":
        complete = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
        told.append(walker.send(operation, who, operation.probes[-1], headers=complete))
    return told


def _owner_probes(walker: Walker, operation: Operation, who: str) -> list[Told]:
    """The same, but for a key to an operation that takes no body: it would act."""
    complete = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"'}
    told = [walker.send(operation, who, body) for body in operation.probes]
    if NONSENSE in operation.probes:
        told.append(walker.send(operation, who, NONSENSE, headers=complete))
    return told


def _of_nobody(walker: Walker, operation: Operation) -> list[str]:
    """What is wrong with the answers about what does not exist: 404 to the owner, and to others just what theirs would get."""
    row, body = operation.row, operation.probes[-1]
    if operation.id in SIGNED or walker.address(operation) == walker.address(operation, of_nobody=True):
        return []
    told = [walker.send(operation, who, body, of_nobody=True) for who in row.who or ("mallory",)]
    wrong = [f"of nobody, {one}" for one in told if one.status != 404]
    if row.out and row.refused == 404:
        real, invented = (walker.send(operation, row.out[0], body, of_nobody=each) for each in (False, True))
        wrong += (
            [f"{real}, but of nobody {invented}"]
            if (real.status, real.code) != (invented.status, invented.code)
            else []
        )
    return wrong


def _is_let_in(told: Told) -> bool:
    operation: Any = told.operation
    if operation.row.told is not None or operation.method == "get":
        return told.status == (operation.row.told or 200)
    return told.status in LACKS or told.code == "request.version_stale"
