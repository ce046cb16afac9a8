"""Every desk of the console with something on it, and who works there."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import public_id
from app.identity import Role
from tests.identity.organisations.people import resident as owner_of
from tests.identity.people import LIANDU, make_staff
from tests.planting.people import City
from tests.web.browser import Clerk


def signed_in(app: Flask, name: str, role: Role) -> Clerk:
    """Return somebody of the whole city who is signed in."""
    made = Clerk(app.test_client(), make_staff(name, role=role))
    assert made.sign_in().status == 200
    return made


def propose_account(admin: Clerk, city: City) -> str:
    """Let an administrator propose a verifier of Liandu; return the path of the proposal."""
    form = admin.get("/console/staff").form("/console/staff")
    agency = public_id("agy", city._agencies[LIANDU])
    admin.send(form, username="new.clerk", display_name="李新", role="verifier", agency_id=agency)
    return newest(admin, "/console/approvals", "apv_")


def newest(clerk: Clerk, place: str, prefix: str) -> str:
    """Return the path of the first thing that a desk lists."""
    return next(href for href, _ in clerk.get(place).links if f"{place}/{prefix}" in href)


def desks(app: Flask, client: FlaskClient, city: City, resident: Any, verifier: Clerk) -> list[tuple[Clerk, list[str]]]:
    """Return who works at the desks, each with the paths of their pages: lists, and one thing of each kind."""
    admin, second = signed_in(app, "admin.one", Role.ADMIN), signed_in(app, "admin.two", Role.ADMIN)
    support = signed_in(app, "he.lan", Role.SUPPORT)
    proposal = propose_account(admin, city)
    owner = owner_of(client)
    made = owner.sign_up()
    owner.submit(made, owner.upload())
    ticket = resident.post("/v1/tickets", {"topic": "planting", "text": "我的植树为什么是 0 分？"}).json["id"]
    page = support.get(f"/console/tickets/{ticket}")
    support.send(page.form(f"/console/tickets/{ticket}"))
    member = f"/console/staff/{public_id('stf', verifier.member.id)}"
    audit = f"/console/audit?actor={public_id('stf', support.member.id)}"
    return [
        (admin, ["/console/approvals", proposal, "/console/staff", member, audit]),
        (second, [proposal]),
        (support, ["/console/tickets", "/console/tickets?state=taken", f"/console/tickets/{ticket}"]),
        (verifier, ["/console/organisations", f"/console/organisations/{made['id']}"]),
    ]
