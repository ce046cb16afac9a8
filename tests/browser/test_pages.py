"""Every page at three widths and in both languages: nothing sideways, no message, no outside request, no finding of axe."""

import pytest

from tests.web.desks import desks

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Inside this element stands Swagger UI as it comes; its colours and headings are not ours.
EXCEPT = {"/docs": "#swagger-ui"}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_page_is_in_order(open_browser, clerk, resident, axe, locale):
    claim = resident.claim(tree_count=40)
    places = ["/", "/docs", "/log", "/v?number=x", "/nothing", "/console", "/console?number=x"]
    places.append(f"/console/cases/{claim['review']['case_id']}")

    found = []
    with open_browser(clerk, locale=locale) as page:
        for place in places:
            for width in (320, 390, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(place)
                page.wait_for_load_state("networkidle")
                found += [(place, width, each) for each in findings(page, axe, EXCEPT.get(place))]
    assert found == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_desk_is_in_order(open_browser, app, client, city, clerk, resident, axe, locale):
    found = []
    for worker, places in desks(app, client, city, resident, clerk):
        with open_browser(worker, locale=locale) as page:
            for place in places:
                for width in (320, 390, 1280):
                    page.set_viewport_size({"width": width, "height": 844})
                    page.goto(place)
                    page.wait_for_load_state("networkidle")
                    found += [(place, width, each) for each in findings(page, axe, None)]
    assert found == []


def test_the_sign_in_page_is_in_order(open_browser, city, axe):
    with open_browser() as page:
        page.goto("/console")
        page.click("form.sheet button")

        assert findings(page, axe, None) == []


def findings(page, axe, excepted):
    page.evaluate(axe)
    where = {"exclude": [excepted]} if excepted else {}
    told = page.evaluate(
        "([where, rules]) => axe.run(Object.keys(where).length ? where : document, {runOnly: rules})", [where, RULES]
    )
    found = [each["id"] for each in told["violations"]]
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return found + ([f"sideways: {wide} of {seen}"] if wide > seen else [])


def test_the_document_of_the_api_opens_under_the_policy(open_browser, app):
    with open_browser() as page:
        page.goto("/docs")
        page.click(".opblock-post >> nth=0")
        page.click("text=Try it out")

        assert page.locator(".opblock.is-open").count() == 1
