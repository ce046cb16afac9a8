"""People who upload, and the files they have uploaded."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.evidence import StoredFile, register_file, store_upload
from app.foundation.data import clock, new_id, run_in_transaction
from app.foundation.http import Unauthenticated, access
from app.foundation.proof import Actor, ActorKind
from tests.evidence.pictures import jpeg
from tests.identity.people import give_all_consents


class Person:
    """Somebody signed in, with a client that shows it."""

    def __init__(self, client: FlaskClient, actor: Actor, token: str) -> None:
        self.client = client
        self.actor = actor
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(path, headers=self._headers, **kwargs)

    def upload(self, content: bytes, *, purpose: str = "planting", name: str = "photo.jpg", **headers: Any) -> Any:
        # Written out by hand: the test client would leave a temporary file open for a large one.
        part = 'Content-Disposition: form-data; name="{}"'.format
        body = b"\r\n".join(
            [
                *(b"--border", part("purpose").encode(), b"", purpose.encode()),
                *(b"--border", f'{part("file")}; filename="{name}"'.encode(), b"", content),
                *(b"--border--", b""),
            ]
        )
        return self.post(body, "multipart/form-data; boundary=border", **headers)

    def post_form(self, form: Any, **headers: Any) -> Any:
        return self.post(form, "multipart/form-data", **headers)

    def post(self, body: Any, content_type: str, **headers: Any) -> Any:
        return self.client.post("/v1/files", data=body, content_type=content_type, headers={**self._headers, **headers})


@pytest.fixture
def sign_in(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Person]:
    """Signs people in by hand: how tokens are made is the business of identity."""
    people: dict[str, Actor] = {}

    class Tokens:
        def handler(self, _: str) -> Callable[[str], Actor]:
            return self.actor_of

        def actor_of(self, token: str) -> Actor:
            if token not in people:
                raise Unauthenticated
            return people[token]

    monkeypatch.setattr(access, "authenticate", Tokens())

    def make(*roles: str, kind: ActorKind = ActorKind.RESIDENT) -> Person:
        token, person_id = uuid4().hex, new_id()
        people[token] = Actor(person_id, kind, frozenset(roles or {"resident"}))
        if kind is ActorKind.RESIDENT:
            run_in_transaction(lambda session: give_all_consents(session, person_id))
        return Person(client, people[token], token)

    return make


@pytest.fixture
def resident(sign_in: Callable[..., Person]) -> Person:
    return sign_in()


@pytest.fixture
def make_file(app: Flask) -> Callable[..., StoredFile]:
    """Makes files as uploads do, one picture a seed."""

    def make(owner: Actor, *, seed: int = 1, content: bytes | None = None) -> StoredFile:
        upload = store_upload(content if content is not None else jpeg(seed=seed), now=clock.now())
        return register_file(upload, purpose="planting", owner=owner)

    return make
