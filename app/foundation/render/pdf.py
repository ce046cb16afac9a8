"""PDF/A-3a by typst: tagged, fonts embedded, files attached; the same input gives the same bytes.

What a document says comes in as inputs (`sys.inputs`), which typst takes as text whatever stands in it; only a template of
our own is ever read as code.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from queue import Empty, LifoQueue
from typing import Final, cast

import typst
from flask_babel import lazy_gettext as _

from app.foundation.http import DomainError
from app.foundation.render.fonts import FILES, SUBSCRIPTS

# Typst works outside Python's lock; more documents at once than a small machine has cores only make each of them late.
AT_ONCE = 2
WAIT_S = 10.0
_STANDARD: Final = "a-3a"  # ISO 19005-3, level A: files may be attached, and the text can be read aloud.
_FILES_INPUT = "attached"
# No font of ours has the small digit of CO₂ as a character of its own; it is set as the digit, small and low.
_SUBSCRIPTS = f"""#show regex("[{SUBSCRIPTS}]"): it => sub(typographic: false, str(it.text.to-unicode() - {ord("₀")}))
"""
# Attached by code of ours, so that every template does it alike. It stands last: before the template's first rule about the
# page it would make a page of its own.
_ATTACH = f"""
#for file in json(bytes(sys.inputs.{_FILES_INPUT})) {{
  pdf.attach(
    file.name, bytes(file.text),
    relationship: file.relationship, mime-type: file.mime_type, description: file.description,
  )
}}
"""


class Relationship(StrEnum):
    """What an attached file is to the document (ISO 32000-2, table 43, AFRelationship)."""

    SOURCE = "source"
    DATA = "data"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the document.

    Args:
        text: its content; UTF-8 in the file.
        description: one line for whoever opens the list of attachments.
    """

    name: str
    text: str
    mime_type: str
    description: str
    relationship: Relationship


class RenderersBusy(DomainError):
    """More documents are asked for at once than are made at once."""

    code = "render.busy"
    status = 503
    title = _("Too many documents are being made. Try again shortly.")


def pdf(source: str, *, inputs: dict[str, str], attachments: Sequence[Attachment], made_at: datetime) -> bytes:
    """Return the document that a template makes of its inputs.

    Args:
        source: a template of ours, never text of others; it must set no document date.
        inputs: what the template finds in `sys.inputs`; text stays text.
        made_at: the date in the document, whenever it is made. Part of what makes it the same each time.

    Raises:
        RenderersBusy: no renderer became free in time.
        typst.TypstError: the template is wrong, or a character has no glyph (ask `can_print` beforehand).
    """
    files = json.dumps([asdict(each) for each in attachments], ensure_ascii=False)
    with _renderer() as compiler:
        made = compiler.compile(
            input=(_SUBSCRIPTS + source + _ATTACH).encode(),
            format="pdf",
            sys_inputs={**inputs, _FILES_INPUT: files},
            pdf_standards=[_STANDARD],
            timestamp=made_at,
        )
    return cast(bytes, made)  # A list of pages is what PNG gives.


@contextmanager
def _renderer() -> Iterator[typst.Compiler]:
    """Lend a compiler to one thread: two threads in one make typst fail (`Already borrowed`)."""
    try:
        compiler = _compilers().get(timeout=WAIT_S)
    except Empty:
        raise RenderersBusy(retry_after_s=2) from None
    try:
        yield compiler
    finally:
        _compilers().put(compiler)


@cache
def _compilers() -> LifoQueue[typst.Compiler]:
    """Return the compilers that are free, made when the first document is asked for.

    Last in, first out: the one used a moment ago still knows the template.
    """
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(each.parent) for each in FILES}),
    )
    free: LifoQueue[typst.Compiler] = LifoQueue()
    for _each in range(AT_ONCE):
        free.put(typst.Compiler(font_paths=fonts, ignore_system_fonts=True))
    return free
