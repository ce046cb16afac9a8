"""The province's gateway with the user centre of 浙里办 behind it, on this machine. It checks signature, key and time.

Source of the signature and its refusals: a public guide to the gateway (浙里办-IRS用户接入手册, 2023); written here from that text,
apart from the adapter. No call goes to the province.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from app.foundation.data import clock
from tests.identity.outside.listening import Listening

APP_ID, ACCESS_KEY, SECRET_KEY = "2002000000", "BCDSGA_test", "secret key of the test"
TOLERANCE = timedelta(seconds=90)
_PREFIX = "/restapi/prod/"
TOKEN = _PREFIX + "IC33000020220329000007/uc/sso/access_token"
USER = _PREFIX + "IC33000020220329000008/uc/sso/getUserInfo"


class FakeZheliban(Listening):
    """Knows the users behind tickets that a test put in."""

    def __init__(self) -> None:
        self.tickets: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.refusals: list[str] = []
        self.error_code: str | None = None
        self.slow_by = timedelta(0)  # The gateway's clock is behind by so much.
        super().__init__()

    def person(self, ticket: str, user_id: str, phone: str | None, **more: Any) -> str:
        info = {"userId": user_id, "userName": "张三", "idNo": "330000000000000000", "phone": phone}
        self.tickets[ticket] = {"userType": "PERSON", "personInfo": info, "legalPersonInfo": None, **more}
        return ticket

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
    ) -> tuple[int, dict[str, Any]]:
        refusal = self._refusal(method, path, query, headers)
        if refusal is not None:
            self.refusals.append(refusal)
            return 401, {"message": refusal}
        if self.error_code is not None:
            return 200, {"success": False, "errorCode": self.error_code, "errorMsg": f"{body}", "data": None}
        if path == TOKEN and body.keys() == {"ticketId", "appId"} and body["appId"] == APP_ID:
            user = self.tickets.pop(body["ticketId"], None)
            if user is None:
                return 200, {"success": False, "errorCode": "C-USER-SSO-TICKET-INVALID", "errorMsg": "ticket非法"}
            token = f"token {len(self.tokens)}"
            self.tokens[token] = user
            return 200, {"success": True, "errorCode": None, "errorMsg": None, "data": {"accessToken": token}}
        if path == USER and body.keys() == {"token"} and body["token"] in self.tokens:
            return 200, {"success": True, "data": self.tokens[body["token"]]}
        return 404, {}

    def _refusal(self, method: str, path: str, query: dict[str, str], headers: dict[str, str]) -> str | None:
        if headers.get("x-bg-hmac-access-key") != ACCESS_KEY:
            return "Invalid access key"
        date = headers["x-bg-date-time"]
        if abs(parsedate_to_datetime(date) - (clock.now() - self.slow_by)) > TOLERANCE:
            return "Clock skew exceeded"
        pairs = "&".join(sorted(f"{name}={value}" for name, value in query.items()))
        text = "".join(part + "\n" for part in (method, path, pairs, ACCESS_KEY, date))
        made = hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()
        given = base64.b64decode(headers["x-bg-hmac-signature"])
        if headers.get("x-bg-hmac-algorithm") != "hmac-sha256" or not hmac.compare_digest(made, given):
            return "Invalid signature"
        return None
