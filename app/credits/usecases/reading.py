"""What anyone may read: projects, batches with what is left of them, a serial's whole history, a retirement."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.credits import queries, rules
from app.credits.errors import ProjectNotFound, RetirementNotFound, SerialNotFound
from app.credits.models import BatchRow, ProjectRow, RetirementRow
from app.credits.queries import Batch, Move, Price, Project, Retirement
from app.credits.rules import BeneficiaryKind, HolderKind
from app.foundation.data import clock, reading
from app.foundation.http import Page, PageQuery, mapped, page_of
from app.foundation.proof import Actor
from app.identity import agencies_by_ids, organisations_by_ids, people_by_ids
from app.ledger import Account, accounts_by_ids, balance_of, transfers_by_ids
from app.places import Position, cell_of

FOR_SALE_AT_ONCE = 50


class EventKind(StrEnum):
    """What can happen to a serial."""

    ISSUED = "issued"
    MOVED = "moved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFilter:
    """Which batches to list."""

    project_id: UUID | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBatch:
    """A batch with its project and its price in force."""

    batch: Batch
    project: Project
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A batch that can be bought now."""

    batch: Batch
    project: Project
    price_fen_per_t: int
    price_version: int
    available_kg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """A batch and where its kilograms are. The rest of what was issued was delivered and is held."""

    priced: PricedBatch
    available_kg: int
    held_kg: int  # Reserved, and not yet retired or delivered.
    retired_kg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRetirement:
    """A retirement with its batch and project, and its beneficiary as strangers see them."""

    retirement: Retirement
    batch: Batch
    project: Project
    shown_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialEvent:
    """Something that happened to a serial, together with its neighbours."""

    kind: EventKind
    at: datetime
    serials: rules.SerialRange
    holder_kind: HolderKind | None  # Who held it from then on; nobody once it is retired.
    holder_name: str | None  # Of a project or an agency; people and families are not named.
    retirement: NamedRetirement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialHistory:
    """Everything that ever happened to one kilogram, oldest first."""

    number: int
    batch: Batch
    project: Project
    events: tuple[SerialEvent, ...]


def get_project(project_id: UUID) -> tuple[Project, list[str]]:
    """Return a project with the cells of its boundary.

    Raises:
        ProjectNotFound: there is none of this id.
    """
    with reading() as session:
        project = queries.find_project(session, project_id)
        if project is None:
            raise ProjectNotFound()
        return project, queries.boundary_of(session, project_id)


def list_projects(query: PageQuery, *, county: str | None) -> Page[Project]:
    """List projects, newest first."""
    statement = select(ProjectRow)
    if county is not None:
        statement = statement.where(ProjectRow.county == county)
    with reading() as session:
        page = page_of(
            session,
            statement,
            at=ProjectRow.created_at,
            id=ProjectRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[county],
        )
    return mapped(page, queries.project_of)


def projects_at(session: Session, position: Position) -> list[Project]:
    """Return the projects inside whose boundary a position lies, by the cells that were drawn."""
    finest = cell_of(position, rules.BOUNDARY_RESOLUTION_MAX)
    return queries.projects_with_cells(session, rules.cells_around(finest))


def get_batch_state(batch_id: UUID, *, now: datetime) -> BatchState:
    """Return a batch with what is left of it.

    Raises:
        BatchNotFound: there is none of this id.
    """
    with reading() as session:
        batch = queries.get_batch(session, batch_id)
        today = clock.civil_day(now)
        for_sale = balance_of(session, batch.sale_account_id, today=today)
        retired = balance_of(session, batch.retired_account_id, today=today)
        return BatchState(
            priced=_priced(session, [batch])[0],
            available_kg=for_sale.free,
            held_kg=for_sale.held,
            retired_kg=retired.posted,
        )


