"""The page of a certificate: each of the eight verdicts, what is compared, what was checked, and what stays private."""

import gzip
import re
from dataclasses import replace

import pytest

from app.certificates import CheckName, CheckResult, Verdict, Visibility
from app.web.certificate.files import FileShown
from tests.web import certificates as made
from tests.web.browser import HTML, Page
from tests.web.certificates import NUMBER, SUCCESSOR, check, with_check

ADDRESS = f"/v/{NUMBER}"
FILES = [
    FileShown(f"{ADDRESS}/credential.json", "Signed file", "JSON", 2_870),
    FileShown(f"{ADDRESS}/certificate.pdf", "PDF (A4)", "with the files inside", None),
]
WORDS = {
    Verdict.VALID: ("有效", "Valid", "verdict-ok"),
    Verdict.ISSUING: ("签发中", "Being issued", "verdict-wait"),
    Verdict.EXPIRED: ("已过期", "Expired", "verdict-past"),
    Verdict.REPLACED: ("已被替代", "Replaced", "verdict-past"),
    Verdict.REVOKED: ("已撤销", "Revoked", "verdict-stop"),
    Verdict.CHECK_FAILED: ("核验失败", "Check failed", "verdict-stop"),
    Verdict.CANNOT_CHECK: ("暂时无法核对", "Cannot be checked now", "verdict-heed"),
    Verdict.UNKNOWN: ("查无此编号", "No such number", "verdict-past"),
}
WITH_A_PAGE = [verdict for verdict in Verdict if verdict is not Verdict.UNKNOWN]


@pytest.fixture
def engine_name():
    """One engine: pages are handed over by the test, so that the database has no part in these."""
    return "sqlite"


@pytest.fixture
def shown(monkeypatch, client):
    """Opens the page of a certificate as the room hands it over; None: there is none of the number."""

    def show(page, language="en", address=ADDRESS):
        monkeypatch.setattr("app.web.routes.certificates.page_of", lambda *_: page)
        files = FILES if page is not None and page.document_id is not None else []
        monkeypatch.setattr("app.web.routes.certificates.files_of", lambda *_: files)
        return Page(client.get(address, headers={**HTML, "Accept-Language": language}))

    return show


def verdict_of(page: Page) -> str:
    """The band of the verdict, as markup."""
    return re.search(r'<section class="verdict.*?</section>', page.source, re.DOTALL)[0]


def test_every_verdict_has_its_words_here():
    assert set(WORDS) == set(Verdict)


@pytest.mark.parametrize("verdict", WITH_A_PAGE)
def test_the_verdict_comes_first_in_the_title_and_in_the_page(shown, verdict):
    zh, en, style = WORDS[verdict]

    for language, word in (("zh-CN", zh), ("en", en)):
        page = shown(made.page(verdict), language)

        assert page.status == 200
        assert page.title.startswith(f"{word} · ")
        assert f'class="verdict {style} on-dark"' in page.source
        assert f"<strong>{word}</strong>" in verdict_of(page)
        first = page.source.index("<strong>")
        assert first == page.source.index(f"<strong>{word}</strong>")
        assert first < page.source.index("<h1")


@pytest.mark.parametrize("verdict", [each for each in WITH_A_PAGE if each is not Verdict.VALID])
def test_no_other_verdict_says_valid_in_its_band(shown, verdict):
    assert "<strong>Valid</strong>" not in shown(made.page(verdict)).source
    assert "有效</strong>" not in shown(made.page(verdict), "zh-CN").source


def test_a_valid_certificate_shows_what_to_compare_in_order(shown):
    page = shown(made.page())

    order = [
        "Valid",
        "1.250 t of carbon credits retired in the name of 张**",
        "Compare each line with the certificate",
        "Holder 张**",
        "Purpose Own emissions",
        "Quantity retired 1.250 t 1,250 kg CO₂e, one serial is 1 kg",
        "Issuer Lishui Bureau of Ecology and Environment (demonstration)",
        "Valid from 24 November 2026, 09:15:01",
        "No end date",
        "Check that the address bar says localhost",
        "Project 峰源竹林经营碳汇项目",
        "Vintage 2024",
        "Serials LS33-F-0007-2024 1–1000 120001–120250",
        "What this page has just checked",
        "Do not believe this page",
        "What happened to this certificate",
        "1.250 t retired",
        "Signed and issued",
    ]
    places = [page.text.index(words) for words in order]
    assert places == sorted(places)
    assert "Checked on 24 November 2026, 14:26:08" in page.text


