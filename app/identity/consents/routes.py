"""Consents over HTTP: the texts for everybody, one's own consents, and those of the children one answers for."""

from typing import Any
from uuid import UUID

from flask import Flask

from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    ANYONE,
    Blueprint,
    add_operations,
    atomic,
    current_actor,
    idempotent,
    language,
    must_find,
    requires,
)
from app.identity.consents import examples, texts, usecases
from app.identity.consents.errors import ConsentPurposeNotFound, ConsentTextChanged
from app.identity.consents.purposes import Purpose
from app.identity.consents.schemas import (
    ConsentListSchema,
    ConsentSchema,
    ConsentTextListSchema,
    ConsentView,
    NewConsentOfChildSchema,
    NewConsentSchema,
    consent_view,
    text_view,
)
from app.identity.consents.usecases import NewConsent
from app.identity.people.family.children import require_own_child
from app.identity.people.family.errors import ChildNotFound, GuardianNeeded
from app.identity.staffing.rules.roles import Role

consents = Blueprint("consents", __name__, description="What a resident agrees to, text by text, and withdraws.")

_LINKS = {
    "consents_withdraw_consent": {
        "operationId": "consents_withdraw_consent",
        "parameters": {"purpose": "$response.body#/purpose"},
    }
}
_LINKS_OF_CHILD = {
    "consents_withdraw_consent_of_child": {
        "operationId": "consents_withdraw_consent_of_child",
        "parameters": {"child_id": "$request.path.child_id", "purpose": "$response.body#/purpose"},
    }
}
_SAME = "It stood so already."
Created = tuple[ConsentView, int, dict[str, str]]


def _own_child(child_id: str) -> UUID:
    try:
        parsed = parse_public_id("per", child_id)
    except MalformedId:
        raise ChildNotFound from None
    require_own_child(parsed, guardian=current_actor(), now=clock.now())
    return parsed


@consents.get("/consent-texts")
@requires(ANYONE)
@consents.response(200, ConsentTextListSchema, example=examples.TEXTS)
def list_consent_texts() -> dict[str, Any]:
    """List the texts in force: what for, why, how long, and how to withdraw, in the language of the answer."""
    found = usecases.list_texts(now=clock.now())
    items = [text_view(purpose, text, language=language()) for purpose, text in found]
    return {"items": items, "next_cursor": None}


@consents.get("/me/consents")
@requires(Role.RESIDENT, assisted=True)
@consents.response(200, ConsentListSchema, example=examples.CONSENTS)
def list_consents() -> dict[str, Any]:
    """List what you have agreed to and what not, and whether a newer text asks you again."""
    return _list_of(current_actor().id)


@consents.post("/me/consents")
@requires(Role.RESIDENT, assisted=True)
@idempotent
@consents.doc(responses={201: {"links": _LINKS}})
@consents.arguments(NewConsentSchema, example=examples.NEW)
@consents.response(201, ConsentSchema, description="You have agreed.", example=examples.GIVEN)
@consents.alt_response(200, schema=ConsentSchema, description=_SAME, example=examples.GIVEN)
@consents.problems(ConsentTextChanged, GuardianNeeded)
def give_consent(new: NewConsent) -> Created:
    """Agree to a text, each purpose by itself. It must be the text in force, and you must be 14 or older."""
    actor = current_actor()
    return _given(new, person_id=actor.id, location="/v1/me/consents")


@consents.delete("/me/consents/<string:purpose>")
@requires(Role.RESIDENT, assisted=True)
@atomic
@consents.response(200, ConsentSchema, example=examples.WITHDRAWN)
@consents.problems(ConsentPurposeNotFound)
def withdraw_consent(purpose: str) -> ConsentView:
    """Withdraw a consent. What it switched on ends at once; what was done before stays as it is."""
    return _withdrawn(purpose, person_id=current_actor().id)


@consents.get("/children/<string:child_id>/consents")
@requires(Role.RESIDENT)
@consents.response(200, ConsentListSchema, example=examples.CONSENTS)
@consents.problems(ChildNotFound)
def list_consents_of_child(child_id: str) -> dict[str, Any]:
    """List what was agreed to for a child under 14 for whom you answer."""
    return _list_of(_own_child(child_id))


@consents.post("/children/<string:child_id>/consents")
@requires(Role.RESIDENT)
@must_find(_own_child)
@idempotent
@consents.doc(responses={201: {"links": _LINKS_OF_CHILD}})
@consents.arguments(NewConsentOfChildSchema, example=examples.NEW_OF_CHILD)
@consents.response(201, ConsentSchema, description="You have agreed for the child.", example=examples.GIVEN)
@consents.alt_response(200, schema=ConsentSchema, description=_SAME, example=examples.GIVEN)
@consents.problems(ChildNotFound, ConsentTextChanged)
def give_consent_for_child(new: NewConsent, child_id: str) -> Created:
    """Agree to a text for a child under 14 for whom you answer."""
    return _given(new, person_id=_own_child(child_id), location=f"/v1/children/{child_id}/consents")


@consents.delete("/children/<string:child_id>/consents/<string:purpose>")
@requires(Role.RESIDENT)
@atomic
@consents.response(200, ConsentSchema, example=examples.WITHDRAWN)
@consents.problems(ChildNotFound, ConsentPurposeNotFound)
def withdraw_consent_of_child(child_id: str, purpose: str) -> ConsentView:
    """Withdraw a consent for a child under 14 for whom you answer."""
    return _withdrawn(purpose, person_id=_own_child(child_id))


def _list_of(person_id: UUID) -> dict[str, Any]:
    found = usecases.consents_of(person_id, now=clock.now())
    return {"items": [consent_view(each, language=language()) for each in found], "next_cursor": None}


def _given(new: NewConsent, *, person_id: UUID, location: str) -> Created:
    consent, has_changed = usecases.give_consent(new, person_id=person_id, actor=current_actor(), now=clock.now())
    return consent_view(consent, language=language()), 201 if has_changed else 200, {"Location": location}


def _withdrawn(purpose: str, *, person_id: UUID) -> ConsentView:
    try:
        named = Purpose(purpose)
    except ValueError:
        raise ConsentPurposeNotFound from None
    withdrawn = usecases.withdraw_consent(named, person_id=person_id, actor=current_actor(), now=clock.now())
    return consent_view(withdrawn, language=language())


def register(app: Flask) -> None:
    """Open the kind of document, bring along its first version, and serve the operations."""
    texts.open_kind(app)
    add_operations(app, consents)
