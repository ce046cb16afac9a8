"""What stands in the register: projects, batches, prices, blocks, moves and retirements. Reads only, but for one lock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session, aliased

from app.credits.errors import BatchNotFound
from app.credits.models import (
    BatchRow,
    BlockMoveRow,
    BlockRow,
    CancellationRow,
    DedicationRow,
    PriceRow,
    ProjectCellRow,
    ProjectRow,
    RetirementRow,
    SerialSpaceRow,
)
from app.credits.rules import (
    BeneficiaryKind,
    Block,
    Custody,
    OwnerKind,
    ProjectKind,
    ProjectState,
    Purpose,
    SerialRange,
)

BLOCKS_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Work whose results are issued as credits."""

    id: UUID
    owner_kind: OwnerKind
    owner_id: UUID | None
    owner_name: str
    name_zh: str
    name_en: str
    kind: ProjectKind
    county: str
    methodology: str
    registry_name: str
    state: ProjectState
    agency_id: UUID
    approval_id: UUID
    created_at: datetime
    version: int

    def name(self, language: str) -> str:
        """Return the name in `en`, or in Chinese for every other language."""
        return self.name_en if language == "en" else self.name_zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Credits issued together; `first` to `last` are its serials."""

    id: UUID
    project_id: UUID
    code: str
    vintage: int
    methodology: str
    registry_name: str
    custody: Custody
    external_serials: str | None
    source_proof_reference: str | None
    kg: int
    first: int
    last: int
    asset_id: UUID
    sale_account_id: UUID
    retired_account_id: UUID
    approval_id: UUID
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Price:
    """What a batch costs since an approval; no price: it is not for sale."""

    version: int
    price_fen_per_t: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Serials that went from one account to another."""

    transfer_id: UUID
    range: SerialRange
    from_account: UUID
    to_account: UUID
    from_transfer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The same kilograms in the outside registry: not cancelled there yet, as far as is proved, while `reference` is None."""

    registry: str
    reference: str | None
    cancelled_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Kilograms retired for good. `name` is as it was given, None for an account whose name stands in identity."""

    id: UUID
    public_id: str
    batch_id: UUID
    kg: int
    beneficiary_kind: BeneficiaryKind
    beneficiary_id: UUID | None
    name: str | None
    purpose: Purpose
    retired_at: datetime
    transfer_id: UUID
    serials: tuple[SerialRange, ...]
    cancellation: Cancellation | None  # None: the batch lives here alone.


def projects_by_ids(session: Session, project_ids: Iterable[UUID]) -> dict[UUID, Project]:
    """Return projects by id; an unknown id is left out."""
    rows = session.scalars(select(ProjectRow).where(ProjectRow.id.in_(set(project_ids))))
    return {row.id: project_of(row) for row in rows}


def find_project(session: Session, project_id: UUID) -> Project | None:
    """Return a project, or None."""
    return projects_by_ids(session, [project_id]).get(project_id)


def boundary_of(session: Session, project_id: UUID) -> list[str]:
    """Return the cells of a project's boundary, sorted."""
    query = select(ProjectCellRow.cell).where(ProjectCellRow.project_id == project_id)
    return sorted(session.scalars(query))


def projects_with_cells(session: Session, cells: Sequence[str]) -> list[Project]:
    """Return the projects whose boundary names one of these cells."""
    named = select(ProjectCellRow.project_id).where(ProjectCellRow.cell.in_(cells))
    return [project_of(row) for row in session.scalars(select(ProjectRow).where(ProjectRow.id.in_(named)))]


def batches_by_ids(session: Session, batch_ids: Iterable[UUID]) -> dict[UUID, Batch]:
    """Return batches by id; an unknown id is left out."""
    rows = session.scalars(select(BatchRow).where(BatchRow.id.in_(set(batch_ids))))
    return {row.id: batch_of(row) for row in rows}


