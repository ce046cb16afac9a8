"""Parts of the rooms below identity, which cannot register with it: foundation, approvals, the ledger, the log, the rulebook."""

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app.foundation.http import forget_answers_of
from app.foundation.proof import ActorKind
from app.foundation.sync import forget_changes_of
from app.identity.rights.parts import (
    Erasure,
    Held,
    Kept,
    PersonData,
    Progress,
    nothing_to_erase,
    nothing_to_export,
    person_data,
)
from app.identity.rights.rows import plain
from app.identity.rights.rules import Law
from app.ledger import accounts_of_owner, entries_of_owner

RESIDENT = "resident"


def register_parts_below(app: Flask) -> None:
    """Register what rooms below identity keep of people."""
    person_data.register(app, "foundation", FOUNDATION)
    person_data.register(app, "approvals", APPROVALS)
    person_data.register(app, "rulebook", RULEBOOK)
    person_data.register(app, "transparency", TRANSPARENCY)
    person_data.register(app, "ledger", LEDGER)


def _erase_foundation(session: Session, erasure: Erasure) -> Progress:
    deleted = forget_answers_of(session, ActorKind.RESIDENT, erasure.person_id, limit=erasure.limit)
    forget_changes_of(session, erasure.person_id)
    return Progress(deleted < erasure.limit, (Kept("audit", None, Law.ANONYMOUS),))


def _export_ledger(session: Session, person_id: UUID) -> dict[str, Any]:
    accounts = accounts_of_owner(session, RESIDENT, person_id)
    return {
        "accounts": [{name: plain(value) for name, value in each.items()} for each in accounts],
        "entries": [
            {name: plain(value) for name, value in each.items()}
            for each in entries_of_owner(session, RESIDENT, person_id)
        ],
    }


def _erase_ledger(_: Session, __: Erasure) -> Progress:
    return Progress(is_done=True, kept=(Kept("entries", None, Law.ANONYMOUS),))


FOUNDATION = PersonData(
    held=(
        Held(
            "foundation_idempotency",
            "answers to the resident's requests of the last two days",
            "a request that is sent again happens once",
            "48 hours; with the account",
        ),
        Held("foundation_sync_counter", "a count of changes", "the app keeps a true copy", "with the account"),
        Held(
            "foundation_sync_change",
            "which thing changed when, by id",
            "the app keeps a true copy",
            "tombstones 90 days; with the account",
        ),
    ),
    export=nothing_to_export,
    erase=_erase_foundation,
    not_personal={
        "foundation_audit": "ids and hashes alone; append-only and sealed, it outlives an erasure by intent",
        "foundation_outbox": "ids and numbers by rule (a test reads it); done messages go after seven days",
        "foundation_task": "ids alone; what a member of staff must do",
        "foundation_audit_sealed": "hashes and places of sealed audit rows",
        "foundation_schedule": "runs of timed jobs",
        "foundation_setting": "facts about the whole database",
    },
)
APPROVALS = PersonData(
    held=(),
    export=nothing_to_export,
    erase=nothing_to_erase,
    not_personal={"approvals_proposal": "who proposed and decided in office; of residents ids and masked values alone"},
)
_LOG = "signed or hashed, and public: an entry names no person (a retirement's random id, digests, keys)"
TRANSPARENCY = PersonData(
    held=(),
    export=nothing_to_export,
    erase=nothing_to_erase,
    not_personal={
        "transparency_leaf": _LOG,
        "transparency_waiting": _LOG,
        "transparency_node": _LOG,
        "transparency_checkpoint": _LOG,
        "transparency_seal": _LOG,
        "transparency_document": "signed documents: of a person a masked name and a hash whose salt is deleted, no more",
        "transparency_issuer": "agencies",
        "transparency_key": "public keys of agencies",
        "transparency_did_document": "public keys of agencies",
    },
)
RULEBOOK = PersonData(
    held=(),
    export=nothing_to_export,
    erase=nothing_to_erase,
    not_personal={"rulebook_document": "rules, factors, prices and texts, approved by two people in office"},
)
LEDGER = PersonData(
    held=(
        Held(
            "ledger_account",
            "accounts of points, by the person's id",
            "points and kilograms are counted",
            "for ever: append-only; after an erasure the id leads to nobody",
        ),
        Held("ledger_entry", "lines of an account", "as above", "as above"),
    ),
    export=_export_ledger,
    erase=_erase_ledger,
    not_personal={
        "ledger_transfer": "accounts and amounts; told through the entries of the account's owner",
        "ledger_balance": "the present state of an account, which its entries tell",
        "ledger_lot": "the same by day of expiry",
        "ledger_seal": "hashes of sealed entries by account",
        "ledger_waiting": "accounts that the next seal covers",
        "ledger_asset": "what is counted",
        "ledger_purpose": "what accounts are for",
    },
)
