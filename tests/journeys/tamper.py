"""What a forger does to a certificate's PDF: other files inside, another code over the printed one."""

import io

import pypdfium2
import qrcode
import zxingcpp
from pypdf import PdfReader, PdfWriter

POINTS_PER_INCH, SCANNED_AT = 72, 200


def with_files(document: bytes, **changed: bytes) -> bytes:
    """Return the PDF with other contents in its attachments; `credential_json` names credential.json, `log__proof` log-proof."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    wanted = {name.replace("__", "-").replace("_", "."): content for name, content in changed.items()}
    for attachment in writer.attachment_list:
        if attachment.name in wanted:
            attachment.content = wanted.pop(attachment.name)
    assert not wanted
    return _written(writer)


def with_code(document: bytes, text: str) -> bytes:
    """Return the PDF with another QR code over its own."""
    paper = pypdfium2.PdfDocument(document)
    picture = paper[0].render(scale=SCANNED_AT / POINTS_PER_INCH).to_pil()
    height = paper[0].get_height()
    paper.close()
    (code,) = zxingcpp.read_barcodes(picture)
    corners = [getattr(code.position, corner) for corner in ("top_left", "top_right", "bottom_right", "bottom_left")]
    left, top = (min(getattr(corner, axis) for corner in corners) for axis in ("x", "y"))
    size = max(corner.x for corner in corners) - left
    points = POINTS_PER_INCH / SCANNED_AT
    sticker = qrcode.make(text, border=2).get_image().convert("RGB").resize((size + 40, size + 40))
    sheet = io.BytesIO()
    sticker.save(sheet, "PDF", resolution=SCANNED_AT)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    stamp = PdfReader(io.BytesIO(sheet.getvalue())).pages[0]
    writer.pages[0].merge_translated_page(stamp, (left - 20) * points, height - (top + size + 20) * points)
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