def get_batch(session: Session, batch_id: UUID) -> Batch:
    """Return a batch.

    Raises:
        BatchNotFound: there is none of this id.
    """
    row = session.get(BatchRow, batch_id)
    if row is None:
        raise BatchNotFound()
    return batch_of(row)


def find_batch_with_code(session: Session, code: str) -> Batch | None:
    """Return the batch of a block code, or None."""
    row = session.scalar(select(BatchRow).where(BatchRow.code == code))
    return batch_of(row) if row is not None else None


def find_batch_of_asset(session: Session, asset_id: UUID) -> Batch | None:
    """Return the batch that an asset of the ledger is, or None."""
    row = session.scalar(select(BatchRow).where(BatchRow.asset_id == asset_id))
    return batch_of(row) if row is not None else None


def prices_of(session: Session, batch_ids: Iterable[UUID]) -> dict[UUID, Price]:
    """Return the price in force of each batch."""
    query = select(PriceRow).where(PriceRow.batch_id.in_(set(batch_ids))).order_by(PriceRow.version)
    return {row.batch_id: Price(row.version, row.price_fen_per_t) for row in session.scalars(query)}


def find_price(session: Session, batch_id: UUID, version: int) -> Price | None:
    """Return one price of a batch, or None."""
    row = session.get(PriceRow, (batch_id, version))
    return Price(row.version, row.price_fen_per_t) if row is not None else None


def select_for_sale() -> Select[BatchRow]:
    """Return the query of batches that have a price and something left on the account they are sold from, newest first."""
    later = aliased(PriceRow)
    is_followed = exists().where(later.batch_id == PriceRow.batch_id, later.version > PriceRow.version)
    has_price = exists().where(PriceRow.batch_id == BatchRow.id, PriceRow.price_fen_per_t.is_not(None), ~is_followed)
    has_serials = exists().where(BlockRow.account_id == BatchRow.sale_account_id)
    return select(BatchRow).where(has_price, has_serials).order_by(BatchRow.issued_at.desc(), BatchRow.id.desc())


def take_serials(session: Session, kg: int) -> int:
    """Return the first of `kg` serials that are from now on the caller's; whoever issues at the same time waits."""
    statement = update(SerialSpaceRow).values(next_serial=SerialSpaceRow.next_serial + kg)
    after = session.scalar(
        statement.returning(SerialSpaceRow.next_serial), execution_options={"synchronize_session": False}
    )
    if after is None:
        raise RuntimeError("the register has no serial space: run `flask setup`")
    return int(after) - kg


def blocks_of(session: Session, account_id: UUID) -> Iterator[Block]:
    """Yield the blocks of an account, lowest serials first. The account's balance is locked before (DESIGN 4)."""
    above = 0
    while True:
        query = select(BlockRow.first, BlockRow.last, BlockRow.transfer_id).where(
            BlockRow.account_id == account_id, BlockRow.first > above
        )
        page = session.execute(query.order_by(BlockRow.first).limit(BLOCKS_AT_ONCE)).all()
        for first, last, transfer_id in page:
            yield Block(SerialRange(first, last), transfer_id)
        if len(page) < BLOCKS_AT_ONCE:
            return
        above = page[-1].first


def find_block_with(session: Session, batch_id: UUID, number: int) -> tuple[Block, UUID] | None:
    """Return the block that a serial lies in and the account that holds it, or None."""
    query = select(BlockRow.first, BlockRow.last, BlockRow.transfer_id, BlockRow.account_id).where(
        BlockRow.batch_id == batch_id, BlockRow.first <= number
    )
    row = session.execute(query.order_by(BlockRow.first.desc()).limit(1)).one_or_none()
    if row is None or row.last < number:
        return None
    return Block(SerialRange(row.first, row.last), row.transfer_id), row.account_id


def find_move_with(session: Session, transfer_id: UUID, number: int) -> Move | None:
    """Return what a transfer did with a serial, or None."""
    query = select(BlockMoveRow).where(
        BlockMoveRow.transfer_id == transfer_id, BlockMoveRow.first <= number, BlockMoveRow.last >= number
    )
    row = session.scalar(query)
    return move_of(row) if row is not None else None


