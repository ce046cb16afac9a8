import base64
import hashlib
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from app.certificates import RevocationReason
from app.certificates.bitstring import set_bits
from app.certificates.models import CertificateRow, RenderingRow
from app.certificates.print import renderings
from app.foundation.data import clock, in_transaction, reading, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.transparency import add_key
from tests.certificates.bureau import SLUG
from tests.credits.people import NOON
from tests.paper import codes_on, text_of

FILES = ("credential.json", "credential.jwt", "qr.png", "certificate.pdf", "log-proof")


def attached(document: bytes) -> dict[str, bytes]:
    reader = pypdf.PdfReader(io.BytesIO(document))
    return {name: content for name, (content,) in reader.attachments.items()}


def forget_copies(home: Path) -> int:
    copies = list((home / "files" / "certificates").rglob("*.pdf"))
    for copy in copies:
        copy.unlink()
    return len(copies)


def count_renderings() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(RenderingRow))


def test_credential_is_served_as_it_was_signed_and_its_etag_is_the_digest_in_the_log(bureau, client):
    number = bureau.issue()

    answer = client.get(f"/v/{number}/credential.json")

    digest = hashlib.sha256(answer.data)
    assert (answer.status_code, answer.content_type) == (200, "application/vc")
    assert answer.headers["ETag"] == f'"{digest.hexdigest()}"'
    assert json.loads(answer.data)["id"] == f"http://localhost:8000/v/{number}"
    entries = client.get("/log/tile/entries/000.p/7").data
    assert base64.b64encode(digest.digest()) in entries
    again = client.get(f"/v/{number}/credential.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_jwt_carries_the_same_claims(bureau, client):
    number = bureau.issue()

    answer = client.get(f"/v/{number}/credential.jwt")

    document = json.loads(client.get(f"/v/{number}/credential.json").data)
    del document["proof"]
    claims = answer.text.split(".")[1]
    assert (answer.status_code, answer.content_type) == (200, "application/vc+jwt")
    assert json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) == {
        **document,
        "iss": document["issuer"]["id"],
    }


