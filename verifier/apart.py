"""Reads a stranger's PDF in a child process, so that a file which breaks or hangs its reader still gets an answer."""

import base64
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from verifier.answers import Refused
from verifier.offline import turn_network_off
from verifier.pdf import PDF_BYTES_MAX, Paper, read_pdf

# A certificate takes less than a second.
READING_SECONDS_MAX = 30
FOLDER = Path(__file__).resolve().parents[1]
CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from verifier.apart import serve; serve()"


class Reader:
    """A child process that waits for one PDF; it is started before the network is turned off, and turns off its own."""

    def __init__(self, program: str = CHILD) -> None:
        """Start it; `program` is what it runs."""
        self._child = subprocess.Popen(  # noqa: S603 - our own program  # nosec B603
            [sys.executable, "-c", program, str(FOLDER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, data: bytes) -> Paper:
        """Return what a PDF holds.

        Raises:
            Refused: the child refuses it, breaks over it, or is not done in time.
        """
        try:
            # One byte too many is enough to be refused for.
            answer, _ = self._child.communicate(data[: PDF_BYTES_MAX + 1], timeout=READING_SECONDS_MAX)
        except subprocess.TimeoutExpired as error:
            raise Refused(
                "file.too_slow", f"reading the PDF takes more than {READING_SECONDS_MAX} seconds", "读取 PDF 超时"
            ) from error
        finally:
            self._end()
        return _unpacked(answer)

    def _end(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None and not pipe.closed:
                with suppress(OSError):  # What was not yet written to a child that has ended.
                    pipe.close()


def read_apart(data: bytes) -> Paper:
    """Return what a PDF holds, read by a child process of its own.

    Raises:
        Refused: as `Reader.read`.
    """
    with Reader() as reader:
        return reader.read(data)


def serve() -> None:
    """Answer, as the child, for the one PDF that comes by standard input."""
    turn_network_off()
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Whatever a library of C prints is no part of the answer.
    told = _packed(sys.stdin.buffer.read(PDF_BYTES_MAX + 1))
    with os.fdopen(answer, "wb") as out:
        out.write(json.dumps(told).encode())


def _packed(data: bytes) -> dict[str, Any]:
    try:
        paper = read_pdf(data)
    except Refused as refused:
        return {"refused": [refused.reason, refused.en, refused.zh]}
    files = {name: base64.b64encode(content).decode() for name, content in paper.attachments.items()}
    return {"attachments": files, "codes": paper.codes, "text": paper.text}


def _unpacked(answer: bytes) -> Paper:
    try:
        told = json.loads(answer)
        if "refused" not in told:
            files = {name: base64.b64decode(content) for name, content in told["attachments"].items()}
            return Paper(files, tuple(told["codes"]), told["text"])
        reason, en, zh = told["refused"]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Refused("file.unreadable", "the PDF breaks the program that reads it", "读取 PDF 的程序中断") from error
    raise Refused(reason, en, zh)
