"""浙里办, Zhejiang's government app: a ticket for a token, the token for the user, through the province's signed gateway.

Read in a public guide to the gateway (浙里办-IRS用户接入手册, 2023) and in public client libraries of others: the four headers, the
text that is signed, its Base64 form, the 90 seconds of tolerance, the refusals of the gateway (status 401), the two paths, the
bodies and the members of the answers with the three error codes below. Where the guide says HEX, its own code and every library
send Base64, which is what is done here. The operator's own access notice goes before all of this. Not established: the life of
a ticket, whether `phone` is always present and unmasked, and how old the number may be at the provider.
"""

import base64
import hmac
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from app.foundation.data import clock
from app.identity.entrance.outside.asking import ask, object_of, text_of
from app.identity.entrance.outside.port import OutsideFailed, OutsideIdentity, OutsideProvider, OutsideRefusal

TOKEN_PATH = "/restapi/prod/IC33000020220329000007/uc/sso/access_token"
USER_PATH = "/restapi/prod/IC33000020220329000008/uc/sso/getUserInfo"
_REFUSALS = frozenset({"C-USER-SSO-TICKET-INVALID", "C-USER-SSO-TOKEN-INVALID", "C-USER-SSO-USER-EMPTY"})
_A_PERSON = "PERSON"
_CODE_LENGTH_MAX = 60


class ZhelibanDoor:
    """Asks the province's user centre about the users of one application."""

    provider = OutsideProvider.ZHELIBAN

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Ask with the application's id, access key and secret key."""
        self._app_id = str(config["LINTAN_ZHELIBAN_APP_ID"])
        self._access_key = str(config["LINTAN_ZHELIBAN_ACCESS_KEY"])
        self._secret_key = str(config["LINTAN_ZHELIBAN_SECRET_KEY"])
        self._url = str(config["LINTAN_ZHELIBAN_URL"]).rstrip("/")

    def identify(self, proof: str) -> OutsideIdentity:
        """Return the person behind a ticket, with the number that the user centre keeps. A legal person is refused."""
        told = self._ask(TOKEN_PATH, {"ticketId": proof, "appId": self._app_id})
        token = text_of(told, "accessToken")
        if token is None:
            raise OutsideFailed("no_token")
        user = self._ask(USER_PATH, {"token": token})
        if user.get("userType", _A_PERSON) != _A_PERSON:
            raise OutsideRefusal("not_a_person")
        person = object_of(user, "personInfo")
        subject = text_of(person, "userId")
        if subject is None:
            raise OutsideFailed("no_user_id")
        return OutsideIdentity(subject=subject, phone=text_of(person, "phone"))

    def phone_of(self, proof: str) -> str | None:
        """Return None: the number comes with the ticket or not at all."""
        return None

    def _ask(self, path: str, body: Mapping[str, str]) -> dict[str, Any]:
        url = self._url + path
        date = format_datetime(clock.now(), usegmt=True)
        headers = {
            "X-BG-HMAC-SIGNATURE": signature(
                self._secret_key, method="POST", url=url, access_key=self._access_key, date=date
            ),
            "X-BG-HMAC-ALGORITHM": "hmac-sha256",
            "X-BG-HMAC-ACCESS-KEY": self._access_key,
            "X-BG-DATE-TIME": date,
        }
        told = ask(url, body=body, headers=headers)
        code = (text_of(told, "errorCode") or "unknown")[:_CODE_LENGTH_MAX]
        if told.get("success") is True:
            return object_of(told, "data")
        if code in _REFUSALS:
            raise OutsideRefusal(code)
        raise OutsideFailed(code)


def signature(secret_key: str, *, method: str, url: str, access_key: str, date: str) -> str:
    """Return the gateway's signature: Base64 of HMAC-SHA256 over method, path, sorted query, access key and date, a line each.

    Args:
        date: as it stands in `X-BG-DATE-TIME`, `Tue, 09 Nov 2021 08:49:20 GMT`.
    """
    parts = urlsplit(url)
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    text = f"{method}\n{parts.path or '/'}\n{query}\n{access_key}\n{date}\n"
    return base64.b64encode(hmac.digest(secret_key.encode(), text.encode(), "sha256")).decode()
