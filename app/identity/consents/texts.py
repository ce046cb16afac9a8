"""The texts as documents of the rulebook: their form, who changes them, and the first version that the product brings along."""

import json
from pathlib import Path

from flask import Flask

from app.identity.consents.purposes import TEXT_KIND
from app.identity.staffing.rules.roles import Role
from app.rulebook import declare, ship

_DATA = Path(__file__).parent / "data"


def open_kind(app: Flask) -> None:
    """Declare the kind and ship version 1. A registrar of the city writes, an issuer, who signs for the agency, approves."""
    schema = json.loads((_DATA / "consent_text.schema.json").read_text(encoding="utf-8"))
    declare(app, kind=TEXT_KIND, schema=schema, proposer_role=Role.REGISTRAR, approver_role=Role.ISSUER)
    ship(app, _DATA / "consent_texts_1.json")
