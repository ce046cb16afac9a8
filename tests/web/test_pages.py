"""What all pages share: policy and headers, errors as pages, languages, static files; and the templates themselves."""

import re
from pathlib import Path

import pytest

from app.web import PAGE_POLICY
from app.web.pages import STATIC
from tests.web.browser import HTML

TEMPLATES = STATIC.parent / "templates" / "web"
OUR_FILES = [path for path in STATIC.rglob("*") if path.is_file() and "vendor" not in path.parts]


def page_rules(app):
    """Every address of a page that takes GET without an argument."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return sorted(rule.rule for rule in rules if rule.endpoint.split(".")[0] in {"front", "console"})


def test_every_page_has_the_policy_and_headers_of_pages(app, stranger, clerk):
    assert {"/", "/docs", "/log", "/v", "/console", "/console/sign-in"} <= set(page_rules(app))
    for page in [*(stranger(path) for path in page_rules(app)), clerk.get("/console"), stranger("/nothing")]:
        headers = page.answer.headers
        assert headers["Content-Security-Policy"] == PAGE_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert "Cookie" in headers["Vary"]


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline():
    directives = dict(each.strip().split(" ", 1) for each in PAGE_POLICY.split(";"))

    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    allowed = {source for sources in directives.values() for source in sources.split()}
    assert allowed == {"'none'", "'self'", "data:"}
    assert "data:" in directives["img-src"]
    assert "data:" not in directives["script-src"] + directives["style-src"]


def test_the_document_of_the_api_is_laid_out_by_files_of_our_own(stranger, client):
    page = stranger("/docs")

    place = next(given for _, given in page.tags if given.get("id") == "swagger-ui")
    assert client.get(place["data-document"]).json["openapi"] == "3.1.0"
    sources = [given.get("src") or given.get("href") for tag, given in page.tags if tag in {"script", "link"}]
    assert sum("swagger-ui" in str(source) for source in sources) == 2
    for source in sources:
        with client.get(source) as answer:
            assert answer.status_code == 200, source


def test_the_language_is_chosen_by_a_link_and_remembered(client):
    chinese = client.get("/docs").get_data(as_text=True)
    link = re.search(r'href="(/language/en[^"]*)"', chinese)

    answer = client.get(link[1])

    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    english = client.get("/docs", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert '<html lang="zh-CN"' in chinese
    assert "林碳接口文档" in chinese
    assert '<html lang="en"' in english
    assert "API of Lintan" in english


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""]
)
def test_the_switch_of_languages_leads_to_no_other_host(client, back):
    answer = client.get("/language/en", query_string={"back": back})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/language/xx").status_code == 404


def test_an_address_that_is_not_there_gives_a_person_a_page_and_a_machine_a_problem(client):
    person, machine = client.get("/nothing", headers=HTML), client.get("/nothing")
    api = client.get("/v1/nothing", headers=HTML)

    assert (person.status_code, person.mimetype) == (404, "text/html")
    assert "What could be the cause" in person.get_data(as_text=True)
    assert "/nothing" not in person.get_data(as_text=True).replace("back=/nothing", "")
    assert machine.mimetype == api.mimetype == "application/problem+json"


def test_a_method_that_a_page_does_not_take_gives_a_page(client):
    answer = client.delete("/console", headers=HTML)

    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert answer.headers["Allow"]


def test_what_breaks_inside_gives_a_page_with_a_number_for_the_help_desk_and_no_detail(client, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a secret detail")

    monkeypatch.setitem(client.application.view_functions, "front.home", broken)

    answer = client.get("/", headers=HTML)

    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)
    assert "secret detail" not in answer.get_data(as_text=True)


def test_what_came_in_the_address_is_never_markup(client, clerk):
    for path in (
        "/console?number=%22%3E%3Cscript%3E",
        "/console/sign-in?next=%22%3E%3Cscript%3E",
        "/%22%3E%3Cscript%3Ex",
    ):
        assert "<script>" not in clerk.get(path).source, path


def test_static_files_are_kept_by_browsers_as_long_as_they_are_the_same(client):
    address = re.search(r'href="(/static/lintan\.css\?v=[0-9a-f]{12})"', client.get("/").get_data(as_text=True))

    with client.get(address[1]) as versioned, client.get("/static/lintan.css") as plain:
        assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "immutable" not in plain.headers["Cache-Control"]
    assert client.get("/static/../pages.py").status_code == 404


def test_the_demonstration_says_so_on_every_page_and_nothing_else_does(app, stranger, monkeypatch):
    assert "are invented" not in stranger("/").text

    monkeypatch.setitem(app.config, "LINTAN_ENV", "demo")

    for path in ("/", "/docs", "/console/sign-in", "/nothing"):
        assert "Demonstration: offices, people, figures and numbers on these pages are invented." in stranger(path).text


def test_a_clerk_switches_single_keys_off_and_sets_the_time_to_take_back(clerk):
    page = clerk.get("/console?flag=any")
    keys, wait = [form for form in page.forms if form.action == "/console/settings"]

    off = clerk.send(keys, keys="off")
    longer = clerk.send(wait, wait="10")
    odd = clerk.send(wait, wait="99999")

    assert off.answer.request.full_path == "/console?flag=any"
    assert body_of(off)["data-keys"] == "off"
    assert body_of(page)["data-keys"] == "on"
    assert [body_of(each)["data-wait"] for each in (page, longer, odd)] == ["5", "10", "10"]
    assert clerk.send(keys, token="x").status == 403


def body_of(page):
    return next(given for tag, given in page.tags if tag == "body")


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_a_template_holds_no_inline_style_script_handler_or_colour(path):
    source = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", source)
    assert not re.search(r"<style", source)
    assert all(body.strip() == "" for body in re.findall(r"<script[^>]*>(.*?)</script>", source, re.DOTALL))
    assert not re.search(r"[\"' (:]#(?:[0-9a-f]{3}){1,2}\b(?![^<]*</a>)", source, re.IGNORECASE)
    assert "javascript:" not in source
    assert "http://" not in source
    assert "https://" not in source
    assert "|safe" not in source.replace(" ", "")


def test_the_rules_for_templates_would_notice_a_breach():
    breaches = ['<p style="color:red">', "<p onclick='x()'>", "<script>x()</script>", '<rect fill="#1d5842"/>']
    patterns = [r"\sstyle\s*=", r"<[^>]*\son[a-z]+\s*=", r"<script[^>]*>\S", r"[\"' (:]#(?:[0-9a-f]{3}){1,2}\b"]

    assert all(re.search(pattern, breach) for pattern, breach in zip(patterns, breaches, strict=True))


@pytest.mark.parametrize("path", sorted(OUR_FILES), ids=lambda path: path.name)
def test_our_own_static_files_ask_nothing_from_elsewhere(path: Path):
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    assert "://" not in source
    assert "@import" not in source
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", source)
