"""The hooks of notices: which kinds there are, how each is worded, and where the thing lies that it tells of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from sqlalchemy.orm import Session

from app.foundation.data import public_id
from app.foundation.proof import Hook
from app.notices.queries import stored_kinds
from app.notices.rules import Channel, NoticeGroup

Words = Callable[[Mapping[str, Any]], Mapping[str, str]]
Hrefs = Callable[[Session, Sequence[UUID]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """How one kind of notice is worded and where it may go.

    Args:
        title: leaves the city's machines by push, WeChat and SMS, so it has no member in braces and tells nobody's affairs.
        body: for the inbox; `{points}` stands for a member of the notice's params.
        is_urgent: is told at once, also to who asked for a digest.
        channels: where it may go besides the inbox, if the person has it on.
        words: what the params are in the reader's language, where a number or a code is no word.
    """

    group: NoticeGroup
    title: LazyString
    body: LazyString
    is_urgent: bool = False
    channels: frozenset[Channel] = frozenset({Channel.PUSH, Channel.WECHAT})
    words: Words | None = None


kinds: Hook[NoticeKind] = Hook("notices.kinds", stored_kinds=stored_kinds)
# Kind of a subject -> the addresses of some of them; what its reader cannot open is left out.
links: Hook[Hrefs] = Hook("notices.links")


def title_of(kind: str) -> str:
    """Return a notice's title in the present language."""
    return str(kinds.handler(kind).title)


def body_of(kind: str, params: Mapping[str, Any]) -> str:
    """Return a notice's text in the present language."""
    handler = kinds.handler(kind)
    words = handler.words(params) if handler.words is not None else {}
    return str(handler.body).format(**{**params, **words})


def at(prefix: str, path: str) -> Hrefs:
    """Return the links of subjects that are found by their public id, such as `/v1/plantings/{id}`."""
    return lambda _, ids: {each: path.format(id=public_id(prefix, each)) for each in ids}


def hrefs_of(session: Session, subjects: Sequence[tuple[str, UUID]]) -> dict[tuple[str, UUID], str]:
    """Return the addresses of subjects, one question a kind; a kind without links, or a thing that is gone, has none."""
    found: dict[tuple[str, UUID], str] = {}
    for kind in sorted({kind for kind, _ in subjects} & set(links.kinds())):
        ids = [id for each, id in subjects if each == kind]
        found |= {(kind, id): href for id, href in links.handler(kind)(session, ids).items()}
    return found
