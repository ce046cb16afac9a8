"""Webhooks over HTTP, for the owners of organisations."""

from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, clock, parse_public_id, public_id, reading
from app.foundation.http import (
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    Withheld,
    atomic,
    current_actor,
    idempotent,
    limited,
    mapped,
    must_find,
    needs_if_match,
    next_link,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.identity import OrganisationNotFound, Role
from app.notices.webhooks import errors, examples, queries, signing
from app.notices.webhooks.models import EndpointRow
from app.notices.webhooks.schemas import (
    EndpointChangeSchema,
    EndpointQuerySchema,
    EndpointSchema,
    EndpointWithSecretSchema,
    NewEndpointSchema,
    WebhookDeliverySchema,
)
from app.notices.webhooks.usecases import deliveries, endpoints
from app.notices.webhooks.usecases.deliveries import Delivery
from app.notices.webhooks.usecases.endpoints import NewEndpoint

blp = Blueprint("webhooks", __name__, description="Signed messages to the servers of organisations.")

_LINKS = {
    f"webhooks_{name}": {"operationId": f"webhooks_{name}", "parameters": {"endpoint_id": "$response.body#/id"}}
    for name in ("read_endpoint", "send_test", "list_deliveries")
}
_DELIVERY_LINKS = {
    "webhooks_list_deliveries": {
        "operationId": "webhooks_list_deliveries",
        "parameters": {"endpoint_id": "$request.path.endpoint_id"},
    }
}
Shown = tuple[dict[str, Any], dict[str, str]]


def _endpoint_id(text: str) -> UUID:
    try:
        return parse_public_id("whe", text)
    except MalformedId:
        raise errors.EndpointNotFound() from None


def _delivery_id(text: str) -> UUID:
    try:
        return parse_public_id("whd", text)
    except MalformedId:
        raise errors.WebhookDeliveryNotFound() from None


def _owned(endpoint_id: str, **_: str) -> None:
    endpoints.get_endpoint(_endpoint_id(endpoint_id), actor=current_actor())


def _secret_again(holder: dict[str, Any]) -> str | None:
    """Return the secret that an endpoint has now; the repetition comes from who was shown it."""
    with reading() as session:
        row = queries.find_endpoint(session, parse_public_id("whe", holder["id"]))
    return signing.secret_of(row.salt) if row is not None else None


_SECRET = Withheld(("secret",), _secret_again)


@blp.post("/webhook-endpoints")
@requires(Role.RESIDENT)
@idempotent(withheld=_SECRET)
@blp.arguments(NewEndpointSchema, example=examples.NEW)
@blp.response(201, EndpointWithSecretSchema, description="A new endpoint.", example=examples.WITH_SECRET)
@blp.problems(
    OrganisationNotFound, errors.OrganisationNotVerified, errors.TooManyEndpoints, errors.WebhookAddressRefused
)
@blp.doc(responses={201: {"links": _LINKS}})
def create_endpoint(new: NewEndpoint) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Enter an address to which your organisation is told. The secret that proves the sender is shown this once."""
    row = endpoints.create_endpoint(new, actor=current_actor(), now=clock.now())
    body, headers = _with_secret(row)
    return body, 201, {**headers, "Location": f"/v1/webhook-endpoints/{public_id('whe', row.id)}"}


@blp.get("/webhook-endpoints")
@requires(Role.RESIDENT)
@blp.arguments(EndpointQuerySchema, location="query")
@blp.response(200, page_schema(EndpointSchema), example={"items": [examples.ENDPOINT], "next_cursor": None})
@blp.problems(OrganisationNotFound)
def list_endpoints(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List the endpoints of your organisation, newest first."""
    organisation_id = query.pop("organisation_id")
    page = endpoints.list_endpoints(organisation_id, PageQuery(**query), actor=current_actor())
    return mapped(page, _view), next_link(page)


@blp.get("/webhook-endpoints/<string:endpoint_id>")
@requires(Role.RESIDENT)
@blp.response(200, EndpointSchema, example=examples.ENDPOINT)
@blp.problems(errors.EndpointNotFound)
def read_endpoint(endpoint_id: str) -> Shown:
    """Read an endpoint of your organisation."""
    row = endpoints.get_endpoint(_endpoint_id(endpoint_id), actor=current_actor())
    return with_etag(_view(row), row.version)


@blp.patch("/webhook-endpoints/<string:endpoint_id>")
@requires(Role.RESIDENT)
@must_find(_owned)
@needs_if_match
@atomic
@blp.arguments(EndpointChangeSchema, example={"topics": ["certificate.issued"], "is_enabled": True})
@blp.response(200, EndpointSchema, example=examples.ENDPOINT)
@blp.problems(errors.EndpointNotFound, errors.WebhookAddressRefused)
def change_endpoint(change: dict[str, Any], endpoint_id: str) -> Shown:
    """Change the address or what is told, or switch the endpoint off and on."""
    row = endpoints.change_endpoint(
        _endpoint_id(endpoint_id), change, actor=current_actor(), seen=version_seen(), now=clock.now()
    )
    return with_etag(_view(row), row.version)


@blp.delete("/webhook-endpoints/<string:endpoint_id>")
@requires(Role.RESIDENT)
@must_find(_owned)
@needs_if_match
@atomic
@blp.response(204)
@blp.problems(errors.EndpointNotFound)
def delete_endpoint(endpoint_id: str) -> None:
    """Take an endpoint away, with the list of what was delivered to it."""
    endpoints.delete_endpoint(_endpoint_id(endpoint_id), actor=current_actor(), seen=version_seen())


@blp.post("/webhook-endpoints/<string:endpoint_id>/secret")
@requires(Role.RESIDENT)
@must_find(_owned)
@idempotent(withheld=_SECRET)
@blp.response(200, EndpointWithSecretSchema, example=examples.WITH_SECRET)
@blp.problems(errors.EndpointNotFound)
def renew_secret(endpoint_id: str) -> Shown:
    """Give the endpoint a new secret, shown this once. For 24 hours messages carry a signature of the old one too."""
    return _with_secret(endpoints.renew_secret(_endpoint_id(endpoint_id), actor=current_actor(), now=clock.now()))


@blp.get("/webhook-endpoints/<string:endpoint_id>/deliveries")
@requires(Role.RESIDENT)
@must_find(_owned)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(WebhookDeliverySchema), example={"items": [examples.DELIVERY], "next_cursor": None})
@blp.problems(errors.EndpointNotFound)
def list_deliveries(query: dict[str, Any], endpoint_id: str) -> tuple[Page[Delivery], dict[str, str]]:
    """List what went or goes to the endpoint in the last 30 days, newest first."""
    page = deliveries.list_deliveries(_endpoint_id(endpoint_id), PageQuery(**query), actor=current_actor())
    return page, next_link(page)


