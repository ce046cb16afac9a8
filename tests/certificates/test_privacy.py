"""A person's name stands in no document, log entry, file, address, log line or answer to anybody but the holder."""

import json
import logging
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.certificates.issuing.retirement import shown_as
from app.credits import Purpose
from app.foundation.data import db, reading
from app.foundation.work import work_until_idle
from tests.certificates.looking import content_of

CANARY = "慕容翠花测试"
SPELLINGS = (CANARY.encode(), json.dumps(CANARY)[1:-1].encode(), quote(CANARY).encode())
# What is kept for the holder alone, and can be deleted: the commitment's name, and a gift's as the giver wrote it.
KEPT_FOR_THE_HOLDER = {("certificates_commitment", "name"), ("credits_dedication", "beneficiary_name")}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小明", "张**"),
        ("欧阳修", "欧阳*"),
        ("歐陽修", "歐陽*"),
        ("张", "*"),
        ("", "*"),
        ("Maria Silva", "M*** S***"),
        ("Iñaki O'Brien", "I*** O***"),
        ("阿依古丽·买买提", "阿*** 买***".replace(" ", "·")),
        ("Ольга", "О***"),
        ("やまだ たろう", "や*** た***"),
        ("김철수", "김***"),
        ("🌲", "*"),
        ("🌲 Wood", "* W***"),
        ("𠮷田", "𠮷*"),
    ],
)
def test_names_of_several_scripts_are_masked(name, shown):
    assert shown_as(name) == shown


def holds_name(raw: bytes) -> bool:
    return any(each in raw for each in SPELLINGS)


def columns_with_name() -> set[tuple[str, str]]:
    """Every column of every table that holds the name, in text or in bytes."""
    found = set()
    with reading() as session:
        for table in db.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if holds_name(raw):
                        found.add((table.name, str(column)))
    return found


def test_the_full_name_is_nowhere_but_with_its_holder(bureau, client, client_of, caplog, home):
    caplog.set_level(logging.DEBUG)
    holder = uuid4()
    self_ = bureau.draft(name=CANARY, holder_id=holder)
    gift = bureau.draft(name=CANARY, holder_id=holder, purpose=Purpose.GIFT)
    work_until_idle()
    bureau.revoke(gift)
    work_until_idle()

    assert columns_with_name() == KEPT_FOR_THE_HOLDER
    assert content_of(self_)["credentialSubject"]["maskedName"] == "慕容**"
    mine = client_of(holder)
    assert holds_name(mine.get(f"/v1/certificates/{self_}").data)
    strangers = [client, client_of(uuid4()), client_of(bureau.issuers[0])]
    for number in (self_, gift):
        retirement = content_of(number)["credentialSubject"]["id"].rpartition("/")[2]
        for path in (
            f"/v1/verify/{number}",
            f"/v/{number}",
            f"/v/{number}/credential.json",
            f"/v/{number}/credential.jwt",
            f"/v/{number}/certificate.pdf",
            f"/v/{number}/log-proof",
            f"/v1/certificates/{number}",
            f"/v1/retirements/{retirement}",
            f"/retirements/{retirement}",
            "/v1/certificates",
            "/log/tile/entries/000.p/7",
        ):
            for stranger in strangers:
                answer = stranger.get(path)
                assert not holds_name(answer.data + str(answer.headers).encode()), path
    assert not holds_name(mine.get("/v1/certificates").data)
    assert "certificates.issued" in caplog.text
    assert not holds_name(caplog.text.encode())
    assert not [path for path in home.rglob("*") if holds_name(str(path).encode())]


def test_a_personal_certificate_asks_not_to_be_kept_or_found(bureau, client):
    number = bureau.issue()

    for path in (f"/v1/verify/{number}", f"/v/{number}", f"/v/{number}/credential.json"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
