"""Idempotency-Key: a POST with an effect happens once, however often it is sent (SECURITY 3.1).

One step: the key, the effect and the answer commit together, and this module owns that transaction. Two steps, where a provider
is called in between: the key commits first; the view makes its own transactions and keys its rows by `request_key()`, so that
going on after a crash finds them.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, make_response, request
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.data import (
    after_commit,
    clock,
    delete_in_batches,
    insert_once,
    rows_written,
    run_in_transaction,
    sqlstate_of,
    transaction,
)
from app.foundation.http.access import actor_or_none, require_still_here
from app.foundation.http.addresses import caller_address
from app.foundation.http.body import body_sha256
from app.foundation.http.errors import DomainError, Fault, KeyInProgress, KeyMissing, KeyReused, MalformedRequest
from app.foundation.http.models import IdempotencyRow
from app.foundation.http.problems import LOCK_NOT_AVAILABLE, problem_of
from app.foundation.proof import ActorKind

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=48)
# A two-step request that has not ended by then was cut off; whoever sends it again goes on with it.
CUT_OFF_AFTER = timedelta(seconds=60)

# The draft's structured-field string, or the bare form; visible ASCII, 1 to 255 characters.
_KEY = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255})')
_STORED_HEADERS = ("Location", "ETag", "Content-Type", "Content-Language")
# Not the outcome of this request but of the moment: whoever asks again should get a fresh answer.
_NOT_FINAL = frozenset({401, 403, 412, 428, 429})

_request_key: ContextVar[UUID] = ContextVar("request_key")


class _NotStored(Exception):
    """Carries an answer out of the transaction that it must not commit."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(error.code)
        self.error = error


