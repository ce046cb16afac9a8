"""The port to payment providers, its one adapter, and the choice between the real provider and the sandbox.

Both go through stripe-python: the sandbox answers in the process what Stripe would answer over the network (SECURITY 0.1).
"""

from app.payments.provider.choose import provider, register_provider
from app.payments.provider.port import (
    Provider,
    ProviderDispute,
    ProviderEvent,
    ProviderKeyUsed,
    ProviderPayment,
    ProviderRefund,
    ProviderRefused,
    ProviderStatus,
    ProviderUnavailable,
    Subject,
)

__all__ = [
    "Provider",
    "ProviderDispute",
    "ProviderEvent",
    "ProviderKeyUsed",
    "ProviderPayment",
    "ProviderRefund",
    "ProviderRefused",
    "ProviderStatus",
    "ProviderUnavailable",
    "Subject",
    "provider",
    "register_provider",
]
