"""Shape of proposed projects, batches and prices, and of what anyone may read of the register."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.credits.rules import (
    BATCH_KG_MAX,
    CODE_LENGTH_MAX,
    CODE_PATTERN,
    PRICE_FEN_PER_T_MAX,
    RETIREMENT_PATTERN,
    VINTAGE_MIN,
    BeneficiaryKind,
    Custody,
    HolderKind,
    OwnerKind,
    ProjectKind,
    ProjectState,
    Purpose,
)
from app.credits.usecases.issue import NewBatch
from app.credits.usecases.projects import NewProject
from app.credits.usecases.reading import BatchFilter, EventKind
from app.foundation.http import (
    Choice,
    Day,
    Instant,
    Many,
    PageQuery,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)

NAME_MAX = 100
TERM_MAX = 80
SOURCE_MAX = 500
BOUNDARY_CELLS_MAX = 1_000
COUNTY_PATTERN = "^[0-9]{6}$"
VINTAGE_MAX = 9_999
_PRICE = {"description": "Fen a tonne; null: not for sale. An amount is rounded up to the fen once."}


@dataclass(frozen=True, slots=True)
class ProjectQuery:
    """A page of the list of projects, and its filter."""

    page: PageQuery
    county: str | None


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A page of the list of batches, and its filters."""

    page: PageQuery
    wanted: BatchFilter


@dataclass(frozen=True, slots=True)
class NewPrice:
    """The next price of a batch."""

    price_fen_per_t: int | None


class NewProjectSchema(Schema):
    """A project to be registered."""

    owner_name = Text(max=NAME_MAX, required=True)
    name_zh = Text(max=NAME_MAX, required=True)
    name_en = Text(max=NAME_MAX, required=True)
    kind = Choice(ProjectKind, required=True)
    county = Text(max=6, min=6, pattern=COUNTY_PATTERN, required=True)
    methodology = Text(max=TERM_MAX, required=True)
    registry = Text(max=TERM_MAX, required=True)
    boundary_cells = Many(
        Text(max=15, min=15),
        max=BOUNDARY_CELLS_MAX,
        load_default=list,
        metadata={"description": "H3 cells of sizes 6 to 10; large ones where they fit."},
    )
    agency_id = PrefixedId(
        "agy", load_default=None, allow_none=True, metadata={"description": "Needed when you act for several offices."}
    )

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewProject:
        """Build the typed input."""
        return NewProject(**{**data, "boundary_cells": tuple(data["boundary_cells"])})


class NewBatchSchema(Schema):
    """A batch to be issued, with its price. Serials are given out at the approval."""

    project_id = PrefixedId("prj", required=True)
    code = Text(max=CODE_LENGTH_MAX, pattern=CODE_PATTERN, required=True)
    vintage = WholeNumber(min=VINTAGE_MIN, max=VINTAGE_MAX, required=True)
    kg = WholeNumber(min=1, max=BATCH_KG_MAX, required=True)
    methodology = Text(max=TERM_MAX, load_default=None, allow_none=True)
    registry = Text(max=TERM_MAX, load_default=None, allow_none=True)
    custody = Choice(Custody, required=True)
    external_serials = Text(max=SOURCE_MAX, lines=True, load_default=None, allow_none=True)
    source_proof_reference = Text(max=SOURCE_MAX, load_default=None, allow_none=True)
    source_proof_file_id = PrefixedId("fil", load_default=None, allow_none=True)
    price_fen_per_t = WholeNumber(min=1, max=PRICE_FEN_PER_T_MAX, required=True, allow_none=True, metadata=_PRICE)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewBatch:
        """Build the typed input."""
        return NewBatch(**data)


class NewPriceSchema(Schema):
    """The next price of a batch."""

    price_fen_per_t = WholeNumber(min=1, max=PRICE_FEN_PER_T_MAX, required=True, allow_none=True, metadata=_PRICE)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewPrice:
        """Build the typed input."""
        return NewPrice(**data)


