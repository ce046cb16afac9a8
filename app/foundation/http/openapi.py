"""The OpenAPI 3.1 document: what all operations share. Operations document themselves (blueprint.py)."""

import json
import re
from typing import Any

import flask_smorest
from flask import Flask, Response

from app.foundation.http.blueprint import PROBLEM, Blueprint

_EXTENSION = "lintan_api"
# flask-smorest brings these for its own errors and pages, which we do not use.
_UNUSED_SCHEMAS = ("Error", "PaginationMetadata")
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A problem (RFC 9457). `code` never changes with the language; `title` and `detail` do.",
    "required": ["type", "title", "status", "code", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body, or the name of a query member.",
                    },
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class _Api(flask_smorest.Api):
    """The API without flask-smorest's own error answers; problems.py writes ours."""

    DEFAULT_ERROR_RESPONSE_NAME = ""  # False: no default answer is documented.

    def _register_error_handlers(self) -> None:
        """Leave errors to register_problem_handlers."""

    def _openapi_json(self) -> Response:
        """Serve the whole document."""
        return Response(json.dumps(document_of(self), indent=2, ensure_ascii=False), content_type="application/json")


def document_of(api: flask_smorest.Api) -> dict[str, Any]:
    """Return the document, with a link from each operation that creates something to the one that reads it."""
    document: dict[str, Any] = api.spec.to_dict()
    for name in _UNUSED_SCHEMAS:
        document["components"]["schemas"].pop(name, None)
    document["components"].pop("responses", None)
    paths = document["paths"]
    for path, operations in paths.items():
        created = operations.get("post", {}).get("responses", {}).get("201")
        reading = next(
            (each for each in paths if re.fullmatch(re.escape(path) + r"/\{\w+\}", each) and "get" in paths[each]), None
        )
        if created is not None and reading is not None:
            operation = paths[reading]["get"]["operationId"]
            parameter = reading.rpartition("{")[2].rstrip("}")
            created.setdefault("links", {})[operation] = {
                "operationId": operation,
                "parameters": {parameter: "$response.body#/id"},
            }
    return document


def open_api(app: Flask) -> None:
    """Open the document at /openapi.json, still empty."""
    app.config.update(
        API_TITLE="Lintan",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Api(
        app,
        spec_kwargs={
            "info": {
                "description": "Forest-carbon accounts for a city. Conventions: problem+json, Idempotency-Key, cursors, ETags.",
                "contact": {"name": "Lintan", "url": app.config["LINTAN_PUBLIC_URL"]},
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": app.config["LINTAN_PUBLIC_URL"]}],
        },
    )
    api.spec.components.schema(PROBLEM, _PROBLEM_SCHEMA)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    app.extensions[_EXTENSION] = api


def add_operations(app: Flask, blueprint: Blueprint) -> None:
    """Serve and document the operations of a room."""
    app.extensions[_EXTENSION].register_blueprint(blueprint)
