"""Certificates over HTTP: strangers by the number, holders their own, and nobody anything of anybody else's."""

import base64
import hashlib
import unicodedata
from datetime import timedelta
from uuid import uuid4

import pytest

from app.foundation.http import limiter
from app.foundation.work import work_until_idle
from tests.certificates.bureau import SLUG
from tests.certificates.looking import as_owner, content_of, document_of, row_of
from tests.certificates.test_mandate import change_draft

NOBODY = "LSR-0000000000000000"


def without_request(body):
    """A problem without the members that belong to the one request."""
    return {name: value for name, value in body.items() if name not in ("request_id", "instance")}


def test_a_stranger_is_told_how_a_certificate_stands(bureau, client):
    number = bureau.issue(13)

    answer = client.get(f"/v1/verify/{number}")

    told = answer.json
    assert (answer.status_code, told["number"], told["type"], told["status"]) == (200, number, "LSR", "valid")
    assert told["issuer"]["did"] == f"did:web:localhost%3A8000:issuers:{SLUG}"
    assert (told["summary"]["holder"], told["summary"]["retired_kg"]) == ("张**", 13)
    assert [(each["name"], each["ok"]) for each in told["checks"]] == [
        ("document", True),
        ("schema", True),
        ("proof", True),
        ("status", True),
        ("log", True),
        ("claim", True),
        ("witness", None),
    ]
    assert all(each["detail"] and "%(" not in each["detail"] for each in told["checks"])
    digest = base64.b64encode(hashlib.sha256(document_of(number).content).digest()).decode()
    assert told["digest"] == f"sha256-{digest}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(told["links"]["did"]).status_code == 200


@pytest.mark.parametrize("spelled", ["{}", " {} ", "lsr{:.0}", "l s r - {}"])
def test_a_number_is_read_however_it_is_spelled(bureau, client, spelled):
    number = bureau.issue()
    body = number.removeprefix("LSR-")
    written = {
        "{}": number.lower(),
        " {} ": f"  {number[:8]} {number[8:12]} {number[12:]} ",
        "lsr{:.0}": f"lsr{body.replace('0', 'o').replace('1', 'l')}",
        "l s r - {}": "-".join([*"LSR", *body.replace("0", "O").replace("1", "I")]),
    }[spelled]

    answer = client.get(f"/v1/verify/{written}")

    assert (answer.status_code, answer.json["number"]) == (200, number)


@pytest.mark.parametrize("number", [NOBODY, "LSR-", "LSX-0000000000000000", "U" * 20, "x" * 5_000, "%00", "林" * 20])
def test_a_number_that_nobody_has_is_one_plain_404(bureau, client, number):
    expected = without_request(client.get(f"/v1/verify/{NOBODY}").json)

    answer = client.get(f"/v1/verify/{number}")

    if number == "%00":
        assert answer.status_code == 400
    else:
        assert (answer.status_code, without_request(answer.json)) == (404, expected)
        assert expected["code"] == "certificates.not_found"


def test_a_refused_draft_answers_like_a_number_that_nobody_has(bureau, client, client_of, server):
    number = bureau.draft()
    change_draft(server, number, {**row_of(number).draft, "more": 1})
    work_until_idle()

    seen, unknown = client.get(f"/v1/verify/{number}"), client.get(f"/v1/verify/{NOBODY}")

    assert (seen.status_code, without_request(seen.json)) == (404, without_request(unknown.json))
    mine = client_of(bureau.holder_id).get(f"/v1/certificates/{number}").json
    assert (mine["state"], mine["refused_reason"]) == ("refused", "schema")
    assert mine["refused_text"]


def test_strangers_ask_sixty_times_a_minute(bureau, client):
    number = bureau.issue()
    limiter.reset()

    answers = [client.get(f"/v1/verify/{number if each % 2 else NOBODY}") for each in range(61)]

    assert {answer.status_code for answer in answers[:60]} == {200, 404}
    assert (answers[60].status_code, answers[60].json["code"]) == (429, "request.too_many")
    assert int(answers[60].headers["Retry-After"]) > 0


def test_a_holder_proves_that_a_masked_certificate_is_theirs(bureau, client_of):
    number = bureau.issue(name="张小明")

    mine = client_of(bureau.holder_id).get(f"/v1/certificates/{number}")

    told = mine.json["commitment"]
    salt = base64.urlsafe_b64decode(told["salt"] + "==")
    name = unicodedata.normalize("NFC", told["name"])
    hashed = hashlib.sha256(salt + b"\x00" + name.encode() + b"\x00" + told["account_id"].encode()).digest()
    commitment = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    assert (len(salt), told["name"], told["account_id"]) == (16, "张小明", str(bureau.holder_id))
    assert commitment == told["value"] == content_of(number)["credentialSubject"]["holderCommitment"]
    assert mine.json["verification"]["status"] == "valid"


