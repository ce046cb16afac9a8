"""The API document: the rules of docs/openapi-ruleset.yaml in Python, the core of spectral:oas, and what Lintan adds.

`python -m checks.openapi` builds the document from the application, checks it and compares it with the committed
docs/openapi.json; with `--write` it first writes that file.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.routing import Map

from app import create_app
from checks.source import ROOT, report
from config import load

COMMITTED = Path("docs/openapi.json")
METHODS = ("get", "put", "post", "patch", "delete")
WITH_BODY = ("put", "post", "patch")
PROBLEM = "application/problem+json"

KEBAB = re.compile(r"(/([a-z0-9_.-]+|\{[a-z_]+\}))+")
SNAKE = re.compile(r"[a-z][a-z0-9_]*")
BOUNDED = ("maxLength", "enum", "const", "format")

Document = dict[str, Any]


class Operation:
    """One operation of the document, with its references resolved where they matter."""

    def __init__(self, document: Document, path: str, method: str) -> None:
        self.document, self.path, self.method = document, path, method
        self.said: Document = document["paths"][path][method]
        self.name = f"{method.upper()} {path}"

    @property
    def responses(self) -> dict[str, Document]:
        """The answers by status, resolved."""
        return {
            str(status): resolved(self.document, answer) for status, answer in self.said.get("responses", {}).items()
        }

    @property
    def parameters(self) -> list[Document]:
        """The parameters of the operation and of its path, resolved."""
        both = [*self.document["paths"][self.path].get("parameters", []), *self.said.get("parameters", [])]
        return [resolved(self.document, parameter) for parameter in both]

    @property
    def body(self) -> dict[str, Document]:
        """The media types of the request body."""
        content: dict[str, Document] = resolved(self.document, self.said.get("requestBody", {})).get("content", {})
        return content


def operations(document: Document) -> Iterator[Operation]:
    """Yield every operation."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield Operation(document, path, method)


def resolved(document: Document, node: Any) -> Any:
    """Return what a `$ref` inside the document points at, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def properties_below(document: Document, node: Any, seen: frozenset[int] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Yield every member of every schema below a node, through references, each reference once on the way down."""
    node = resolved(document, node)
    if id(node) in seen:
        return
    if isinstance(node, dict):
        members = node.get("properties")
        if isinstance(members, dict):
            yield from ((name, resolved(document, schema)) for name, schema in members.items())
        for key, value in node.items():
            if key not in {"example", "examples", "default"}:
                yield from properties_below(document, value, seen | {id(node)})
    elif isinstance(node, list):
        for value in node:
            yield from properties_below(document, value, seen | {id(node)})


def types_of(schema: Any) -> set[str]:
    """Return the types a schema names; `["string", "null"]` names two."""
    named = schema.get("type", []) if isinstance(schema, dict) else []
    return {named} if isinstance(named, str) else set(named)


# --- The rules of docs/openapi-ruleset.yaml, under the same names.


def operation_tag_defined(document: Document) -> Iterator[str]:
    """Every tag of an operation stands in the document's list of tags, and every operation has one."""
    known = {tag["name"] for tag in document.get("tags", [])}
    for operation in operations(document):
        tags = operation.said.get("tags", [])
        if not tags:
            yield f"{operation.name}: no tag"
        yield from (f"{operation.name}: unknown tag {tag!r}" for tag in tags if tag not in known)


def op_has_examples_of_errors_4xx(document: Document) -> Iterator[str]:
    """Every operation documents at least one 4xx answer."""
    wanted = {"400", "401", "403", "404", "409", "422", "4XX", "default"}
    yield from (
        f"{operation.name}: no 4xx answer"
        for operation in operations(document)
        if not wanted & set(operation.responses)
    )


def op_errors_are_problems(document: Document) -> Iterator[str]:
    """4xx and 5xx answers with a body are application/problem+json (RFC 9457)."""
    for operation in operations(document):
        for status, answer in operation.responses.items():
            if status[0] in "45" and "content" in answer and PROBLEM not in answer["content"]:
                yield f"{operation.name}: {status} is not {PROBLEM}"


def op_secured_has_roles(document: Document) -> Iterator[str]:
    """Every operation says who may call it, in x-roles."""
    for operation in operations(document):
        roles = operation.said.get("x-roles")
        if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
            yield f"{operation.name}: no x-roles"


def op_post_idempotency_key(document: Document) -> Iterator[str]:
    """Every POST takes an Idempotency-Key header, or is marked x-idempotent with the reason it needs none."""
    for operation in operations(document):
        takes = any(p.get("in") == "header" and p.get("name") == "Idempotency-Key" for p in operation.parameters)
        if operation.method == "post" and not takes and not operation.said.get("x-idempotent"):
            yield f"{operation.name}: neither Idempotency-Key nor x-idempotent"


