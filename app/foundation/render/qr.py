"""QR codes for print and screen: level Q, a quiet border of four modules, and nothing but the code."""

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import QRData

# ISO/IEC 18004: four light modules around a symbol; level Q reads with a quarter of it lost, as paper is.
BORDER = 4
_MODULE_PX = 10


@lru_cache(maxsize=256)
def qr_png(text: str) -> bytes:
    """Return the code as a PNG, ten pixels a module.

    Capitals, digits and `$%*+-./:` alone take the alphanumeric mode, which needs a smaller symbol.
    """
    picture = io.BytesIO()
    _code(text).make_image().save(picture, format="PNG")
    return picture.getvalue()


def qr_svg(text: str) -> str:
    """Return the code as an SVG of one path, one unit a module, without the border: paper brings its own."""
    rows = _code(text).modules
    path = "".join(
        f"M{start} {row}h{length}v1h-{length}z" for row, line in enumerate(rows) for start, length in _dark_runs(line)
    )
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'


def _dark_runs(line: Sequence[bool | None]) -> Iterator[tuple[int, int]]:
    """Yield where each run of dark modules starts, and its length."""
    start = 0
    for is_dark, run in groupby(line):
        length = len(list(run))
        if is_dark:
            yield start, length
        start += length


def _code(text: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=BORDER, box_size=_MODULE_PX)
    # Left alone, the library cuts the text into pieces of several modes, whose heads cost more than they save here.
    code.add_data(QRData(text), optimize=0)
    code.make(fit=True)
    return code
