"""Reads a certificate's PDF: the files attached to it, the QR codes drawn on it, and the text printed on it."""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from pypdf import PdfReader

from verifier.answers import Refused

PDF_BYTES_MAX = 10_000_000
PAGES_MAX = 200
ATTACHMENT_BYTES_MAX = 1_000_000
PIXELS_MAX = 30_000_000
DOTS_PER_INCH = 200
POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Paper:
    """What a PDF holds.

    Args:
        attachments: the attached files by name.
        codes: the texts of all QR codes, page by page.
        text: what is printed, without white space and the commas between thousands.
    """

    attachments: dict[str, bytes]
    codes: tuple[str, ...]
    text: str


def read_pdf(data: bytes) -> Paper:
    """Return what a PDF holds.

    Raises:
        Refused: it is no PDF, is too large, or has two attachments of one name.
    """
    if len(data) > PDF_BYTES_MAX:
        raise Refused("file.too_large", "the PDF is larger than ten megabytes", "PDF 超过十兆字节")
    attachments = _attachments(data)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    with document:
        if len(document) > PAGES_MAX:
            raise Refused("file.too_large", f"the PDF has more than {PAGES_MAX} pages", "PDF 页数过多")
        codes = tuple(code for number in range(len(document)) for code in _codes(document[number]))
        text = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    return Paper(attachments, codes, plain(text))


def plain(text: str) -> str:
    """Return a text as it is compared: without white space and the commas between thousands."""
    return "".join(text.split()).replace(",", "")


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


def _codes(page: pypdfium2.PdfPage) -> Iterator[str]:
    scale = DOTS_PER_INCH / POINTS_PER_INCH
    if page.get_width() * page.get_height() * scale * scale > PIXELS_MAX:
        raise Refused("file.too_large", "a page is too large", "页面过大")
    picture = page.render(scale=scale, grayscale=True)
    pixels = memoryview(bytes(picture.buffer)).cast("B", (picture.height, picture.stride))
    for code in zxingcpp.read_barcodes(pixels, formats=zxingcpp.barcode_formats_from_str("QRCode")):
        yield code.text


def _unreadable() -> Refused:
    return Refused("file.unreadable", "no PDF that can be read", "不是可读的 PDF")
