"""Tencent Cloud SMS, API version 2021-01-11, through its own SDK (an optional extra: requirements-sms-tencent.txt)."""

import importlib
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from app.identity.entrance.sms.port import SmsFailed

TIMEOUT_S = 5
_ACCEPTED = "Ok"
_SDK_LOGGER = "tencentcloud_sdk_common"


class TencentSender:
    """Sends codes by a template with two variables: the code, and the minutes it is good for."""

    name = "tencent"
    reveals_code = False

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Build the client.

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
        # At level DEBUG the SDK logs whole requests, with number and code.
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
        self._template = str(config["LINTAN_TENCENT_SMS_TEMPLATE"])

    def send_code(self, phone: str, code: str, *, life_min: int) -> None:
        """Send the code; there is no second try, since the first may have gone out although the answer was lost.

        Raises:
            SmsFailed: with Tencent's error code, or `no_verdict`.
        """
        request = self._models.SendSmsRequest()
        request.PhoneNumberSet = [phone]
        request.SmsSdkAppId = self._app_id
        request.SignName = self._sign
        request.TemplateId = self._template
        request.TemplateParamSet = [code, str(life_min)]
        try:
            statuses = self._client.SendSms(request).SendStatusSet
        except self._failure as error:
            # Its message may quote the number; its code does not.
            raise SmsFailed(str(getattr(error, "code", None) or "unknown")) from None
        # The call succeeds although a number was refused; each number has its own verdict.
        verdict = statuses[0].Code if statuses else "no_verdict"
        if verdict != _ACCEPTED:
            raise SmsFailed(str(verdict))
