"""The reasons that a verifier can give, read once from the data file, with their texts in both languages."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.review.rules import Verdict

REASONS_FILE = Path(__file__).parent / "data" / "reasons.csv"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why more is needed or a claim is refused; for one kind of subject, or with None for every kind."""

    verdict: Verdict
    code: str
    subject_kind: str | None
    text_zh: str
    text_en: str

    def text(self, language: str) -> str:
        """Return the text in `en`, or in Chinese for every other language."""
        return self.text_en if language == "en" else self.text_zh


@cache
def _reasons() -> tuple[Reason, ...]:
    with REASONS_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Reason(Verdict(row["verdict"]), row["code"], row["subject_kind"] or None, row["text_zh"], row["text_en"])
            for row in csv.DictReader(file)
        )


def reasons_for(subject_kind: str) -> tuple[Reason, ...]:
    """Return the reasons that fit a kind of subject, in the order of the file."""
    return tuple(reason for reason in _reasons() if reason.subject_kind in {None, subject_kind})


def find_reason(subject_kind: str, verdict: Verdict, code: str) -> Reason | None:
    """Return the reason of this code for a verdict on a kind of subject, or None."""
    for reason in reasons_for(subject_kind):
        if (reason.verdict, reason.code) == (verdict, code):
            return reason
    return None


def reason_text(verdict: Verdict, code: str, language: str) -> str:
    """Return the text of a stored reason; the code itself when the file no longer has it."""
    for reason in _reasons():
        if (reason.verdict, reason.code) == (verdict, code):
            return reason.text(language)
    return code
