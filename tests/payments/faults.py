"""A line to the provider that breaks: after the provider has acted, before it, or with an answer that cannot be used."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import stripe
from flask import Flask

from app.payments.provider.over_stripe import StripeProvider
from app.payments.sandbox.client import SandboxHTTPClient
from app.payments.settings import sandbox_webhook_secret

FAULTS = ("timeout_before", "timeout_after", "500_before", "500_after", "409", "429", "cut")


class FaultyClient(stripe.HTTPClient):
    """Lets the next requests go wrong as `faults` says, one word a request; then all is well again."""

    name = "faulty"

    def __init__(self, inner: stripe.HTTPClient) -> None:
        super().__init__()
        self.inner = inner
        self.faults: list[str] = []
        self.is_down = False
        self.requests: list[tuple[str, str, str | None]] = []

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[Any, int, Mapping[str, str]]:
        self.requests.append((method, url.partition("/v1/")[2], (headers or {}).get("Idempotency-Key")))
        fault = "timeout_before" if self.is_down else self.faults.pop(0) if self.faults else ""
        if fault == "timeout_before":
            raise stripe.APIConnectionError("no answer", should_retry=True)
        if fault in ("500_before", "409", "429"):
            return '{"error": {"type": "api_error", "message": "no"}}', int(fault[:3]), {}
        body, status, answered = self.inner.request(method, url, headers, post_data)
        if fault == "timeout_after":
            raise stripe.APIConnectionError("no answer", should_retry=True)
        if fault == "500_after":
            return '{"error": {"type": "api_error", "message": "no"}}', 500, {}
        if fault == "cut":
            return body[: len(body) // 2], status, answered
        return body, status, answered

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0

    def close(self) -> None:
        self.inner.close()


@contextmanager
def faulty(app: Flask) -> Iterator[FaultyClient]:
    """Put a line that can break between the application and its sandbox."""
    line = FaultyClient(SandboxHTTPClient())
    before = app.extensions["lintan_payment_provider"]
    app.extensions["lintan_payment_provider"] = StripeProvider(
        "sandbox",
        "sk_test_sandbox",
        client=line,
        live=False,
        webhook_secrets=(sandbox_webhook_secret(),),
        environment="test",
        methods=(),
        publishable_key="pk_test_x",
    )
    try:
        yield line
    finally:
        app.extensions["lintan_payment_provider"] = before
