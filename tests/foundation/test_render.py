import importlib
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from queue import LifoQueue

import pypdf
import pytest
import typst
import zxingcpp
from PIL import Image

from app.foundation.render import Attachment, Relationship, RenderersBusy, can_print, pdf, qr_png, qr_svg
from tests.paper import codes_on, text_of

# The door's function of the same name stands before the module.
pdf_module = importlib.import_module("app.foundation.render.pdf")

MADE_AT = datetime(2026, 5, 30, 2, 15, tzinfo=UTC)
TEMPLATE = """
#set text(font: ("Noto Sans SC", "Noto Sans CJK SC"), lang: "zh", cjk-latin-spacing: none)
#set document(title: "林碳")
#json(bytes(sys.inputs.data)).text
"""
ADDRESS = "HTTPS://CARBON.EXAMPLE.CN/V/LSR-7K3M9QWDX4TB2N8R"
FILE = Attachment("data.json", '{"名":"张𠮷","n":1}', "application/json", "数据", Relationship.DATA)


def printed(text: str, *, attachments=(), made_at=MADE_AT) -> bytes:
    data = json.dumps({"text": text}, ensure_ascii=False)
    return pdf(TEMPLATE, inputs={"data": data}, attachments=attachments, made_at=made_at)


def test_document_says_that_it_is_a_tagged_archive_of_level_a():
    document = pypdf.PdfReader(io.BytesIO(printed("林碳")))
    xmp = document.xmp_metadata

    assert (xmp.pdfaid_part, xmp.pdfaid_conformance) == ("3", "A")
    assert document.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in document.root_object
    assert not {"/AcroForm", "/OpenAction", "/AA"} & document.root_object.keys()
    assert not document.is_encrypted


def test_attached_file_comes_out_byte_for_byte_with_its_relationship_type_and_description():
    document = pypdf.PdfReader(io.BytesIO(printed("林碳", attachments=[FILE])))
    (file,) = list(document.attachment_list)

    assert document.attachments["data.json"] == [FILE.text.encode()]
    assert file.name == "data.json"
    assert file.subtype == "/application/json"
    assert str(file.associated_file_relationship) == "/Data"
    assert file.description == "数据"


def test_same_input_makes_the_same_bytes_and_another_date_makes_others():
    once = printed("林碳", attachments=[FILE])

    assert printed("林碳", attachments=[FILE]) == once
    assert printed("林碳", attachments=[FILE], made_at=MADE_AT.replace(second=1)) != once
    assert pypdf.PdfReader(io.BytesIO(once)).metadata.creation_date == MADE_AT


@pytest.mark.parametrize(
    "code",
    [
        '#panic("no")',
        '#read("/etc/passwd")',
        '] #import "@preview/x:1.0.0": y [',
        '"); #sys.inputs ("',
        "$ x^2 $ *bold* _it_ = Heading @ref <label> // end",
        "\\u{41} \\n #{1+1}",
    ],
)
def test_text_that_looks_like_the_templates_language_is_printed_as_it_is(code):
    assert code.replace(" ", "") in text_of(printed(code)).replace(" ", "").replace("\n", "")


def test_rare_character_of_a_name_is_printed_from_the_second_font():
    document = printed("吉𠮷")

    assert "吉𠮷" in text_of(document)
    assert any("CJKsc" in name for name in fonts_of(document))


def test_small_digit_of_the_gas_is_set_from_the_ordinary_digit():
    assert "CO2e" in text_of(printed("CO₂e"))


def test_fonts_are_embedded_and_none_is_the_machines():
    fonts = fonts_of(printed("林碳 Lintan 𠮷"))

    assert fonts
    assert all("+NotoSans" in name for name in fonts)


