"""Each forgery of a certificate is refused, and for its own reason."""

from datetime import UTC, datetime, timedelta

import pytest
import rfc8785

from tests.verifier.forge import (
    DID,
    FORGER_KEY,
    HOST,
    INDEX,
    ISSUED_AT,
    LIST,
    LIST_BITS,
    NUMBER,
    Presented,
    did_document,
    encoded,
    log_proof,
    retirement_document,
    signed,
    signed_note,
    status_list,
    token,
    vkey,
)
from verifier import certificate

GOOD = Presented()
PROOF_HEAD, HEAD = (
    part + end for part, end in zip(log_proof(GOOD.document).split("\n\n"), ("\n\n", "\n"), strict=False)
)
ELSEWHERE = "https://carb0n.example.cn/status/lishui-eeb/revocation/1"
OTHER = signed(retirement_document(purpose="gift"))


def changed(old: str, new: str) -> bytes:
    assert old.encode() in GOOD.document
    return GOOD.document.replace(old.encode(), new.encode())


def did_json(**more: object) -> bytes:
    return rfc8785.dumps(did_document(**more))  # type: ignore[arg-type]


def forged() -> Presented:
    """A whole certificate made by somebody else: signed by their key, logged in their log, and with their did.json inside."""
    document = signed(retirement_document(maskedName="L***"), FORGER_KEY)
    return GOOD.but(
        document=document,
        did=did_json(key=FORGER_KEY),
        status=status_list(key=FORGER_KEY),
        log_proof=log_proof(document, key=FORGER_KEY),
        printed=GOOD.printed.replace("M***", "L***"),
    )


