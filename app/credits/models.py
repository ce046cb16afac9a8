"""Tables of credits. The application writes moves of serials; a trigger makes the blocks from them (sql/01_blocks).

Blocks and moves carry no foreign key to accounts and batches: the trigger finds them by their keys or refuses, and a
foreign key would make every retirement share a lock on the batch's own row.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.credits.rules import (
    BATCH_KG_MAX,
    PRICE_FEN_PER_T_MAX,
    VINTAGE_MIN,
    BeneficiaryKind,
    Custody,
    OwnerKind,
    ProjectKind,
    ProjectState,
    Purpose,
)
from app.foundation.data import KG_MAX, AppendOnly, Base


class ProjectRow(Base):
    """Work whose results are issued as credits, as two registrars entered it."""

    __tablename__ = "credits_project"
    __grants__ = "SELECT, INSERT, UPDATE (state, version)"
    __table_args__ = (
        UniqueConstraint("approval_id", name="credits_project_approval_key"),
        CheckConstraint("owner_kind <> 'agency' OR owner_id IS NOT NULL", name="credits_project_agency_known"),
        CheckConstraint("owner_name <> '' AND name_zh <> '' AND name_en <> ''", name="credits_project_named"),
        CheckConstraint("version >= 1", name="credits_project_version_positive"),
        Index("credits_project_listed_idx", "created_at", "id"),
        Index("credits_project_county_idx", "county", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_kind: Mapped[OwnerKind]
    owner_id: Mapped[UUID | None]  # None: an organisation that has no account of its own, known by name alone.
    owner_name: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[ProjectKind]
    county: Mapped[str]
    methodology: Mapped[str]
    registry_name: Mapped[str]
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.ACTIVE)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("identity_agency.id"))
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approvals_proposal.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ProjectCellRow(AppendOnly, Base):
    """One cell of a project's boundary (H3, sizes 6 to 10). A project without a boundary has none."""

    __tablename__ = "credits_project_cell"
    __table_args__ = (Index("credits_project_cell_project_idx", "project_id"),)

    cell: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.id"), primary_key=True)


