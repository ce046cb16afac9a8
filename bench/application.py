"""The product with one route more: empty, behind the same check of who asks, as the baseline of requests."""

from app import create_app
from app.foundation.http import requires
from app.offsets import rules as offset_rules

offset_rules.UNPAID_ORDERS_MAX = 10**9  # One resident of the benchmark orders for hundreds.
app = create_app()


@app.get("/v1/bench/empty")
@requires("resident")
def empty() -> dict[str, str]:
    """Do nothing."""
    return {}
