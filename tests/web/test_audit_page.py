"""The audit at the console, for those whose part it is to look."""

from app.identity import Role


def test_an_auditor_follows_a_planting_from_row_to_row(make_clerk, resident):
    planting = resident.claim()
    auditor = make_clerk("zhou.yi", role=Role.AUDITOR)
    auditor.sign_in()

    empty = auditor.get("/console/audit")
    found = auditor.get(f"/console/audit?object={planting['id']}")
    by_actor = auditor.get(next(href for href, text in found.links if "actor=" in href))

    assert "planting.claim_submitted" not in empty.text
    assert "planting.claim_recorded" in found.text
    assert "planting.claim_submitted" in found.text
    assert "planting.claim_submitted" in by_actor.text
    assert "Nothing found" in auditor.get("/console/audit?object=" + "0" * 26).text
    narrowed = auditor.get(f"/console/audit?object={planting['id']}&action=planting.claim_recorded")
    assert "planting.claim_submitted" not in narrowed.text


def test_what_is_no_number_is_said_beside_its_field(make_clerk, city):
    auditor = make_clerk("zhou.yi", role=Role.AUDITOR)
    auditor.sign_in()

    page = auditor.get("/console/audit?object=plt_1&action=A!")

    assert page.title.startswith("Error: ")
    assert "2 things to mend" in page.text
    assert "A number has 26 characters" in page.text


def test_a_verifier_has_no_way_to_the_audit(clerk):
    assert clerk.get("/console/audit").status == 403
    assert "/console/audit" not in clerk.get("/console").source
    assert "/console/approvals" in clerk.get("/console").source