def test_code_leads_to_the_operators_address_whatever_host_was_asked(bureau, client):
    number = bureau.issue()

    answer = client.get(f"/v/{number}/qr.png", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    paper = client.get(f"/v/{number}/certificate.pdf", headers={"Host": "evil.example"})

    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert code.text == f"HTTP://LOCALHOST:8000/V/{number}"
    assert codes_on(paper.data) == [code.text]
    assert "evil" not in text_of(paper.data)


def test_proof_of_the_log_is_always_of_its_newest_head(bureau, client, hands):
    number = bureau.issue()
    first = client.get(f"/v/{number}/log-proof")
    hands.move(timedelta(seconds=5))
    bureau.issue()

    later = client.get(f"/v/{number}/log-proof")

    assert (first.status_code, first.content_type) == (200, "text/plain; charset=utf-8")
    assert first.text.startswith("c2sp.org/tlog-proof@v1\nindex ")
    assert not first.text.endswith(client.get("/log/checkpoint").text)
    assert later.text.endswith(client.get("/log/checkpoint").text)


def test_address_in_capitals_and_a_number_as_people_type_it_lead_to_the_same_file(bureau, client):
    number = bureau.issue()
    typed = number.replace("-", " ").lower().replace("0", "o").replace("1", "l")

    for name in FILES:
        plain = client.get(f"/v/{number}/{name}")
        assert plain.status_code == client.head(f"/v/{number}/{name}").status_code == 200
        for path in (f"/V/{number}/{name}", f"/v/{typed}/{name}", f"/V/{number[:8]} {number[8:]}/{name}"):
            answer = client.get(path)
            assert (answer.status_code, answer.data) == (200, plain.data), path


def test_file_of_a_person_is_kept_by_nobody_and_found_by_no_search_engine(bureau, client):
    number = bureau.issue()

    for name in FILES:
        answer = client.get(f"/v/{number}/{name}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_file_of_an_organisation_may_be_kept_and_is_asked_after(bureau, client):
    number = bureau.issue(organisation="峰源林场")

    for name in FILES:
        answer = client.get(f"/v/{number}/{name}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
        assert "X-Robots-Tag" not in answer.headers
    assert "峰源林场" in text_of(client.get(f"/v/{number}/certificate.pdf").data)


def test_file_to_keep_is_named_by_the_number_and_nothing_else(bureau, client):
    number = bureau.issue()

    answer = client.get(f"/v/{number}/certificate.pdf")

    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.pdf"'


def test_certificate_that_is_being_issued_has_no_files_yet(bureau, client):
    number = bureau.draft()

    for name in FILES:
        answer = client.get(f"/v/{number}/{name}")
        assert (answer.status_code, answer.json["code"]) == (404, "certificates.not_yet_signed")
        assert answer.headers["Retry-After"] == "2"
    work_until_idle()
    assert {client.get(f"/v/{number}/{name}").status_code for name in FILES} == {200}


def test_hidden_certificate_answers_as_an_unknown_number_does(bureau, client):
    number = bureau.issue()
    client.get(f"/v/{number}/certificate.pdf")
    bureau.hide(number)

    for name in FILES:
        hidden = said(client.get(f"/v/{number}/{name}"))
        assert hidden == said(client.get(f"/v/LSR-0000000000000000/{name}"))
        assert hidden == said(client.get(f"/v/camphor/{name}"))
        assert (hidden[0], hidden[1]["code"]) == (404, "certificates.not_found")


def said(answer):
    """What an answer tells, without what is different in each."""
    headers = {"X-Request-Id", "Content-Length", "RateLimit"}
    return (
        answer.status_code,
        {name: value for name, value in answer.json.items() if name not in {"instance", "request_id"}},
        {name: value for name, value in answer.headers if name not in headers},
    )


def test_revoked_certificate_keeps_its_files_and_a_paper_made_before_stays_as_it_was(bureau, client, hands):
    number = bureau.issue()
    before = {name: client.get(f"/v/{number}/{name}").data for name in FILES if name != "log-proof"}
    hands.move(timedelta(minutes=1))
    bureau.revoke(number)
    work_until_idle()

    for name, content in before.items():
        answer = client.get(f"/v/{number}/{name}")
        assert (answer.status_code, answer.data) == (200, content), name
    assert "已撤销" not in text_of(before["certificate.pdf"])


def test_paper_first_asked_for_after_the_revocation_says_so_once_the_list_does(bureau, client, hands):
    number = bureau.issue()
    hands.move(timedelta(minutes=1))
    bureau.revoke(number, RevocationReason.FRAUD)

    early = client.get(f"/v/{number}/certificate.pdf")
    work_until_idle()
    answer = client.get(f"/v/{number}/certificate.pdf")

    assert (early.status_code, early.json["code"]) == (503, "certificates.files_not_ready")
    assert early.headers["Retry-After"] == "2"
    assert answer.status_code == 200
    assert "已撤销。2026年11月24日，原因：以欺诈取得" in "".join(text_of(answer.data).split())
    files = attached(answer.data)
    index = json.loads(files["credential.json"])["credentialStatus"]["statusListIndex"]
    assert int(index) in set_bits(json.loads(files["status.json"])["credentialSubject"]["encodedList"])


def test_paper_carries_the_files_as_they_were_served_when_it_was_first_made(bureau, client, hands):
    number = bureau.issue()
    public = {
        "credential.json": f"/v/{number}/credential.json",
        "did.json": f"/issuers/{SLUG}/did.json",
        "context.json": "/contexts/carbon/v1",
        "status.json": f"/status/{SLUG}/revocation/1",
    }
    served = {name: client.get(path).data for name, path in public.items()}

    files = attached(client.get(f"/v/{number}/certificate.pdf").data)

    proof = files.pop("log-proof").decode()
    assert files == served
    hands.move(timedelta(hours=2))  # The list is signed again, the log has another head, the issuer another key.
    with transaction() as session:
        add_key(session, issuer=SLUG, actor=SYSTEM, now=clock.now())
    bureau.issue()
    now = {name: client.get(path).data for name, path in public.items()}
    assert {name for name in public if now[name] != served[name]} == {"did.json", "status.json"}
    assert attached(client.get(f"/v/{number}/certificate.pdf").data) == {**served, "log-proof": proof.encode()}


def test_paper_carries_the_proof_under_the_first_head_that_covers_it(bureau, client):
    number = bureau.issue()
    bureau.issue()

    proof = attached(client.get(f"/v/{number}/certificate.pdf").data)["log-proof"].decode()

    newest = client.get(f"/v/{number}/log-proof").text
    index, size = int(proof.splitlines()[1].removeprefix("index ")), int(proof.split("\n\n")[1].splitlines()[1])
    assert proof.splitlines()[1] == newest.splitlines()[1]
    assert size == index + 1
    assert int(newest.split("\n\n")[1].splitlines()[1]) > size


def test_paper_whose_copy_was_lost_is_made_again_byte_for_byte(bureau, client, hands, home):
    forget_copies(home)
    number = bureau.issue()
    first = client.get(f"/v/{number}/certificate.pdf").data
    hands.move(timedelta(hours=2))
    with transaction() as session:
        add_key(session, issuer=SLUG, actor=SYSTEM, now=clock.now())
    bureau.issue()
    bureau.revoke(number)
    work_until_idle()

    assert forget_copies(home) == 1
    assert client.get(f"/v/{number}/certificate.pdf").data == first
    assert pypdf.PdfReader(io.BytesIO(first)).metadata.creation_date == NOON


def test_paper_is_made_once_and_then_kept(bureau, client, monkeypatch):
    number = bureau.issue()
    first = client.get(f"/v/{number}/certificate.pdf").data
    monkeypatch.setattr(renderings, "certificate_pdf", lambda *_, **__: pytest.fail("made again"))

    assert client.get(f"/v/{number}/certificate.pdf").data == first


def test_paper_is_made_outside_of_any_transaction(bureau, client, monkeypatch):
    number, seen, made = bureau.issue(), [], renderings.certificate_pdf

    def watched(*args, **kwargs):
        seen.append(in_transaction())
        return made(*args, **kwargs)

    monkeypatch.setattr(renderings, "certificate_pdf", watched)

    assert client.get(f"/v/{number}/certificate.pdf").status_code == 200
    assert seen == [False]


def test_many_who_ask_first_at_once_get_one_paper(bureau, app, monkeypatch):
    number = bureau.issue()
    together, look = threading.Barrier(6, timeout=20), renderings._known_files

    def look_together(session, file):
        found = look(session, file)
        if found is None:
            together.wait()  # Nobody writes before all have seen that nothing is written.
        return found

    monkeypatch.setattr(renderings, "_known_files", look_together)

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: app.test_client().get(f"/v/{number}/certificate.pdf"), range(6)))

    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.data for answer in answers}) == 1
    assert count_renderings() == 1


