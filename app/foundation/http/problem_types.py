"""What the `type` of a problem leads to: the code, its status and its title in both languages."""

from collections.abc import Iterator

from flask import Flask, Response, abort, json
from flask_babel import force_locale

from app.foundation.http.errors import DomainError


def register_problem_types(app: Flask) -> None:
    """Serve /problems/CODE for every code a room can answer with."""
    app.add_url_rule("/problems/<code>", view_func=_problem_type)


def _problem_type(code: str) -> Response:
    kind = next((each for each in _kinds(DomainError) if getattr(each, "code", None) == code), None)
    if kind is None:
        abort(404)
    titles = {}
    for name, locale in (("title_zh", "zh"), ("title_en", "en")):
        with force_locale(locale):
            titles[name] = str(kind.title)
    return Response(json.dumps({"code": code, "status": kind.status, **titles}), content_type="application/json")


def _kinds(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)
