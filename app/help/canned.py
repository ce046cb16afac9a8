"""Canned answers: a document of the rulebook, so that each wording has a date and two people behind it."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from app.help.errors import CannedAnswerUnknown
from app.help.rules import Topic
from app.identity import Role
from app.rulebook import Document, declare, document_in_force, ship

KIND = "help.canned_answers"
NAME = "lishui"
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """An answer in both languages."""

    code: str
    topic: Topic
    text_zh: str
    text_en: str

    def text(self, language: str) -> str:
        """Return the text in `en`, or in Chinese for every other language."""
        return self.text_en if language == "en" else self.text_zh


@dataclass(frozen=True, slots=True)
class CannedAnswers:
    """The answers in force, and the version that they stand in."""

    document: Document
    items: tuple[CannedAnswer, ...]


def canned_on(session: Session, day: date) -> CannedAnswers:
    """Return the canned answers of a day.

    Raises:
        DocumentMissing: none are in force.
    """
    document = document_in_force(session, KIND, NAME, day)
    answers = document.content["answers"]
    return CannedAnswers(
        document=document,
        items=tuple(
            CannedAnswer(each["code"], Topic(each["topic"]), each["text_zh"], each["text_en"]) for each in answers
        ),
    )


def canned_answer(session: Session, code: str, day: date) -> CannedAnswer:
    """Return the canned answer of a code.

    Raises:
        CannedAnswerUnknown: none in force has it.
        DocumentMissing: none are in force.
    """
    for each in canned_on(session, day).items:
        if each.code == code:
            return each
    raise CannedAnswerUnknown()


def open_kind(app: Flask) -> None:
    """Declare the kind and ship version 1. A registrar of the city writes, an issuer, who signs for the agency, approves."""
    schema = json.loads((_DATA / "canned_answers.schema.json").read_text(encoding="utf-8"))
    declare(app, kind=KIND, schema=schema, proposer_role=Role.REGISTRAR, approver_role=Role.ISSUER)
    ship(app, _DATA / "canned_answers_lishui_1.json")
