"""Organisations at the console: the agency in charge sees documents and differences, and decides with a reason."""

import pytest

from app.identity import Role
from tests.identity.organisations.people import code, resident, version_of
from tests.identity.people import LONGQUAN
from tests.web.browser import Clerk


@pytest.fixture
def submitted(client, city):
    """An organisation that waits for Liandu's forestry bureau, and its owner."""
    owner = resident(client)
    made = owner.sign_up()
    owner.submit(made, owner.upload())
    return owner, made


def page_of(clerk: Clerk, made):
    return clerk.get(f"/console/organisations/{made['id']}")


def decide(clerk: Clerk, made, verdict: str, **fields: str):
    return clerk.send(page_of(clerk, made).form("/console/organisations/"), verdict=verdict, **fields)


def test_a_sign_up_is_listed_shown_with_its_documents_and_verified(clerk, submitted):
    owner, made = submitted

    listed, shown = clerk.get("/console/organisations"), page_of(clerk, made)
    done = decide(clerk, made, "approve")

    assert made["name"] in listed.text
    assert code() in shown.text
    assert clerk.client.get(shown.link("Document 1")).status_code == 200
    assert "Verified. Its people can act for it now." in done.text
    assert "No organisation waits" in done.text
    assert owner.show(made).json["state"] == "verified"


def test_a_refusal_without_a_reason_comes_back_and_with_one_reaches_the_owner(clerk, submitted):
    owner, made = submitted

    silent = decide(clerk, made, "needs_more")
    done = decide(clerk, made, "needs_more", reason="看不清。")

    assert silent.status == 422
    assert "Write why; its owners see it." in silent.text
    assert "Asked for more." in done.text
    assert owner.show(made).json["checks"][0]["reason"] == "看不清。"
    assert "看不清。" in page_of(clerk, made).text


def test_a_change_shows_what_it_was_and_a_verified_one_is_suspended_and_reinstated(clerk, submitted):
    owner, made = submitted
    decide(clerk, made, "approve")
    version = owner.show(made).headers["ETag"]
    changed = owner.ask(
        "PATCH", f"/organisations/{made['id']}", {"name": "丽水新名字有限公司"}, version=version.strip('"')
    )
    assert changed.status_code == 200, changed.json

    page = page_of(clerk, made)
    assert ("Change of facts" in clerk.get("/console/organisations").text, "丽水新名字有限公司" in page.text) == (
        True,
        True,
    )
    decide(clerk, made, "approve")
    assert owner.show(made).json["name"] == "丽水新名字有限公司"

    assert "Suspended." in decide(clerk, made, "suspend", reason="年报未交。").text
    assert owner.show(made).json["state"] == "suspended"
    assert "Reinstated." in decide(clerk, made, "reinstate", reason="已补交。").text
    assert owner.show(made).json["state"] == "verified"


def test_another_county_and_another_role_see_nothing(clerk, make_clerk, submitted):
    _, made = submitted
    longquan = make_clerk("zhao.lei", county=LONGQUAN)
    longquan.sign_in()
    auditor = make_clerk("zhou.yi", role=Role.AUDITOR)
    auditor.sign_in()

    assert page_of(longquan, made).status == 404
    assert made["name"] not in longquan.get("/console/organisations").text
    assert page_of(auditor, made).status == 403
    assert decide(clerk, made, "bribe").status == 422


def test_a_verdict_on_a_page_that_was_overtaken_is_not_taken(clerk, submitted):
    owner, made = submitted
    decide(clerk, made, "approve")
    path = f"/organisations/{made['id']}"
    owner.ask("PATCH", path, {"name": "瓯江竹业科技有限公司"}, version=version_of(owner, made))
    form = page_of(clerk, made).form("/console/organisations/")
    owner.ask("PATCH", path, {"name": "丽水市林业局"}, version=version_of(owner, made))

    late = clerk.send(form, verdict="approve")

    assert (late.status, owner.show(made).json["name"]) == (412, made["name"])
    assert "丽水市林业局" in late.text
    clerk.send(late.form("/console/organisations/"), verdict="reject", reason="不符。")
    assert owner.show(made).json["proposed"] is None
