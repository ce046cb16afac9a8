"""A PDF is read apart from everything else: whatever becomes of its reader, there is an answer, and in time."""

import io
import time

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

from tests.verifier.forge import Presented
from verifier import apart
from verifier.answers import Refused
from verifier.apart import Reader, read_apart
from verifier.certificate import Evidence, check_certificate
from verifier.pdf import read_pdf

GOOD = Presented()


def with_nested_forms(document: bytes, *, deep: int, wide: int) -> bytes:
    """Return the PDF with a page on which each form draws the next one many times."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(document)))
    content = b"0 0 9 9 re f\n"
    resources = DictionaryObject()
    for _ in range(deep):
        form = DecodedStreamObject()
        form.set_data(content)
        form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        form[NameObject("/BBox")] = ArrayObject(FloatObject(edge) for edge in (0, 0, 200, 200))
        form[NameObject("/Resources")] = resources
        drawn = DictionaryObject({NameObject("/F"): writer._add_object(form)})
        content, resources = b"/F Do\n" * wide, DictionaryObject({NameObject("/XObject"): drawn})
    page, stream = writer.add_blank_page(200, 200), DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = resources
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_child_reads_what_the_library_reads():
    document = GOOD.pdf()

    assert read_apart(document) == read_pdf(document)


def test_a_refusal_of_the_child_is_the_answer():
    with pytest.raises(Refused) as refused:
        read_apart(b"\0" * 10_000_001)
    assert refused.value.reason == "file.too_large"


def test_forms_within_forms_are_ended_when_the_time_is_over(monkeypatch):
    monkeypatch.setattr(apart, "READING_SECONDS_MAX", 5)
    given = GOOD.evidence()
    hostile = Evidence(with_nested_forms(given.pdf, deep=8, wide=40), given.issuer, given.vkeys, given.at)
    started_at = time.monotonic()

    with Reader() as reader:
        checks, _ = check_certificate(hostile, read_pdf=reader.read)

        assert checks[0].reason == "file.too_slow"
        assert time.monotonic() - started_at < 20
        assert reader._child.poll() is not None


@pytest.mark.parametrize(
    "program",
    ["import os; os.abort()", "import os, sys; sys.stdin.buffer.read(); os.kill(os.getpid(), 11)", "print('{}')"],
)
def test_a_reader_that_breaks_is_a_refusal(program):
    with Reader(program) as reader, pytest.raises(Refused) as refused:
        reader.read(GOOD.pdf())
    assert refused.value.reason == "file.unreadable"


def test_a_reader_that_was_not_asked_is_ended():
    with Reader() as reader:
        pass

    assert reader._child.poll() is not None
