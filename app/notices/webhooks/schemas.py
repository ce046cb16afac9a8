"""Shapes of webhooks."""

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from app.foundation.http import Choice, Flag, Instant, Many, PageQuerySchema, PrefixedId, Schema, Text, WholeNumber
from app.notices.webhooks.guard import URL_MAX
from app.notices.webhooks.rules import TRIES_MAX, DisabledBecause, WebhookState, WebhookTopic
from app.notices.webhooks.usecases.endpoints import NewEndpoint

_TOPICS_MAX = 20


class EndpointQuerySchema(PageQuerySchema):
    """Whose endpoints."""

    organisation_id = PrefixedId("org", required=True)


class NewEndpointSchema(Schema):
    """Where an organisation wants to be told, and of what."""

    organisation_id = PrefixedId("org", required=True)
    url = Text(max=URL_MAX, required=True)
    topics = Many(Choice(WebhookTopic), min=1, max=_TOPICS_MAX, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewEndpoint:
        """Return what the use case takes."""
        return NewEndpoint(**{**data, "topics": tuple(each.value for each in data["topics"])})


class EndpointChangeSchema(Schema):
    """What is changed; members that are left out stay."""

    url = Text(max=URL_MAX)
    topics = Many(Choice(WebhookTopic), min=1, max=_TOPICS_MAX)
    is_enabled = Flag()

    @validates_schema
    def _something(self, data: dict[str, Any], **_: object) -> None:
        if not data:
            raise ValidationError("nothing_to_change")

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return what the use case takes."""
        return {**data, "topics": [each.value for each in data["topics"]]} if "topics" in data else data


class EndpointSchema(Schema):
    """An endpoint. Its secret was shown when it was made."""

    id = PrefixedId("whe", required=True)
    organisation_id = PrefixedId("org", required=True)
    url = Text(max=URL_MAX, required=True)
    topics = Many(Text(max=40), max=_TOPICS_MAX, required=True)
    is_enabled = Flag(required=True)
    disabled_because = Choice(DisabledBecause, required=True, allow_none=True)
    delivered_at = Instant(required=True, allow_none=True)
    old_secret_until = Instant(required=True, allow_none=True)
    created_at = Instant(required=True)


class EndpointWithSecretSchema(EndpointSchema):
    """An endpoint with its secret, which is shown this once."""

    secret = Text(max=60, required=True)


class WebhookDeliverySchema(Schema):
    """A message on its way to an endpoint, or what became of it."""

    id = PrefixedId("whd", required=True)
    message_id = Text(max=40, required=True, metadata={"description": "As `webhook-id` says it to the receiver."})
    topic = Text(max=40, required=True)
    state = Choice(WebhookState, required=True)
    tries = WholeNumber(min=0, max=TRIES_MAX, required=True)
    status = WholeNumber(min=100, max=999, required=True, allow_none=True)
    reason = Text(max=40, required=True, allow_none=True)
    created_at = Instant(required=True)
    tried_at = Instant(required=True, allow_none=True)
    next_at = Instant(required=True, allow_none=True)
    settled_at = Instant(required=True, allow_none=True)
