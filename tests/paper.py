"""What can be read off a PDF: its text, and the codes on its first page as a camera sees them."""

import io

import pypdf
import pypdfium2
import zxingcpp

SCANNED_PPI = 150


def text_of(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages)


def page_count(document: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(document)).pages)


def codes_on(document: bytes) -> list[str]:
    paper = pypdfium2.PdfDocument(document)
    try:
        picture = paper[0].render(scale=SCANNED_PPI / 72).to_pil()
    finally:
        paper.close()
    return [code.text for code in zxingcpp.read_barcodes(picture)]
