"""A city with a few accounts, and a session as the role that serves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.foundation.data import clock, db, new_id
from app.ledger import (
    CITY_ID,
    Account,
    Asset,
    AssetKind,
    Cause,
    ensure_account,
    ensure_asset,
    ensure_points,
    grant_points,
    post_move,
)

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Lishui.
TODAY = date(2026, 11, 24)
NEXT_YEAR = date(2027, 12, 1)


def cause(leg: str = "main", source: UUID | None = None) -> Cause:
    """A new cause, or a leg of a given one."""
    return Cause("test.act", source or uuid4(), leg, actor_id=CITY_ID)


@pytest.fixture
def engine(app: Flask) -> Engine:
    return db.engine


@pytest.fixture
def session(engine_name: str, apps: dict[str, Flask], request: pytest.FixtureRequest) -> Iterator[Session]:
    """A transaction on an empty ledger, rolled back at the end: the database is copied only after a test that commits."""
    built = apps.get(engine_name)
    if built is None or not _is_empty(built):
        built = request.getfixturevalue("app")
    with _opened(built) as session:
        yield session


@contextmanager
def _opened(built: Flask) -> Iterator[Session]:
    with built.app_context():
        with Session(db.engine, expire_on_commit=False) as session:
            yield session
            session.rollback()
        db.engine.dispose()  # The next test may replace the file.


def _is_empty(built: Flask) -> bool:
    with _opened(built) as session:
        return session.execute(text("SELECT 1 FROM ledger_asset LIMIT 1")).first() is None


@contextmanager
def committed(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


@pytest.fixture
def points(session: Session) -> Asset:
    return ensure_points(session)


@pytest.fixture
def resident(session: Session, points: Asset) -> Account:
    """A resident's points account."""
    return ensure_account(session, "resident", uuid4(), points, "points")


@pytest.fixture
def redeemed(session: Session, points: Asset) -> Account:
    return ensure_account(session, "city", CITY_ID, points, "redeemed")


@pytest.fixture
def give(session: Session) -> Callable[..., None]:
    def give(to: Account, amount: int, *, expires_on: date = NEXT_YEAR, now: datetime = NOON) -> None:
        grant_points(
            session, resident_id=to.name.owner_id, points=amount, expires_on=expires_on, cause=cause(), now=now
        )

    return give


def batch_of(session: Session, *, kilograms: int, owners: int = 2) -> tuple[Asset, list[Account]]:
    """A credit batch, all of it with the first of some residents."""
    batch_id = uuid4()
    batch = ensure_asset(session, f"batch:{batch_id}", AssetKind.CO2E_KG, "kg")
    issuer = ensure_account(session, "batch", batch_id, batch, "issuer")
    holdings = [ensure_account(session, "resident", uuid4(), batch, "holding") for _ in range(owners)]
    if kilograms:
        post_move(session, debit=issuer, credit=holdings[0], amount=kilograms, cause=cause(), now=NOON)
    return batch, holdings


def uuid7(at: datetime) -> UUID:
    """An id as it is made at a given time."""
    with clock.standing_at(at):
        return new_id()


def rows(session: Session, statement: str, **values: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.execute(text(statement), values)]