@blp.post("/webhook-endpoints/<string:endpoint_id>/deliveries/<string:delivery_id>/replay")
@requires(Role.RESIDENT)
@must_find(_owned)
@idempotent
@blp.response(200, WebhookDeliverySchema, example={**examples.DELIVERY, "tries": 0})
@blp.problems(errors.EndpointNotFound, errors.WebhookDeliveryNotFound, errors.EndpointDisabled, errors.DeliveryWaiting)
def replay_delivery(endpoint_id: str, delivery_id: str) -> Delivery:
    """Send a message once more, with the same id and content."""
    return deliveries.replay_delivery(
        _endpoint_id(endpoint_id), _delivery_id(delivery_id), actor=current_actor(), now=clock.now()
    )


@blp.post("/webhook-endpoints/<string:endpoint_id>/test")
@requires(Role.RESIDENT)
@must_find(_owned)
@limited("20 per minute")
@idempotent
@blp.response(201, WebhookDeliverySchema, description="A message on its way.", example=examples.DELIVERY)
@blp.problems(errors.EndpointNotFound, errors.EndpointDisabled)
@blp.doc(responses={201: {"links": _DELIVERY_LINKS}})
def send_test(endpoint_id: str) -> tuple[Delivery, int, dict[str, str]]:
    """Send a message of the type `webhook.test` to the endpoint."""
    sent = deliveries.send_test(_endpoint_id(endpoint_id), actor=current_actor(), now=clock.now())
    return sent, 201, {"Location": f"/v1/webhook-endpoints/{endpoint_id}/deliveries"}


def _view(row: EndpointRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "organisation_id": row.organisation_id,
        "url": row.url,
        "topics": row.topics,
        "is_enabled": row.disabled_at is None,
        "disabled_because": row.disabled_because,
        "delivered_at": row.delivered_at,
        "old_secret_until": row.old_until if row.old_until is not None and row.old_until > clock.now() else None,
        "created_at": row.created_at,
    }


def _with_secret(row: EndpointRow) -> Shown:
    return with_etag({**_view(row), "secret": signing.secret_of(row.salt)}, row.version)
