"""Who may: the actor behind a request, and the one decorator that lets a role in and documents it as `x-roles`."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, g, request
from sqlalchemy.orm import Session

from app.foundation.http.errors import DomainError, InvalidRequest, NotAssisted, RoleMissing, Unauthenticated
from app.foundation.http.faults import query_faults
from app.foundation.proof import Actor, ActorKind, Hook

ANYONE = "anyone"

View = TypeVar("View", bound=Callable[..., Any])

# Filled by identity under the kind `bearer`: the token of the Authorization header -> the actor, or a DomainError of status 401.
authenticate: Hook[Callable[[str], Actor]] = Hook("foundation.authenticate")
# Filled by identity: asked first in the transaction of whatever a resident changes; raises a DomainError of status 401 when the
# resident has gone since the request was let in, and else holds until the commit that they do not go.
still_here: Hook[Callable[[Session, Actor], None]] = Hook("foundation.still_here")


def requires(*roles: str, assisted: bool = False) -> Callable[[View], View]:
    """Let in who holds one of `roles`, before anything of the request is read; `requires(ANYONE)` asks nobody.

    It stands above the schemas, so that it also knows whether there is one for the query; without one, no member is let in.
    Which things of that kind the actor may touch (agency, county, ownership) is the use case's question.

    Args:
        assisted: a member of staff who enters for a resident at a desk is let in too. Nothing that moves money, changes how
            somebody signs in or cannot be taken back says so; an erasure can be called off for seven days.
    """
    if not roles:
        raise ValueError("an operation names its roles, or ANYONE")

    def decorate(view: View) -> View:
        parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
        has_query = any(each["in"] == "query" for each in parameters)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if ANYONE not in roles:
                _let_in(current_actor(), roles, assisted=assisted)
            if not has_query and request.args:
                raise InvalidRequest(faults=query_faults("unknown", request.args))
            return view(*args, **kwargs)

        guarded._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
        guarded._apidoc["roles"] = [] if ANYONE in roles else sorted(roles)  # type: ignore[attr-defined]
        if ActorKind.RESIDENT in roles:  # Nobody else is ever assisted.
            guarded._apidoc["assisted"] = assisted  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _let_in(actor: Actor, roles: tuple[str, ...], *, assisted: bool) -> None:
    if actor.roles.isdisjoint(roles):
        raise RoleMissing()
    if actor.assisted_by is not None and not assisted:
        raise NotAssisted()


def must_find(look: Callable[..., object]) -> Callable[[View], View]:
    """Look for what the path names before anything else of the request is read: whose it is comes before what was sent.

    It stands right below `@requires` in every operation with an id in its path and a body, else a stranger would learn from
    a 422 or a 428 what exists.

    Args:
        look: gets the parameters of the path, and raises what the operation raises when the thing is not the caller's.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def found_first(*args: Any, **kwargs: Any) -> Any:
            look(**kwargs)
            return view(*args, **kwargs)

        found_first._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
        return found_first  # type: ignore[return-value]

    return decorate


def current_actor() -> Actor:
    """Return who is signed in.

    Raises:
        Unauthenticated: nobody, or the token is not good (then the error says why).
    """
    actor = actor_or_none()
    if actor is None:
        raise g.get("authentication_error") or Unauthenticated()
    return actor


def actor_or_none() -> Actor | None:
    """Return who is signed in, or None."""
    actor: Actor | None = g.get("actor")
    return actor


def require_still_here(session: Session) -> None:
    """Let the resident behind this request stay until the transaction ends; of members of staff nothing is asked.

    Raises:
        DomainError: they have gone since the request was let in (401).
    """
    actor = actor_or_none()
    if actor is not None and actor.kind == ActorKind.RESIDENT:
        for hold in still_here.handlers():
            hold(session, actor)


def register_access(app: Flask) -> None:
    """Find out, once a request, who is asking. A bad token is an error only where somebody must be signed in."""

    @app.before_request
    def find_actor() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return
        try:
            g.actor = authenticate.handler("bearer")(token.strip())
        except DomainError as error:
            g.authentication_error = error
