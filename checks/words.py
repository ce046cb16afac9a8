"""Words and sizes that a reader would trip over.

Patterns are spelt with a bracket (`TO[D]O`), so that this file is not its own first finding.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from checks.source import ROOT, files, report, tree_of

# (pattern, what is wrong with it), looked for in every text file.
EVERYWHERE = [
    # A sub-package whose path would match is written with dots.
    (re.compile(r"/(?:[w]ork|[r]oot)/"), "reads like a path of one machine"),
    (re.compile(r"\.\./[s]hared|\.[l]ibrary"), "points at what is not in the repository"),
    (
        re.compile(r"[p]ypi\.org/simple|pythonhosted[.]org|[r]egistry\.npmjs|[p]roxy\.golang|--(?:extra-)?inde[x]-url"),
        "names a package index",
    ),
]
# Looked for in what we write ourselves and ship.
UNFINISHED = re.compile(
    r"\b(TO[D]O|FIXM[E]|XX[X]|NotImplemente[d]Error|stu[b]|dumm[y]|placeholde[r]|for no[w]|no[t] yet implemented"
    r"|in a rea[l] (?:system|app))\b",
    re.IGNORECASE,
)
UNFINISHED_IN = {".py", ".html", ".js", ".css", ".sql", ""}
LONGEST = 400  # lines: one sitting
LENGTH_OF = {".py", ".sql", ".html", ".js"}
# Lists of data and texts taken over word for word, where a line says nothing about how we write.
AS_FOUND = {"LICENSE", "requirements.txt", "requirements-dev.txt"}


def breaches_in_words(root: Path) -> Iterator[str]:
    """Yield each line that names a machine, an index or unfinished work."""
    for path in files(root):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # A picture, a font or the like.
        place = path.relative_to(root)
        for number, line in enumerate(lines, 1):
            for pattern, wrong in EVERYWHERE:
                if pattern.search(line):
                    yield f"{place}:{number}: {wrong}: {line.strip()[:100]}"
            if path.suffix in UNFINISHED_IN and path.name not in AS_FOUND and UNFINISHED.search(line):
                yield f"{place}:{number}: reads like unfinished work: {line.strip()[:100]}"


def breaches_of_length(root: Path) -> Iterator[str]:
    """Yield each source file of more than 400 lines; a migration is read once and may be longer."""
    for path in files(root, *LENGTH_OF):
        place = path.relative_to(root)
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > LONGEST and place.parts[0] != "migrations":
            yield f"{place}: {count} lines, more than {LONGEST}: split it by subject"


def breaches_of_signs(root: Path) -> Iterator[str]:
    """Yield each room of app/ whose door does not say what happens inside."""
    for path in sorted((root / "app").glob("**/__init__.py")):
        if not ast.get_docstring(tree_of(path)):
            yield f"{path.relative_to(root)}: no docstring: a door needs a sign"


if __name__ == "__main__":
    found = [*breaches_in_words(ROOT), *breaches_of_length(ROOT), *breaches_of_signs(ROOT)]
    sys.exit(report("words", found))
