"""The log's name: its address without the scheme, which stands in every checkpoint and signature line (C2SP tlog-checkpoint)."""

from urllib.parse import urlsplit

from flask import current_app


def log_origin() -> str:
    """Return `HOST/log` of the public address."""
    place = urlsplit(str(current_app.config["LINTAN_PUBLIC_URL"]))
    return f"{place.netloc.lower()}{place.path.rstrip('/')}/log"