def test_nobody_else_sees_a_certificate_as_their_own(bureau, client_of):
    number = bureau.issue()
    stranger = client_of(uuid4())
    expected = without_request(stranger.get(f"/v1/certificates/{NOBODY}").json)

    for answer in (
        stranger.get(f"/v1/certificates/{number}"),
        stranger.patch(f"/v1/certificates/{number}", json={"visibility": "off"}, headers={"If-Match": '"2"'}),
        stranger.delete(f"/v1/certificates/{number}/commitment"),
    ):
        assert (answer.status_code, without_request(answer.json)) == (404, expected)
    assert stranger.get("/v1/certificates").json["items"] == []
    assert client_of(bureau.issuers[0]).get(f"/v1/certificates/{number}").status_code == 403


def test_a_holder_lists_their_own_newest_first(bureau, client_of, hands):
    holder, numbers = uuid4(), []
    for kg in (5, 7, 11):
        numbers.append(bureau.draft(kg, holder_id=holder))
        hands.move(timedelta(seconds=1))
    bureau.draft(13)

    client = client_of(holder)
    first = client.get("/v1/certificates?limit=2").json
    rest = client.get(f"/v1/certificates?limit=2&cursor={first['next_cursor']}").json

    listed = [*first["items"], *rest["items"]]
    assert [each["number"] for each in listed] == numbers[::-1]
    assert [each["quantity_t"] for each in listed] == ["0.011", "0.007", "0.005"]
    assert {each["state"] for each in listed} == {"issuing"}
    assert listed[0]["href"] == f"/v/{numbers[2]}"


def test_a_holder_shows_the_verdict_alone(bureau, client, client_of):
    number = bureau.issue()
    holder = client_of(bureau.holder_id)
    seen = holder.get(f"/v1/certificates/{number}")
    change = {"json": {"visibility": "off"}}
    assert holder.patch(f"/v1/certificates/{number}", **change).status_code == 428
    stale = holder.patch(f"/v1/certificates/{number}", **change, headers={"If-Match": '"1"'})
    assert stale.status_code == 412

    changed = holder.patch(f"/v1/certificates/{number}", **change, headers={"If-Match": seen.headers["ETag"]})

    assert (changed.status_code, changed.json["visibility"]) == (200, "off")
    assert changed.headers["ETag"] != seen.headers["ETag"]
    told = client.get(f"/v1/verify/{number}").json
    said = {name: value for name, value in told.items() if value not in (None, [])}
    links = {name: value for name, value in said.pop("links").items() if value is not None}
    assert links == {"page": f"/v/{number}"}
    assert said.keys() == {
        "number",
        "type",
        "title_zh",
        "title_en",
        "status",
        "status_text",
        "checked_at",
        "visibility",
    }
    assert (said["status"], said["number"]) == ("valid", number)
    assert holder.get(f"/v1/certificates/{number}").json["holder"] == "张**"


def test_a_hidden_certificate_that_was_tampered_with_still_says_so(bureau, client, client_of, server):
    number = bureau.issue()
    bureau.hide(number)

    as_owner(server, "transparency_checkpoint", "UPDATE transparency_checkpoint SET root = ?", bytes(32))

    told = client.get(f"/v1/verify/{number}").json
    assert (told["status"], told["checks"]) == ("check_failed", [])


@pytest.mark.parametrize(
    "body", [{"visibility": "listed"}, {"visibility": "all"}, {}, {"visibility": "off", "state": "valid"}]
)
def test_nobodys_own_certificate_is_put_into_a_public_list(bureau, client_of, body):
    number = bureau.issue()

    answer = client_of(bureau.holder_id).patch(f"/v1/certificates/{number}", json=body, headers={"If-Match": '"2"'})

    assert (answer.status_code, row_of(number).visibility.value) == (422, "link")


def test_a_holder_deletes_the_link_to_their_name_and_the_certificate_stays(bureau, client, client_of):
    number = bureau.issue()
    holder = client_of(bureau.holder_id)

    assert holder.delete(f"/v1/certificates/{number}/commitment").status_code == 204

    assert holder.get(f"/v1/certificates/{number}").json["commitment"] is None
    assert client.get(f"/v1/verify/{number}").json["status"] == "valid"
    again = holder.delete(f"/v1/certificates/{number}/commitment")
    assert (again.status_code, again.json["code"]) == (404, "certificates.nothing_to_forget")


def test_the_status_list_is_served_as_it_was_signed(bureau, client):
    number = bureau.issue()
    status = content_of(number)["credentialStatus"]
    path = status["statusListCredential"].removeprefix("http://localhost:8000")

    answer = client.get(path)

    assert (answer.status_code, answer.content_type) == (200, "application/vc")
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
    assert (answer.headers["Cache-Control"], answer.headers["Access-Control-Allow-Origin"]) == (
        "public, max-age=300",
        "*",
    )
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for other in (f"/status/{SLUG}/revocation/2", "/status/nobody/revocation/1", f"/status/{SLUG}/revocation/{10**20}"):
        assert client.get(other).status_code == 404


def test_a_list_nobody_signed_yet_is_not_there(forest, client):
    assert client.get(f"/status/{SLUG}/revocation/1").status_code == 404