def fonts_of(document: bytes) -> set[str]:
    fonts = pypdf.PdfReader(io.BytesIO(document)).pages[0]["/Resources"]["/Font"]
    found = set()
    for font in fonts.values():
        (descendant,) = font.get_object()["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & descriptor.keys()
        found.add(str(descriptor["/FontName"]))
    return found


@pytest.mark.parametrize("text", ["", "张三", "吉𠮷", "Nguyễn Văn Ánh", "O'Neil-Ó", "欧阳·娜娜", "CO₂ m²", "\u3000"])
def test_text_that_the_fonts_have_can_be_printed(text):
    assert can_print(text)
    assert printed(text)


@pytest.mark.parametrize(
    "text",
    [
        "🌲",
        "𠀀",
        "a\tb",
        "a\nb",
        "\x00",
        "\u200b",
        "\u202e",
        "\ue000",
        "e\u0301",
        "\ufe0f",
        "\ud800",
        "བོད",
        "\u115f",
        "\u3164",
    ],
    ids=lambda text: "-".join(f"{ord(each):04X}" for each in text),
)
def test_text_with_a_character_that_would_be_a_box_or_nothing_cannot_be_printed(text):
    assert not can_print(text)
    assert not can_print(f"张{text}")


def test_character_without_a_glyph_fails_and_is_never_left_out():
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        printed("张🌲")


def test_every_character_that_can_be_printed_has_a_glyph():
    every = [each for point in range(0x110000) if can_print(each := chr(point))]

    # PDF/A is refused as a whole where a single character has no glyph.
    assert printed("".join(every))
    assert len(every) > 44_000


def test_eight_threads_make_a_hundred_documents_each_its_own():
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda number: printed(f"第{number}号"), range(100)))

    assert all(f"第{number}号" in text_of(document) for number, document in enumerate(made))
    assert len(set(made)) == 100


def test_document_beyond_what_is_made_at_once_waits_and_then_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_module, "_compilers", LifoQueue)  # Every renderer is lent out, for ever.
    monkeypatch.setattr(pdf_module, "WAIT_S", 0.05)

    with pytest.raises(RenderersBusy) as refusal:
        printed("林碳")

    assert (refusal.value.status, refusal.value.retry_after_s) == (503, 2)


def test_renderer_that_failed_is_lent_again():
    for _ in range(2 * pdf_module.AT_ONCE):
        with pytest.raises(typst.TypstError):
            pdf("#panic()", inputs={}, attachments=(), made_at=MADE_AT)

    assert printed("林碳")


def test_no_more_than_the_bound_are_made_at_once(monkeypatch):
    working, seen, lock = [0], [], threading.Lock()

    class Watched:
        def compile(self, **_):
            with lock:
                working[0] += 1
                seen.append(working[0])
            threading.Event().wait(0.01)
            with lock:
                working[0] -= 1
            return b"%PDF"

    free: LifoQueue = LifoQueue()
    for _ in range(pdf_module.AT_ONCE):
        free.put(Watched())
    monkeypatch.setattr(pdf_module, "_compilers", lambda: free)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(printed, map(str, range(24))))

    assert max(seen) == pdf_module.AT_ONCE


def test_code_of_an_address_in_capitals_is_version_4_at_level_q_with_its_border():
    picture = Image.open(io.BytesIO(qr_png(ADDRESS)))
    (code,) = zxingcpp.read_barcodes(picture)

    assert code.text == ADDRESS
    assert code.extra["Version"] == "4"
    assert code.ec_level == "Q"
    assert picture.size == (410, 410)  # 33 modules and a border of 4 on each side, ten pixels each.
    assert all(picture.getpixel((x, 39)) for x in range(410))
    assert qr_png(ADDRESS) == qr_png(ADDRESS)


def test_code_of_the_same_address_in_small_letters_is_larger():
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_png(ADDRESS.lower()))))

    assert code.text == ADDRESS.lower()
    assert code.extra["Version"] == "5"


def test_code_on_paper_is_read_at_150_dots_an_inch():
    template = '#set document(title: "x")\n#image(bytes(sys.inputs.qr), format: "svg", width: 30mm, alt: "code")'

    document = pdf(template, inputs={"qr": qr_svg(ADDRESS)}, attachments=(), made_at=MADE_AT)

    assert codes_on(document) == [ADDRESS]