def list_batches(query: PageQuery, wanted: BatchFilter) -> Page[PricedBatch]:
    """List batches, the latest issued first."""
    statement = select(BatchRow)
    if wanted.project_id is not None:
        statement = statement.where(BatchRow.project_id == wanted.project_id)
    if wanted.code is not None:
        statement = statement.where(BatchRow.code == wanted.code)
    with reading() as session:
        page = page_of(
            session,
            statement,
            at=BatchRow.issued_at,
            id=BatchRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=[wanted.project_id, wanted.code],
        )
        priced = _priced(session, [queries.batch_of(row) for row in page.items])
    return Page(priced, page.next_cursor)


def batches_for_sale(session: Session, *, now: datetime, limit: int = FOR_SALE_AT_ONCE) -> list[Offer]:
    """Return batches that have a price and something free, the latest issued first, at most `limit`, never above 50."""
    rows = session.scalars(queries.select_for_sale().limit(FOR_SALE_AT_ONCE))
    offers = [
        offer for priced in _priced(session, map(queries.batch_of, rows)) if (offer := _offer(session, priced, now))
    ]
    return offers[:limit]


def offer_of(session: Session, batch_id: UUID, *, now: datetime) -> Offer | None:
    """Return a batch as it can be bought now, or None when it is off sale or nothing is free.

    Raises:
        BatchNotFound: there is none of this id.
    """
    return _offer(session, _priced(session, [queries.get_batch(session, batch_id)])[0], now)


def _offer(session: Session, priced: PricedBatch, now: datetime) -> Offer | None:
    free_kg = balance_of(session, priced.batch.sale_account_id, today=clock.civil_day(now)).free
    if priced.price.price_fen_per_t is None or free_kg == 0:
        return None
    return Offer(
        batch=priced.batch,
        project=priced.project,
        price_fen_per_t=priced.price.price_fen_per_t,
        price_version=priced.price.version,
        available_kg=free_kg,
    )


def _priced(session: Session, batches: Iterable[Batch]) -> list[PricedBatch]:
    listed = list(batches)
    prices = queries.prices_of(session, [batch.id for batch in listed])
    projects = queries.projects_by_ids(session, [batch.project_id for batch in listed])
    return [PricedBatch(batch=batch, project=projects[batch.project_id], price=prices[batch.id]) for batch in listed]


def get_retirement(public_id: str) -> NamedRetirement:
    """Return a retirement as strangers see it.

    Raises:
        RetirementNotFound: there is none of this id.
    """
    with reading() as session:
        retirement = queries.find_retirement(session, public_id)
        if retirement is None:
            raise RetirementNotFound()
        return _named(session, [retirement])[retirement.id]


def own_retirements(query: PageQuery, *, reader: Actor) -> Page[NamedRetirement]:
    """List what is retired in a resident's name, newest first. A gift to somebody by name alone is in nobody's list."""
    statement = select(RetirementRow).where(
        RetirementRow.beneficiary_kind == BeneficiaryKind.RESIDENT, RetirementRow.beneficiary_id == reader.id
    )
    with reading() as session:
        page = page_of(
            session,
            statement,
            at=RetirementRow.retired_at,
            id=RetirementRow.id,
            limit=query.limit,
            cursor=query.cursor,
            filters=str(reader.id),
        )
        found = queries.retirements_by_ids(session, [row.id for row in page.items])
        named = _named(session, found.values())
    return mapped(page, lambda row: named[row.id])


def get_serial(printed: str) -> SerialHistory:
    """Return everything that happened to one kilogram. Each step is a look-up by key, however many serials there are.

    Raises:
        SerialNotFound: the text is no serial, or no batch has it.
    """
    parsed = rules.parse_serial(printed)
    if parsed is None:
        raise SerialNotFound()
    code, number = parsed
    with reading() as session:
        batch = queries.find_batch_with_code(session, code)
        if batch is None or not batch.first <= number <= batch.last:
            raise SerialNotFound()
        project = queries.projects_by_ids(session, [batch.project_id])[batch.project_id]
        moves = _moves_of_serial(session, batch, number)
        return SerialHistory(number=number, batch=batch, project=project, events=_events(session, batch, moves))


