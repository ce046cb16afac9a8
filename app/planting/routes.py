"""Plantings over HTTP: record, change, submit, withdraw, read; and the two lists that a form needs."""

from typing import Any
from uuid import UUID

from flask import Flask, current_app

from app.evidence import EvidenceFileNotFound, FileAlreadyBound, withheld_links
from app.foundation.data import MalformedId, clock, parse_public_id, public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    Page,
    PageQuery,
    PageQuerySchema,
    add_operations,
    atomic,
    current_actor,
    idempotent,
    mapped,
    must_find,
    needs_if_match,
    next_link,
    page_schema,
    requires,
    version_seen,
    with_etag,
)
from app.foundation.sync import collections
from app.identity import ConsentNeeded, Role
from app.notices import at, links
from app.places import PositionOutOfRange, PositionOutsideCity
from app.planting import examples
from app.planting.changes import COLLECTION
from app.planting.errors import (
    CapturedInFuture,
    CapturedTooLongAgo,
    ClientIdConflict,
    CountySettled,
    CountyUnknown,
    DutyFormUnknown,
    NoAgency,
    PlantingNotFound,
    PlantingSettled,
    SpeciesUnknown,
    TooManyFiles,
    TooManyTrees,
)
from app.planting.person_data import register_person_data
from app.planting.reviewing.dossier import SUBJECT
from app.planting.schemas import (
    DutyFormListSchema,
    NewPlantingSchema,
    PlantingChangeSchema,
    PlantingLineSchema,
    PlantingSchema,
    PlantingSubmissionSchema,
    SpeciesListSchema,
)
from app.planting.subject import SUBJECT_KIND
from app.planting.synced import PLANTINGS
from app.planting.usecases import reading, record, submit
from app.planting.usecases.reading import Planting
from app.planting.usecases.record import NewPlanting
from app.planting.views import claim_line, duty_form_list, planting_view, species_list
from app.review import subjects

blp = Blueprint("plantings", __name__, description="Trees that residents plant: recorded offline, proved, reviewed.")

_MEMBERS = (
    SpeciesUnknown,
    DutyFormUnknown,
    CountyUnknown,
    TooManyTrees,
    PositionOutOfRange,
    PositionOutsideCity,
)
_LINKS = {
    f"plantings_{name}": {"operationId": f"plantings_{name}", "parameters": {"planting_id": "$response.body#/id"}}
    for name in ("submit_planting", "withdraw_planting", "read_planting")
}
_WITHHELD = withheld_links("files")
Shown = tuple[dict[str, Any], dict[str, str]]


def _claim_id(text: str) -> UUID:
    try:
        return parse_public_id("plt", text)
    except MalformedId:
        raise PlantingNotFound from None


def _own_planting(planting_id: str) -> None:
    reading.require_own(_claim_id(planting_id), person=current_actor())


