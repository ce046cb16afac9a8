"""Shapes of what strangers look up, and of an agency's imports."""

from typing import Any

from marshmallow import fields, post_load

from app.foundation.http import (
    Choice,
    Day,
    Flag,
    Instant,
    Many,
    Nested,
    PageQuerySchema,
    PrefixedId,
    Schema,
    Text,
    WholeNumber,
)
from app.identity.organisations.rules.import_rows import ImportAct, ImportKind
from app.identity.organisations.rules.kinds import SpeciesGroup
from app.identity.organisations.schemas.profiles import COUNTY, SCOPES_MAX, PublicStationFactsSchema
from app.identity.organisations.usecases.imports import NewImport

CSV_CHARACTERS_MAX = 1024 * 1024


class StationQuerySchema(PageQuerySchema):
    """Which stations are looked for."""

    county = Text(max=6, pattern=COUNTY, load_default=None, metadata={"description": "Serves this county."})
    group = Choice(SpeciesGroup, load_default=None, metadata={"description": "Takes this group."})
    open_at = Instant(
        load_default=None, metadata={"description": "Is open at this instant.", "example": "2026-03-12T01:30:00Z"}
    )


class StationSchema(PublicStationFactsSchema):
    """A wildlife station that its agency has checked."""

    id = PrefixedId("org", required=True)
    name = fields.String(required=True)
    county_code = fields.String(required=True)


class EvaluatorSchema(Schema):
    """A technical body whose accreditation holds today."""

    id = PrefixedId("org", required=True)
    name = fields.String(required=True)
    uscc = fields.String(required=True)
    county_code = fields.String(required=True)
    accreditation_number = fields.String(required=True)
    scope = Many(fields.String(), max=SCOPES_MAX, required=True)
    valid_until = Day(required=True)


class NewImportSchema(Schema):
    """A table of organisations that the agency knows: the first line names the columns, docs/organisations.md lists them."""

    kind = Choice(ImportKind, required=True)
    csv = Text(max=CSV_CHARACTERS_MAX, lines=True, required=True)
    dry_run = Flag(required=True, metadata={"description": "Tell what would happen, and change nothing."})

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> NewImport:
        """Build the typed input."""
        return NewImport(**data)


class ImportFaultSchema(Schema):
    """What is wrong with a line."""

    column = fields.String(required=True, metadata={"description": "Empty: the whole line."})
    code = fields.String(required=True)


class ImportLineSchema(Schema):
    """What becomes of a line of the table. The line of the columns' names is number 1."""

    number = WholeNumber(min=2, required=True)
    uscc = fields.String(required=True, allow_none=True)
    act = Choice(ImportAct, required=True)
    organisation_id = PrefixedId("org", required=True, allow_none=True)
    faults = Many(Nested(ImportFaultSchema), max=30, required=True)


class ImportReportSchema(Schema):
    """What an import does. One line that cannot be used and nothing is written."""

    kind = Choice(ImportKind, required=True)
    dry_run = Flag(required=True)
    applied = Flag(required=True)
    lines = Many(Nested(ImportLineSchema), max=1_000, required=True)
