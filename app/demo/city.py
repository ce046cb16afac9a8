"""Founding the demo city on an empty database, by the use cases that people use."""

import json
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from flask import current_app

from app.demo.people import AGENCIES, ISSUER, PASSWORD, STAFF, DemoStaff
from app.demo.signature import open_signature
from app.foundation.data import clock, reading
from app.foundation.proof import SYSTEM
from app.identity import Enrolment, NewStaff, agency_for, create_agency, create_staff


class NotADemo(Exception):
    """The demo city is for the demo environment only."""


def found_city() -> None:
    """Open the agencies with their staff, and let one of them sign; what is there already is left as it is.

    Second factors are kept in `demo.json` of the data folder, so that `make demo` and `flask demo totp` can use them.

    Raises:
        NotADemo: the environment is another.
    """
    if current_app.config["LINTAN_ENV"] != "demo":
        raise NotADemo(str(current_app.config["LINTAN_ENV"]))
    now = clock.now()
    with reading() as session:
        missing = [each for each in AGENCIES if agency_for(session, each.kind, each.county) is None]
    for agency in missing:
        create_agency(
            slug=agency.slug,
            kind=agency.kind,
            county_code=agency.county,
            name_zh=agency.name_zh,
            name_en=agency.name_en,
            actor=SYSTEM,
            now=now,
        )
    slugs = {agency.slug for agency in missing}
    is_first = len(missing) == len(AGENCIES)
    known = {} if is_first else second_factors()
    enrolled = {
        staff.username: _enrol(staff, now)
        for staff in STAFF
        if staff.agency in slugs or (staff.agency is None and staff.username not in known)
    }
    if enrolled:
        _keep(known | {username: _secret(enrolment) for username, enrolment in enrolled.items()})
    if ISSUER in slugs:
        open_signature({username: enrolment.staff_id for username, enrolment in enrolled.items()}, now=now)


def second_factors() -> dict[str, str]:
    """Return the base-32 secret of each demo account.

    Raises:
        FileNotFoundError: the city was founded with another data folder.
    """
    secrets: dict[str, str] = json.loads(_file().read_text(encoding="utf-8"))
    return secrets


def _enrol(staff: DemoStaff, now: datetime) -> Enrolment:
    new = NewStaff(
        username=staff.username,
        display_name=staff.name,
        password=PASSWORD,
        roles=staff.roles,
        agency_slug=staff.agency,
        counties=staff.counties,
    )
    return create_staff(new, actor=SYSTEM, now=now)


def _secret(enrolment: Enrolment) -> str:
    return parse_qs(urlsplit(enrolment.totp_uri).query)["secret"][0]


def _keep(secrets: dict[str, str]) -> None:
    path = _file()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(secrets, file, indent=1)


def _file() -> Path:
    return Path(current_app.config["LINTAN_HOME"]) / "demo.json"
