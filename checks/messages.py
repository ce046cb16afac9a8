"""The Chinese catalogue: every text marked with `_()` is in it, translated, with its placeholders, and nothing else.

`python -m checks.messages --write` brings the catalogue up to date: new texts enter untranslated, unused ones leave.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from checks.source import ROOT, report

CATALOGUE = Path("app/translations/zh/LC_MESSAGES/messages.po")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
HEADER = """\
# What residents and staff read in Chinese. `make messages` adds new texts and drops unused ones.
msgid ""
msgstr ""
"Language: zh\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
FIELD = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
# A text that is all placeholders and punctuation is as Chinese as it can be.
LATIN = re.compile(r"[A-Za-z]")
HAN = re.compile(r"[\u4e00-\u9fff]")


def marked_texts(root: Path) -> Catalog:
    """Return the texts of app/ that residents and staff may read, with the files they stand in."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    methods = [(mapping["pattern"], mapping["method"]) for mapping in settings["tool"]["babel"]["mappings"]]
    found = Catalog()
    for file, _, text, comments, context in extract_from_dir(
        root,
        methods,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        directory_filter=lambda folder: ".venv" not in folder,
    ):
        found.add(text, locations=[(Path(file).as_posix(), 0)], auto_comments=comments, context=context)
    return found


def chinese(root: Path) -> Catalog:
    """Return the committed catalogue, or an empty one."""
    if not (root / CATALOGUE).exists():
        return Catalog(locale="zh", fuzzy=False)
    with (root / CATALOGUE).open("rb") as file:
        return read_po(file, locale="zh")


def breaches_of_translation(root: Path) -> Iterator[str]:
    """Yield each text without a proper Chinese counterpart, and each counterpart of a text that is gone."""
    marked, translated = marked_texts(root), chinese(root)
    if translated.fuzzy:
        yield f"{CATALOGUE}: the header is marked fuzzy, and pybabel would not compile the file"
    for message in _texts(marked):
        ours = translated.get(message.id, message.context)
        if ours is None:
            yield f"{message.locations[0][0]}: not in the catalogue: {message.id!r} (make messages)"
        else:
            yield from _wrong_with(ours)
    for message in _texts(translated):
        if marked.get(message.id, message.context) is None:
            yield f"{CATALOGUE}: no longer used: {message.id!r} (make messages)"
    for message in translated.obsolete.values():
        yield f"{CATALOGUE}: kept though unused: {message.id!r} (make messages)"


def _texts(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _wrong_with(message: Message) -> Iterator[str]:
    for text in message.string if isinstance(message.string, tuple | list) else [message.string]:
        english = message.id if isinstance(message.id, str) else message.id[-1]
        if not text or message.fuzzy:
            yield f"{CATALOGUE}: untranslated or doubtful: {english!r}"
        elif _fields(english) != _fields(text):
            yield f"{CATALOGUE}: other placeholders than in {english!r}: {text!r}"
        elif LATIN.search(FIELD.sub("", text)) and not HAN.search(text):
            yield f"{CATALOGUE}: not in Chinese: {text!r}"
        elif "!" in text or "！" in text:
            yield f"{CATALOGUE}: exclamation mark in {text!r}"


def _fields(text: str) -> set[str]:
    return {plain or braced for plain, braced in FIELD.findall(text)}


def write(root: Path) -> None:
    """Bring the catalogue up to date, keeping every translation whose text is still there."""
    catalogue = chinese(root)
    catalogue.update(marked_texts(root), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    (root / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    with (root / CATALOGUE).open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file, catalogue, width=0, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True
        )


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write(ROOT)
    sys.exit(report("messages", breaches_of_translation(ROOT)))
