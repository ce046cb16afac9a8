"""WeChat's three addresses of a mini program on this machine. Codes work once, tokens have an end, ids and secrets are checked.

Source of the shapes: WeChat's pages code2Session and getPhoneNumber. No call goes to WeChat.
"""

from datetime import timedelta
from typing import Any

from app.foundation.data import clock
from tests.identity.outside.listening import Listening

APP_ID, SECRET = "wx0000000000000000", "secret of the mini program"
TOKEN_S = 7200


class FakeWechat(Listening):
    """Knows the users and numbers behind codes that a test put in."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}  # code -> openid
        self.phones: dict[str, dict[str, Any]] = {}  # phone code -> phone_info
        self.tokens: dict[str, Any] = {}  # token -> until when it is good
        self.calls: list[str] = []
        self.errcode: int | None = None
        super().__init__()

    def phone(self, code: str, number: str, *, country: str | int = "86", app_id: str = APP_ID) -> str:
        full = number if str(country) == "86" else f"+{country}{number}"
        watermark = {"timestamp": 1637744274, "appid": app_id}
        self.phones[code] = {
            "phoneNumber": full,
            "purePhoneNumber": number,
            "countryCode": country,
            "watermark": watermark,
        }
        return code

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
    ) -> tuple[int, dict[str, Any]]:
        self.calls.append(path)
        if self.errcode is not None:
            return 200, {"errcode": self.errcode, "errmsg": f"told about {query} {body}"}
        match (method, path):
            case "GET", "/sns/jscode2session":
                return 200, self._session(query)
            case "POST", "/cgi-bin/stable_token":
                return 200, self._token(body)
            case "POST", "/wxa/business/getuserphonenumber":
                return 200, self._phone(query, body)
        return 404, {}

    def _session(self, query: dict[str, str]) -> dict[str, Any]:
        assert query.keys() == {"appid", "secret", "js_code", "grant_type"}
        assert query["grant_type"] == "authorization_code"
        if query["appid"] != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if query["secret"] != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        openid = self.users.pop(query["js_code"], None)
        if openid is None:
            return {"errcode": 40029, "errmsg": f"invalid code {query['js_code']}"}
        return {"openid": openid, "session_key": "c2Vzc2lvbiBrZXk=", "unionid": "union of " + openid}

    def _token(self, body: dict[str, Any]) -> dict[str, Any]:
        if body != {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        now = clock.now()
        good = [token for token, until in self.tokens.items() if now < until]
        if not good:
            good = [f"token {len(self.tokens)}"]
            self.tokens[good[0]] = now + timedelta(seconds=TOKEN_S)
        return {"access_token": good[0], "expires_in": int((self.tokens[good[0]] - now).total_seconds())}

    def _phone(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        assert query.keys() == {"access_token"}
        assert body.keys() == {"code"}
        until = self.tokens.get(query["access_token"])
        if until is None or clock.now() >= until:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        info = self.phones.pop(body["code"], None)
        if info is None:
            return {"errcode": 40029, "errmsg": f"invalid code {body['code']}"}
        return {"errcode": 0, "errmsg": "ok", "phone_info": info}
