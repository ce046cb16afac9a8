"""Text messages by Tencent Cloud SMS, API version 2021-01-11, through its own SDK (the extra requirements-sms-tencent.txt)."""

import importlib
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.notices.channels.port import Address, ChannelAway, ChannelRefused, Outgoing

TIMEOUT_S = 5
DEFAULT = "default"
_ACCEPTED = "Ok"
_SDK_LOGGER = "tencentcloud_sdk_common"


class BadTemplates(Exception):
    """LINTAN_NOTICES_SMS_TEMPLATES cannot be read."""


def templates_of(words: tuple[str, ...]) -> dict[str, str]:
    """Return the approved templates by group; `default` serves the groups that have none of their own.

    Raises:
        BadTemplates: a word is not `group=template`.

    >>> templates_of(("default=271828", "security=314159"))["security"]
    '314159'
    """
    pairs = [word.partition("=") for word in words]
    if not all(group and template for group, _, template in pairs):
        raise BadTemplates("LINTAN_NOTICES_SMS_TEMPLATES: give group=template, group=template")
    return {group: template for group, _, template in pairs}


class TencentSms:
    """Sends by a template with one variable: what has happened."""

    name = "tencent"

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Build the client with the same account and signature as sign-in codes.

        Raises:
            ModuleNotFoundError: the optional extra is not installed.
        """
        base = "tencentcloud.common"
        credential = importlib.import_module(f"{base}.credential")
        profiles = importlib.import_module(f"{base}.profile.client_profile")
        http_profiles = importlib.import_module(f"{base}.profile.http_profile")
        sms = importlib.import_module("tencentcloud.sms.v20210111.sms_client")
        self._failure: type[Exception] = importlib.import_module(f"{base}.exception").TencentCloudSDKException
        self._models: Any = importlib.import_module("tencentcloud.sms.v20210111.models")
        # At level DEBUG the SDK logs whole requests, with the number.
        logging.getLogger(_SDK_LOGGER).setLevel(logging.WARNING)
        endpoint = urlsplit(str(config["LINTAN_TENCENT_SMS_ENDPOINT"]))
        http = http_profiles.HttpProfile(protocol=endpoint.scheme, endpoint=endpoint.netloc, reqTimeout=TIMEOUT_S)
        self._client: Any = sms.SmsClient(
            credential.Credential(config["LINTAN_TENCENT_SMS_SECRET_ID"], config["LINTAN_TENCENT_SMS_SECRET_KEY"]),
            config["LINTAN_TENCENT_SMS_REGION"],
            profiles.ClientProfile(signMethod="TC3-HMAC-SHA256", httpProfile=http),
        )
        self._app_id = str(config["LINTAN_TENCENT_SMS_APP_ID"])
        self._sign = str(config["LINTAN_TENCENT_SMS_SIGN"])
        self._templates = templates_of(config["LINTAN_NOTICES_SMS_TEMPLATES"])

    def takes(self, group: str) -> bool:
        """Return whether there is an approved template for a group."""
        return group in self._templates or DEFAULT in self._templates

    def send(self, to: Address, message: Outgoing, *, now: datetime) -> str | None:
        """Send a message; Tencent repeats our id as `SessionContext` in its reports.

        Raises:
            ChannelAway, ChannelRefused: by Tencent's error code.
        """
        template = self._templates.get(message.group) or self._templates.get(DEFAULT)
        if template is None:
            raise ChannelRefused("no_template")
        request = self._models.SendSmsRequest()
        request.PhoneNumberSet = [to.value]
        request.SmsSdkAppId = self._app_id
        request.SignName = self._sign
        request.TemplateId = template
        request.TemplateParamSet = [message.title]
        request.SessionContext = message.id
        try:
            statuses = self._client.SendSms(request).SendStatusSet
        except self._failure as error:
            # Its message may quote the number; its code does not.
            raise _refusal(str(getattr(error, "code", None) or "unknown")) from None
        if not statuses:
            raise ChannelAway("no_verdict")
        # The call succeeds although a number was refused; each number has its own verdict.
        if statuses[0].Code != _ACCEPTED:
            raise _refusal(str(statuses[0].Code))
        return str(statuses[0].SerialNo) or None


def _refusal(code: str) -> ChannelAway | ChannelRefused:
    refused_for_good = code.startswith(
        ("FailedOperation", "InvalidParameter", "UnsupportedOperation", "MissingParameter")
    )
    return ChannelRefused(code) if refused_for_good else ChannelAway(code)