def test_the_checks_answer_three_questions_each_with_its_result(shown):
    page = shown(made.page())

    questions = [
        "Is it unchanged?",
        "Is it still in force?",
        "Is the issuing office who it says, and since when?",
    ]
    places = [page.text.index(question) for question in questions]
    assert places == sorted(places)
    assert "7 checks: 6 passed, 1 none yet" in page.text
    assert page.source.count('<span class="tag tag-ok">passed</span>') == 6
    assert "Signed by the issuer's key key-2026-1" in page.text
    assert "The list is good until 25 November 2026, 13:26:08." in page.text
    assert "Entry 48,213 of the public log" in page.text
    assert "none yet Outside witness No body outside the operator witnesses the log yet" in page.text


def test_every_check_has_a_name_a_question_and_every_result_its_words(shown):
    for name in CheckName:
        for result, what in ((CheckResult.PASSED, "passed"), (CheckResult.NOT_DONE, "passed")):
            page = shown(made.page(checks=with_check(check(name, result, what, key="k", until=made.CHECKED, index=1))))
            assert page.source.count('<span class="tag') - 1 >= 6
            assert len(re.findall(r"<li><span class=\"tag[^>]*>[^<]+</span><div><b>[^<]+</b>", page.source)) == 7


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict.ISSUING, "It is signed in about a second. Load the page again"),
        (Verdict.EXPIRED, "It was valid until 24 November 2026, 12:00. What was true until then is not affected."),
        (Verdict.REPLACED, "Issued anew on 24 November 2026. See the certificate that holds now"),
        (
            Verdict.REVOKED,
            f"Revoked on 24 November 2026, 13:00 by {made.ISSUER.name_en}. Reason: It contained an error. Do not rely",
        ),
        (Verdict.CHECK_FAILED, "Not passed: Signature. Do not rely on it, and tell the issuing office."),
        (Verdict.CANNOT_CHECK, "Not done: List of revocations. Check again later, and do not rely on it until then."),
    ],
)
def test_a_verdict_says_what_to_do(shown, verdict, told):
    assert told in shown(made.page(verdict)).text


def test_a_failed_check_is_named_where_it_stands_too(shown):
    page = shown(made.page(Verdict.CHECK_FAILED))

    assert '<span class="tag tag-stop">failed</span><div><b>Signature</b>' in page.source
    assert "7 checks: 5 passed, 1 failed, 1 none yet" in page.text


def test_a_replaced_certificate_leads_to_the_one_that_holds(shown):
    page = shown(made.page(Verdict.REPLACED))

    assert page.link("See the certificate that holds now") == f"/v/{SUCCESSOR}"
    assert f"Replaced by {SUCCESSOR}" in page.text
    assert "Reason:" not in page.text


def test_a_revoked_certificate_stays_readable(shown):
    page = shown(made.page(Verdict.REVOKED))

    for words in ("in the name of 张**", "Quantity retired 1.250 t", "LS33-F-0007-2024", "Revoked by two people"):
        assert words in page.text
    assert "<del" not in page.source
    assert "<s>" not in page.source


def test_a_certificate_being_issued_has_no_files_and_no_code_yet(shown):
    page = shown(made.page(Verdict.ISSUING))

    assert "Do not believe this page" not in page.text
    assert "What this page has just checked" not in page.text
    assert "<img" not in page.source
    assert page.link("Load the page again") == ADDRESS
    assert 'http-equiv="refresh"' not in page.source.lower()
    assert page.source.count('class="next"') == 1


def test_one_that_waits_longer_says_why_and_that_the_kilograms_are_safe(shown):
    page = shown(made.page(Verdict.ISSUING, checked_at=made.RETIRED.replace(hour=3)))

    assert "It takes longer than usual" in page.text
    assert "The kilograms are retired already" in page.text


def test_a_holder_who_shows_nothing_leaves_the_verdict_and_the_number(shown):
    page = shown(
        replace(
            made.page(),
            visibility=Visibility.OFF,
            issuer=None,
            holder=None,
            purpose=None,
            retirements=(),
            checks=(),
            timeline=(),
            valid_from=None,
            log=None,
            document_id=None,
            digest=None,
        )
    )

    assert page.title.startswith("Valid · ")
    assert NUMBER in page.text.replace(" ", "")
    assert "The holder shows the state of this certificate only." in page.text
    for absent in ("张", "1.250", "LS33", "<img", "ret_", "Bureau", "credential"):
        assert absent not in page.source


@pytest.mark.parametrize("address", [ADDRESS, f"/V/{NUMBER}"])
def test_nobody_finds_a_persons_certificate_by_a_search_engine(shown, address):
    page = shown(made.page(), address=address)

    headers = page.answer.headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in page.source
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_an_organisations_listed_certificate_may_be_found(shown):
    organisation = {"holder": "示例体育发展有限公司", "is_personal": False}

    listed = shown(made.page(visibility=Visibility.LISTED, **organisation))
    by_link = shown(made.page(visibility=Visibility.LINK, **organisation))

    assert "X-Robots-Tag" not in listed.answer.headers
    assert "robots" not in listed.source
    assert "Of a person only the surname is shown." not in listed.text
    assert by_link.answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("verdict", WITH_A_PAGE)
