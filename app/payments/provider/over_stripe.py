"""The adapter over stripe-python 16: PaymentIntents, refunds, disputes and events (SECURITY 1.2 to 1.5)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import stripe

from app.foundation.data import in_transaction, public_id
from app.foundation.proof import logger
from app.payments.provider import stripe_objects as objects
from app.payments.provider.port import (
    ProviderDispute,
    ProviderEvent,
    ProviderKeyUsed,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)
from app.payments.provider.signatures import is_signed
from app.payments.rules import CURRENCY

# The version that stripe-python 16.1.0 was made for; answers and messages keep this shape when Stripe goes on.
API_VERSION = "2026-10-28.endive"
# Without it the client tries once, whatever the module's default says (SECURITY 1.5).
RETRIES = 2
EVENTS_AT_ONCE = 100

Answer = TypeVar("Answer")

log = logger(__name__)

# Timings of earlier calls would travel with each request; nobody here has asked for that.
stripe.enable_telemetry = False


class StripeProvider:
    """Stripe, or whatever answers as Stripe does through `client`."""

    # Stripe's servers are abroad; the sandbox stands for it, so that nothing is new on the day of real money.
    takes_data_abroad = True

    def __init__(
        self,
        name: str,
        key: str,
        *,
        client: stripe.HTTPClient,
        live: bool,
        webhook_secrets: Sequence[str],
        environment: str,
        methods: Sequence[str],
        publishable_key: str,
        address: str = "https://api.stripe.com",
    ) -> None:
        self.name = name
        self.is_live = live
        self.client = client
        self._webhook_secrets = tuple(webhook_secrets)
        self._environment = environment
        self._methods = list(methods)
        self._publishable_key = publishable_key
        self._api = stripe.StripeClient(
            key,
            max_network_retries=RETRIES,
            http_client=client,
            base_addresses={"api": address},
            stripe_version=API_VERSION,
        ).v1

    def open(self, payment_id: UUID, *, attempt: int, amount_fen: int, purpose: str) -> ProviderPayment:
        """Create the PaymentIntent of a payment under the key `pi:{payment}:{attempt}`."""
        ours = public_id("pay", payment_id)
        params: Any = {
            "amount": amount_fen,
            "currency": CURRENCY,
            "description": f"Lintan {ours}",
            "metadata": {"payment": ours, "kind": purpose, "env": self._environment},
        }
        if self._methods:
            params["payment_method_types"] = self._methods
        else:
            params["automatic_payment_methods"] = {"enabled": True}
        key = f"pi:{ours}:{attempt}"
        return self._payment(_ask(lambda: self._api.payment_intents.create(params, {"idempotency_key": key})))

    def retrieve(self, ref: str) -> ProviderPayment:
        """Read a PaymentIntent."""
        return self._payment(_ask(lambda: self._api.payment_intents.retrieve(ref)))

    def cancel(self, ref: str) -> ProviderPayment:
        """Cancel a PaymentIntent; one that cannot be canceled is read again, and tells why."""
        try:
            return self._payment(
                _ask(lambda: self._api.payment_intents.cancel(ref, {"cancellation_reason": "abandoned"}))
            )
        except ProviderRefused:
            return self.retrieve(ref)

    def refund(self, ref: str, *, refund_id: UUID, amount_fen: int) -> ProviderRefund:
        """Create a refund under the key `re:{refund}`."""
        ours = public_id("ref", refund_id)
        params: Any = {"payment_intent": ref, "amount": amount_fen, "metadata": {"refund": ours}}
        return _read(
            objects.refund_of, _ask(lambda: self._api.refunds.create(params, {"idempotency_key": f"re:{ours}"}))
        )

    def retrieve_refund(self, ref: str) -> ProviderRefund:
        """Read a refund."""
        return _read(objects.refund_of, _ask(lambda: self._api.refunds.retrieve(ref)))

    def find_refund(self, payment_ref: str, refund_id: UUID) -> ProviderRefund | None:
        """Look for a refund by our id in its metadata."""
        listed = _ask(lambda: self._api.refunds.list({"payment_intent": payment_ref, "limit": 100}))
        found = (_read(objects.refund_of, each) for each in listed["data"])
        return next((each for each in found if each.refund_id == refund_id), None)

    def retrieve_dispute(self, ref: str) -> ProviderDispute:
        """Read a dispute."""
        return _read(objects.dispute_of, _ask(lambda: self._api.disputes.retrieve(ref)))

    def verified(self, body: bytes, signature: str, *, now: datetime) -> ProviderEvent | None:
        """Check the signature with each of the secrets, then read the body."""
        if not is_signed(body, signature, secrets=self._webhook_secrets, now=now):
            return None
        event = objects.event_in(body, publishable_key=self._publishable_key)
        if event is not None and event.is_live != self.is_live:
            log.error("payments.webhook.other_mode", event_id=event.id, is_live=event.is_live)
            return None
        return event

    def missed_events(self) -> list[ProviderEvent]:
        """List the events of our types that Stripe could not deliver; it keeps them for 30 days."""
        params: Any = {"delivery_success": False, "types": list(objects.TYPES), "limit": EVENTS_AT_ONCE}
        listed = _ask(lambda: self._api.events.list(params))
        found = (objects.event_of(each, publishable_key=self._publishable_key) for each in listed["data"])
        return [each for each in found if each is not None and each.is_live == self.is_live]

    def event_of(self, payload: dict[str, Any]) -> ProviderEvent:
        """Read a kept event again."""
        event = objects.event_of(payload, publishable_key=self._publishable_key)
        if event is None:
            raise ValueError("a kept message that cannot be read")
        return event

    def _payment(self, values: Mapping[str, Any]) -> ProviderPayment:
        return _read(lambda given: objects.payment_of(given, publishable_key=self._publishable_key), values)


def _ask(call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
    """Call Stripe, and sort its errors into those that may pass and those that stay."""
    if in_transaction():
        raise RuntimeError("no provider is called inside a transaction (DESIGN 4)")
    try:
        return call().to_dict()
    except stripe.IdempotencyError as error:
        raise ProviderKeyUsed(str(error.code)) from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        log.info("payments.provider.refused", code=error.code, status=error.http_status)
        raise ProviderRefused(str(error.code or "refused")) from error
    except stripe.StripeError as error:
        # The network, a 5xx, a limit; but also a wrong key or a missing right, which people mend while payments wait.
        log.error("payments.provider.unavailable", error=type(error).__name__, status=error.http_status)
        raise ProviderUnavailable(type(error).__name__) from error


def _read(read: Callable[[Mapping[str, Any]], Answer | None], values: Mapping[str, Any]) -> Answer:
    answer = read(values)
    if answer is None:
        raise ProviderUnavailable("an answer that cannot be read")
    return answer
