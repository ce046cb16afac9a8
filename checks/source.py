"""Reading the project's own files: which there are, and how a check reports what it found in them."""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Folders that hold no source of ours. Whatever begins with a dot is passed over too, `.ci` excepted.
NOT_OURS = {"__pycache__", "node_modules", "var", "vendor", "venv"}


def files(root: Path, *suffixes: str) -> list[Path]:
    """Return the project's files below `root`, sorted, with one of the suffixes, or all when none is named."""
    return sorted(path for path in _walk(root) if not suffixes or path.suffix in suffixes)


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in NOT_OURS and (not entry.name.startswith(".") or entry.name == ".ci"):
                yield from _walk(entry)
        elif entry.suffix not in {".mo", ".pyc"}:
            yield entry


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def report(subject: str, breaches: Iterable[str]) -> int:
    """Print the breaches, or one line that says there is none, and return the exit status."""
    found = list(breaches)
    for breach in found:
        print(breach, file=sys.stderr)
    print(f"{subject}: {f'{len(found)} to mend' if found else 'in order'}")
    return 1 if found else 0