class SerialSpaceRow(Base):
    """The next free serial of the whole register. One row, locked by issuance alone, which is rare."""

    __tablename__ = "credits_serial_space"
    __grants__ = "SELECT, UPDATE (next_serial)"
    __table_args__ = (
        CheckConstraint("id = 1", name="credits_serial_space_one"),
        CheckConstraint(f"next_serial BETWEEN 1 AND {KG_MAX}", name="credits_serial_space_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_serial: Mapped[int]


class BatchRow(AppendOnly, Base):
    """Credits of one project, vintage and methodology, issued together: an asset of its own, with serials of its own.

    No two batches share a serial: an exclusion constraint on PostgreSQL, a trigger on SQLite (sql/01_blocks).
    """

    __tablename__ = "credits_batch"
    __table_args__ = (
        UniqueConstraint("code", name="credits_batch_code_key"),
        UniqueConstraint("first", name="credits_batch_first_key"),
        UniqueConstraint("approval_id", name="credits_batch_approval_key"),
        UniqueConstraint("asset_id", name="credits_batch_asset_key"),
        CheckConstraint(f"kg BETWEEN 1 AND {BATCH_KG_MAX}", name="credits_batch_kg_range"),
        CheckConstraint("first >= 1 AND last - first + 1 = kg", name="credits_batch_serial_each_kg"),
        CheckConstraint(f"vintage >= {VINTAGE_MIN}", name="credits_batch_vintage_known"),
        CheckConstraint(
            "custody <> 'external' OR coalesce(external_serials, '') <> ''"
            " AND (coalesce(source_proof_reference, '') <> '' OR source_proof_file_id IS NOT NULL)",
            name="credits_batch_external_proven",
        ),
        CheckConstraint(
            "custody <> 'own' OR external_serials IS NULL AND source_proof_reference IS NULL"
            " AND source_proof_file_id IS NULL",
            name="credits_batch_own_alone",
        ),
        Index("credits_batch_listed_idx", "issued_at", "id"),
        Index("credits_batch_project_idx", "project_id", "issued_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("credits_project.id"))
    code: Mapped[str]  # Block code, `LS33-F-0007-2024`: a printed serial is this and the number.
    vintage: Mapped[int]
    methodology: Mapped[str]
    registry_name: Mapped[str]
    custody: Mapped[Custody]
    external_serials: Mapped[str | None]  # As the outside registry writes them.
    source_proof_reference: Mapped[str | None]  # Of the blocking or transfer there.
    source_proof_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence_file.id"), index=True)
    kg: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_asset.id"))
    sale_account_id: Mapped[UUID]  # The project's holding: what is issued and not yet sold or moved on.
    retired_account_id: Mapped[UUID]
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approvals_proposal.id"))
    issued_at: Mapped[datetime]


class PriceRow(AppendOnly, Base):
    """What a batch costs from an approval on. The highest version is in force; one without a price ends the sale."""

    __tablename__ = "credits_price"
    __table_args__ = (
        UniqueConstraint("approval_id", name="credits_price_approval_key"),
        CheckConstraint("version >= 1", name="credits_price_version_positive"),
        CheckConstraint(f"price_fen_per_t BETWEEN 1 AND {PRICE_FEN_PER_T_MAX}", name="credits_price_range"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("credits_batch.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    price_fen_per_t: Mapped[
        int | None
    ]  # A tonne, because the market's 75.19 CNY/t is no whole number of fen a kilogram.
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approvals_proposal.id"))
    created_at: Mapped[datetime]


class BlockRow(Base):
    """An unbroken range of serials with one holder, as it stands now. Written by the trigger on moves alone."""

    __tablename__ = "credits_block"
    __grants__ = "SELECT"
    __table_args__ = (
        CheckConstraint("first <= last", name="credits_block_forward"),
        # Lowest serials of an account first.
        Index("credits_block_account_idx", "account_id", "first"),
    )

    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    account_id: Mapped[UUID]
    transfer_id: Mapped[UUID]  # That brought it to the account.


class BlockMoveRow(AppendOnly, Base):
    """Serials that went from one account to another with a transfer, out of one block.

    `from_transfer_id` is what had brought that block to its holder: a serial's whole history is a chain of look-ups.
    """

    __tablename__ = "credits_block_move"
    __table_args__ = (
        CheckConstraint("first <= last", name="credits_block_move_forward"),
        CheckConstraint(
            "(from_first IS NULL) = (from_last IS NULL) AND (from_first IS NULL) = (from_transfer_id IS NULL)"
            " AND (from_first IS NULL OR from_first <= first AND last <= from_last)",
            name="credits_block_move_within",
        ),
    )

    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfer.id"), primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
    from_account: Mapped[UUID]
    to_account: Mapped[UUID]
    # The block as it stood before; null for an issuance, which comes out of nothing.
    from_first: Mapped[int | None]
    from_last: Mapped[int | None]
    from_transfer_id: Mapped[UUID | None]


class RetirementRow(AppendOnly, Base):
    """Kilograms that left circulation for good, for one beneficiary and one purpose. Its serials are its transfer's moves.

    Who is meant by name stands in the dedication, which can be erased; this row and its serials stay.
    """

    __tablename__ = "credits_retirement"
    __table_args__ = (
        UniqueConstraint("public_id", name="credits_retirement_public_key"),
        UniqueConstraint("transfer_id", name="credits_retirement_transfer_key"),
        CheckConstraint("length(public_id) = 20", name="credits_retirement_public_whole"),
        CheckConstraint("kg >= 1", name="credits_retirement_kg_positive"),
        Index("credits_retirement_beneficiary_idx", "beneficiary_kind", "beneficiary_id", "retired_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    public_id: Mapped[str]  # `ret_` and 80 random bits: it is published, so it must not tell the time.
    batch_id: Mapped[UUID]
    kg: Mapped[int]
    beneficiary_kind: Mapped[BeneficiaryKind]
    beneficiary_id: Mapped[UUID | None]  # None: somebody without an account, known by name alone.
    purpose: Mapped[Purpose]
    retired_at: Mapped[datetime]
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfer.id"))


class DedicationRow(Base):
    """The words of a retirement: a name that no account tells, and a note. Personal data, so it can be deleted."""

    __tablename__ = "credits_dedication"
    __grants__ = "SELECT, INSERT, DELETE"

    retirement_id: Mapped[UUID] = mapped_column(ForeignKey("credits_retirement.id"), primary_key=True)
    beneficiary_name: Mapped[str | None]
    note: Mapped[str | None]


class CancellationRow(Base):
    """The same kilograms in the outside registry: to be cancelled there too, and the proof once that is done."""

    __tablename__ = "credits_cancellation"
    __grants__ = "SELECT, INSERT, UPDATE (reference, cancelled_on, proof_file_id, proved_by, proved_at)"
    __table_args__ = (
        CheckConstraint(
            "(proved_at IS NULL) = (reference IS NULL) AND (proved_at IS NULL) = (cancelled_on IS NULL)"
            " AND (proved_at IS NULL) = (proved_by IS NULL) AND (proof_file_id IS NULL OR proved_at IS NOT NULL)",
            name="credits_cancellation_proof_whole",
        ),
    )

    retirement_id: Mapped[UUID] = mapped_column(ForeignKey("credits_retirement.id"), primary_key=True)
    registry_name: Mapped[str]
    opened_at: Mapped[datetime]
    reference: Mapped[str | None]
    cancelled_on: Mapped[date | None]
    proof_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence_file.id"), index=True)
    proved_by: Mapped[UUID | None]
    proved_at: Mapped[datetime | None]


class FiguresRow(Base):
    """What the whole register comes to, as the last run found it. One row, so that a request sums nothing.

    Figures that do not add up cannot be kept: the page then goes on saying what stood before, and since when.
    """

    __tablename__ = "credits_figures"
    __grants__ = "SELECT, INSERT, UPDATE"
    __table_args__ = (
        CheckConstraint("id = 1", name="credits_figures_one"),
        CheckConstraint("issued_kg = held_kg + retired_kg + buffer_kg", name="credits_figures_add_up"),
        CheckConstraint(
            "held_kg >= 0 AND retired_kg >= 0 AND buffer_kg >= 0 AND retirement_count >= 0",
            name="credits_figures_not_negative",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    as_of: Mapped[datetime]
    issued_kg: Mapped[int]
    held_kg: Mapped[int]
    retired_kg: Mapped[int]
    buffer_kg: Mapped[int]
    retirement_count: Mapped[int]
