"""Reading a PDF: what it holds must be clear, and no larger than a certificate needs."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.verifier.forge import Presented, printed
from verifier import pdf
from verifier.answers import Refused
from verifier.certificate import check_certificate
from verifier.pdf import figures_in, plain, read_pdf

GOOD = Presented()


def rewritten(document: bytes, *, attach: dict[str, bytes] | None = None, append: bytes | None = None) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    for name, content in (attach or {}).items():
        writer.add_attachment(name, content)
    if append is not None:
        writer.append(io.BytesIO(append))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_tells_its_files_its_code_and_its_text():
    paper = read_pdf(GOOD.pdf())

    assert sorted(paper.attachments) == ["credential.json", "did.json", "log-proof", "status.json"]
    assert paper.attachments["credential.json"] == GOOD.document
    assert paper.codes == (GOOD.code,)
    assert plain(GOOD.printed) in plain(paper.text)


def test_two_files_of_one_name_are_refused():
    with pytest.raises(Refused) as refused:
        read_pdf(rewritten(GOOD.pdf(), attach={"credential.json": b"{}"}))
    assert refused.value.reason == "file.twice"


def test_a_second_code_on_a_later_page_is_seen():
    elsewhere = printed("more", "HTTPS://CARB0N.EXAMPLE.CN/V/LSR-0000000000000000", {})
    given = GOOD.evidence()

    checks, _ = check_certificate(
        type(given)(rewritten(given.pdf, append=elsewhere), given.issuer, given.vkeys, given.at)
    )

    assert {check.reason for check in checks if check.reason} == {"page.other_code"}


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("PDF_BYTES_MAX", 100),
        ("PAGES_MAX", 0),
        ("ATTACHMENT_BYTES_MAX", 100),
        ("PIXELS_MAX", 100),
        ("SIDE_PIXELS_MAX", 100),
        ("PIXELS_IN_ALL_MAX", 100),
        ("TEXT_LETTERS_MAX", 10),
    ],
)
def test_what_is_too_large_is_refused(monkeypatch, limit, value):
    document = GOOD.pdf()
    assert read_pdf(document)
    monkeypatch.setattr(pdf, limit, value)

    with pytest.raises(Refused) as refused:
        read_pdf(document)
    assert refused.value.reason == "file.too_large"


def test_thousands_and_lines_are_spelt_as_one_pleases():
    assert plain("1,234.567 t\n LSR-7K3M 9QWD") == "1234.567tLSR-7K3M9QWD"


@pytest.mark.parametrize(
    ("count", "width", "height"), [(1, 1, 3_000_000), (1, 3_000_000, 1), (1, 2_000, 2_000), (190, 1_970, 1_970)]
)
def test_pages_too_large_to_draw_are_refused_before_one_is_drawn(monkeypatch, count, width, height):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(GOOD.pdf())))
    for _ in range(count):
        writer.add_blank_page(width, height)
    out = io.BytesIO()
    writer.write(out)
    monkeypatch.setattr(pdf, "_codes", lambda _: pytest.fail("drawn"))

    with pytest.raises(Refused) as refused:
        read_pdf(out.getvalue())
    assert refused.value.reason == "file.too_large"


def test_a_page_that_breaks_the_library_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "SCALE", 0)

    with pytest.raises(Refused) as refused:
        read_pdf(GOOD.pdf())
    assert refused.value.reason == "file.unreadable"


def test_figures_are_whole_and_may_have_commas_between_thousands():
    text = "993.110 t; 1,234.567 t\n12,345 kg: 920001\u2013920009, 7,20001 and 0.013."

    assert figures_in(text) == {"993.110", "1234.567", "12345", "920001", "920009", "7,20001", "0.013"}
