"""A claim decided by keys alone, the seconds in which it can be taken back, and the same without a script."""

from datetime import timedelta

import pytest

from tests.planting.people import gcj02
from tests.web.test_case import decisions, doubtful

__all__ = ["doubtful"]


@pytest.fixture
def two_claims(resident, hands):
    first = resident.claim(tree_count=5)
    hands.move(timedelta(minutes=1))
    return first, resident.claim(tree_count=6, position=gcj02(28.48, 119.9))


def go(page, *keys):
    """Press keys, the last of which leads to another page."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    before = page.url
    page.keyboard.press(keys[-1])
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state("networkidle")


def test_a_claim_is_approved_by_keys_and_sent_when_the_time_is_over(open_browser, clerk, two_claims):
    with open_browser(clerk) as page:
        page.goto("/console")
        go(page, "Enter")
        go(page, "a")

        assert "6 × Cinnamomum" in page.title()
        assert "approve" in page.inner_text("#strip")
        assert decisions() == []
        page.wait_for_selector("#strip-said:has-text('Recorded.')", timeout=9_000)
    assert [each.verdict for each in decisions()] == ["approve"]


def test_a_decision_is_taken_back_and_nothing_was_recorded(open_browser, clerk, two_claims):
    with open_browser(clerk) as page:
        page.goto("/console")
        go(page, "Enter")
        case = page.url
        go(page, "a")
        go(page, "u")

        assert page.url == case
        page.wait_for_timeout(6_000)
    assert decisions() == []


def test_leaving_the_page_sends_what_waits(open_browser, clerk, two_claims):
    with open_browser(clerk) as page:
        page.goto("/console")
        go(page, "Enter")
        go(page, "a")
        go(page, "m", "1", "Enter")
        page.goto("/")
        page.wait_for_timeout(1_000)
    assert sorted(each.verdict for each in decisions()) == ["approve", "needs_more"]


def test_a_lost_race_is_told_on_the_strip(open_browser, clerk, make_clerk, two_claims):
    faster = make_clerk("li.wei")
    faster.sign_in()
    with open_browser(clerk) as page:
        page.goto("/console")
        go(page, "Enter")
        go(page, "a")
        faster.decide(faster.case(two_claims[0]), "reject", reason__reject="not_planted")

        page.wait_for_selector("#strip.strip-stop", timeout=9_000)
        assert "Not recorded." in page.inner_text("#strip")
        assert two_claims[0]["review"]["case_id"] in page.get_attribute("#strip-case", "href")
    assert [each.verdict for each in decisions()] == ["reject"]


def test_an_early_approval_leads_to_the_question_and_enter_there_does_nothing(open_browser, clerk, doubtful):
    with open_browser(clerk) as page:
        page.goto(f"/console/cases/{doubtful['review']['case_id']}")
        page.keyboard.press("a")
        focused = page.evaluate("document.activeElement.name")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)

        assert focused.startswith("answer.duplicate")
        assert page.evaluate("document.querySelector('.question :checked')") is None
        page.keyboard.press("1")
        assert page.evaluate("document.querySelector('.question :checked').value") == "different"
        page.keyboard.press("x")
        assert page.evaluate("[...document.querySelectorAll('.shot')].map((each) => each.hidden)") == [True, False]
    assert decisions() == []


def test_no_key_works_in_a_field_or_when_single_keys_are_off(open_browser, clerk, two_claims):
    with open_browser(clerk) as page:
        page.goto(f"/console/cases/{two_claims[0]['review']['case_id']}")
        page.keyboard.press("r")
        page.focus("#note-reject")
        page.keyboard.type("a m u")
        assert page.input_value("#note-reject") == "a m u"
        page.click("text=Switch single keys off")
        page.wait_for_load_state("networkidle")
        page.keyboard.press("a")
        page.keyboard.press("m")
        page.wait_for_timeout(500)

        assert page.locator(".reasons[open]").count() == 0
        assert "5 × Cinnamomum" in page.title()
    assert decisions() == []


def test_without_a_script_the_buttons_decide_at_once(open_browser, clerk, two_claims):
    with open_browser(clerk, java_script_enabled=False) as page:
        page.goto(f"/console/cases/{two_claims[0]['review']['case_id']}")
        page.click("summary:has-text('Do not approve')")
        page.click("text=It has been recorded before")
        page.click("button:has-text('Record as not approved')")

        assert "Recorded as not approved" in page.inner_text("main")
    assert [each.reason_code for each in decisions()] == ["duplicate"]
