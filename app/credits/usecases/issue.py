"""A batch is issued: one registrar proposes it with its price, another approves, and its serials come into being.

Serials come from one space for the whole register, so two issuances at once wait for each other. They are rare, made by
two people each, and no resident's request takes that lock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.approvals import Change, Proposal, changes_between, propose
from app.credits import queries, rules
from app.credits.errors import (
    BatchCodeTaken,
    ProjectClosed,
    ProjectNotFound,
    SourceNotExternal,
    SourceProofMissing,
    VintageInFuture,
    VintageNotInCode,
)
from app.credits.models import BatchRow, BlockMoveRow, PriceRow
from app.credits.queries import Project
from app.credits.rules import Custody, HolderKind, ProjectState, SerialRange
from app.credits.usecases.scope import runs
from app.evidence import bind_files
from app.foundation.data import after_commit, clock, new_id, parse_public_id, public_id, transaction
from app.foundation.proof import Actor, logger, record
from app.ledger import AssetKind, Cause, ensure_account, ensure_asset, post_move

BATCH_KIND = "credits.batch_issue"
BATCH_SUBJECT = "credits.batch"

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What a registrar says about a batch. Methodology and registry are the project's unless given."""

    project_id: UUID
    code: str
    vintage: int
    kg: int
    methodology: str | None
    registry: str | None
    custody: Custody
    external_serials: str | None
    source_proof_reference: str | None
    source_proof_file_id: UUID | None
    price_fen_per_t: int | None


def propose_batch(new: NewBatch, *, proposer: Actor, now: datetime) -> Proposal:
    """Propose to issue a batch. Its id and its price are part of what is approved; its serials follow at the approval.

    Raises:
        ProjectNotFound: there is none, or the proposer is no registrar of its agency and county.
        ProjectClosed: nothing more is issued for it.
        VintageInFuture, VintageNotInCode, BatchCodeTaken: year and code do not go together, or the code is used.
        SourceProofMissing, SourceNotExternal: what is said of an outside registry is not whole, or out of place.
        EvidenceFileNotFound, FileAlreadyBound: the proof is not a fresh file of the proposer's.
    """
    if new.vintage > clock.civil_day(now).year:
        raise VintageInFuture()
    if rules.vintage_of(new.code) != new.vintage:
        raise VintageNotInCode()
    _require_whole_source(new)
    with transaction() as session:
        project = queries.find_project(session, new.project_id)
        if project is None or not runs(proposer, project):
            raise ProjectNotFound()
        if project.state is not ProjectState.ACTIVE:
            raise ProjectClosed()
        if queries.find_batch_with_code(session, new.code) is not None:
            raise BatchCodeTaken()
        batch_id = new_id()
        if new.source_proof_file_id is not None:
            # Bound now: an unbound file would be swept before the second person has seen it.
            bind_files(
                session,
                [new.source_proof_file_id],
                owner=proposer,
                subject_kind=BATCH_SUBJECT,
                subject_id=batch_id,
                now=now,
            )
        return propose(
            session,
            kind=BATCH_KIND,
            content=_content(new, project, batch_id),
            title=f"{new.code}: {new.kg} kg, {project.name_zh}"[:200],
            proposer=proposer,
            now=now,
            subject_id=batch_id,
            agency_id=project.agency_id,
            county=project.county,
        )


def _require_whole_source(new: NewBatch) -> None:
    has_proof = new.source_proof_reference is not None or new.source_proof_file_id is not None
    if new.custody is Custody.EXTERNAL and not (has_proof and new.external_serials is not None):
        raise SourceProofMissing()
    if new.custody is Custody.OWN and (has_proof or new.external_serials is not None):
        raise SourceNotExternal()


def _content(new: NewBatch, project: Project, batch_id: UUID) -> dict[str, Any]:
    file_id = new.source_proof_file_id
    return {
        "id": public_id("bat", batch_id),
        "project_id": public_id("prj", project.id),
        "code": new.code,
        "vintage": new.vintage,
        "kg": new.kg,
        "methodology": new.methodology or project.methodology,
        "registry": new.registry or project.registry_name,
        "custody": new.custody.value,
        "external_serials": new.external_serials,
        "source_proof_reference": new.source_proof_reference,
        "source_proof_file_id": public_id("fil", file_id) if file_id is not None else None,
        "price_fen_per_t": new.price_fen_per_t,
    }


def batch_difference(_: Session, proposal: Proposal) -> list[Change]:
    """Return every member of a proposed batch: all of it is new."""
    return changes_between(None, proposal.content)


def apply_batch(session: Session, proposal: Proposal, approver: Actor, now: datetime) -> None:
    """Issue an approved batch: serials, asset, accounts, the first transfer, blocks and price.

    Raises:
        ProjectClosed: the project was closed since the proposal.
        BatchCodeTaken: another batch with this code was approved first.
    """
    said = proposal.content
    batch_id, project_id = parse_public_id("bat", said["id"]), parse_public_id("prj", said["project_id"])
    project = queries.find_project(session, project_id)
    if project is None or project.state is not ProjectState.ACTIVE:
        raise ProjectClosed()
    kg = said["kg"]
    first = queries.take_serials(session, kg)
    # Asked only now: whoever issued the same code at the same time has let go of the serial space, and is seen.
    if queries.find_batch_with_code(session, said["code"]) is not None:
        raise BatchCodeTaken()
    asset = ensure_asset(session, f"batch:{said['code']}", AssetKind.CO2E_KG, "kg")
    issuer = ensure_account(session, "batch", batch_id, asset, "issuer")
    retired = ensure_account(session, "batch", batch_id, asset, "retired")
    sale = ensure_account(session, HolderKind.PROJECT, project_id, asset, "holding")
    serials = SerialRange(first, first + kg - 1)
    file_id = said["source_proof_file_id"]
    session.add(
        BatchRow(
            id=batch_id,
            project_id=project_id,
            code=said["code"],
            vintage=said["vintage"],
            methodology=said["methodology"],
            registry_name=said["registry"],
            custody=Custody(said["custody"]),
            external_serials=said["external_serials"],
            source_proof_reference=said["source_proof_reference"],
            source_proof_file_id=parse_public_id("fil", file_id) if file_id is not None else None,
            kg=kg,
            first=serials.first,
            last=serials.last,
            asset_id=asset.id,
            sale_account_id=sale.id,
            retired_account_id=retired.id,
            approval_id=proposal.id,
            issued_at=now,
        )
    )
    session.flush()
    session.add(
        PriceRow(
            batch_id=batch_id,
            version=1,
            price_fen_per_t=said["price_fen_per_t"],
            approval_id=proposal.id,
            created_at=now,
        )
    )
    cause = Cause(BATCH_SUBJECT, batch_id, "issue", actor_id=approver.id)
    transfer = post_move(session, debit=issuer, credit=sale, amount=kg, cause=cause, now=now)
    session.add(
        BlockMoveRow(
            transfer_id=transfer.id,
            first=serials.first,
            last=serials.last,
            from_account=issuer.id,
            to_account=sale.id,
        )
    )
    session.flush()
    record(
        session,
        action="credits.batch_issued",
        object_kind=BATCH_SUBJECT,
        object_id=batch_id,
        actor=approver,
        after={**said, "first": serials.first, "last": serials.last},
    )
    after_commit(log.info, "credits.batch.issued", batch_id=str(batch_id), kg=kg, first=serials.first)
