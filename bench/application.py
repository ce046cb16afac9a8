"""The product with one route more: empty, behind the same check of who asks, as the baseline of requests."""

from app import create_app
from app.foundation.http import requires

app = create_app()


@app.get("/v1/bench/empty")
@requires("resident")
def empty() -> dict[str, str]:
    """Do nothing."""
    return {}