def op_rate_limited(document: Document) -> Iterator[str]:
    """Every operation documents 429."""
    yield from (f"{operation.name}: no 429" for operation in operations(document) if not operation.responses.get("429"))


def path_kebab(document: Document) -> Iterator[str]:
    """Path segments are lower case, words joined by a hyphen or an underscore."""
    yield from (f"{path}: not a kebab path" for path in document.get("paths", {}) if not KEBAB.fullmatch(path))


def props_snake(document: Document) -> Iterator[str]:
    """JSON members are snake_case."""
    for kind, schema in document.get("components", {}).get("schemas", {}).items():
        for name, _ in properties_below(document, schema):
            if not SNAKE.fullmatch(name):
                yield f"{kind}.{name}: not snake_case"


def strings_bounded(document: Document) -> Iterator[str]:
    """Every string of a request schema has maxLength, enum, const or format."""
    for operation in operations(document):
        for media in operation.body.values() if operation.method in WITH_BODY else ():
            for name, schema in properties_below(document, media.get("schema", {})):
                if "string" in types_of(schema) and not any(bound in schema for bound in BOUNDED):
                    yield f"{operation.name}: {name} has no upper bound"


def money_is_fen(document: Document) -> Iterator[str]:
    """Money members end in _fen and are integers."""
    for name, schema in properties_below(document, document):
        if name.endswith("_fen") and types_of(schema) - {"null"} != {"integer"}:
            yield f"{name}: not an integer"


# --- The core of spectral:oas.


def operation_ids_are_unique(document: Document) -> Iterator[str]:
    """Every operation has an operationId of its own, usable in a URL."""
    seen: dict[str, str] = {}
    for operation in operations(document):
        name = operation.said.get("operationId", "")
        if not re.fullmatch(r"[A-Za-z0-9-._~]+", name):
            yield f"{operation.name}: operationId {name!r}"
        elif name in seen:
            yield f"{operation.name}: operationId {name!r} is that of {seen[name]}"
        seen[name] = operation.name


def everything_is_described(document: Document) -> Iterator[str]:
    """The document, its tags, operations and answers tell what they are."""
    info = document.get("info", {})
    if not info.get("description") or not info.get("contact") or not document.get("servers"):
        yield "info: description, contact and servers are needed"
    yield from (f"tag {tag['name']}: no description" for tag in document.get("tags", []) if not tag.get("description"))
    for operation in operations(document):
        if not operation.said.get("description"):
            yield f"{operation.name}: no description"
        for status, answer in operation.responses.items():
            if not answer.get("description"):
                yield f"{operation.name}: {status} has no description"


def answers_succeed(document: Document) -> Iterator[str]:
    """Every operation documents a 2xx or 3xx answer."""
    for operation in operations(document):
        if not any(status[0] in "23" for status in operation.responses):
            yield f"{operation.name}: no answer of success"


def answers_have_content(document: Document) -> Iterator[str]:
    """An answer of success without a body is a 204; a status that was documented twice, as text and number, loses its body."""
    for operation in operations(document):
        for status, answer in operation.responses.items():
            if status[0] == "2" and status != "204" and not answer.get("content"):
                yield f"{operation.name}: {status} without content"


def path_parameters_match(document: Document) -> Iterator[str]:
    """The parameters in a path are those declared, each once, and paths have no trailing slash or query."""
    for operation in operations(document):
        declared = [p["name"] for p in operation.parameters if p.get("in") == "path"]
        if sorted(declared) != sorted(re.findall(r"\{([^}]+)\}", operation.path)):
            yield f"{operation.name}: path parameters declared: {declared}"
        if operation.path.endswith("/") or "?" in operation.path:
            yield f"{operation.name}: trailing slash or query in the path"


def components_are_used(document: Document) -> Iterator[str]:
    """Every schema, answer and parameter under components is referred to."""
    text = json.dumps(document)
    for kind in ("schemas", "responses", "parameters", "headers", "examples", "requestBodies"):
        for name in document.get("components", {}).get(kind, {}):
            if f'"#/components/{kind}/{name}"' not in text:
                yield f"components.{kind}.{name}: not used"


# --- What Lintan adds.


