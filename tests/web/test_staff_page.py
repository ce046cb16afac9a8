"""Staff at the console: two administrators agree on accounts and roles; one takes a role away or closes an account."""

import re
from datetime import timedelta

import pytest

from app.foundation.data import public_id
from app.identity import Role
from tests.identity.people import LIANDU, make_staff
from tests.web.browser import Clerk


@pytest.fixture
def admins(app, city) -> tuple[Clerk, Clerk]:
    both = tuple(Clerk(app.test_client(), make_staff(name, role=Role.ADMIN)) for name in ("admin.one", "admin.two"))
    for each in both:
        assert each.sign_in().status == 200
    return both


def agency_id(city) -> str:
    return public_id("agy", city._agencies[LIANDU])


def approve_newest(clerk: Clerk) -> None:
    listed = clerk.get("/console/approvals")
    href = next(href for href, _ in listed.links if "/console/approvals/apv_" in href)
    page = clerk.get(href)
    done = clerk.send(page.form("/console/approvals/apv_"), verdict="approve")
    assert "Approved. It takes effect now" in done.text


def page_of(clerk: Clerk, staff_id, query: str = ""):
    return clerk.get(f"/console/staff/{public_id('stf', staff_id)}{query}")


def form_of(page, act: str):
    return next(each for each in page.forms if each.fields.get("act") == act)


def test_an_account_is_proposed_by_one_approved_by_another_and_enrols_by_a_code(admins, city):
    listed = admins[0].get("/console/staff")
    done = admins[0].send(
        listed.form("/console/staff"),
        username="new.clerk",
        display_name="新同事",
        role="verifier",
        agency_id=agency_id(city),
    )
    assert "another administrator approves it" in done.text

    approve_newest(admins[1])

    page = admins[0].get(admins[0].get("/console/staff").link("新同事"))
    assert "Not enrolled yet" in page.text
    shown = admins[0].send(page.form("/code"))
    assert re.search(r"shown once", shown.text)
    assert "Verifier" in shown.text


def test_what_is_missing_in_an_account_is_said_and_kept(admins, city):
    page = admins[0].get("/console/staff")

    again = admins[0].send(page.form("/console/staff"), username="X", display_name="", role="verifier")
    scope = admins[0].send(page.form("/console/staff"), username="new.clerk", display_name="新同事", role="verifier")

    assert again.status == 422
    assert "Write the name that colleagues see" in again.text
    assert 'value="X"' in again.source
    assert scope.status in {409, 422}
    assert scope.title.startswith("Error: ")


def test_a_role_is_proposed_approved_and_taken_away(admins, city, make_clerk, hands):
    clerk = make_clerk("wang.min")
    page = page_of(admins[0], clerk.member.id)

    proposed = admins[0].send(form_of(page, "role"), role="registrar", agency_id=agency_id(city))
    assert "another administrator approves it" in proposed.text
    assert "Registrar" not in _roles(page_of(admins[0], clerk.member.id))
    approve_newest(admins[1])
    held = page_of(admins[0], clerk.member.id)
    assert "Registrar" in _roles(held)

    hands.move(timedelta(minutes=1))
    silent = admins[0].send(form_of(held, "end"), reason="")
    assert silent.status == 422
    ended = admins[0].send(form_of(silent, "end"), reason="调岗")
    assert "The role is taken away." in ended.text
    assert "调岗" in ended.text


def test_somebody_leaves_and_the_account_is_closed(admins, make_clerk):
    clerk = make_clerk("wang.min")
    assert clerk.sign_in().status == 200

    done = admins[0].send(form_of(page_of(admins[0], clerk.member.id), "leave"))

    assert "The account is closed." in done.text
    assert clerk.get("/console").answer.status_code == 303


def test_auditors_read_and_verifiers_do_not(admins, make_clerk, clerk):
    auditor = make_clerk("zhou.yi", role=Role.AUDITOR)
    auditor.sign_in()

    page = page_of(auditor, clerk.member.id)
    assert page.status == 200
    assert [each for each in page.forms if each.fields.get("act")] == []
    assert "Propose an account" not in auditor.get("/console/staff").text
    assert page_of(clerk, clerk.member.id).status == 403
    own = page_of(admins[0], admins[0].member.id)
    assert [each for each in own.forms if each.fields.get("act")] == []


def _roles(page) -> str:
    return page.text.split("Roles")[1].split("Propose a role")[0]
