"""The look-up of a certificate by its number: forgiving of how it was typed, plain about what is not there, and limited."""

import pytest

from tests.web.browser import HTML, Page
from tests.web.certificates import NUMBER

ADDRESS = f"/v/{NUMBER}"


@pytest.fixture
def engine_name():
    """One engine: nothing is looked for in the database but a number that is not there."""
    return "sqlite"


def test_the_look_up_goes_to_the_one_address_however_the_number_was_typed(client):
    for typed in (NUMBER, "lsr-7k3m 9qwd x4tb 2n8r", "LSR7K3M9QWDX4TB2N8R", " lsr–7K3M-9QWD-X4TB-2N8R "):
        answer = client.get("/v", query_string={"number": typed}, headers=HTML)
        assert (answer.status_code, answer.headers["Location"]) == (303, ADDRESS), typed

    assert client.get("/v/lsr-7k3m9qwdx4tb2n8r", headers=HTML).headers["Location"] == ADDRESS
    assert client.get("/V/LSR7K3M9QWDX4TB2N8R", headers=HTML).headers["Location"] == ADDRESS
    assert client.get("/v", headers=HTML).headers["Location"] == "/#verify"


def test_the_letters_that_look_like_digits_are_forgiven(client):
    answer = client.get("/v", query_string={"number": "LSR-OIL3M9QWDX4TB2N8"}, headers=HTML)

    assert answer.headers["Location"] == "/v/LSR-0113M9QWDX4TB2N8"


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "查无此编号"), ("en", "No such number")])
def test_a_number_that_is_not_there_is_one_plain_page_with_the_look_up(client, language, word):
    for address in (ADDRESS, f"/V/{NUMBER}"):
        page = Page(client.get(address, headers={**HTML, "Accept-Language": language}))

        assert page.status == 404
        assert page.title.startswith(f"{word} · ")
        assert 'class="verdict verdict-past on-dark"' in page.source
        assert page.form("/v").fields["number"] == NUMBER
        assert "aria-invalid" not in page.source
        assert page.answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Enter the number of the certificate."), ("LSR-7K3M", "This is no number of a certificate")],
)
def test_what_is_no_number_comes_back_in_its_field_with_the_reason(client, typed, told):
    page = Page(client.get("/v", query_string={"number": typed}, headers=HTML))

    assert (page.status, page.title) == (404, "No such number · Lintan")
    field = next(given for tag, given in page.tags if given.get("id") == "number")
    assert (field["value"], field["aria-invalid"], field["aria-describedby"]) == (typed, "true", "number-e number-h")
    assert told in page.text


def test_what_was_typed_is_never_markup_and_never_too_long(client):
    page = Page(client.get("/v", query_string={"number": '"><script>x</script>' + "9" * 500}, headers=HTML))

    assert "<script" not in page.source
    assert len(page.form("/v").fields["number"]) == 60


def test_tries_are_limited(client):
    codes = [client.get(f"/v/LSR-{number:016d}", headers=HTML).status_code for number in range(61)]

    assert set(codes[:59]) == {404}
    assert codes[-1] == 429
