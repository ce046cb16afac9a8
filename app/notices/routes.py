"""Operations on one's notices, and on how one is told."""

from typing import Any
from uuid import UUID

from app.foundation.data import MalformedId, clock, parse_public_id
from app.foundation.http import (
    Blueprint,
    PageQuery,
    atomic,
    current_actor,
    idempotent,
    needs_if_match,
    next_link,
    no_idempotency,
    not_modified,
    requires,
    version_seen,
    with_etag,
)
from app.identity import Role
from app.notices import examples
from app.notices.errors import ChannelOff, DeviceNeeded, NoticeNotFound, SecurityStays, WechatAway, WechatRefused
from app.notices.schemas import (
    ChoicesSchema,
    InboxSchema,
    MarkedReadSchema,
    NewPushTargetSchema,
    NewWechatGrantSchema,
    NoticeQuerySchema,
    NoticeSchema,
    PreferencesSchema,
    PushTargetSchema,
    ReadUpToSchema,
    WechatGrantsSchema,
)
from app.notices.usecases import addresses, inbox, preferences
from app.notices.usecases.addresses import Grants, PushTarget
from app.notices.usecases.inbox import Inbox, Listed, MarkedRead, Notice
from app.notices.usecases.preferences import Choices, PreferencesShown

blp = Blueprint("notices", __name__, description="What one is told, and how.")

_READS_ONCE = "Reading twice is the same as once."
_GRANT_LINKS = {"notices_show_wechat_grants": {"operationId": "notices_show_wechat_grants"}}


@blp.get("/notices")
@requires(Role.RESIDENT, Role.STAFF)
@blp.arguments(NoticeQuerySchema, location="query")
@blp.response(200, InboxSchema, example=examples.INBOX)
def list_notices(query: tuple[Listed, PageQuery]) -> tuple[Inbox, dict[str, str]]:
    """List what one was told, newest first, with the number of unread notices."""
    page, mine = inbox.my_notices(current_actor(), *query)
    return mine, next_link(page)


@blp.post("/notices/<string:notice_id>/read")
@requires(Role.RESIDENT, Role.STAFF)
@no_idempotency(_READS_ONCE)
@blp.response(200, NoticeSchema, example=examples.NOTICE_READ)
@blp.problems(NoticeNotFound)
def read_notice(notice_id: str) -> Notice:
    """Note that one has read a notice."""
    return inbox.read_notice(_notice(notice_id), actor=current_actor(), now=clock.now())


@blp.post("/notices/read")
@requires(Role.RESIDENT, Role.STAFF)
@no_idempotency(_READS_ONCE)
@blp.arguments(ReadUpToSchema, example={"up_to": examples.NOTICE["id"]})
@blp.response(200, MarkedReadSchema, example=examples.MARKED)
@blp.problems(NoticeNotFound)
def read_up_to(given: dict[str, Any]) -> MarkedRead:
    """Note that one has read a notice and all older ones."""
    return inbox.read_up_to(given["up_to"], actor=current_actor(), now=clock.now())


@blp.get("/me/notice-preferences")
@requires(Role.RESIDENT, Role.STAFF)
@not_modified
@blp.response(200, PreferencesSchema, example=examples.PREFERENCES)
def show_preferences() -> tuple[PreferencesShown, dict[str, str]]:
    """Show how one is told, group by group."""
    mine = preferences.my_preferences(current_actor())
    return with_etag(mine, mine.version)


@blp.put("/me/notice-preferences")
@requires(Role.RESIDENT, Role.STAFF)
@needs_if_match
@atomic
@blp.arguments(ChoicesSchema, example=examples.CHOICES)
@blp.response(200, PreferencesSchema, example=examples.PREFERENCES)
@blp.problems(SecurityStays)
def choose_preferences(choices: Choices) -> tuple[PreferencesShown, dict[str, str]]:
    """Change how one is told. What waits to leave follows the change."""
    mine = preferences.choose(choices, actor=current_actor(), seen=version_seen(), now=clock.now())
    return with_etag(mine, mine.version)


@blp.put("/me/push-targets")
@requires(Role.RESIDENT, Role.STAFF)
@atomic
@blp.arguments(NewPushTargetSchema, example=examples.NEW_PUSH_TARGET)
@blp.response(200, PushTargetSchema, example=examples.PUSH_TARGET)
@blp.problems(ChannelOff, DeviceNeeded)
def put_push_target(given: dict[str, Any]) -> PushTarget:
    """Let this device take push messages until one signs out on it. Apps send it at every start."""
    return addresses.put_push_target(given["platform"], given["token"], actor=current_actor(), now=clock.now())


@blp.delete("/me/push-targets")
@requires(Role.RESIDENT, Role.STAFF)
@blp.response(204)
def remove_push_target() -> None:
    """Let this device take no push messages any more."""
    addresses.remove_push_target(actor=current_actor())


@blp.post("/me/wechat-grants")
@requires(Role.RESIDENT)
@idempotent(two_step=True)
@blp.doc(responses={201: {"links": _GRANT_LINKS}})
@blp.arguments(NewWechatGrantSchema, example=examples.NEW_GRANT)
@blp.response(201, WechatGrantsSchema, example=examples.GRANTS)
@blp.problems(ChannelOff, WechatRefused, WechatAway)
def allow_wechat(given: dict[str, Any]) -> tuple[Grants, dict[str, str]]:
    """Allow one more WeChat message of each group, as the mini program has just asked."""
    made = addresses.allow_wechat(given["code"], set(given["groups"]), actor=current_actor(), now=clock.now())
    return made, {"Location": "/v1/me/wechat-grants"}


@blp.get("/me/wechat-grants")
@requires(Role.RESIDENT)
@blp.response(200, WechatGrantsSchema, example=examples.GRANTS)
def show_wechat_grants() -> Grants:
    """Show how many WeChat messages one still allows."""
    return addresses.my_grants(actor=current_actor())


@blp.delete("/me/wechat-grants")
@requires(Role.RESIDENT)
@blp.response(204)
def forget_wechat() -> None:
    """Get nothing through WeChat any more."""
    addresses.forget_wechat(actor=current_actor())


def _notice(notice_id: str) -> UUID:
    try:
        return parse_public_id("not", notice_id)
    except MalformedId:
        raise NoticeNotFound() from None
