"""How a resident signs in: devices, sessions, accounts elsewhere."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.entrance.models import AssistanceRow, CodeBindingRow, DeviceRow, SessionRow
from app.identity.entrance.outside.models import OutsideAccountRow
from app.identity.rights.parts import Erasure, Held, PersonData, Progress
from app.identity.rights.rows import copies, delete_all

_SECRETS = ("refresh_salt", "refresh_hash", "refresh_number", "staff_id")
_IDS = {"person_id": "per", "staff_id": "stf", "device_id": "dev", "session_id": "ses"}


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    return {
        "devices": copies(
            session, DeviceRow, DeviceRow.person_id == person_id, {"id": "dev", **_IDS}, but=("fingerprint", "staff_id")
        ),
        "sessions": copies(session, SessionRow, SessionRow.person_id == person_id, {"id": "ses", **_IDS}, but=_SECRETS),
        "accounts_elsewhere": copies(
            session, OutsideAccountRow, OutsideAccountRow.person_id == person_id, _IDS, but=("subject_mark",)
        ),
        "assistance": copies(session, AssistanceRow, AssistanceRow.person_id == person_id, _IDS),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    person_id = erasure.person_id
    owned = (
        (CodeBindingRow, CodeBindingRow.person_id == person_id),
        (OutsideAccountRow, OutsideAccountRow.person_id == person_id),
        (AssistanceRow, AssistanceRow.person_id == person_id),
        (SessionRow, SessionRow.person_id == person_id),
        (DeviceRow, DeviceRow.person_id == person_id),
    )
    return Progress(delete_all(session, owned, limit=erasure.limit))


ENTRANCE = PersonData(
    held=(
        Held("identity_device", "apps somebody signed in on", "signing a lost telephone out", "with the account"),
        Held(
            "identity_session", "sign-ins and when they were used", "signing out elsewhere", "30 days after their end"
        ),
        Held(
            "identity_outside_account",
            "a keyed mark of an account elsewhere",
            "signing in through another app",
            "until unlinked",
        ),
        Held(
            "identity_assistance",
            "that staff entered for somebody, and the paper for it",
            "staff enter on request",
            "with the account",
        ),
        Held("identity_code_binding", "for whom a code was asked for", "a code is good for one purpose", "two days"),
        Held(
            "identity_otp_challenge",
            "the number a code went to",
            "signing in",
            "two days, or when the number's account goes",
        ),
        Held(
            "identity_sms_pace",
            "keyed marks of numbers and devices",
            "limits of messages",
            "two days, or with the account",
        ),
    ),
    export=_export,
    erase=_erase,
    not_personal={
        "identity_sms_count": "keyed marks of networks, by the hour; swept after two days",
        "identity_sign_in_attempt": "failures of staff accounts by keyed marks; swept after two days",
    },
)
