"""A kind of subject that exists only in tests, and a city whose residents plant (the real kind, over HTTP)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.foundation.data import clock, new_id, transaction
from app.foundation.proof import Actor, ActorKind, Grant
from app.review import Case, Decision, Option, Question, ReviewSubject, Summary, open_case, subjects
from tests.identity.people import LIANDU, make_agency
from tests.planting.conftest import city, hands, resident, verifier

__all__ = ["city", "hands", "resident", "verifier"]

KIND = "test.thing"


@dataclass
class Things:
    """The room of the test's subjects: what it is asked for and what it was told."""

    needs_second: bool = False
    asks: tuple[Question, ...] = ()
    told: list[Decision] = field(default_factory=list)
    fails: bool = False

    def as_subject(self) -> ReviewSubject:
        return ReviewSubject(
            summary=lambda _, ids: {each: Summary(f"thing {each}", "张*") for each in ids},
            dossier=lambda *_: pytest.fail("no test of this kind opens a case over HTTP"),
            questions=lambda *_: self.asks,
            second_verifier_needed=lambda *_: self.needs_second,
            decided=lambda _, decision: self._hear(decision),
            flags={"odd": "Odd", "rare": "Rare"},
        )

    def _hear(self, decision: Decision) -> None:
        self.told.append(decision)
        if self.fails:
            raise RuntimeError("the subject's room has a bug")


@pytest.fixture
def things(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Things:
    known = Things()
    monkeypatch.setitem(app.extensions["lintan_hooks"][subjects.name], KIND, known.as_subject())
    return known


@pytest.fixture
def agency(app: Flask, hands: Any) -> UUID:
    return make_agency()


@pytest.fixture
def make_case(things: Things, agency: UUID) -> Callable[..., Case]:
    """Opens cases as the room of the subject does."""

    def make(**changed: Any) -> Case:
        with transaction() as session:
            return open_case(
                session,
                **{
                    "subject_kind": KIND,
                    "subject_id": new_id(),
                    "agency_id": agency,
                    "county": LIANDU,
                    "submitter_id": new_id(),
                    "now": clock.now(),
                    **changed,
                },
            )

    return make


@pytest.fixture
def make_verifier(agency: UUID) -> Callable[..., Actor]:
    """Makes verifiers of Liandu's bureau, signed in already."""

    def make(*counties: str, agency_id: UUID | None = None, role: str = "verifier") -> Actor:
        grant = Grant(role, agency_id or agency, counties or (LIANDU,))
        return Actor(new_id(), ActorKind.STAFF, frozenset({"staff", role}), grants=(grant,))

    return make


def question(name: str = "odd") -> Question:
    """A doubt with an answer that allows an approval and one that does not."""
    return Question(name, "odd", "Is it odd?", (Option("no", "No", True), Option("yes", "Yes", False)))
