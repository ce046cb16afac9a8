"""What an operator does with keys, as the commands do it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.foundation.data import reading, run_in_transaction, transaction
from app.foundation.proof import SYSTEM
from app.transparency.keys import active, signer_for
from app.transparency.models import WaitingRow
from app.transparency.signer import ActiveKey

MORNING = datetime(2026, 3, 13, 1, 0, 0, 250_000, tzinfo=UTC)
SLUG, AGENCY = "lishui-ecology", UUID(int=331100)
DID = "did:web:localhost%3A8000:issuers:lishui-ecology"
PASSPHRASE = "correct horse battery staple"


def do(usecase: Callable[..., Any], *, now: datetime = MORNING, **arguments: Any) -> Any:
    """Run a use case as a command does."""
    return run_in_transaction(lambda session: usecase(session, actor=SYSTEM, now=now, **arguments))


def active_key(owner: str | None = SLUG) -> ActiveKey | None:
    """Return the key that would sign now."""
    with transaction() as session:
        return signer_for(session, owner)


def entries() -> list[Any]:
    """Return the entries that wait for the log."""
    with reading() as session:
        rows = session.scalars(select(WaitingRow).order_by(WaitingRow.created_at, WaitingRow.id))
        return [json.loads(row.entry) for row in rows]


def restart(app: Flask) -> None:
    """Let the process forget its decrypted keys."""
    active.open_keyring(app)
