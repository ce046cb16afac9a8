"""What the page about the log says of it today."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.transparency.keys.queries import log_verifiers
from app.transparency.log.origin import log_origin
from app.transparency.log.queries import latest_checkpoint


@dataclass(frozen=True, slots=True)
class LogState:
    """The log in a few facts.

    Args:
        origin: its name, and its address without the scheme.
        size: leaves under the last signed head, 0 before the first.
        root, signed_at: of that head, None before it.
        vkey: the key that signs heads now, in one line; None before there is one.
        has_witness: whether somebody else keeps our heads: without it nobody can exclude that entries are dated back.
        keys_in_web_process: whether the process that answers requests holds the private keys too, as on SQLite.
    """

    origin: str
    size: int
    root: bytes | None
    signed_at: datetime | None
    vkey: str | None
    has_witness: bool
    keys_in_web_process: bool


def log_state(session: Session) -> LogState:
    """Return the state of the log."""
    head = latest_checkpoint(session)
    verifiers = log_verifiers(session)
    return LogState(
        origin=log_origin(),
        size=0 if head is None else head.size,
        root=None if head is None else head.root,
        signed_at=None if head is None else head.signed_at,
        vkey=verifiers[0].vkey if verifiers else None,
        has_witness=False,
        keys_in_web_process=session.get_bind().dialect.name == "sqlite",
    )