class ProjectQuerySchema(PageQuerySchema):
    """The query of the list of projects."""

    county = Text(max=6, min=6, pattern=COUNTY_PATTERN, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> ProjectQuery:
        """Build the typed input."""
        return ProjectQuery(PageQuery(data["limit"], data["cursor"]), data["county"])


class BatchQuerySchema(PageQuerySchema):
    """The query of the list of batches."""

    project_id = PrefixedId("prj", load_default=None)
    code = Text(max=CODE_LENGTH_MAX, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> BatchQuery:
        """Build the typed input."""
        wanted = BatchFilter(project_id=data["project_id"], code=data["code"])
        return BatchQuery(PageQuery(data["limit"], data["cursor"]), wanted)


class CreditProjectSchema(Schema):
    """A project, without its boundary."""

    id = PrefixedId("prj", required=True)
    owner_kind = Choice(OwnerKind, required=True)
    owner_name = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    kind = Choice(ProjectKind, required=True)
    county = fields.String(required=True)
    methodology = fields.String(required=True)
    registry = fields.String(required=True)
    state = Choice(ProjectState, required=True)
    agency_id = PrefixedId("agy", required=True)
    approval_id = PrefixedId("apv", required=True)
    created_at = Instant(required=True)


class WholeCreditProjectSchema(CreditProjectSchema):
    """A project."""

    boundary_cells = Many(fields.String(), max=BOUNDARY_CELLS_MAX, required=True)


class BatchSchema(Schema):
    """A batch with its price in force; `first` to `last` are the numbers of its serials."""

    id = PrefixedId("bat", required=True)
    project_id = PrefixedId("prj", required=True)
    project_name_zh = fields.String(required=True)
    project_name_en = fields.String(required=True)
    code = fields.String(required=True)
    vintage = WholeNumber(min=VINTAGE_MIN, max=VINTAGE_MAX, required=True)
    methodology = fields.String(required=True)
    registry = fields.String(required=True)
    custody = Choice(Custody, required=True)
    external_serials = fields.String(required=True, allow_none=True)
    source_proof_reference = fields.String(required=True, allow_none=True)
    issued_kg = WholeNumber(min=1, required=True)
    first = WholeNumber(min=1, required=True)
    last = WholeNumber(min=1, required=True)
    price_fen_per_t = WholeNumber(min=1, required=True, allow_none=True, metadata=_PRICE)
    price_version = WholeNumber(min=1, required=True)
    approval_id = PrefixedId("apv", required=True)
    issued_at = Instant(required=True)


class WholeBatchSchema(BatchSchema):
    """A batch and where its kilograms are. The rest of what was issued was delivered, and is held by somebody."""

    available_kg = WholeNumber(min=0, required=True)
    held_kg = WholeNumber(min=0, required=True)
    retired_kg = WholeNumber(min=0, required=True)


class SerialRangeSchema(Schema):
    """Serials of one block code, both ends included: one kilogram each."""

    block = fields.String(required=True)
    first = WholeNumber(min=1, required=True)
    last = WholeNumber(min=1, required=True)


class BeneficiarySchema(Schema):
    """In whose name kilograms were retired. Names of people and families are masked."""

    kind = Choice(BeneficiaryKind, required=True)
    name = fields.String(required=True, allow_none=True)


class SourceCancellationSchema(Schema):
    """Whether the same kilograms are cancelled in the registry they came from."""

    state = fields.String(required=True, metadata={"enum": ["pending", "proved"]})
    registry = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)
    cancelled_on = Day(required=True, allow_none=True)


class RetirementSchema(Schema):
    """Kilograms that were retired for good."""

    id = fields.String(required=True, metadata={"pattern": RETIREMENT_PATTERN, "maxLength": 20})
    retired_at = Instant(required=True)
    registry = fields.String(required=True)
    methodology = fields.String(required=True)
    project_id = PrefixedId("prj", required=True)
    project_name_zh = fields.String(required=True)
    project_name_en = fields.String(required=True)
    batch_id = PrefixedId("bat", required=True)
    vintage = WholeNumber(min=VINTAGE_MIN, max=VINTAGE_MAX, required=True)
    retired_kg = WholeNumber(min=1, required=True)
    serials = fields.List(fields.Nested(SerialRangeSchema), required=True)
    custody = Choice(Custody, required=True)
    source_cancellation = fields.Nested(SourceCancellationSchema, required=True, allow_none=True)
    purpose = Choice(Purpose, required=True)
    beneficiary = fields.Nested(BeneficiarySchema, required=True)


class HolderSchema(Schema):
    """Who held a serial from then on. People, families and organisations are not named here."""

    kind = Choice(HolderKind, required=True)
    name = fields.String(required=True, allow_none=True)


class SerialEventSchema(Schema):
    """Something that happened to a serial, together with its neighbours from `first` to `last`."""

    kind = Choice(EventKind, required=True)
    at = Instant(required=True)
    first = WholeNumber(min=1, required=True)
    last = WholeNumber(min=1, required=True)
    holder = fields.Nested(HolderSchema, required=True, allow_none=True)
    retirement_id = fields.String(required=True, allow_none=True)
    purpose = Choice(Purpose, required=True, allow_none=True)
    beneficiary = fields.Nested(BeneficiarySchema, required=True, allow_none=True)


class SerialSchema(Schema):
    """One kilogram: what it is, and everything that ever happened to it, oldest first."""

    serial = fields.String(required=True)
    number = WholeNumber(min=1, required=True)
    state = fields.String(required=True, metadata={"enum": ["held", "retired"]})
    batch_id = PrefixedId("bat", required=True)
    block = fields.String(required=True)
    vintage = WholeNumber(min=VINTAGE_MIN, max=VINTAGE_MAX, required=True)
    methodology = fields.String(required=True)
    registry = fields.String(required=True)
    custody = Choice(Custody, required=True)
    project_id = PrefixedId("prj", required=True)
    project_name_zh = fields.String(required=True)
    project_name_en = fields.String(required=True)
    events = fields.List(fields.Nested(SerialEventSchema), required=True)
