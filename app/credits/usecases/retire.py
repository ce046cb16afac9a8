"""Kilograms are retired: they leave circulation for good, for one beneficiary and one purpose."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.credits import queries
from app.credits.errors import BeneficiaryUnknown, RetirementDiffers
from app.credits.logged import RETIREMENT_SUBJECT, log_retirement
from app.credits.models import CancellationRow, DedicationRow, RetirementRow
from app.credits.queries import Batch, Retirement
from app.credits.rules import BeneficiaryKind, Custody, Purpose
from app.credits.usecases.move import Holder, batch_of_hold, holding_of, move_serials, too_few_told
from app.foundation.data import after_commit, crockford, new_id
from app.foundation.proof import Actor, logger, record
from app.foundation.work import open_task
from app.identity import Role
from app.ledger import Cause, Transfer, accounts_by_ids, post_hold_part, post_move

CANCEL_AT_SOURCE = "credits.cancel_at_source"
_RANDOM_BITS = 80  # 16 characters of five bits (SECURITY 3).

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """In whose name kilograms are retired: an account, or somebody known by name alone, as the recipient of a gift may be."""

    kind: BeneficiaryKind
    id: UUID | None = None
    name: str | None = None  # Needed without an id. Of a resident with an account, identity knows the name.


def retire_held(
    session: Session,
    hold_id: UUID,
    *,
    beneficiary: Beneficiary,
    purpose: Purpose,
    cause: Cause,
    actor: Actor,
    now: datetime,
    note: str | None = None,
) -> Retirement:
    """Retire reserved kilograms, all of them; the same cause retires once and answers the first retirement.

    Raises:
        HoldNotForThis: they were reserved for a delivery, or it is no reservation of kilograms.
        HoldResolved: the reservation has ended by another cause.
        BeneficiaryUnknown: neither account nor name.
        RetirementDiffers: the cause retired them for somebody else, or for another purpose.
        TooScattered: their serials lie in more ranges than an entry of the log can hold.
    """
    batch = batch_of_hold(session, hold_id, to_be_retired=True)
    transfer = post_hold_part(session, hold_id, cause=cause, now=now)
    return _retirement(session, transfer, batch, beneficiary, purpose, actor=actor, now=now, note=note)


def retire(
    session: Session,
    batch_id: UUID,
    kg: int,
    *,
    holder: Holder,
    beneficiary: Beneficiary,
    purpose: Purpose,
    cause: Cause,
    actor: Actor,
    now: datetime,
    note: str | None = None,
) -> Retirement:
    """Retire kilograms straight from a holder's account. Whether the caller may is the calling room's question.

    Raises:
        BatchNotFound: there is none of this id.
        NotEnoughKilograms: the holder has fewer free.
        BeneficiaryUnknown, RetirementDiffers, TooScattered: as for reserved kilograms.
        ReplayConflict: the cause moved another amount before.
    """
    batch = queries.get_batch(session, batch_id)
    debit = holding_of(session, batch, holder)
    credit = accounts_by_ids(session, [batch.retired_account_id])[batch.retired_account_id]
    with too_few_told():
        transfer = post_move(session, debit=debit, credit=credit, amount=kg, cause=cause, now=now)
    return _retirement(session, transfer, batch, beneficiary, purpose, actor=actor, now=now, note=note)


def _retirement(
    session: Session,
    transfer: Transfer,
    batch: Batch,
    beneficiary: Beneficiary,
    purpose: Purpose,
    *,
    actor: Actor,
    now: datetime,
    note: str | None,
) -> Retirement:
    if beneficiary.id is None and beneficiary.name is None:
        raise BeneficiaryUnknown()
    first = queries.find_retirement_by_transfer(session, transfer.id)
    if first is not None:
        if (first.beneficiary_kind, first.beneficiary_id, first.purpose) != (beneficiary.kind, beneficiary.id, purpose):
            raise RetirementDiffers()
        return first
    move_serials(session, transfer)
    retirement_id = new_id()
    session.add(
        RetirementRow(
            id=retirement_id,
            public_id=_new_public_id(),
            batch_id=batch.id,
            kg=transfer.amount,
            beneficiary_kind=beneficiary.kind,
            beneficiary_id=beneficiary.id,
            purpose=purpose,
            retired_at=now,
            transfer_id=transfer.id,
        )
    )
    session.flush()
    if beneficiary.name is not None or note is not None:
        session.add(DedicationRow(retirement_id=retirement_id, beneficiary_name=beneficiary.name, note=note))
    if batch.custody is Custody.EXTERNAL:
        _open_cancellation(session, retirement_id, batch, now)
    session.flush()
    retirement = queries.retirements_by_ids(session, [retirement_id])[retirement_id]
    log_retirement(session, retirement)
    record(
        session,
        action="credits.retired",
        object_kind=RETIREMENT_SUBJECT,
        object_id=retirement_id,
        actor=actor,
        after={
            "public_id": retirement.public_id,
            "transfer_id": str(transfer.id),
            "purpose": purpose.value,
            "serials": [[each.first, each.last] for each in retirement.serials],
        },
    )
    after_commit(log.info, "credits.retired", retirement_id=str(retirement_id), kg=transfer.amount)
    return retirement


def _open_cancellation(session: Session, retirement_id: UUID, batch: Batch, now: datetime) -> None:
    """Put the same kilograms in the outside registry on the list of the registrars who brought them in."""
    session.add(CancellationRow(retirement_id=retirement_id, registry_name=batch.registry_name, opened_at=now))
    project = queries.projects_by_ids(session, [batch.project_id])[batch.project_id]
    open_task(
        session,
        kind=CANCEL_AT_SOURCE,
        subject_kind=RETIREMENT_SUBJECT,
        subject_id=retirement_id,
        role=Role.REGISTRAR,
        agency_id=project.agency_id,
        county=project.county,
    )


def _new_public_id() -> str:
    return f"ret_{crockford(UUID(int=secrets.randbits(_RANDOM_BITS)))[-16:]}"