@dataclass(frozen=True, slots=True)
class Withheld:
    """A member of an answer that is not kept with it, such as the secret with which a payer pays (SECURITY 3.1).

    Args:
        path: the names of the members that lead there, `("payment", "client_payload")`, through every item of a list; where one
            is missing nothing is withheld.
        again: finds the value again for a repetition, which comes from the same caller, from the object that held it.
    """

    path: tuple[str, ...]
    again: Callable[[dict[str, Any]], Any]

    def kept(self, response: Response) -> str:
        """Return the body without the value."""
        return self._with(response, lambda _: None)

    def restore(self, response: Response) -> None:
        """Put the value of now into an answer that is given again."""
        response.set_data(self._with(response, self.again))

    def _with(self, response: Response, value: Callable[[dict[str, Any]], Any]) -> str:
        body = response.get_json(silent=True) if response.is_json else None
        holders = list(self._holders(body, self.path[:-1]))
        for holder in holders:
            holder[self.path[-1]] = value(holder)
        if not holders:
            return response.get_data(as_text=True)
        return f"{current_app.json.dumps(body, separators=(',', ':'))}\n"  # As the first answer was spelled.

    def _holders(self, within: Any, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        if isinstance(within, list):
            for each in within:
                yield from self._holders(each, names)
        elif isinstance(within, dict) and names:
            yield from self._holders(within.get(names[0]), names[1:])
        elif isinstance(within, dict) and self.path[-1] in within:
            yield within


def idempotent(
    view: View | None = None,
    *,
    two_step: bool = False,
    fingerprint: Callable[[], str] = lambda: body_sha256(request),
    key: Callable[[], str | None] = lambda: request.headers.get(HEADER),
    withheld: Withheld | None = None,
) -> Any:
    """Make a POST repeatable under its Idempotency-Key.

    Args:
        two_step: the view calls a provider between transactions of its own.
        fingerprint: what tells one body from another; for an upload the SHA-256 of the file.
        key: where the key stands; a form of a page has no header, but a field.
        withheld: what of the answer must not be kept.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def repeatable(*args: Any, **kwargs: Any) -> Response:
            row = _row_for(fingerprint(), key())
            token = _request_key.set(_key_id(row))
            try:
                run = _two_steps if two_step else _one_step
                return run(row, lambda: make_response(inner(*args, **kwargs)), withheld)
            finally:
                _request_key.reset(token)

        repeatable._apidoc = deepcopy(getattr(inner, "_apidoc", {}))  # type: ignore[attr-defined]
        repeatable._apidoc["idempotent"] = True  # type: ignore[attr-defined]
        return repeatable  # type: ignore[return-value]

    return decorate if view is None else decorate(view)


def no_idempotency(reason: str) -> Callable[[View], View]:
    """Mark a POST that takes no key, and say why in the documentation."""

    def decorate(view: View) -> View:
        view._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
        view._apidoc["idempotent"] = reason  # type: ignore[attr-defined]
        return view

    return decorate


def atomic(view: View) -> View:
    """Run a PATCH, PUT or DELETE, with the writing of its answer, in one transaction that is retried when the database asks."""

    @wraps(view)
    def whole(*args: Any, **kwargs: Any) -> Response:
        def answer(session: Session) -> Response:
            require_still_here(session)
            return make_response(view(*args, **kwargs))

        return run_in_transaction(answer)

    return whole  # type: ignore[return-value]


def request_key() -> UUID:
    """Return the id of this request, the same for every repetition of it: rows of a two-step request are unique by it."""
    return _request_key.get()


def forget_old_keys(_: Session, __: datetime) -> None:
    """Delete answers older than 48 hours, once the job is noted; business uniqueness protects beyond that."""
    after_commit(delete_in_batches, IdempotencyRow, IdempotencyRow.started_at < clock.now() - KEPT)


def forget_answers_of(session: Session, actor_kind: ActorKind, actor_id: UUID, *, limit: int) -> int:
    """Delete at most `limit` stored answers of one caller, in the caller's transaction, and return how many there were."""
    key = (IdempotencyRow.principal, IdempotencyRow.operation, IdempotencyRow.key)
    of_caller = select(*key).where(IdempotencyRow.principal == f"{actor_kind}:{actor_id}").limit(limit)
    return rows_written(session, delete(IdempotencyRow).where(tuple_(*key).in_(of_caller)))


def _row_for(fingerprint: str, given: str | None) -> IdempotencyRow:
    if given is None:
        raise KeyMissing()
    match = _KEY.fullmatch(given)
    if match is None:
        raise MalformedRequest(faults=(Fault("", "bad_idempotency_key", HEADER),))
    actor = actor_or_none()
    whole = hashlib.sha256(f"{request.method}\n{request.full_path}\n{fingerprint}".encode()).hexdigest()
    return IdempotencyRow(
        principal=f"{actor.kind}:{actor.id}" if actor else f"address:{caller_address()}",
        operation=f"{request.method} {request.url_rule.rule if request.url_rule else request.path}",
        key=match[1] or match[2],
        fingerprint=whole,
        started_at=clock.now(),
    )


def _key_id(row: IdempotencyRow) -> UUID:
    digest = hashlib.sha256(f"{row.principal}\x00{row.operation}\x00{row.key}".encode()).digest()
    return UUID(bytes=digest[:16], version=5)


def _one_step(row: IdempotencyRow, answer: Callable[[], Response], withheld: Withheld | None) -> Response:
    def whole(session: Session) -> Response:
        require_still_here(session)
        if not _claim(session, row):
            return _replay(session, row, withheld)
        try:
            with transaction():
                response = answer()
        except DomainError as error:
            if not _is_final(error.status):
                raise _NotStored(error) from error
            response = problem_of(error)
        _store(session, row, response, withheld)
        return response

    try:
        return run_in_transaction(whole)
    except _NotStored as carried:
        raise carried.error from carried


def _two_steps(row: IdempotencyRow, answer: Callable[[], Response], withheld: Withheld | None) -> Response:
    def claim(session: Session) -> Response | None:
        require_still_here(session)
        return None if _claim(session, row) or _take_over(session, row) else _replay(session, row, withheld)

    replayed = run_in_transaction(claim)
    if replayed is not None:
        return replayed
    try:
        response = answer()
    except DomainError as error:
        if not _is_final(error.status):
            run_in_transaction(lambda session: _release(session, row))
            raise
        response = problem_of(error)
    except Exception:
        run_in_transaction(lambda session: _release(session, row))
        raise
    run_in_transaction(lambda session: _store(session, row, response, withheld))
    return response


def _claim(session: Session, row: IdempotencyRow) -> bool:
    try:
        return insert_once(
            session,
            IdempotencyRow,
            principal=row.principal,
            operation=row.operation,
            key=row.key,
            fingerprint=row.fingerprint,
            started_at=row.started_at,
        )
    except OperationalError as error:
        if sqlstate_of(error) == LOCK_NOT_AVAILABLE:  # The first request holds the key, and takes long.
            raise KeyInProgress(retry_after_s=1) from error
        raise


def _take_over(session: Session, row: IdempotencyRow) -> bool:
    now = clock.now()
    return (
        rows_written(
            session,
            update(IdempotencyRow)
            .where(
                *_is(row),
                IdempotencyRow.fingerprint == row.fingerprint,
                IdempotencyRow.status.is_(None),
                IdempotencyRow.started_at <= now - CUT_OFF_AFTER,
            )
            .values(started_at=now),
        )
        == 1
    )


def _replay(session: Session, row: IdempotencyRow, withheld: Withheld | None) -> Response:
    stored = session.get(IdempotencyRow, (row.principal, row.operation, row.key), populate_existing=True)
    if stored is None:  # Swept between the insert that gave way and this look; sending again is right.
        raise KeyInProgress(retry_after_s=1)
    if stored.fingerprint != row.fingerprint:
        raise KeyReused()
    if stored.status is None:
        raise KeyInProgress(retry_after_s=1)
    response = current_app.response_class(stored.body or "", status=stored.status)
    for name, value in (stored.headers or {}).items():
        response.headers[name] = value
    if withheld is not None:
        withheld.restore(response)
    response.headers[REPLAYED] = "true"
    return response


def _store(session: Session, row: IdempotencyRow, response: Response, withheld: Withheld | None) -> None:
    body = response.get_data(as_text=True) if withheld is None else withheld.kept(response)
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    rows_written(
        session,
        update(IdempotencyRow).where(*_is(row)).values(status=response.status_code, headers=headers, body=body),
    )


def _release(session: Session, row: IdempotencyRow) -> None:
    rows_written(session, delete(IdempotencyRow).where(*_is(row), IdempotencyRow.status.is_(None)))


def _is(row: IdempotencyRow) -> tuple[Any, ...]:
    return (
        IdempotencyRow.principal == row.principal,
        IdempotencyRow.operation == row.operation,
        IdempotencyRow.key == row.key,
    )


def _is_final(status: int) -> bool:
    return status < 500 and status not in _NOT_FINAL
