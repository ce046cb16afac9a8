"""Each rule for the API document lets a good document pass and finds a planted breach."""

from copy import deepcopy

import pytest
from werkzeug.routing import Map, Rule

from checks import openapi

PROBLEM = {"description": "Refused.", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
IT = {"description": "It.", "content": {"application/json": {"schema": {"type": "object"}, "example": {}}}}
GOOD = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1", "description": "D", "contact": {"name": "C"}},
    "servers": [{"url": "https://lintan.example"}],
    "tags": [{"name": "plantings", "description": "Trees."}],
    "paths": {
        "/v1/plantings": {
            "post": {
                "operationId": "submit",
                "tags": ["plantings"],
                "description": "Submit.",
                "x-roles": ["resident"],
                "parameters": [
                    {"in": "header", "name": "Idempotency-Key", "required": True, "schema": {"type": "string"}}
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
                "responses": {
                    "201": {
                        "description": "Made.",
                        "content": {"application/json": {"schema": {"type": "object"}, "example": {"id": "plt_1"}}},
                        "links": {"get": {"operationId": "read"}},
                    },
                    "422": deepcopy(PROBLEM),
                    "429": deepcopy(PROBLEM),
                },
            }
        },
        "/v1/plantings/{id}": {
            "get": {
                "operationId": "read",
                "tags": ["plantings"],
                "description": "Read.",
                "x-roles": [],
                "parameters": [{"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": IT, "404": deepcopy(PROBLEM), "429": deepcopy(PROBLEM)},
            }
        },
    },
    "components": {
        "schemas": {
            "New": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 40, "examples": ["camphor"]},
                    "fee_fen": {"type": ["integer", "null"], "examples": [100]},
                },
            }
        }
    },
}

POST = ("paths", "/v1/plantings", "post")
GET = ("paths", "/v1/plantings/{id}", "get")
NEW = ("components", "schemas", "New", "properties")
DROP = object()
BREACHES = [
    (openapi.is_openapi_31, ("openapi",), "3.0.3", "not OpenAPI 3.1"),
    (openapi.is_openapi_31, (*GET, "responses", "200", "description"), 7, "not OpenAPI 3.1"),
    (openapi.operation_tag_defined, (*GET, "tags"), ["trees"], "unknown tag 'trees'"),
    (openapi.operation_tag_defined, (*GET, "tags"), [], "no tag"),
    (openapi.op_has_examples_of_errors_4xx, (*GET, "responses", "404"), DROP, "no 4xx"),
    (openapi.op_errors_are_problems, (*GET, "responses", "404", "content"), {"application/json": {}}, "404 is not"),
    (openapi.op_secured_has_roles, (*GET, "x-roles"), DROP, "no x-roles"),
    (openapi.op_secured_has_roles, (*GET, "x-roles"), [7], "no x-roles"),
    (openapi.op_post_idempotency_key, (*POST, "parameters"), [], "neither Idempotency-Key"),
    (openapi.op_rate_limited, (*POST, "responses", "429"), DROP, "no 429"),
    (openapi.path_kebab, ("paths", "/v1/plantingClaims"), {}, "not a kebab path"),
    (openapi.props_snake, (*NEW, "termYears"), {"type": "integer"}, "termYears: not snake_case"),
    (openapi.strings_bounded, (*NEW, "name", "maxLength"), DROP, "name has no upper bound"),
    (openapi.strings_bounded, (*NEW, "note"), {"type": ["string", "null"]}, "note has no upper bound"),
    (openapi.money_is_fen, (*NEW, "fee_fen", "type"), "number", "fee_fen: not an integer"),
    (openapi.operation_ids_are_unique, (*GET, "operationId"), "submit", "is that of"),
    (openapi.operation_ids_are_unique, (*GET, "operationId"), DROP, "operationId ''"),
    (openapi.everything_is_described, ("info", "contact"), DROP, "contact"),
    (openapi.everything_is_described, ("tags", 0, "description"), "", "tag plantings"),
    (openapi.everything_is_described, (*POST, "description"), DROP, "no description"),
    (openapi.everything_is_described, (*GET, "responses", "200", "description"), "", "200 has no description"),
    (openapi.answers_succeed, (*GET, "responses", "200"), DROP, "no answer of success"),
    (openapi.path_parameters_match, (*GET, "parameters", 0, "name"), "claim_id", "path parameters declared"),
    (openapi.components_are_used, ("components", "schemas", "Old"), {}, "components.schemas.Old: not used"),
    (openapi.bodies_have_examples, (*NEW, "fee_fen", "examples"), DROP, "request: no example"),
    (openapi.bodies_have_examples, (*NEW, "fee_fen", "examples"), ["free"], "New.fee_fen: the example breaks"),
    (
        openapi.bodies_have_examples,
        (*POST, "responses", "201", "content", "application/json", "example"),
        DROP,
        "201: no example",
    ),
    (
        openapi.bodies_have_examples,
        (*POST, "responses", "201", "content", "application/json", "example"),
        7,
        "breaks its schema",
    ),
    (openapi.answers_have_content, (*POST, "responses", "201", "content"), DROP, "201 without content"),
    (openapi.creations_have_links, (*POST, "responses", "201", "links"), DROP, "201 without links"),
]


def planted(path, value):
    document = deepcopy(GOOD)
    node = document
    for step in path[:-1]:
        node = node[step]
    if value is DROP:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


def test_good_document_keeps_every_rule():
    assert list(openapi.breaches_of_rules(GOOD)) == []


def test_every_rule_has_a_planted_breach():
    assert {rule for rule, *_ in BREACHES} == set(openapi.RULES)


@pytest.mark.parametrize(
    ("rule", "path", "value", "told"), BREACHES, ids=[f"{rule.__name__}-{told}" for rule, _, _, told in BREACHES]
)
def test_breach_of_a_rule_is_found(rule, path, value, told):
    # A schema may be met on several ways; breaches_of_rules tells of it once.
    breaches = set(rule(planted(path, value)))

    assert len(breaches) == 1
    assert told in breaches.pop()


def test_post_that_says_why_it_needs_no_key_is_accepted():
    document = planted((*POST, "parameters"), [])
    document["paths"]["/v1/plantings"]["post"]["x-idempotent"] = "estimates change nothing"

    assert list(openapi.op_post_idempotency_key(document)) == []


def test_route_below_v1_that_the_document_leaves_out_is_found_and_pages_are_exempt():
    routes = Map(
        [
            Rule("/v1/plantings", methods=["POST"]),
            Rule("/v1/plantings/<string(length=30):id>", methods=["GET", "PATCH"]),
            Rule("/v/<number>", methods=["GET"]),
        ]
    )

    assert list(openapi.routes_left_out(GOOD, routes)) == ["PATCH /v1/plantings/{id}: not in the document"]


def test_committed_document_that_differs_is_found(tmp_path):
    committed = tmp_path / "openapi.json"

    assert len(list(openapi.breaches_of_the_committed(GOOD, committed))) == 1
    committed.write_text(openapi.as_text(GOOD), encoding="utf-8")
    assert list(openapi.breaches_of_the_committed(GOOD, committed)) == []
    committed.write_text(openapi.as_text(planted(("info", "title"), "U")), encoding="utf-8")
    assert len(list(openapi.breaches_of_the_committed(GOOD, committed))) == 1
