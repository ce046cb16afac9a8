"""Hooks: how a lower room calls a higher one that it does not know (DESIGN 3).

The lower room declares a `Hook`; upper rooms register a handler for a kind while the application is built. Handlers run in the
caller's transaction.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from flask import Flask, current_app
from sqlalchemy.orm import Session

Handler = TypeVar("Handler")
_EXTENSION = "lintan_hooks"


class HookMissing(Exception):
    """A kind has no handler, or two."""


class Hook(Generic[Handler]):
    """A named place with one handler a kind."""

    declared: dict[str, "Hook[Any]"] = {}

    def __init__(self, name: str, *, stored_kinds: Callable[[Session], Iterable[str]] | None = None) -> None:
        """Declare the hook.

        Args:
            name: `room.what`, unique.
            stored_kinds: tells which kinds stand in the database; each must have a handler before the product serves.
        """
        if name in Hook.declared:
            raise HookMissing(f"the hook {name} is declared twice")
        self.name = name
        self.stored_kinds = stored_kinds
        Hook.declared[name] = self

    def register(self, app: Flask, kind: str, handler: Handler) -> None:
        """Let `handler` answer for `kind`.

        Raises:
            HookMissing: the kind has a handler already.
        """
        handlers = self._handlers(app)
        if kind in handlers:
            raise HookMissing(f"{self.name}: the kind {kind} has two handlers")
        handlers[kind] = handler

    def handler(self, kind: str) -> Handler:
        """Return the handler of a kind.

        Raises:
            HookMissing: nobody has registered for it.
        """
        try:
            return self._handlers(current_app)[kind]
        except KeyError:
            raise HookMissing(f"{self.name}: no handler for {kind}") from None

    def kinds(self) -> list[str]:
        """Return the kinds with a handler, sorted."""
        return sorted(self._handlers(current_app))

    def handlers(self) -> list[Handler]:
        """Return all handlers in the order of their kinds."""
        return [self._handlers(current_app)[kind] for kind in self.kinds()]

    def in_order(self) -> list[tuple[str, Handler]]:
        """Return kinds and handlers as they were registered: in the order of the staircase, lowest first."""
        return list(self._handlers(current_app).items())

    def _handlers(self, app: Flask) -> dict[str, Handler]:
        handlers: dict[str, Handler] = app.extensions.setdefault(_EXTENSION, {}).setdefault(self.name, {})
        return handlers


def check_stored_kinds(session: Session) -> None:
    """Refuse to go on when a row names a kind that nobody handles.

    Raises:
        HookMissing: names the hook and the kinds.
    """
    for hook in Hook.declared.values():
        if hook.stored_kinds is None:
            continue
        orphans = sorted(set(hook.stored_kinds(session)) - set(hook.kinds()))
        if orphans:
            raise HookMissing(f"{hook.name}: rows are stored for {', '.join(orphans)}, which nothing handles")