def bodies_have_examples(document: Document) -> Iterator[str]:
    """Every JSON body, asked or answered with success, has an example, and examples keep their schemas.

    An example stands beside the schema, in the schema, or member by member.
    """
    for operation in operations(document):
        bodies = [("request", operation.body)]
        bodies += [
            (status, answer.get("content", {})) for status, answer in operation.responses.items() if status[0] == "2"
        ]
        for where, content in bodies:
            for media_type, media in content.items():
                given = _examples_of(media, document)
                if media_type.endswith("json") and not given and not _is_exemplified(media.get("schema", {}), document):
                    yield f"{operation.name}: {where}: no example"
                for wrong in _wrong(given, media.get("schema", {}), document):
                    yield f"{operation.name}: {where}: {wrong}"
    for kind, schema in document.get("components", {}).get("schemas", {}).items():
        for name, member in [("", schema), *properties_below(document, schema)]:
            for wrong in _wrong(_examples_of(member, document), member, document):
                yield f"{kind}.{name}: {wrong}"


def _examples_of(node: Any, document: Document) -> list[Any]:
    """Return the examples in a media type (named) or in a schema (a list)."""
    if not isinstance(node, dict):
        return []
    several = node.get("examples", [])
    listed = (
        [resolved(document, each).get("value") for each in several.values()] if isinstance(several, dict) else several
    )
    return [*([node["example"]] if "example" in node else []), *listed]


def _is_exemplified(schema: Any, document: Document) -> bool:
    """Return whether examples of the members make up an example of the whole."""
    schema = resolved(document, schema)
    if not isinstance(schema, dict):
        return False
    if any(key in schema for key in ("example", "examples", "enum", "const")) or "boolean" in types_of(schema):
        return True
    if "properties" in schema:
        return all(_is_exemplified(member, document) for member in schema["properties"].values())
    if "items" in schema:
        return _is_exemplified(schema["items"], document)
    return any(_is_exemplified(part, document) for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, []))


def _wrong(examples: list[Any], schema: Any, document: Document) -> Iterator[str]:
    # `components` beside the schema lets its references point where they point in the document.
    checker = Draft202012Validator({"allOf": [schema], "components": document.get("components", {})})
    for example in examples:
        for error in checker.iter_errors(example):
            yield f"the example breaks its schema at {error.json_path}: {error.message[:120]}"


def creations_have_links(document: Document) -> Iterator[str]:
    """Every POST that answers 201 links to what can be done next: client and fuzzer follow."""
    for operation in operations(document):
        if operation.method == "post" and "201" in operation.responses and not operation.responses["201"].get("links"):
            yield f"{operation.name}: 201 without links"


def is_openapi_31(document: Document) -> Iterator[str]:
    """The document is valid OpenAPI 3.1."""
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield f"not OpenAPI 3.1: {'/'.join(map(str, error.absolute_path))}: {error.message[:160]}"


RULES = (
    is_openapi_31,
    operation_tag_defined,
    op_has_examples_of_errors_4xx,
    op_errors_are_problems,
    op_secured_has_roles,
    op_post_idempotency_key,
    op_rate_limited,
    path_kebab,
    props_snake,
    strings_bounded,
    money_is_fen,
    operation_ids_are_unique,
    everything_is_described,
    answers_succeed,
    answers_have_content,
    path_parameters_match,
    components_are_used,
    bodies_have_examples,
    creations_have_links,
)


def breaches_of_rules(document: Document) -> Iterator[str]:
    """Yield every breach of every rule, each line led by the rule's name, each told once."""
    for rule in RULES:
        yield from dict.fromkeys(f"{rule.__name__.replace('_', '-')}: {breach}" for breach in rule(document))


def routes_left_out(document: Document, routes: Map) -> Iterator[str]:
    """Yield each route under /v1 that the document does not tell of."""
    told = {(operation.path, operation.method) for operation in operations(document)}
    for route in routes.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", route.rule)
        for method in sorted(route.methods or ()):
            if path.startswith("/v1/") and method.lower() in METHODS and (path, method.lower()) not in told:
                yield f"{method} {path}: not in the document"


def as_text(document: Document) -> str:
    """Return the document as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def breaches_of_the_committed(document: Document, committed: Path) -> Iterator[str]:
    """Yield it when the committed document is not the one that the application gives."""
    if not committed.exists() or committed.read_text(encoding="utf-8") != as_text(document):
        yield f"{committed.name} is not what the application says (make openapi)"


def main(*, write: bool) -> int:
    """Check the document of the application as it stands, and return the exit status."""
    with TemporaryDirectory() as home:
        app = create_app(load({"LINTAN_ENV": "test", "LINTAN_HOME": home}))
        document: Document = app.test_client().get("/openapi.json").json or {}
    if write:
        (ROOT / COMMITTED).write_text(as_text(document), encoding="utf-8")
    breaches = [*breaches_of_rules(document), *routes_left_out(document, app.url_map)]
    return report("openapi", [*breaches, *breaches_of_the_committed(document, ROOT / COMMITTED)])


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv[1:]))
