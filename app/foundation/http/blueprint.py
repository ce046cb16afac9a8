"""The blueprint of a room's operations, and how each documents itself in OpenAPI 3.1."""

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Request
from marshmallow import RAISE, ValidationError, fields
from webargs.flaskparser import FlaskParser

from app.foundation.http.body import read_json
from app.foundation.http.errors import (
    CursorInvalid,
    DomainError,
    IfMatchMissing,
    InvalidRequest,
    KeyInProgress,
    KeyMissing,
    KeyReused,
    MalformedRequest,
    NotAssisted,
    RoleMissing,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
    VersionStale,
)
from app.foundation.http.faults import faults_of, query_faults
from app.foundation.http.language import english
from app.foundation.http.problems import MEDIA_TYPE

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM = "Problem"
RATE_HEADERS = {
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "The quota and its window in seconds."},
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "What is left of the quota, and the seconds until it is full again.",
    },
}


class _Parser(FlaskParser):
    """Reads bodies strictly and refuses members that nobody declared, in queries too."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": RAISE, "files": RAISE, "form": RAISE, "headers": None}

    def load_json(self, req: Request, schema: Any) -> Any:
        return read_json(req)

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """Refuse a name that stands twice, of which one reader takes the first value and another the last."""
        lists = {name for name, field in schema.fields.items() if isinstance(field, fields.List)}
        repeated = [name for name, values in req.args.lists() if len(values) > 1 and name not in lists]
        if repeated:
            raise InvalidRequest(faults=query_faults("repeated", repeated))
        return super().load_querystring(req, schema)

    def handle_error(
        self, error: ValidationError, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        messages = error.messages
        inner = next(iter(messages.values())) if isinstance(messages, dict) and len(messages) == 1 else messages
        raise InvalidRequest(faults=faults_of(inner)) from error


class Blueprint(flask_smorest.Blueprint):
    """Operations below /v1."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, name: str, import_name: str, *, description: str) -> None:
        """Name the operations' tag and say in one sentence what they are for."""
        super().__init__(name, import_name, url_prefix="/v1", description=description)
        self._prepare_doc_cbks.append(self._document)

    def problems(self, *errors: type[DomainError]) -> Callable[[View], View]:
        """Document the refusals of an operation, each from its own status and code."""

        def decorate(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            wrapper._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
            wrapper._apidoc.setdefault("problems", []).extend(errors)  # type: ignore[attr-defined]
            return wrapper  # type: ignore[return-value]

        return decorate

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        """Name each operation after its room and its function, and let one sentence serve as summary and description."""
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method in set(options.get("methods", ["GET"])):
            info = self._docs[endpoint][method.lower()]
            info.setdefault("manual_doc", {}).setdefault("operationId", f"{self.name}_{endpoint}")
            info["docstring"].setdefault("description", info["docstring"].get("summary", ""))

    @staticmethod
    def _document(doc: Any, doc_info: Any, **_: Any) -> Any:
        """Complete an operation's document with what its decorators left in `_apidoc`."""
        errors = [TooManyRequests, MalformedRequest, *doc_info.get("problems", []), *_document_access(doc, doc_info)]
        errors += _document_repetition(doc, doc_info)
        by_status: dict[int, list[type[DomainError]]] = defaultdict(list)
        for error in dict.fromkeys(errors):
            by_status[error.status].append(error)
        responses = doc.setdefault("responses", {})
        for status, kinds in sorted(by_status.items()):
            responses.setdefault(str(status), _problem_answer(kinds))
        for status, answer in responses.items():
            if str(status).startswith("2") and isinstance(answer, dict):
                answer.setdefault("headers", {}).update(RATE_HEADERS)
        return doc


def _document_access(doc: Any, info: Any) -> list[type[DomainError]]:
    """Say who may call, and what is refused before and while the request is read."""
    errors: list[type[DomainError]] = []
    roles = info.get("roles")
    if roles is not None:
        doc["x-roles"] = roles
        doc["security"] = [{"bearer": []}] if roles else []
    if roles:
        errors += [Unauthenticated, RoleMissing]
    if info.get("assisted") is not None:
        doc["x-assisted"] = info["assisted"]
        errors += [] if info["assisted"] else [NotAssisted]
    errors += [InvalidRequest]  # A query without a schema has no members.
    if any(each.get("name") == "cursor" for each in doc.get("parameters", []) if isinstance(each, dict)):
        errors += [CursorInvalid]
    if doc.get("requestBody"):
        errors += [UnsupportedMediaType]
    return errors


def _document_repetition(doc: Any, info: Any) -> list[type[DomainError]]:
    """Say what the operation needs to be sent again, or to change what somebody else may have changed."""
    errors: list[type[DomainError]] = []
    parameters = doc.setdefault("parameters", [])
    if info.get("if_match"):
        errors += [IfMatchMissing, VersionStale]
        parameters.append(_header("If-Match", "The ETag of the version that you read.", '"3"'))
    idempotent = info.get("idempotent")
    if idempotent is True:
        errors += [KeyMissing, KeyReused, KeyInProgress]
        description = "A new random value for a new request; the same value when you send it again."
        parameters.append(_header("Idempotency-Key", description, "8e03978e-40d5"))
    elif idempotent is not None:
        doc["x-idempotent"] = idempotent
    return errors


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": 257}
    return {
        "in": "header",
        "name": name,
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def _problem_answer(kinds: list[type[DomainError]]) -> dict[str, Any]:
    examples = {
        kind.code.replace(".", "_"): {
            "summary": (kind.__doc__ or kind.code).strip().splitlines()[0],
            "value": {
                "type": f"https://lintan.example/problems/{kind.code}",
                "title": english(kind.title),
                "status": kind.status,
                "code": kind.code,
                "instance": "/v1/…",
                "request_id": "01m868tawjer4b6ctjc95y8bpg",
            },
        }
        for kind in kinds
    }
    return {
        "description": "; ".join(f"`{kind.code}`" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}, "examples": examples}},
    }
