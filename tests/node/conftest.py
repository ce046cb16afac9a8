"""Certificates before software of others in another language, for `make test-node` alone: it needs Node.js and npm."""

import os

# Set by `make test-node`, once npm has installed what package-lock.json names.
collect_ignore_glob = [] if os.environ.get("LINTAN_NODE") else ["test_*.py"]