def test_what_a_paper_was_made_of_cannot_be_changed(bureau, client):
    client.get(f"/v/{bureau.issue()}/certificate.pdf")

    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(RenderingRow).values(did="{}"))
    assert count_renderings() == 1


def test_every_figure_on_paper_is_a_figure_of_the_signed_document(bureau, client):
    number = bureau.issue(12_480, name="欧阳娜娜")
    document = json.loads(client.get(f"/v/{number}/credential.json").data)
    said = "".join(text_of(client.get(f"/v/{number}/certificate.pdf").data).split())
    subject = document["credentialSubject"]

    (serials,) = subject["serials"]
    for value in (
        number,
        subject["maskedName"],
        f"{int(subject['quantity'].split('.')[0]):,}.480t",
        "12,480kg",
        subject["projectName"],
        str(subject["vintage"]),
        subject["methodology"],
        subject["registry"],
        f"{serials['block']}{serials['first']}–{serials['last']}",
        subject["id"].rpartition("/")[2],
        document["issuer"]["name"],
        document["issuer"]["id"],
        "2026年11月24日12:00:00",
    ):
        assert value.replace(" ", "") in said, value
    assert subject["quantity"] == "12.480"
    assert "娜" not in said


def test_document_that_paper_cannot_show_has_no_paper_and_all_its_other_files(bureau, client):
    project_id = bureau.register.project(name_zh="🌲 林场")
    number = bureau.issue(project_id=project_id)

    answer = client.get(f"/v/{number}/certificate.pdf")

    assert (answer.status_code, answer.json["code"]) == (404, "certificates.not_printable")
    assert client.get(f"/v/{number}/credential.json").status_code == 200


def test_nobody_tries_more_than_sixty_numbers_a_minute(bureau, app):
    number, stranger, neighbour = bureau.issue(), app.test_client(), app.test_client()
    neighbour.environ_base["REMOTE_ADDR"] = "192.0.2.7"

    answers = [stranger.get(f"/{'vV'[turn % 2]}/{number}/credential.json").status_code for turn in range(61)]

    assert answers == [200] * 60 + [429]
    assert neighbour.get(f"/v/{number}/credential.json").status_code == 200


def test_certificate_of_the_register_is_read_by_its_number_alone(bureau, client):
    number = bureau.issue()

    with reading() as session:
        row = session.scalars(select(CertificateRow)).one()

    assert row.number == number
    assert client.get(f"/v/{row.id}/credential.json").status_code == 404
