"""HTTP: who may, strict reading, problems, idempotency, paging, versions, limits, headers, languages, probes."""

from flask import Flask

from app.foundation.http.access import (
    ANYONE,
    actor_or_none,
    authenticate,
    current_actor,
    must_find,
    register_access,
    requires,
    still_here,
)
from app.foundation.http.addresses import caller_address, register_addresses, register_spelling
from app.foundation.http.audit_search import AuditTooWide, register_audit_search, search_audit
from app.foundation.http.blueprint import Blueprint
from app.foundation.http.errors import (
    AddressTooLong,
    Busy,
    CursorInvalid,
    DomainError,
    Fault,
    HeadersTooLarge,
    InvalidRequest,
    MalformedRequest,
    NotFound,
    RequestTimeout,
    RoleMissing,
    ServerFault,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)
from app.foundation.http.etags import check_version, etag_of, needs_if_match, not_modified, version_seen, with_etag
from app.foundation.http.headers import register_headers
from app.foundation.http.health import NotReady, check_migrations, readiness, register_health
from app.foundation.http.idempotency import (
    Withheld,
    atomic,
    forget_answers_of,
    forget_old_keys,
    idempotent,
    no_idempotency,
    request_key,
)
from app.foundation.http.language import LANGUAGES, language, register_language
from app.foundation.http.limits import limited, limiter, register_limits
from app.foundation.http.openapi import add_operations, open_api
from app.foundation.http.paging import Page, PageQuery, PageQuerySchema, mapped, next_link, page_of, page_schema
from app.foundation.http.problem_types import register_problem_types
from app.foundation.http.problems import problem_of, problem_outside_request, register_problem_handlers
from app.foundation.http.schema import (
    Choice,
    Day,
    Flag,
    Instant,
    Many,
    Nested,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
    instant_json,
    is_plain,
)

__all__ = [
    "ANYONE",
    "LANGUAGES",
    "AddressTooLong",
    "AuditTooWide",
    "Blueprint",
    "Busy",
    "Choice",
    "CursorInvalid",
    "Day",
    "DomainError",
    "Fault",
    "Flag",
    "HeadersTooLarge",
    "Instant",
    "InvalidRequest",
    "MalformedRequest",
    "Many",
    "Nested",
    "NotFound",
    "NotReady",
    "Page",
    "PageQuery",
    "PageQuerySchema",
    "PrefixedId",
    "RequestTimeout",
    "RoleMissing",
    "Schema",
    "ServerFault",
    "Text",
    "TooLarge",
    "TooManyRequests",
    "Unauthenticated",
    "UnsupportedMediaType",
    "WholeNumber",
    "Withheld",
    "actor_or_none",
    "add_operations",
    "atomic",
    "authenticate",
    "caller_address",
    "check_migrations",
    "check_version",
    "current_actor",
    "etag_of",
    "forget_answers_of",
    "forget_old_keys",
    "idempotent",
    "instant_json",
    "is_plain",
    "language",
    "limited",
    "limiter",
    "mapped",
    "must_find",
    "needs_if_match",
    "next_link",
    "no_idempotency",
    "not_modified",
    "page_of",
    "page_schema",
    "problem_of",
    "problem_outside_request",
    "readiness",
    "register_http",
    "request_key",
    "requires",
    "search_audit",
    "still_here",
    "version_seen",
    "with_etag",
]


def register_http(app: Flask) -> None:
    """Put the layers of a request around the application, outermost first (DESIGN 4)."""
    register_addresses(app)
    register_headers(app)
    register_language(app)
    register_problem_handlers(app)
    register_problem_types(app)
    register_access(app)
    register_limits(app)
    register_spelling(app)
    register_health(app)
    open_api(app)
    register_audit_search(app)