def moves_of(session: Session, transfer_ids: Iterable[UUID]) -> dict[UUID, list[Move]]:
    """Return the moves of transfers, lowest serials first."""
    moves: dict[UUID, list[Move]] = {}
    query = select(BlockMoveRow).where(BlockMoveRow.transfer_id.in_(set(transfer_ids))).order_by(BlockMoveRow.first)
    for row in session.scalars(query):
        moves.setdefault(row.transfer_id, []).append(move_of(row))
    return moves


def find_retirement(session: Session, public_id: str) -> Retirement | None:
    """Return the retirement of a `ret_…`, or None."""
    return next(iter(_retirements(session, select(RetirementRow).where(RetirementRow.public_id == public_id))), None)


def find_retirement_by_transfer(session: Session, transfer_id: UUID) -> Retirement | None:
    """Return the retirement that a transfer was, or None."""
    query = select(RetirementRow).where(RetirementRow.transfer_id == transfer_id)
    return next(iter(_retirements(session, query)), None)


def retirements_by_ids(session: Session, retirement_ids: Iterable[UUID]) -> dict[UUID, Retirement]:
    """Return retirements by id; an unknown id is left out."""
    query = select(RetirementRow).where(RetirementRow.id.in_(set(retirement_ids)))
    return {found.id: found for found in _retirements(session, query)}


def oldest_retirement_id(session: Session) -> UUID | None:
    """Return the id of the first retirement of all, or None."""
    return session.scalar(select(RetirementRow.id).order_by(RetirementRow.id).limit(1))


def retirement_ids_before(session: Session, before: UUID | None, *, limit: int) -> Sequence[UUID]:
    """Return ids of retirements, the newest first: those before an id, or from the newest on."""
    query = select(RetirementRow.id).order_by(RetirementRow.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(RetirementRow.id < before)).all()


def _retirements(session: Session, query: Select[RetirementRow]) -> list[Retirement]:
    rows = session.scalars(query).all()
    ids = [row.id for row in rows]
    moves = moves_of(session, [row.transfer_id for row in rows])
    words = {
        row.retirement_id: row
        for row in session.scalars(select(DedicationRow).where(DedicationRow.retirement_id.in_(ids)))
    }
    cancellations = {
        row.retirement_id: row
        for row in session.scalars(select(CancellationRow).where(CancellationRow.retirement_id.in_(ids)))
    }
    return [
        Retirement(
            id=row.id,
            public_id=row.public_id,
            batch_id=row.batch_id,
            kg=row.kg,
            beneficiary_kind=row.beneficiary_kind,
            beneficiary_id=row.beneficiary_id,
            name=words[row.id].beneficiary_name if row.id in words else None,
            purpose=row.purpose,
            retired_at=row.retired_at,
            transfer_id=row.transfer_id,
            serials=tuple(move.range for move in moves.get(row.transfer_id, [])),
            cancellation=_cancellation_of(cancellations.get(row.id)),
        )
        for row in rows
    ]


def _cancellation_of(row: CancellationRow | None) -> Cancellation | None:
    return Cancellation(row.registry_name, row.reference, row.cancelled_on) if row is not None else None


def project_of(row: ProjectRow) -> Project:
    """Return a row as it is handed to others."""
    return Project(**{name: getattr(row, name) for name in Project.__slots__})


def batch_of(row: BatchRow) -> Batch:
    """Return a row as it is handed to others."""
    return Batch(**{name: getattr(row, name) for name in Batch.__slots__})


def move_of(row: BlockMoveRow) -> Move:
    """Return a row as it is handed to others."""
    return Move(
        transfer_id=row.transfer_id,
        range=SerialRange(row.first, row.last),
        from_account=row.from_account,
        to_account=row.to_account,
        from_transfer_id=row.from_transfer_id,
    )
