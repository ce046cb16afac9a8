"""The pages that strangers reach by a code or a number: each verdict at three widths, without a script, and on paper."""

import io

import pypdfium2
import pytest

from app.certificates import Verdict, Visibility
from app.web.certificate.files import FileShown
from tests.browser.test_pages import findings
from tests.web import certificates as made

VERDICTS = [verdict for verdict in Verdict if verdict is not Verdict.UNKNOWN]
ADDRESS = f"/v/{made.NUMBER}"
FILES = [
    FileShown(f"{ADDRESS}/credential.json", "Signed file", "JSON", 2_870),
    FileShown(f"{ADDRESS}/credential.jwt", "The same as a JWT", "JWT", 3_611),
    FileShown(f"{ADDRESS}/log-proof", "Log proof", "text", 812),
    FileShown(f"{ADDRESS}/certificate.pdf", "PDF (A4)", "with the files inside", None),
]


@pytest.fixture
def shows(monkeypatch):
    """Lets the product show this certificate under every number."""

    def show(page):
        monkeypatch.setattr("app.web.routes.certificates.page_of", lambda *_: page)
        files = FILES if page is not None and page.document_id is not None else []
        monkeypatch.setattr("app.web.routes.certificates.files_of", lambda *_: files)

    return show


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_verdict_is_in_order(open_browser, shows, axe, locale):
    found = []
    with open_browser(extra_http_headers={"Accept-Language": locale}) as page:
        pages = [(verdict, made.page(verdict)) for verdict in VERDICTS]
        pages += [("off", made.page(visibility=Visibility.OFF)), ("unknown", None)]
        pages += [("outside", made.page(purpose="gift", donated_through="示例基金会", retirements=(made.OUTSIDE,)))]
        for name, shown in pages:
            shows(shown)
            page.goto(ADDRESS)
            page.wait_for_load_state("networkidle")
            for width in (320, 390, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                found += [(name, width, each) for each in findings(page, axe, None)]
    assert found == []


def test_a_number_is_looked_up_without_a_script(open_browser, shows):
    shows(made.page())
    with open_browser(java_script_enabled=False) as page:
        page.goto("/")
        page.fill("#number", "lsr-7k3m 9qwd x4tb 2n8r")
        page.press("#number", "Enter")

        assert page.url.endswith(ADDRESS)
        assert page.title().startswith("Valid")


def test_the_verdict_and_the_figures_stand_on_a_phones_first_screens(open_browser, shows):
    shows(made.page())
    with open_browser(viewport={"width": 390, "height": 844}, extra_http_headers={"Accept-Language": "zh-CN"}) as page:
        page.goto(ADDRESS)

        assert page.locator(".verdict strong").bounding_box()["y"] < 200
        assert page.locator(".dl .big").bounding_box()["y"] < 844
        # A code is for another phone: it comes after what its reader has in hand.
        assert page.locator(".qr img").bounding_box()["y"] > 844


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("verdict", [Verdict.VALID, Verdict.REVOKED])
def test_on_paper_it_is_two_pages_with_a_black_frame_and_no_links(open_browser, shows, verdict, locale):
    shows(made.page(verdict))
    with open_browser(extra_http_headers={"Accept-Language": locale}) as page:
        page.goto(ADDRESS)
        page.emulate_media(media="print")
        frame = page.evaluate("getComputedStyle(document.querySelector('.verdict')).borderTopColor")
        hidden = [".site nav", ".foot", ".note", ".cells", ".screen-only", ".skip"]
        shown = page.evaluate("all => all.filter(one => document.querySelector(one).checkVisibility())", hidden)
        code = page.locator(".verdict .print-only img").bounding_box()
        paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))

        assert frame == "rgb(0, 0, 0)"
        assert shown == []
        assert round(code["width"] / 96 * 25.4) == 30
        assert len(paper) == 2


def test_the_keyboard_walks_the_page_from_top_to_bottom(open_browser, shows):
    shows(made.page(Verdict.REPLACED))
    with open_browser(viewport={"width": 390, "height": 844}) as page:
        page.goto(ADDRESS)
        places = []
        for _ in range(40):
            page.keyboard.press("Tab")
            place = page.evaluate("document.activeElement.getBoundingClientRect().top + window.scrollY")
            if page.evaluate("document.activeElement === document.body"):
                break
            places.append(round(place))

        assert len(places) > 10
        # The link that skips the head is moved to the top of the page once it has the focus.
        assert places[1:] == sorted(places[1:])
