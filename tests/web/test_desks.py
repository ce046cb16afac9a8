"""What all desks share: words in place of codes, cells that name themselves, and commas of the page's language."""

import re

import pytest

from app.approvals import ABSENT, Change
from app.foundation.http import language
from app.identity import Role
from app.web.desk import said, said_changes
from tests.web.desks import desks, propose_account, signed_in

HALF_WIDTH = re.compile("[\u3400-\u9fff], ")
ZH = {"Accept-Language": "zh-CN"}


@pytest.fixture
def in_english(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert language() == "en"
        yield


@pytest.fixture
def in_chinese(app):
    with app.test_request_context(headers=ZH):
        yield


def lines(*changes: Change) -> list[tuple[str, str | None, str | None]]:
    return [
        (each.label, str(each.before) if each.before is not None else None, str(each.after) if each.after else None)
        for each in said_changes(changes)
    ]


def test_a_difference_shows_words_and_hides_what_only_machines_compare(in_english):
    found = lines(
        Change("/counties/0", ABSENT, "331102"),
        Change("/counties/1", ABSENT, "*"),
        Change("/from", ABSENT, None),
        Change("/name_mark", ABSENT, "f3"),
        Change("/role", ABSENT, "issuer"),
        Change("/staff_id", ABSENT, "stf_01m873qrafe3etdr86x1jahxz9"),
    )

    assert found == [
        ("Role", None, "Issuing officer"),
        ("Counties", None, "Liandu District, all counties"),
        ("From", None, "on approval"),
    ]


def test_a_member_without_words_keeps_its_place_and_its_value(in_english):
    assert lines(Change("/terms/from", 1, 2), Change("/steps/1/per_mille", ABSENT, 35)) == [
        ("terms/from", "1", "2"),
        ("steps/1/per_mille", None, "35"),
    ]


def test_roles_of_a_deputy_come_as_they_stand(in_chinese):
    found = lines(
        Change("/roles/0/counties/0", ABSENT, "331102"),
        Change("/roles/0/role", ABSENT, "verifier"),
        Change("/roles/1/role", ABSENT, "finance"),
    )

    assert [label for label, _, _ in found] == ["县（市、区）", "角色", "角色"]
    assert found[1][2] == "审核员"


def test_facts_of_an_organisation_are_said_in_one_line_each(in_chinese):
    assert said("kinds", ["station", "merchant"]) == "野生动物救护站，商户"
    assert str(said("hours", [{"weekday": 1, "opens": "08:30", "closes": "17:30"}])) == "周一 08:30\N{EN DASH}17:30"
    assert said("county_codes", None) is None
    assert said("statement", "<b>") == "&lt;b&gt;"


def test_a_proposal_of_an_account_is_read_without_codes(app, city):
    admin, second = (signed_in(app, name, Role.ADMIN) for name in ("admin.one", "admin.two"))

    page = second.get(propose_account(admin, city))

    shown = page.text.split("The whole content")[0]
    assert "Open an account: new.clerk" in shown
    assert ("name_mark" in shown, "name_mark" in page.text) == (False, True)
    assert "Verifier" in shown
    assert "agy_" not in shown
    assert ("verdict", "approve") in page.forms[-1].buttons


def test_no_desk_writes_a_comma_of_english_after_chinese_and_every_cell_of_a_card_has_a_label(
    app, client, city, resident, clerk
):
    found = []
    for worker, paths in desks(app, client, city, resident, clerk):
        for path in paths:
            page = worker.get(path, **ZH)
            assert (page.status, dict(page.tags)["html"]["lang"]) == (200, "zh-CN"), path
            found += [(path, each) for each in HALF_WIDTH.findall(page.text)]
            cells = [given for tag, given in page.tags if tag == "td"]
            # The cell in which a role is taken away holds a field, which says what it is itself.
            bare = [given for given in cells if "data-label" not in given and "/stf_" not in path]
            found += [(path, given) for given in bare]
    assert found == []
