"""No number, code, token, password or device identifier stands in a log line, whatever happens (E2)."""

import logging
from datetime import timedelta

from tests.identity.people import PASSWORD, ask_code, bearer, make_staff, other_than, refresh, try_code

PHONE = "13912345678"
DEVICE = "canary-device-0123456789"


def test_a_day_of_signing_in_and_failing_leaves_no_secret_in_the_log(client, hands, caplog, capfd, postbox):
    caplog.set_level(logging.DEBUG)

    secrets = _live_a_day(client, hands, postbox)

    assert [record for record in caplog.records if "identity." in record.getMessage()]
    out, err = capfd.readouterr()
    lines = "\n".join([record.getMessage() for record in caplog.records] + [caplog.text, out, err])
    assert [secret for secret in secrets if secret in lines] == []


def _live_a_day(client, hands, postbox) -> list[str]:
    sent = ask_code(client, PHONE, device_id=DEVICE).json
    code = postbox.sent[-1][1]
    wrong = other_than(code)
    _, answer, _ = (try_code(client, sent["challenge_id"], given, device=DEVICE) for given in (wrong, code, code))
    signed_in = answer.json
    client.get("/v1/me", headers=bearer(signed_in))
    client.get("/v1/me", headers=bearer(signed_in["access_token"] + "x"))
    renewed = refresh(client, signed_in["refresh_token"], device=DEVICE).json
    hands.move(timedelta(minutes=2))
    refresh(client, signed_in["refresh_token"], device=DEVICE)
    postbox.refusal = "Refused"
    ask_code(client, PHONE)
    client.post("/v1/auth/otp", json={"phone": PHONE, "purpose": "nonsense", PHONE: PHONE})
    client.post("/v1/auth/otp", data=f'{{"phone": "{PHONE}"', content_type="application/json")
    member = make_staff()
    totp = member.code()
    staff = member.sign_in(client).json
    member.sign_in(client, password="a wrong password 4711")
    tokens = [pair[name] for pair in (signed_in, renewed, staff) for name in ("access_token", "refresh_token")]
    return [PHONE, code, wrong, DEVICE, PASSWORD, "a wrong password 4711", totp, member.totp_uri, *tokens]
