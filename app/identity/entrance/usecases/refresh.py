"""Continuing a session with its refresh token (docs/decisions tells why tokens are made, not drawn)."""

import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from app.foundation.data import run_in_transaction
from app.foundation.proof import logger, record
from app.identity import keys
from app.identity.entrance import queries
from app.identity.entrance.errors import RefreshRefused
from app.identity.entrance.models import DeviceRow, SessionEnd, SessionRow
from app.identity.entrance.rules.refresh import Presented, Verdict, verdict_on
from app.identity.entrance.usecases.opening import SignedIn, actor_of, end, signed_in
from app.identity.settings import days

log = logger(__name__)


def refresh_session(presented: str, *, device_id: str | None, now: datetime) -> SignedIn:
    """Continue a session with its refresh token, which is used up by it.

    The end of a session whose token was copied is committed before the refusal.

    Raises:
        RefreshRefused: the token is not good, whatever the reason.
    """
    claimed = keys.parse_refresh_token(presented)
    if claimed is None:
        raise RefreshRefused()
    session_id, token_number = claimed

    def work(session: Session) -> SignedIn | None:
        row = queries.lock_session(session, session_id)
        if row is None or not _is_genuine(row, presented, token_number):
            return None
        return _continued(session, row, token_number, device_id=device_id, now=now)

    outcome = run_in_transaction(work)
    if outcome is None:
        raise RefreshRefused()
    return outcome


def _is_genuine(row: SessionRow, presented: str, token_number: int) -> bool:
    """Return whether we made the token. The newest is known by its hash; one that was used up is made again and compared."""
    if token_number == row.refresh_number:
        return hmac.compare_digest(keys.token_hash(presented), row.refresh_hash)
    made = keys.refresh_token(row.id, salt=row.refresh_salt, number=token_number)
    return token_number < row.refresh_number and hmac.compare_digest(made, presented)


def _continued(
    session: Session, row: SessionRow, token_number: int, *, device_id: str | None, now: datetime
) -> SignedIn | None:
    token = Presented(
        number=token_number,
        newest_number=row.refresh_number,
        newest_issued_at=row.refreshed_at,
        newest_expires_at=row.refresh_expires_at,
        session_is_open=row.ended_at is None,
        is_same_device=_is_same_device(session, row, device_id),
    )
    match verdict_on(token, now):
        case Verdict.ROTATE:
            row.refresh_number += 1
            refresh_token = keys.refresh_token(row.id, salt=row.refresh_salt, number=row.refresh_number)
            row.refresh_hash = keys.token_hash(refresh_token)
            row.refreshed_at = now
            row.refresh_expires_at = min(row.expires_at, now + days("LINTAN_SESSION_DAYS_IDLE"))
            return signed_in(session, row, refresh_token, now)
        case Verdict.REPEAT:
            repeated = keys.refresh_token(row.id, salt=row.refresh_salt, number=row.refresh_number)
            return signed_in(session, row, repeated, now)
        case Verdict.END_SESSION:
            end(row, SessionEnd.TOKEN_REUSED, now)
            owner = actor_of(row, ())
            record(
                session, action="identity.token_reused", object_kind="identity.session", object_id=row.id, actor=owner
            )
            log.warning("identity.session.token_reused", session_id=str(row.id))
            return None
        case Verdict.REFUSE:
            return None


def _is_same_device(session: Session, row: SessionRow, device_id: str | None) -> bool:
    device = session.get(DeviceRow, row.device_id) if row.device_id is not None else None
    if device is None:
        return True  # Opened without one: nothing to compare.
    return device_id is not None and hmac.compare_digest(device.fingerprint, keys.blinded("device", device_id))
