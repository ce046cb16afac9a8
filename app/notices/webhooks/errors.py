"""What can go wrong with webhooks."""

from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError, NotFound


class EndpointNotFound(NotFound):
    """There is none of this id, or the caller does not own its organisation."""

    code = "notices.webhook_endpoint_not_found"
    title = _("None of your organisations has a webhook endpoint of this id.")


class WebhookDeliveryNotFound(NotFound):
    """The endpoint has no delivery of this id, or it is too old."""

    code = "notices.webhook_delivery_not_found"
    title = _("This endpoint has no delivery of this id.")


class WebhookAddressRefused(DomainError):
    """The address is not https on port 443 with a public name."""

    code = "notices.webhook_address_refused"
    status = 422
    pointer = "/url"
    title = _("Give an address that begins with https:// and a public name, without port, user or fragment.")


class TooManyEndpoints(DomainError):
    """The organisation has as many endpoints as one can have."""

    code = "notices.too_many_webhook_endpoints"
    status = 409
    title = _("The organisation has as many webhook endpoints as it can have.")


class OrganisationNotVerified(DomainError):
    """No agency stands behind the organisation now."""

    code = "notices.organisation_not_verified"
    status = 409
    title = _("Webhooks are for organisations that an agency has confirmed.")


class EndpointDisabled(DomainError):
    """Nothing is sent to the endpoint."""

    code = "notices.webhook_endpoint_disabled"
    status = 409
    title = _("This endpoint is switched off. Switch it on first.")


class DeliveryWaiting(DomainError):
    """The delivery is on its way already."""

    code = "notices.webhook_delivery_waiting"
    status = 409
    title = _("This delivery is on its way already.")
