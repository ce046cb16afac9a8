"""What the register answers, as its schemas write it."""

from typing import Any

from app.credits import rules
from app.credits.queries import Cancellation, Project
from app.credits.usecases.reading import (
    BatchState,
    EventKind,
    NamedRetirement,
    PricedBatch,
    SerialEvent,
    SerialHistory,
)


def project_view(project: Project) -> dict[str, Any]:
    """Return a project, as `CreditProjectSchema` writes it."""
    return {**{name: getattr(project, name) for name in Project.__slots__}, "registry": project.registry_name}


def whole_project_view(project: Project, boundary_cells: list[str]) -> dict[str, Any]:
    """Return a project with its boundary."""
    return {**project_view(project), "boundary_cells": boundary_cells}


def _names(project: Project) -> dict[str, Any]:
    return {"project_id": project.id, "project_name_zh": project.name_zh, "project_name_en": project.name_en}


def batch_view(priced: PricedBatch) -> dict[str, Any]:
    """Return a batch with its price, as `BatchSchema` writes it."""
    batch = priced.batch
    return {
        **_names(priced.project),
        "id": batch.id,
        "code": batch.code,
        "vintage": batch.vintage,
        "methodology": batch.methodology,
        "registry": batch.registry_name,
        "custody": batch.custody,
        "external_serials": batch.external_serials,
        "source_proof_reference": batch.source_proof_reference,
        "issued_kg": batch.kg,
        "first": batch.first,
        "last": batch.last,
        "price_fen_per_t": priced.price.price_fen_per_t,
        "price_version": priced.price.version,
        "approval_id": batch.approval_id,
        "issued_at": batch.issued_at,
    }


def batch_state_view(state: BatchState) -> dict[str, Any]:
    """Return a batch and where its kilograms are."""
    return {
        **batch_view(state.priced),
        "available_kg": state.available_kg,
        "held_kg": state.held_kg,
        "retired_kg": state.retired_kg,
    }


def retirement_view(named: NamedRetirement) -> dict[str, Any]:
    """Return a retirement, as strangers may see it: no account, no note, no name in full of a person."""
    retirement, batch = named.retirement, named.batch
    return {
        **_names(named.project),
        "id": retirement.public_id,
        "retired_at": retirement.retired_at,
        "registry": batch.registry_name,
        "methodology": batch.methodology,
        "batch_id": batch.id,
        "vintage": batch.vintage,
        "retired_kg": retirement.kg,
        "serials": [
            {"block": batch.code, "first": each.first, "last": each.last} for each in rules.joined(retirement.serials)
        ],
        "custody": batch.custody,
        "source_cancellation": _cancellation_view(retirement.cancellation),
        "purpose": retirement.purpose,
        "beneficiary": _beneficiary_view(named),
    }


def _cancellation_view(cancellation: Cancellation | None) -> dict[str, Any] | None:
    if cancellation is None:
        return None
    return {
        "state": "pending" if cancellation.reference is None else "proved",
        "registry": cancellation.registry,
        "reference": cancellation.reference,
        "cancelled_on": cancellation.cancelled_on,
    }


def _beneficiary_view(named: NamedRetirement) -> dict[str, Any]:
    return {"kind": named.retirement.beneficiary_kind, "name": named.shown_name}


def serial_view(history: SerialHistory) -> dict[str, Any]:
    """Return one kilogram with its history, as `SerialSchema` writes it."""
    batch = history.batch
    is_retired = history.events[-1].kind is EventKind.RETIRED
    return {
        **_names(history.project),
        "serial": rules.printed_serial(batch.code, history.number),
        "number": history.number,
        "state": "retired" if is_retired else "held",
        "batch_id": batch.id,
        "block": batch.code,
        "vintage": batch.vintage,
        "methodology": batch.methodology,
        "registry": batch.registry_name,
        "custody": batch.custody,
        "events": [_event_view(event) for event in history.events],
    }


def _event_view(event: SerialEvent) -> dict[str, Any]:
    retired = event.retirement
    return {
        "kind": event.kind,
        "at": event.at,
        "first": event.serials.first,
        "last": event.serials.last,
        "holder": {"kind": event.holder_kind, "name": event.holder_name} if event.holder_kind is not None else None,
        "retirement_id": retired.retirement.public_id if retired is not None else None,
        "purpose": retired.retirement.purpose if retired is not None else None,
        "beneficiary": _beneficiary_view(retired) if retired is not None else None,
    }
