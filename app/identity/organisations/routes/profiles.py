"""Owners propose the facts of each part; every part has a shape of its own."""

from typing import Any

from app.foundation.data import clock
from app.foundation.http import (
    Blueprint,
    Schema,
    atomic,
    current_actor,
    must_find,
    needs_if_match,
    requires,
    version_seen,
)
from app.identity.organisations import examples
from app.identity.organisations.errors import (
    FactsInvalid,
    KindNotHeld,
    NoAgencyInCharge,
    OrganisationNotFound,
    OrganisationStateForbids,
)
from app.identity.organisations.routes.own import shown
from app.identity.organisations.routes.paths import organisation_of, owned
from app.identity.organisations.rules.kinds import OrganisationKind
from app.identity.organisations.schemas.organisations import OrganisationSchema
from app.identity.organisations.schemas.profiles import FACTS_SCHEMA, spelled_facts
from app.identity.organisations.usecases.profiles import put_profile
from app.identity.staffing.rules.roles import Role

blp = Blueprint("organisation-profiles", __name__, description="The facts of an organisation's parts.")

_EXAMPLES: dict[OrganisationKind, dict[str, Any]] = {
    OrganisationKind.EVALUATOR: examples.EVALUATOR_FACTS,
    OrganisationKind.STATION: examples.STATION_FACTS,
    OrganisationKind.MERCHANT: examples.MERCHANT_FACTS,
    OrganisationKind.SPONSOR: examples.SPONSOR_FACTS,
    OrganisationKind.PROJECT_OWNER: examples.PROJECT_OWNER_FACTS,
}


def _serve(kind: OrganisationKind, schema: type[Schema]) -> None:
    def propose(facts: dict[str, Any], organisation_id: str) -> tuple[dict[str, Any], dict[str, str]]:
        parsed = organisation_of(organisation_id)
        put_profile(
            parsed, kind, spelled_facts(kind, facts), seen=version_seen(), owner=current_actor(), now=clock.now()
        )
        return shown(parsed)

    propose.__name__ = f"propose_{kind.value}"
    what = kind.value.replace("_", " ")
    propose.__doc__ = f"Propose the facts of a part: {what}. They are in force once the part's agency has checked them."
    proposed = {
        "kind": kind.value,
        "facts": None,
        "listed_at": None,
        "proposed": _EXAMPLES[kind],
        "proposed_at": "2026-03-12T01:50:00Z",
    }
    example = {**examples.ORGANISATION, "kinds": [kind.value], "profiles": [proposed]}
    view = blp.problems(OrganisationNotFound, OrganisationStateForbids, KindNotHeld, FactsInvalid, NoAgencyInCharge)(
        propose
    )
    view = blp.response(200, OrganisationSchema, example=example)(view)
    view = blp.arguments(schema, example=_EXAMPLES[kind])(view)
    view = requires(Role.RESIDENT)(must_find(owned)(needs_if_match(atomic(view))))
    blp.put(f"/organisations/<string:organisation_id>/profiles/{kind.value}")(view)


for _kind, _schema in FACTS_SCHEMA.items():
    _serve(_kind, _schema)
