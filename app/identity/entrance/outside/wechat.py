"""WeChat mini programs: code2Session, and the number that a resident lets the mini program have.

Read in WeChat's own documentation (pages code2Session and getPhoneNumber, stored copies): the addresses, methods, members, that
a phone code works once and for five minutes, and the error codes 40029, 40226, 45011 and -1. Read in public sources of others:
the body of stable_token, and that it gives the same token while that is good. Recalled, not read: 40163 (code used), 40001,
40014 and 42001 (token not good). Not established: whether a phone code is tied to the WeChat user of the sign-in code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.foundation.data import clock
from app.identity.entrance.outside.asking import ask, object_of, text_of
from app.identity.entrance.outside.port import OutsideFailed, OutsideIdentity, OutsideProvider, OutsideRefusal

# The code is wrong or too old; used before; blocked by WeChat, which takes the user for a risk.
_REFUSALS = frozenset({40029, 40163, 40226})
_TOKEN_NOT_GOOD = frozenset({40001, 40014, 42001})
_TOKEN_MARGIN = timedelta(minutes=5)
_MAINLAND = "86"


@dataclass(frozen=True)
class _Token:
    text: str
    good_until: datetime


class WechatDoor:
    """Asks WeChat about the users of one mini program."""

    provider = OutsideProvider.WECHAT

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Ask with the mini program's id and secret."""
        self._app_id = str(config["LINTAN_WECHAT_APP_ID"])
        self._secret = str(config["LINTAN_WECHAT_SECRET"])
        self._url = str(config["LINTAN_WECHAT_URL"]).rstrip("/")
        self._token: _Token | None = None

    def identify(self, proof: str) -> OutsideIdentity:
        """Return the user behind a code of `wx.login`. The `openid` is this mini program's; a `unionid` is not looked at."""
        query = {
            "appid": self._app_id,
            "secret": self._secret,
            "js_code": proof,
            "grant_type": "authorization_code",
        }
        told = ask(f"{self._url}/sns/jscode2session?{urlencode(query)}")
        _refuse(told)
        subject = text_of(told, "openid")
        if subject is None:
            raise OutsideFailed("no_openid")
        return OutsideIdentity(subject=subject)

    def phone_of(self, proof: str) -> str | None:
        """Return the number behind a code of the button `getPhoneNumber`; None for a number outside the mainland.

        A token that another process has replaced is asked for anew, once.
        """
        told = self._ask_phone(proof)
        if told.get("errcode") in _TOKEN_NOT_GOOD:
            self._token = None
            told = self._ask_phone(proof)
        _refuse(told)
        info = object_of(told, "phone_info")
        if object_of(info, "watermark").get("appid", self._app_id) != self._app_id:
            raise OutsideRefusal("other_app")
        # The documentation shows the country code once as a text and once as a number.
        return text_of(info, "purePhoneNumber") if str(info.get("countryCode")) == _MAINLAND else None

    def _ask_phone(self, proof: str) -> dict[str, Any]:
        query = urlencode({"access_token": self._access_token()})
        return ask(f"{self._url}/wxa/business/getuserphonenumber?{query}", body={"code": proof})

    def _access_token(self) -> str:
        """Return the mini program's token, from memory while it is good: two threads that ask at once are told the same."""
        now, kept = clock.now(), self._token
        if kept is not None and now < kept.good_until:
            return kept.text
        told = ask(
            f"{self._url}/cgi-bin/stable_token",
            body={"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret},
        )
        text, life_s = text_of(told, "access_token"), told.get("expires_in")
        if text is None or not isinstance(life_s, int):
            raise OutsideFailed(_code_of(told))
        self._token = _Token(text, now + timedelta(seconds=life_s) - _TOKEN_MARGIN)
        return text


def _refuse(told: Mapping[str, Any]) -> None:
    """Raise what WeChat's error code says; a good answer has none, or 0."""
    code = told.get("errcode", 0)
    if code in _REFUSALS:
        raise OutsideRefusal(_code_of(told))
    if code != 0:
        raise OutsideFailed(_code_of(told))


def _code_of(told: Mapping[str, Any]) -> str:
    """Return the error code for the log. The message is left out: it may quote what was sent."""
    code = told.get("errcode")
    return f"errcode_{code}" if isinstance(code, int) else "errcode_unknown"
