"""Reading a PDF: what it holds must be clear, and no larger than a certificate needs."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from tests.verifier.forge import Presented, printed
from verifier import pdf
from verifier.answers import Refused
from verifier.certificate import check_certificate
from verifier.pdf import plain, read_pdf

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
    assert plain(GOOD.printed) in paper.text


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
    ("limit", "value"), [("PDF_BYTES_MAX", 100), ("PAGES_MAX", 0), ("ATTACHMENT_BYTES_MAX", 100), ("PIXELS_MAX", 100)]
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
