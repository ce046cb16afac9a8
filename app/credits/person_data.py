"""What credits keeps of people: kilograms retired in their name, and the words of a retirement."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.credits.models import DedicationRow, RetirementRow
from app.credits.rules import BeneficiaryKind
from app.identity import Erasure, Held, Kept, Law, PersonData, Progress, copies, delete_some, person_data


def forget_dedications(session: Session, retirement_ids: Collection[UUID]) -> None:
    """Delete the words of retirements that somebody had made for others: the name of a gift, and a note."""
    delete_some(
        session, DedicationRow, DedicationRow.retirement_id.in_(set(retirement_ids)), limit=len(retirement_ids) or 1
    )


def dedications_of(session: Session, retirement_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Return the words of retirements, for the copy of whoever had them made."""
    return copies(session, DedicationRow, DedicationRow.retirement_id.in_(set(retirement_ids)))


def _export(session: Session, person_id: UUID) -> dict[str, Any]:
    mine = _of(person_id)
    ids = {"beneficiary_id": "per", "batch_id": "bat", "transfer_id": "trf"}
    return {
        "retirements": copies(session, RetirementRow, mine, ids),
        "dedications": copies(
            session, DedicationRow, DedicationRow.retirement_id.in_(select(RetirementRow.id).where(mine))
        ),
    }


def _erase(session: Session, erasure: Erasure) -> Progress:
    mine = select(RetirementRow.id).where(_of(erasure.person_id))
    deleted = delete_some(session, DedicationRow, DedicationRow.retirement_id.in_(mine), limit=erasure.limit)
    return Progress(deleted < erasure.limit, (Kept("retirements", None, Law.ANONYMOUS),))


def _of(person_id: UUID) -> Any:
    return and_(RetirementRow.beneficiary_kind == BeneficiaryKind.RESIDENT, RetirementRow.beneficiary_id == person_id)


PERSON_DATA = PersonData(
    held=(
        Held(
            "credits_retirement",
            "kilograms retired for somebody",
            "no kilogram is claimed twice",
            "for ever: the register; after an erasure the id leads to nobody",
        ),
        Held("credits_dedication", "a name and a note on a retirement", "what a gift says", "with the account"),
    ),
    export=_export,
    erase=_erase,
    not_personal={
        "credits_project_cell": "boundaries of projects",
        "credits_project": "owners are organisations and agencies",
        "credits_cancellation": "which member of staff entered a proof",
        "credits_block": "serials by account",
        "credits_block_move": "serials by account",
        "credits_batch": "credits of a project, issued by registrars",
    },
)


def register_person_data(app: Flask) -> None:
    """Answer for what this room keeps of people."""
    person_data.register(app, "credits", PERSON_DATA)
