"""Staff sign in at the console, stay signed in, and sign out."""

from datetime import timedelta

import pytest

from app.identity import Role
from tests.identity.people import bearer, sign_in
from tests.web.browser import HTML, Page


def test_a_stranger_is_led_to_the_sign_in_and_then_to_the_page_they_wanted(make_clerk):
    clerk = make_clerk()

    led = clerk.client.get("/console?flag=any", headers=HTML)
    there = clerk.sign_in(coming_to="/console%3Fflag%3Dany")

    assert (led.status_code, led.headers["Location"]) == (303, "/console/sign-in?next=/console?flag%3Dany")
    assert (there.status, there.title) == (200, "0 to do · Lintan console")
    assert "No case needs this kind of attention" in there.text


def test_the_cookies_are_for_our_own_pages_alone_and_no_script(app, make_clerk, monkeypatch):
    monkeypatch.setitem(app.config, "LINTAN_PUBLIC_URL", "https://lintan.example")
    clerk = make_clerk()
    https = {"headers": HTML, "base_url": "https://localhost"}
    page = Page(clerk.client.get("/console/sign-in", **https))
    given = {"username": clerk.member.username, "password": clerk.member.password, "totp": clerk.member.code()}

    answer = clerk.client.post("/console/sign-in", data={**page.form("sign-in").fields, **given}, **https)

    made = [*page.answer.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]
    assert sorted(cookie.partition("=")[0] for cookie in made) == ["lintan_access", "lintan_form", "lintan_refresh"]
    for cookie in made:
        parts = set(cookie.split("; ")[1:])
        assert parts >= {"HttpOnly", "Secure", "SameSite=Strict", "Path=/console"}, cookie
        assert not any(part.startswith(("Max-Age", "Expires", "Domain")) for part in parts), cookie


def test_a_wrong_password_is_told_first_and_only_the_name_is_kept(make_clerk):
    clerk = make_clerk()

    page = clerk.sign_in(password="not the password")

    assert (page.status, page.title) == (401, "Error: Sign in · Lintan console")
    assert "1 thing to mend" in page.text
    assert page.form("sign-in").fields["username"] == "wang.min"
    assert page.form("sign-in").fields["password"] == page.form("sign-in").fields["totp"] == ""
    assert "not the password" not in page.source
    assert clerk.client.get("/console", headers=HTML).status_code == 303


def test_empty_fields_are_named_and_no_try_is_counted(make_clerk):
    clerk = make_clerk()

    page = clerk.sign_in(username=" ", password="", totp="12a456")

    assert page.status == 422
    assert [href for href, _ in page.links if href.startswith("#")] == ["#main", "#username", "#password", "#totp"]
    assert clerk.sign_in().title == "0 to do · Lintan console"


def test_after_a_failure_the_next_try_is_told_how_long_to_wait(make_clerk, hands):
    clerk = make_clerk()
    for _ in range(4):
        clerk.sign_in(password="not the password")

    page = clerk.sign_in()

    assert page.status == 429
    assert f"Wait {page.answer.headers['Retry-After']} seconds" in page.text
    hands.move(timedelta(minutes=6))
    assert clerk.sign_in().status == 200


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_sign_in_form_that_we_did_not_make_is_refused(make_clerk, token):
    clerk = make_clerk()

    page = clerk.sign_in(token=token)

    assert page.status == 403
    assert "came from elsewhere" in page.text
    assert clerk.client.get("/console", headers=HTML).status_code == 303
    assert clerk.sign_in().status == 200  # The code was not used up.


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/console//evil.example",
        "/console/../v1",
        "/\\evil.example",
        "/console/sign-out",
        "/docs",
    ],
)
def test_a_sign_in_never_leads_out_of_the_console(make_clerk, place):
    clerk = make_clerk()
    page = clerk.get("/console/sign-in")
    given = {"username": clerk.member.username, "password": clerk.member.password, "totp": clerk.member.code()}

    answer = clerk.client.post(
        "/console/sign-in", data={**page.form("sign-in").fields, **given, "next": place}, headers=HTML
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")


def test_an_access_token_that_ran_out_is_renewed_on_the_way(clerk):
    before = clerk.client.get_cookie("lintan_refresh", path="/console").value
    clerk.client.set_cookie("lintan_access", "ran.out.now", path="/console")

    page = clerk.get("/console")

    assert (page.status, page.title) == (200, "0 to do · Lintan console")
    assert clerk.client.get_cookie("lintan_refresh", path="/console").value != before
    assert clerk.client.get_cookie("lintan_access", path="/console").value != "ran.out.now"
    assert clerk.get("/console").status == 200


def test_a_copied_refresh_token_ends_the_session_of_both(clerk, app, hands):
    thief = app.test_client()
    thief.set_cookie(
        "lintan_refresh", clerk.client.get_cookie("lintan_refresh", path="/console").value, path="/console"
    )
    assert thief.get("/console", headers=HTML).status_code == 200
    hands.move(timedelta(minutes=1))

    clerk.client.delete_cookie("lintan_access", path="/console")

    assert clerk.client.get("/console", headers=HTML).status_code == 303
    assert thief.get("/console", headers=HTML).status_code == 303


def test_signing_out_ends_the_session_and_takes_the_cookies_away(clerk, app):
    kept = {name: clerk.client.get_cookie(name, path="/console").value for name in ("lintan_access", "lintan_refresh")}

    page = clerk.send(clerk.get("/console").form("sign-out"))

    assert "You are signed out." in page.text
    assert clerk.client.get_cookie("lintan_access", path="/console") is None
    copy = app.test_client()
    for name, value in kept.items():
        copy.set_cookie(name, value, path="/console")
    assert copy.get("/console", headers=HTML).status_code == 303


def test_signing_out_needs_the_form_of_this_session(clerk):
    page = clerk.send(clerk.get("/console").form("sign-out"), token="0" * 64)

    assert page.status == 403
    assert clerk.get("/console").status == 200


def test_the_token_of_a_resident_opens_nothing_here(app, hands):
    told = sign_in(app.test_client())
    browser = app.test_client()
    browser.set_cookie("lintan_access", told["access_token"], path="/console")

    answer = browser.get("/console", headers={**HTML, **bearer(told)})

    assert answer.status_code == 303


def test_staff_without_a_part_in_review_begin_at_the_first_desk_of_their_roles(make_clerk):
    """No queue is theirs: it is neither counted nor named, and its address leads on."""
    helper, issuer = make_clerk(role=Role.SUPPORT), make_clerk("lan.fei", role=Role.ISSUER)

    pages = (helper.sign_in(), issuer.sign_in())

    assert [page.title.split(" · ")[0] for page in pages] == ["Help desk", "Approvals"]
    assert "To do" not in pages[0].text
    assert helper.get("/console").answer.headers["Location"].endswith("/console/tickets")


def test_the_documents_title_begins_with_the_error(make_clerk):
    page: Page = make_clerk().sign_in(totp="1")

    assert page.title.startswith("Error: ")
    assert "Enter the six digits" in page.text