def test_the_page_has_no_script_and_is_small(shown, verdict):
    for language in ("zh-CN", "en"):
        page = shown(made.page(verdict), language)

        assert "<script" not in page.source
        assert len(gzip.compress(page.source.encode(), 6)) <= 8_000


def test_all_that_a_phone_loads_is_thirty_kilobytes_in_four_requests(shown, client):
    page = shown(made.page())

    sources = {given["href"] for tag, given in page.tags if tag == "link" and not given["href"].startswith("data:")}
    pictures = {given["src"] for tag, given in page.tags if tag == "img"}
    assert pictures == {f"{ADDRESS}/qr.png"}
    assert len(sources) + len(pictures) + 1 == 4
    total = len(gzip.compress(page.source.encode(), 6)) + 1_000  # The code as a picture is below 1 kB.
    for source in sources:
        with client.get(source) as answer:
            total += len(gzip.compress(answer.get_data(), 6))
    assert total <= 30_000


def test_files_say_what_they_are_and_how_long(shown):
    page = shown(made.page())

    assert {each.href for each in FILES} <= {href for href, _ in page.links}
    assert "Signed file JSON, 3 KB" in page.text
    assert "PDF (A4) with the files inside" in page.text
    assert page.link("The steps, and the public keys") == "/log#steps"
    assert page.link("What these checks cannot show") == "/log#limits"


def test_the_host_to_compare_is_the_products_own_whoever_asks(shown, monkeypatch, app):
    monkeypatch.setitem(app.config, "LINTAN_PUBLIC_URL", "https://carbon.example.cn")

    page = shown(made.page())

    assert "says carbon.example.cn." in page.text
    evil = app.test_client().get(ADDRESS, headers={**HTML, "Host": "evil.example"}).get_data(as_text=True)
    assert "evil.example" not in evil
    assert '<span class="code">carbon.example.cn/v/<wbr>' in evil


def test_misuse_has_an_office_to_be_told_and_no_button_that_leads_nowhere(shown):
    page = shown(made.page())

    assert "If somebody misuses it, tell the issuing office." in page.text
    assert [form for form in page.forms if form.method == "post"] == []
    assert 'href="#"' not in page.source


def test_a_gift_names_the_recipient_and_the_way_it_was_given(shown):
    page = shown(made.page(purpose="gift", holder="欧阳*", donated_through="示例基金会"))

    assert "Recipient 欧阳*" in page.text
    assert "Purpose A gift" in page.text
    assert "Donated through 示例基金会" in page.text
    assert "Holder" not in page.text


@pytest.mark.parametrize(
    ("retirement", "told"),
    [
        (made.OUTSIDE, "no proof yet The same kilograms must be cancelled in CCER too."),
        (made.PROVED, "CCER, 23 November 2026 CCER-2026-17"),
    ],
)
def test_kilograms_of_another_registry_say_whether_they_are_cancelled_there(shown, retirement, told):
    assert f"Cancelled at source {told}" in shown(made.page(retirements=(retirement,))).text
    assert "Cancelled at source" not in shown(made.page()).text


def test_a_file_that_cannot_be_read_is_said_to_be_missing_and_never_nought(shown):
    failed = with_check(check(CheckName.DOCUMENT, CheckResult.FAILED, "digest"))

    page = shown(made.page(Verdict.CHECK_FAILED, holder=None, retirements=(), checks=failed))

    assert "Quantity retired missing: the stored file cannot be read" in page.text
    assert "0.000 t" not in page.text
    assert "Not passed: Signed file." in page.text


def test_a_name_of_which_nothing_may_be_shown_is_no_headline(shown):
    page = shown(made.page(holder="*"))

    assert "1.250 t of carbon credits retired Compare" in page.text
    assert "Holder *" in page.text


def test_what_a_certificate_says_cannot_become_markup(shown):
    bad = "<script>alert(1)</script>"
    retirement = replace(made.RETIREMENT, project_name=bad, registry=bad, methodology=bad)

    failed = with_check(check(CheckName.PROOF, CheckResult.FAILED, "failed", reason=bad))
    page = shown(made.page(holder=bad, donated_through=bad, retirements=(retirement,), checks=failed))

    assert "<script" not in page.source
    assert page.text.count("alert(1)") >= 6


def test_chinese_on_an_english_page_is_marked_as_chinese(shown):
    page = shown(made.page())

    assert '<span lang="zh-CN">峰源竹林经营碳汇项目</span>' in page.source
    assert 'lang="zh-CN">张**</span>' in page.source