FORGERIES: dict[str, tuple[Presented, dict[str, str]]] = {
    "re-signed by another key that brings its own did.json": (
        forged(),
        {
            "issuer": "issuer.brings_other_keys",
            "signature": "signature.wrong",
            "status": "status.signature",
            "log": "log.other_key",
        },
    ),
    "re-signed by another key, with no did.json": (
        forged().but(did=None, status=GOOD.status, trusted_vkeys=vkey(FORGER_KEY)),
        {"signature": "signature.wrong"},
    ),
    "signed by a key of a new name": (
        GOOD.but(
            document=signed(retirement_document(), FORGER_KEY, method=f"{DID}#key-2026-9"),
            did=did_json(key=FORGER_KEY, name="2026-9"),
        ),
        {"issuer": "issuer.brings_new_keys", "signature": "signature.unknown_key"},
    ),
    "a did.json of another issuer inside": (
        GOOD.but(did=did_json(did=f"{DID}-x")),
        {"issuer": "issuer.brings_other_keys"},
    ),
    "signed by an issuer who is another": (
        GOOD.but(document=signed({**retirement_document(), "issuer": {"id": DID + "-x", "name": ""}})),
        {"issuer": "issuer.other"},
    ),
    "signed by a key that no longer counts": (
        GOOD.but(trusted_did=rfc8785.dumps(did_document() | {"assertionMethod": []})),
        {"signature": "signature.key_not_in_use", "status": "status.signature"},
    ),
    "signed by a key that the issuer lists but does not control": (
        GOOD.but(trusted_did=did_json(controller=f"{DID}-x")),
        {"signature": "signature.unknown_key", "status": "status.signature"},
    ),
    "signed after the key was retired": (
        GOOD.but(trusted_did=did_json(expires="2026-05-30T02:15:00Z")),
        {"signature": "signature.key_not_in_use", "status": "status.signature"},
    ),
    "a figure of the document edited": (
        GOOD.but(document=changed('"quantity":"0.013"', '"quantity":"0.913"'), log_proof=log_proof(GOOD.document)),
        {"signature": "signature.wrong", "figures": "figures.wrong", "paper": "not_done", "log": "log.other_entry"},
    ),
    "a name of the document edited": (
        GOOD.but(document=changed("M***", "N***"), log_proof=log_proof(GOOD.document)),
        {"signature": "signature.wrong", "paper": "paper.other_figures", "log": "log.other_entry"},
    ),
    "a white space added": (
        GOOD.but(document=GOOD.document + b" "),
        dict.fromkeys(["issuer", "page", "signature", "figures", "paper", "term", "status", "log"], "not_done")
        | {"document": "document.not_canonical"},
    ),
    "a member twice": (
        GOOD.but(document=b'{"id":"https://x",' + GOOD.document[1:]),
        dict.fromkeys(["issuer", "page", "signature", "figures", "paper", "term", "status", "log"], "not_done")
        | {"document": "unreadable"},
    ),
    "another certificate's document attached": (
        GOOD.but(document=OTHER, log_proof=log_proof(GOOD.document)),
        {"log": "log.other_entry"},
    ),
    "a QR code to another number": (
        GOOD.but(code=f"HTTPS://{HOST.upper()}/V/LSR-0000000000000000"),
        {"page": "page.other_code"},
    ),
    "a QR code to a host that looks alike": (
        GOOD.but(code=f"HTTPS://CARB0N.EXAMPLE.CN/V/{NUMBER}"),
        {"page": "page.other_code"},
    ),
    "a QR code whose letters have the same capitals": (
        GOOD.but(code=f"http\u017f://{HOST}/v/{NUMBER}"),
        {"page": "page.other_code"},
    ),
    "a document whose letters have the same capitals": (
        GOOD.but(
            document=signed({**retirement_document(), "id": f"https://{HOST}/v/{NUMBER.replace('S', chr(0x17F))}"}),
            printed=GOOD.printed.replace("LSR", "L\u017fR"),
        ),
        {"page": "page.other_host"},
    ),
    "no QR code": (GOOD.but(code=None), {"page": "page.other_code"}),
    "a document of another host": (
        GOOD.but(document=signed({**retirement_document(), "id": f"https://carb0n.example.cn/v/{NUMBER}"})),
        {"page": "page.other_host"},
    ),
    "other serials on the paper": (
        GOOD.but(printed=GOOD.printed.replace("120010", "129010")),
        {"paper": "paper.other_figures"},
    ),
    "another number on the paper": (
        GOOD.but(printed=GOOD.printed.replace("7K3M", "8K3M")),
        {"paper": "paper.other_figures"},
    ),
    "another quantity on the paper": (
        GOOD.but(printed=GOOD.printed.replace("0.013", "9.013")),
        {"paper": "paper.other_figures"},
    ),
    **{
        f"{theirs} on the paper for {ours}": (
            GOOD.but(printed=GOOD.printed.replace(ours, theirs)),
            {"paper": "paper.other_figures"},
        )
        for ours, theirs in [
            ("0.013", "990.013"),
            ("0.013", "0.0135"),
            ("0.013", "7,0.013"),
            ("13 kg", "913 kg"),
            ("13 kg", "13,000 kg"),
            ("120001", "9120001"),
            ("120010", "1200109"),
            ("120021", "4.120021"),
            ("120023", "120023,5"),
        ]
    },
    "another name on the paper": (
        GOOD.but(printed=GOOD.printed.replace("M***", "N***")),
        {"paper": "paper.other_figures"},
    ),
    "more kilograms than serials": (
        GOOD.signed_anew({"quantity": "0.014"}),
        {"figures": "figures.wrong", "paper": "not_done"},
    ),
    "a quantity with a rounded decimal": (
        GOOD.signed_anew({"quantity": "0.01"}),
        {"figures": "figures.wrong", "paper": "not_done"},
    ),
    "retired after the issue": (
        GOOD.signed_anew({"retiredAt": "2026-05-30T02:15:01Z"}),
        {"figures": "figures.wrong", "paper": "not_done"},
    ),
    "revoked": (GOOD.but(status=status_list(INDEX)), {"status": "status.revoked"}),
    "revoked since, by a newer list": (GOOD.but(fresh_status=status_list(INDEX)), {"status": "status.revoked"}),
    "a list that is too old": (GOOD.but(at=ISSUED_AT + timedelta(hours=24, seconds=1)), {"status": "status.stale"}),
    "a list from after the question": (
        GOOD.but(status=status_list(made=ISSUED_AT + timedelta(hours=2))),
        {"status": "status.stale"},
    ),
    "a list signed by somebody else": (GOOD.but(status=status_list(key=FORGER_KEY)), {"status": "status.signature"}),
    "a list of another issuer": (GOOD.but(status=status_list(did=DID + "-x")), {"status": "status.other_list"}),
    "another list of the same issuer": (
        GOOD.but(status=status_list(address=f"{LIST}0")),
        {"status": "status.other_list"},
    ),
    "a list of another type": (GOOD.but(status=status_list(kind="OtherCredential")), {"status": "status.other_list"}),
    "a list that is no bits": (GOOD.but(status=status_list(encodedList="uAAAA")), {"status": "status.unreadable"}),
    "a list that unpacks to millions": (
        GOOD.but(status=status_list(encodedList=encoded(bytes(5_000_000)))),
        {"status": "status.unreadable"},
    ),
    "a list on another host": (
        GOOD.with_document(
            retirement_document()
            | {"credentialStatus": retirement_document()["credentialStatus"] | {"statusListCredential": ELSEWHERE}}
        ).but(status=status_list(address=ELSEWHERE)),
        {"status": "status.other_list"},
    ),
    "a document that is no list": (GOOD.but(status=GOOD.document), {"status": "status.other_list"}),
    "a list for another purpose": (
        GOOD.but(status=status_list(statusPurpose="suspension")),
        {"status": "status.other_list"},
    ),
    "a list too short to hide in": (
        GOOD.but(status=status_list(encodedList=encoded(bytes(LIST_BITS // 8 - 1)))),
        {"status": "status.unreadable"},
    ),
    "no list attached": (GOOD.but(status=None), {"file": "file.incomplete", "status": "not_done"}),
    "a proof of another entry": (GOOD.but(log_proof=log_proof(OTHER)), {"log": "log.other_entry"}),
    "logged eleven minutes late": (
        GOOD.but(log_proof=log_proof(GOOD.document, at=ISSUED_AT + timedelta(minutes=11))),
        {"log": "log.other_entry"},
    ),
    "logged before its own date": (
        GOOD.but(log_proof=log_proof(GOOD.document, at=ISSUED_AT - timedelta(seconds=601))),
        {"log": "log.other_entry"},
    ),
    "a checkpoint by another key": (
        GOOD.but(log_proof=log_proof(GOOD.document, key=FORGER_KEY)),
        {"log": "log.other_key"},
    ),
    "a checkpoint of another log": (
        GOOD.but(
            log_proof=log_proof(GOOD.document, key=FORGER_KEY, origin="carb0n.example.cn/log"),
            trusted_vkeys=f"{vkey()}\n{vkey(FORGER_KEY, 'carb0n.example.cn/log')}\n",
        ),
        {"log": "log.other_log"},
    ),
    "a checkpoint signed in the name of another log that one knows": (
        GOOD.but(
            log_proof=PROOF_HEAD + signed_note(HEAD, FORGER_KEY, "carb0n.example.cn/log"),
            trusted_vkeys=f"{vkey()}\n{vkey(FORGER_KEY, 'carb0n.example.cn/log')}\n",
        ),
        {"log": "log.other_key"},
    ),
    "a checkpoint whose root was changed": (
        GOOD.but(log_proof=log_proof(GOOD.document).replace(f"{HOST}/log\n7\n", f"{HOST}/log\n8\n")),
        {"log": "log.other_key"},
    ),
    "an index that was changed": (
        GOOD.but(log_proof=log_proof(GOOD.document).replace("index 5", "index 4")),
        {"log": "log.other_entry"},
    ),
    "a proof cut short": (GOOD.but(log_proof=log_proof(GOOD.document)[:60]), {"log": "log.unreadable"}),
    "not valid yet": (
        GOOD.but(at=ISSUED_AT - timedelta(minutes=5, seconds=1)),
        {"term": "term.not_yet", "status": "status.stale"},
    ),
    "from the last second there is": (
        GOOD.with_document(retirement_document() | {"validFrom": "9999-12-31T23:59:59Z"}),
        {"term": "term.not_yet", "log": "log.other_entry"},
    ),
    "from the first second there is": (
        GOOD.with_document(retirement_document() | {"validFrom": "0001-01-01T00:00:00Z"}),
        {"figures": "figures.wrong", "paper": "not_done", "log": "log.other_entry"},
    ),
    "a list from the first second there is": (
        GOOD.but(status=status_list(made=datetime(1, 1, 1, tzinfo=UTC))),
        {"status": "status.stale"},
    ),
    "expired": (
        GOOD.but(
            document=signed(retirement_document() | {"validUntil": "2026-05-30T03:00:00Z"}),
        ),
        {"term": "term.expired"},
    ),
    "a JWT of another certificate": (GOOD.but(jwt=token(OTHER)), {"jwt": "jwt.other_content"}),
    "a JWT by another key": (GOOD.but(jwt=token(GOOD.document, FORGER_KEY)), {"jwt": "jwt.wrong"}),
    "a JWT that brings its own key": (
        GOOD.but(jwt=token(GOOD.document, jku="https://forger.example")),
        {"jwt": "jwt.other_kind"},
    ),
    "a JWT by a key of another name": (
        GOOD.but(jwt=token(GOOD.document, kid=f"{DID}#jwk-2026-9")),
        {"jwt": "signature.unknown_key"},
    ),
    "a JWT by a key of the other kind": (
        GOOD.but(jwt=token(GOOD.document, kid=f"{DID}#key-2026-1")),
        {"jwt": "signature.unknown_key"},
    ),
    "a JWT of another type": (GOOD.but(jwt=token(GOOD.document, typ="JWT")), {"jwt": "jwt.other_kind"}),
    "no JWT at all": (GOOD.but(jwt="a.b"), {"jwt": "jwt.unreadable"}),
    "a proof of another suite": (
        GOOD.but(document=signed(retirement_document(), cryptosuite="eddsa-rdfc-2022")),
        {"signature": "signature.other_kind"},
    ),
    "a proof for another purpose": (
        GOOD.but(document=signed(retirement_document(), proofPurpose="authentication")),
        {"signature": "signature.other_kind"},
    ),
    "a proof of another day": (
        GOOD.but(document=signed(retirement_document(), created="2026-05-29T02:15:00Z")),
        {"signature": "signature.date"},
    ),
    "a proof over other terms": (
        GOOD.but(document=signed(retirement_document(), **{"@context": ["https://www.w3.org/ns/credentials/v2"]})),
        {"signature": "signature.context"},
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused_for_its_own_reason(forgery):
    presented, reasons = FORGERIES[forgery]

    assert presented.reasons() == reasons


@pytest.mark.parametrize(("letter", "plain_letter"), [("\u017f", "s"), ("\u0131", "i")])
def test_a_host_with_a_letter_of_the_same_capital_is_another_on_either_side(letter, plain_letter):
    ours = "http://localhost:8123/issue/v/LSR-1"
    theirs = ours.replace(plain_letter, letter)

    assert certificate._is_same_address(ours.upper(), ours)
    assert theirs.upper() == ours.upper()
    assert not certificate._is_same_address(theirs, ours)
    assert not certificate._is_same_address(ours, theirs)


def test_a_check_that_breaks_has_not_passed(monkeypatch):
    def broken(_: object) -> int:
        raise OverflowError

    monkeypatch.setattr(certificate, "check_figures", broken)

    assert GOOD.reasons() == {"figures": "figures.broke", "paper": "not_done"}
