"""WeChat subscription messages of a mini program: `POST /cgi-bin/message/subscribe/send`, one message for one permission.

Recalled from WeChat's documentation, not read again: the members of the request, that `thing` values have at most 20 characters,
and the error codes 40001, 40014 and 42001 (token not good), 40003 (openid), 43101 (no permission), 45009, 45011 and -1 (later).
`stable_token` gives the same token while it is good, so the sign-in adapter's own memory and this one do not disturb each other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.foundation.data import clock
from app.notices.channels.asking import post
from app.notices.channels.port import Address, ChannelAway, ChannelRefused, NotGranted, Outgoing

_TOKEN_NOT_GOOD = frozenset({40001, 40014, 42001})
_NOT_GRANTED = 43101
_NO_SUCH_USER = 40003
_LATER = frozenset({-1, 45009, 45011})
_CODE_NOT_GOOD = frozenset({40029, 40163, 40226})
_TOKEN_MARGIN = timedelta(minutes=5)
_THING_LENGTH_MAX = 20
DEFAULT = "default"


@dataclass(frozen=True)
class _Token:
    text: str
    good_until: datetime


@dataclass(frozen=True)
class Template:
    """A template of the mini program: its id, and under which keywords it takes a text and a time."""

    id: str
    thing: str
    time: str


class BadTemplates(Exception):
    """LINTAN_NOTICES_WECHAT_TEMPLATES cannot be read."""


def templates_of(words: tuple[str, ...]) -> dict[str, Template]:
    """Return the templates by group; `default` serves the groups that have none of their own.

    Raises:
        BadTemplates: a word is not `group=template/thing1/time2`.

    >>> templates_of(("default=abc/thing1/time2",))["default"].time
    'time2'
    """
    found = {}
    for word in words:
        group, _, rest = word.partition("=")
        parts = rest.split("/")
        if not group or len(parts) != 3 or not all(parts):
            raise BadTemplates(f"LINTAN_NOTICES_WECHAT_TEMPLATES: {group or word} is not group=template/thing1/time2")
        found[group] = Template(*parts)
    return found


class WechatSubscription:
    """Sends by the templates that the settings name, one for each group or one for all."""

    name = "wechat"

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Send as the mini program of LINTAN_WECHAT_APP_ID."""
        self._app_id = str(config["LINTAN_WECHAT_APP_ID"])
        self._secret = str(config["LINTAN_WECHAT_SECRET"])
        self._url = str(config["LINTAN_WECHAT_URL"]).rstrip("/")
        self._page = str(config["LINTAN_NOTICES_WECHAT_PAGE"])
        self._templates = templates_of(config["LINTAN_NOTICES_WECHAT_TEMPLATES"])
        self._token: _Token | None = None

    def takes(self, group: str) -> bool:
        """Return whether there is a template for a group."""
        return group in self._templates or DEFAULT in self._templates

    def send(self, to: Address, message: Outgoing, *, now: datetime) -> str | None:
        """Send a message. WeChat takes no id of ours; its answer has a `msgid`.

        Raises:
            ChannelAway, ChannelRefused, NotGranted: by WeChat's error code.
        """
        template = self._templates.get(message.group) or self._templates.get(DEFAULT)
        if template is None:
            raise ChannelRefused("no_template")
        here = message.created_at.astimezone(clock.CITY_ZONE)
        body = {
            "touser": to.value,
            "template_id": template.id,
            "page": f"{self._page}?notice={message.notice_id}",
            "lang": "zh_CN" if message.language == "zh-CN" else "en_US",
            "data": {
                template.thing: {"value": message.title[:_THING_LENGTH_MAX]},
                template.time: {"value": here.strftime("%Y-%m-%d %H:%M")},
            },
        }
        told = self._send(body, now=now)
        if told.get("errcode") in _TOKEN_NOT_GOOD:  # Another process has had it replaced.
            self._token = None
            told = self._send(body, now=now)
        _refuse(told)
        return str(told["msgid"]) if "msgid" in told else None

    def openid_of(self, code: str, *, now: datetime) -> str:
        """Return the openid behind a fresh code of `wx.login`.

        Raises:
            ChannelAway, ChannelRefused: by WeChat's error code.
        """
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        _, told = post(f"{self._url}/sns/jscode2session?{urlencode(query)}", b"")
        if told.get("errcode") in _CODE_NOT_GOOD:
            raise ChannelRefused(_code_of(told))
        openid = told.get("openid")
        if not isinstance(openid, str) or not openid:
            raise ChannelAway(_code_of(told))
        return openid

    def _send(self, body: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        query = urlencode({"access_token": self._access_token(now)})
        raw = json.dumps(body, ensure_ascii=False).encode()
        status, told = post(f"{self._url}/cgi-bin/message/subscribe/send?{query}", raw)
        if status != 200 or "errcode" not in told:
            raise ChannelAway(f"http_{status}")
        return told

    def _access_token(self, now: datetime) -> str:
        kept = self._token
        if kept is not None and now < kept.good_until:
            return kept.text
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        _, told = post(f"{self._url}/cgi-bin/stable_token", json.dumps(body).encode())
        text, life_s = told.get("access_token"), told.get("expires_in")
        if not isinstance(text, str) or not isinstance(life_s, int):
            raise ChannelAway(_code_of(told))
        self._token = _Token(text, now + timedelta(seconds=life_s) - _TOKEN_MARGIN)
        return text


def _refuse(told: Mapping[str, Any]) -> None:
    code = told.get("errcode")
    if code == 0:
        return
    if code == _NOT_GRANTED:
        raise NotGranted(_code_of(told))
    if code in _LATER or code in _TOKEN_NOT_GOOD:
        raise ChannelAway(_code_of(told))
    raise ChannelRefused(_code_of(told), address_is_gone=code == _NO_SUCH_USER)


def _code_of(told: Mapping[str, Any]) -> str:
    """Return the error code. The message is left out: it may quote what was sent."""
    code = told.get("errcode")
    return f"errcode_{code}" if isinstance(code, int) else "errcode_unknown"