@blp.post("/plantings")
@requires(Role.RESIDENT, assisted=True)
@idempotent(withheld=_WITHHELD)
@blp.doc(responses={201: {"links": _LINKS}})
@blp.arguments(NewPlantingSchema, example=examples.NEW)
@blp.response(201, PlantingSchema, description="A new draft.", example=examples.PLANTING)
@blp.alt_response(200, schema=PlantingSchema, description="It was sent before.", example=examples.PLANTING)
@blp.problems(ClientIdConflict, CapturedTooLongAgo, CapturedInFuture, ConsentNeeded, *_MEMBERS)
def record_planting(new: NewPlanting) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Record a planting as a draft. The same `client_id` with the same content gives the same draft, with 200."""
    planting, is_new = record.record_planting(new, person=current_actor(), trees_max=_trees_max(), now=clock.now())
    body, headers = _shown(planting)
    location = {"Location": f"/v1/plantings/{public_id('plt', planting.claim.id)}"}
    return body, 201 if is_new else 200, {**headers, **location}


@blp.get("/plantings")
@requires(Role.RESIDENT, assisted=True)
@blp.arguments(PageQuerySchema, location="query")
@blp.response(200, page_schema(PlantingLineSchema), example=examples.PAGE)
def list_plantings(query: dict[str, Any]) -> tuple[Page[dict[str, Any]], dict[str, str]]:
    """List your plantings, newest first."""
    page = reading.list_plantings(PageQuery(**query), person=current_actor())
    return mapped(page, claim_line), next_link(page)


@blp.get("/plantings/<string:planting_id>")
@requires(Role.RESIDENT, assisted=True)
@blp.response(200, PlantingSchema, example=examples.PLANTING)
@blp.problems(PlantingNotFound)
def read_planting(planting_id: str) -> Shown:
    """Read one of your plantings: where it stands, why, and what it earned."""
    return _shown(reading.get_planting(_claim_id(planting_id), person=current_actor()))


@blp.patch("/plantings/<string:planting_id>")
@requires(Role.RESIDENT, assisted=True)
@must_find(_own_planting)
@needs_if_match
@atomic
@blp.arguments(PlantingChangeSchema, example={"tree_count": 4, "note": "一株未成活"})
@blp.response(200, PlantingSchema, example=examples.PLANTING)
@blp.problems(PlantingNotFound, PlantingSettled, CountySettled, ConsentNeeded, *_MEMBERS)
def change_planting(change: dict[str, Any], planting_id: str) -> Shown:
    """Correct a draft, or a planting for which more was asked."""
    changed = record.change_planting(
        _claim_id(planting_id),
        change,
        person=current_actor(),
        trees_max=_trees_max(),
        seen=version_seen(),
    )
    return _shown(changed)


@blp.post("/plantings/<string:planting_id>/submit")
@requires(Role.RESIDENT, assisted=True)
@must_find(_own_planting)
@idempotent(withheld=_WITHHELD)
@blp.arguments(PlantingSubmissionSchema, example={"file_ids": ["fil_01m868tawjer4b6ctjc95y8bpg"]})
@blp.response(200, PlantingSchema, example=examples.PLANTING)
@blp.problems(PlantingNotFound, PlantingSettled, NoAgency, TooManyFiles, EvidenceFileNotFound, FileAlreadyBound)
@blp.problems(ConsentNeeded)
def submit_planting(submission: dict[str, Any], planting_id: str) -> Shown:
    """Submit a planting with its photos to the forestry bureau of its county, or again after more was asked."""
    submitted = submit.submit_planting(
        _claim_id(planting_id), submission["file_ids"], person=current_actor(), now=clock.now()
    )
    return _shown(submitted)


@blp.post("/plantings/<string:planting_id>/withdraw")
@requires(Role.RESIDENT, assisted=True)
@must_find(_own_planting)
@idempotent(withheld=_WITHHELD)
@blp.response(200, PlantingSchema, example=examples.PLANTING)
@blp.problems(PlantingNotFound, PlantingSettled)
def withdraw_planting(planting_id: str) -> Shown:
    """Take back a planting that is not decided."""
    return _shown(submit.withdraw_planting(_claim_id(planting_id), person=current_actor(), now=clock.now()))


@blp.get("/tree-species")
@requires(ANYONE)
@blp.response(200, SpeciesListSchema, example=examples.SPECIES)
def list_tree_species() -> dict[str, Any]:
    """List the species that a planting can name."""
    return species_list()


@blp.get("/duty-forms")
@requires(ANYONE)
@blp.response(200, DutyFormListSchema, example=examples.DUTY_FORMS)
def list_duty_forms() -> dict[str, Any]:
    """List the eight forms of the planting duty."""
    return duty_form_list()


def _shown(planting: Planting) -> Shown:
    return with_etag(planting_view(planting, viewer=current_actor(), now=clock.now()), planting.version)


def _trees_max() -> int:
    trees_max: int = current_app.config["LINTAN_PLANTING_TREES_MAX"]
    return trees_max


def register(app: Flask) -> None:
    """Serve the room's operations, and answer for planting claims in review."""
    add_operations(app, blp)
    register_person_data(app)
    collections.register(app, COLLECTION, PLANTINGS)
    subjects.register(app, SUBJECT_KIND, SUBJECT)
    links.register(app, SUBJECT_KIND, at("plt", "/v1/plantings/{id}"))
