"""Reads a certificate's PDF: the files attached to it, the QR codes drawn on it, and the text printed on it."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from pypdf import PdfReader

from verifier.answers import Refused

PDF_BYTES_MAX = 10_000_000
PAGES_MAX = 200
ATTACHMENT_BYTES_MAX = 1_000_000
TEXT_LETTERS_MAX = 1_000_000
# Of one page, of one side of it, and of all pages together: two hundred pages of A4 have 774 million.
PIXELS_MAX = 30_000_000
SIDE_PIXELS_MAX = 20_000
PIXELS_IN_ALL_MAX = 800_000_000
DOTS_PER_INCH = 200
POINTS_PER_INCH = 72
SCALE = DOTS_PER_INCH / POINTS_PER_INCH
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a PDF holds.

    Args:
        attachments: the attached files by name.
        codes: the texts of all QR codes, page by page.
        text: what is printed.
    """

    attachments: dict[str, bytes]
    codes: tuple[str, ...]
    text: str


def read_pdf(data: bytes) -> Paper:
    """Return what a PDF holds.

    Raises:
        Refused: it is no PDF, is too large, cannot be drawn, or has two attachments of one name.
    """
    if len(data) > PDF_BYTES_MAX:
        raise Refused("file.too_large", "the PDF is larger than ten megabytes", "PDF 超过十兆字节")
    attachments = _attachments(data)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    with document:
        try:
            _bounded(document)
            codes = tuple(code for number in range(len(document)) for code in _codes(document[number]))
            return Paper(attachments, codes, _text(document))
        except Refused:
            raise
        except Exception as error:  # A hostile page makes a library fail in any way
            raise _unreadable() from error


def plain(text: str) -> str:
    """Return a text as it is compared: without white space and the commas between thousands."""
    return "".join(text.split()).replace(",", "")


def figures_in(text: str) -> set[str]:
    """Return the whole figures of a text, without the commas between thousands.

    >>> sorted(figures_in("993.110 t, 1,234.567 t, 20001-20002"))
    ['1234.567', '20001', '20002', '993.110']
    """
    found = set(FIGURE.findall(text))
    return {each.replace(",", "") if THOUSANDS.fullmatch(each) else each for each in found}


def _attachments(data: bytes) -> dict[str, bytes]:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # What it mends silently is not for the reader of our answer.
    try:
        found = dict(PdfReader(io.BytesIO(data)).attachments)
    except Exception as error:  # A hostile file makes a parser fail in any way
        raise _unreadable() from error
    if any(len(versions) != 1 for versions in found.values()):
        raise Refused("file.twice", "two attachments have one name", "两个附件同名")
    if any(len(content) > ATTACHMENT_BYTES_MAX for (content,) in found.values()):
        raise Refused("file.too_large", "an attachment is larger than a megabyte", "附件超过一兆字节")
    return {name: content for name, (content,) in found.items()}


def _bounded(document: pypdfium2.PdfDocument) -> None:
    """Look at how much there is to draw before anything is drawn.

    Raises:
        Refused: it is more than a certificate needs.
    """
    if len(document) > PAGES_MAX:
        raise Refused("file.too_large", f"the PDF has more than {PAGES_MAX} pages", "PDF 页数过多")
    pixels_in_all = 0.0
    for number in range(len(document)):
        width, height = (points * SCALE for points in document.get_page_size(number))
        pixels_in_all += width * height
        if max(width, height) > SIDE_PIXELS_MAX or width * height > PIXELS_MAX:
            raise Refused("file.too_large", "a page is too large", "页面过大")
    if pixels_in_all > PIXELS_IN_ALL_MAX:
        raise Refused("file.too_large", "the pages together are too large", "页面总面积过大")


def _text(document: pypdfium2.PdfDocument) -> str:
    text = "\n".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    if len(text) > TEXT_LETTERS_MAX:
        raise Refused("file.too_large", "the PDF has too much text", "PDF 文字过多")
    return text


def _codes(page: pypdfium2.PdfPage) -> Iterator[str]:
    picture = page.render(scale=SCALE, grayscale=True)
    pixels = memoryview(bytes(picture.buffer)).cast("B", (picture.height, picture.stride))
    for code in zxingcpp.read_barcodes(pixels, formats=zxingcpp.barcode_formats_from_str("QRCode")):
        yield code.text


def _unreadable() -> Refused:
    return Refused("file.unreadable", "no PDF that can be read", "不是可读的 PDF")
