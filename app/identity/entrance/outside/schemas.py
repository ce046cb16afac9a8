"""Shapes of what comes to and from sign-in through another app."""

from typing import Any

from marshmallow import post_load

from app.foundation.http import Choice, Instant, Nested, PrefixedId, Schema, Text
from app.identity.entrance.outside.port import OutsideProvider
from app.identity.entrance.outside.usecases import OutsideSignIn
from app.identity.entrance.schemas import DeviceSchema

# Visible ASCII. How long codes and tickets may be is published nowhere; those seen have 32 to 64 characters.
_PROOF = r"[!-~]{1,512}"


class WechatSignInSchema(Schema):
    """A code of `wx.login`, and the first time a code of the button `getPhoneNumber`."""

    code = Text(max=512, pattern=_PROOF, required=True, metadata={"example": "0716AVll20uHk94SLDml27etM946AVlq"})
    phone_code = Text(
        max=512,
        pattern=_PROOF,
        load_default=None,
        metadata={"example": "e31968a7f94cc5ee25fafc2aef2773f0bb8c3937b22520eb8ee345274d00c144"},
    )
    device = Nested(DeviceSchema, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> OutsideSignIn:
        return OutsideSignIn(
            provider=OutsideProvider.WECHAT, proof=data["code"], phone_proof=data["phone_code"], device=data["device"]
        )


class ZhelibanSignInSchema(Schema):
    """A ticket of `ZWJSBridge.ssoTicket`."""

    ticket = Text(max=512, pattern=_PROOF, required=True, metadata={"example": "a1d67776ce344be1a240bbacd8c3daf3"})
    device = Nested(DeviceSchema, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> OutsideSignIn:
        return OutsideSignIn(provider=OutsideProvider.ZHELIBAN, proof=data["ticket"], device=data["device"])


class OutsideAccountSchema(Schema):
    """An account elsewhere that signs the caller in."""

    id = PrefixedId("oac", required=True, metadata={"example": "oac_01m869pkw9ef58pjjqagfgmtsp"})
    provider = Choice(OutsideProvider, required=True)
    linked_at = Instant(required=True, metadata={"example": "2026-03-12T04:00:00Z"})
