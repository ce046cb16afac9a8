"""The fonts of printed documents, and which characters they have.

Static Noto fonts from two packages, and never a font of the machine: a document looks the same wherever it is made, and
its bytes are the same. A template names FAMILIES in this order; what the first has not, a later one may have.
"""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

import noto_cjk_sans_otc
import pylopdf_fonts_zh_cn

# Noto Sans CJK has the rarer Han characters; the other two are smaller and drawn for simplified Chinese.
FILES = (
    pylopdf_fonts_zh_cn.sans_path(),
    pylopdf_fonts_zh_cn.serif_path(),
    Path(str(noto_cjk_sans_otc.FONT_PATH)),
)
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"  # Set as small digits (pdf.py).
# Controls, format characters, halves of pairs, private use, unassigned, separators of lines: none is a visible sign, and
# PDF/A refuses private use. A mark that did not melt into its letter (NFC) may find no font that has both.
_NEVER_PRINTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Mc", "Me"})
# Letters of Unicode that are blank by design: fillers of Hangul syllables, and the empty pattern of Braille.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def can_print(text: str) -> bool:
    """Return whether every character can be printed: a font has it, and it is a visible sign or a space.

    A text that cannot is refused where it comes in; on paper it would be an empty box, or fail.

    >>> can_print("张吉𠮷"), can_print("CO₂"), can_print("tab\\t"), can_print("🌲")
    (True, True, False, False)
    """
    return all(_is_sign(character) and _is_covered(ord(character)) for character in set(text))


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) not in _NEVER_PRINTED and character not in _BLANK


def _is_covered(code_point: int) -> bool:
    if chr(code_point) in SUBSCRIPTS:
        return True
    starts, ends = _covered()
    place = bisect_right(starts, code_point) - 1
    return place >= 0 and code_point <= ends[place]


@cache
def _covered() -> tuple[list[int], list[int]]:
    """Return the ranges of code points that some font has, as their first and last members, in order."""
    starts: list[int] = []
    ends: list[int] = []
    for first, last in sorted({span for path in FILES for span in _spans_in(path)}):
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _spans_in(path: Path) -> Iterator[tuple[int, int]]:
    # Mapped, not read: of twenty megabytes the tables looked at are some hundred kilobytes.
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as font:
        yield from _spans_of(font)


def _spans_of(font: mmap) -> Iterator[tuple[int, int]]:
    """Yield the spans of code points in a font, or in each font of a collection.

    Source: OpenType 1.9.1, "TTC Header", "Table Directory" and "cmap", format 12.
    """
    heads = (0,)
    if font[:4] == b"ttcf":
        heads = struct.unpack_from(f">{_long(font, 8)}I", font, 12)
    for head in heads:
        for record in range(_short(font, head + 4)):
            tag, _, table, _ = struct.unpack_from(">4sIII", font, head + 12 + 16 * record)
            if tag == b"cmap":
                yield from _spans_of_cmap(font, table)


def _spans_of_cmap(font: mmap, table: int) -> Iterator[tuple[int, int]]:
    for record in range(_short(font, table + 2)):
        subtable = table + _long(font, table + 4 + 8 * record + 4)
        if _short(font, subtable) == 12:
            for group in range(_long(font, subtable + 12)):
                first, last, glyph = struct.unpack_from(">III", font, subtable + 16 + 12 * group)
                if glyph:  # Glyph 0 is the box that stands for a missing character.
                    yield first, last


def _short(font: mmap, at: int) -> int:
    (value,) = struct.unpack_from(">H", font, at)
    return int(value)


def _long(font: mmap, at: int) -> int:
    (value,) = struct.unpack_from(">I", font, at)
    return int(value)