def _moves_of_serial(session: Session, batch: Batch, number: int) -> list[Move]:
    """Return what happened to a serial, oldest first: from the block it lies in, back along the chain of transfers."""
    found = queries.find_block_with(session, batch.id, number)
    if found is None:
        raise rules.SerialsOutOfStep(f"{batch.code}-{number} lies in no block")
    moves: list[Move] = []
    transfer_id: UUID | None = found[0].transfer_id
    while transfer_id is not None:
        move = queries.find_move_with(session, transfer_id, number)
        if move is None:
            raise rules.SerialsOutOfStep(f"{batch.code}-{number} was not moved by {transfer_id}")
        moves.append(move)
        transfer_id = move.from_transfer_id
    return moves[::-1]


def _events(session: Session, batch: Batch, moves: list[Move]) -> tuple[SerialEvent, ...]:
    transfers = transfers_by_ids(session, [move.transfer_id for move in moves])
    accounts = accounts_by_ids(session, {move.to_account for move in moves})
    names = _names_of_holders(session, accounts.values())
    events = []
    for move in moves:
        account = accounts[move.to_account]
        is_retired = move.to_account == batch.retired_account_id
        retirement = queries.find_retirement_by_transfer(session, move.transfer_id) if is_retired else None
        kind = EventKind.RETIRED if is_retired else EventKind.MOVED
        events.append(
            SerialEvent(
                kind=EventKind.ISSUED if move.from_transfer_id is None else kind,
                at=transfers[move.transfer_id].created_at,
                serials=move.range,
                holder_kind=None if is_retired else HolderKind(account.name.owner_kind),
                holder_name=None if is_retired else names.get(account.name.owner_id),
                retirement=_named(session, [retirement])[retirement.id] if retirement is not None else None,
            )
        )
    return tuple(events)


def _names_of_holders(session: Session, accounts: Collection[Account]) -> dict[UUID, str]:
    """Return the names that may be told: of projects and agencies."""
    ids = {kind: [a.name.owner_id for a in accounts if a.name.owner_kind == kind] for kind in HolderKind}
    projects = queries.projects_by_ids(session, ids[HolderKind.PROJECT])
    agencies = agencies_by_ids(session, ids[HolderKind.AGENCY])
    names = {project.id: project.name_zh for project in projects.values()}
    return names | {agency.id: agency.name_zh for agency in agencies.values()}


def _named(session: Session, retirements: Collection[Retirement]) -> dict[UUID, NamedRetirement]:
    batches = queries.batches_by_ids(session, {each.batch_id for each in retirements})
    projects = queries.projects_by_ids(session, {batch.project_id for batch in batches.values()})
    ids = {each.beneficiary_id for each in retirements if each.beneficiary_id is not None}
    people = people_by_ids(session, ids)
    agencies = agencies_by_ids(session, ids)
    organisations = organisations_by_ids(session, ids)
    named = {}
    for each in retirements:
        name = each.name
        if name is None and each.beneficiary_id is not None:
            if each.beneficiary_kind is BeneficiaryKind.RESIDENT and each.beneficiary_id in people:
                name = people[each.beneficiary_id].display_name
            elif each.beneficiary_kind is BeneficiaryKind.AGENCY and each.beneficiary_id in agencies:
                name = agencies[each.beneficiary_id].name_zh
            elif each.beneficiary_kind is BeneficiaryKind.ORGANISATION and each.beneficiary_id in organisations:
                name = organisations[each.beneficiary_id].name
        batch = batches[each.batch_id]
        named[each.id] = NamedRetirement(
            retirement=each,
            batch=batch,
            project=projects[batch.project_id],
            shown_name=rules.shown_name(each.beneficiary_kind, name),
        )
    return named
