"""What a retirement certificate (LSR) says of its retirement and of its beneficiary."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.certificates.rules import HolderKind, printable_name
from app.credits import (
    Batch,
    BeneficiaryKind,
    Cancellation,
    Custody,
    Project,
    Purpose,
    Retirement,
    batches_by_ids,
    joined,
    projects_by_ids,
    tonnes,
)
from app.identity import masked_name
from app.transparency import second_text

# Every other purpose has a certificate of its own kind, or none at all: a sponsor's retirement counts for nobody's.
PURPOSES = frozenset({Purpose.SELF, Purpose.GIFT})
PEOPLE = frozenset({BeneficiaryKind.RESIDENT, BeneficiaryKind.HOUSEHOLD})
HOLDERS = {
    BeneficiaryKind.RESIDENT: HolderKind.RESIDENT,
    BeneficiaryKind.HOUSEHOLD: HolderKind.RESIDENT,  # A household has no account; whoever retired for it holds it.
    BeneficiaryKind.ORGANISATION: HolderKind.ORGANISATION,
    BeneficiaryKind.AGENCY: HolderKind.AGENCY,
}
NO_NAME = "*"  # What masking makes of a single character; an account without a name reads the same.
PENDING = "pending"


def register_members(session: Session, retirement: Retirement) -> dict[str, Any]:
    """Return the members that the register answers for, as they stand in it now."""
    return registers_of(session, [retirement])[retirement.id]


def registers_of(session: Session, retirements: Collection[Retirement]) -> dict[UUID, dict[str, Any]]:
    """Return the same of many retirements at once, by the retirement's id."""
    batches = batches_by_ids(session, [each.batch_id for each in retirements])
    projects = projects_by_ids(session, [batch.project_id for batch in batches.values()])
    return {
        each.id: _members(each, batches[each.batch_id], projects[batches[each.batch_id].project_id])
        for each in retirements
    }


def _members(retirement: Retirement, batch: Batch, project: Project) -> dict[str, Any]:
    members: dict[str, Any] = {
        "id": f"{current_app.config['LINTAN_PUBLIC_URL']}/retirements/{retirement.public_id}",
        "type": "Retirement",
        "retiredAt": second_text(retirement.retired_at),
        "registry": batch.registry_name,
        "methodology": batch.methodology,
        "projectName": project.name_zh,
        "vintage": batch.vintage,
        "quantity": tonnes(retirement.kg),
        "serials": [
            {"type": "SerialRange", "block": batch.code, "first": each.first, "last": each.last}
            for each in joined(retirement.serials)
        ],
        "custody": batch.custody.value,
        "purpose": retirement.purpose.value,
    }
    if batch.custody is Custody.EXTERNAL:
        members["sourceCancellation"] = _source_cancellation(retirement.cancellation)
    return members


def shown_as(name: str) -> str:
    """Return a person's name as it is signed and printed: masked, and a single star where paper cannot show it.

    >>> shown_as("张小明"), shown_as(""), shown_as("🌲")
    ('张**', '*', '*')
    """
    masked = masked_name(name)
    return masked if masked and printable_name(masked) else NO_NAME


def _source_cancellation(cancellation: Cancellation | None) -> str | dict[str, str]:
    if cancellation is None or cancellation.reference is None or cancellation.cancelled_on is None:
        return PENDING
    return {
        "registry": cancellation.registry,
        "reference": cancellation.reference,
        "date": cancellation.cancelled_on.isoformat(),
    }
