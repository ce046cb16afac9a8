"""Whatever happens to people, households, organisations, consents, notices and questions: who listens has what a new one loads."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.foundation.data import parse_public_id, reading, run_in_transaction
from app.foundation.sync.models import SyncChangeRow
from app.foundation.work import work_until_idle
from app.identity.households.changes import tell_who_left
from app.identity.people.family.linking import close_due
from app.notices.models import NoticeRow
from app.notices.usecases import sweep
from tests.help.people import support
from tests.identity.conftest import hands
from tests.identity.organisations.people import Caller, checker, code, joined, resident, verified, version_of
from tests.identity.people import OTHER_PHONE, PHONE
from tests.identity.residents.desk import MINUTE, NEW_PHONE, born, change_codes
from tests.identity.residents.desk import version_of as etag_of
from tests.journeys.test_sync import Telephone

__all__ = ["hands"]
CHILD = {"display_name": "小禾", "birth_date": "2016-09-01", "relation": "parent", "is_guardian": True}


class Listeners:
    """Telephones that listen after every request that could change something, each beside a new one."""

    def __init__(self, client: FlaskClient, others: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.others, self.phones, self.compared = others, dict[str, Telephone](), 0
        ask = client.open

        def asked(*args: Any, **more: Any) -> Any:
            answer = ask(*args, **more)
            if more.get("method") != "GET":
                self.compare()
            return answer

        monkeypatch.setattr(client, "open", asked)

    def add(self, person: Caller) -> Telephone:
        self.phones[person.id] = Telephone(self.others, person.token)
        self.phones[person.id].listen()
        return self.phones[person.id]

    def sign_in_again(self, person: Caller, number: str) -> None:
        """Days later the access token is not good any more; the cursor is."""
        person.token = resident(self.others, number).token
        self.phones[person.id].headers["Authorization"] = f"Bearer {person.token}"

    def compare(self) -> None:
        for phone in self.phones.values():
            new = Telephone(self.others, phone.headers["Authorization"].removeprefix("Bearer "))
            assert phone.listen() == new.listen()
            self.compared += 1


def kept(phone: Telephone, collection: str) -> list[Any]:
    return [each for (name, _), each in phone.copy.items() if name == collection]


@pytest.fixture
def listeners(app: Flask, client: FlaskClient, hands: Any, monkeypatch: pytest.MonkeyPatch) -> Listeners:
    return Listeners(client, app.test_client(), monkeypatch)


def test_a_family_with_a_household(client, hands, listeners):
    lin, wang = resident(client), resident(client, OTHER_PHONE)
    mine, hers = listeners.add(lin), listeners.add(wang)

    def renamed(who: Caller, name: str) -> None:
        who.ask("PATCH", "/me", {"display_name": name}, version=etag_of(client, who.token).strip('"'))

    renamed(lin, "林小明")
    renamed(wang, "王芳")
    lin.ask("PATCH", "/me", {"language": "en"}, version=etag_of(client, lin.token).strip('"'))
    assert born(client, lin.token, "1986-05-04").status_code == 200
    assert kept(mine, "profile")[0]["language"] == "en"
    assert kept(mine, "profile") == [{name: each for name, each in lin.get("/me").json.items() if name != "roles"}]
    lin.ask("DELETE", "/me/birth-date", version=etag_of(client, lin.token).strip('"'))
    assert kept(mine, "profile")[0]["birth_date"] is None

    text = client.get("/v1/consent-texts").json["items"][0]
    lin.ask("DELETE", f"/me/consents/{text['purpose']}")
    assert kept(mine, "consents")[0]["items"][0]["state"] == "withdrawn"
    agreed = {"purpose": text["purpose"], "document_id": text["document_id"], "is_14_or_over": True}
    assert lin.post("/me/consents", agreed).status_code == 201
    assert kept(mine, "consents")[0]["items"][0]["state"] == "given"

    home = lin.post("/households", {"name": "小林一家"}).json
    path = f"/households/{home['id']}"
    membership = wang.post("/household-memberships", {"code": lin.post(f"{path}/invitations").json["code"]}).json
    assert kept(mine, "households") == lin.get("/households").json["items"]
    renamed(wang, "李芳")
    assert {each["name"] for each in kept(mine, "households")[0]["members"]} == {"林小明", "李*"}
    renewed = lin.ask("PATCH", path, {"name": "我们家"}, version=lin.get(path).headers["ETag"].strip('"'))
    assert (renewed.status_code, kept(hers, "households")[0]["name"]) == (200, "我们家")
    assert lin.post(f"{path}/head", {"membership_id": membership["id"]}).status_code == 200
    assert kept(hers, "households")[0]["is_head"] is True
    own = next(each for each in lin.get(path).json["members"] if each["is_me"])
    assert lin.post(f"{path}/members/{own['id']}/leave", {"left_on": "2026-03-14"}).status_code == 200
    assert kept(hers, "households") == wang.get("/households").json["items"]
    assert kept(mine, "households")[0]["members"] != []
    hands.move(timedelta(days=2))
    listeners.sign_in_again(lin, PHONE)
    listeners.sign_in_again(wang, OTHER_PHONE)
    run_in_transaction(lambda session: tell_who_left(session, hands.now()))
    listeners.compare()
    assert (kept(mine, "households"), len(kept(hers, "households"))) == ([], 1)
    assert wang.post(f"{path}/members/{membership['id']}/leave", {"left_on": "2026-03-14"}).status_code == 200
    assert kept(hers, "households") == []

    child = lin.post("/me/children", CHILD).json
    where = f"/v1/me/children/{child['id']}"
    assert kept(mine, "children") == lin.get("/me/children").json["items"] == [child]
    named = lin.ask("PATCH", where[3:], {"display_name": "大禾"}, version=etag_of(client, lin.token, where).strip('"'))
    assert (named.status_code, kept(mine, "children")[0]["display_name"]) == (200, "大禾")
    hands.move(MINUTE)
    sent = lin.post(f"{where[3:]}/phone/codes", {"phone": "13600136000"}).json
    given = {"challenge_id": sent["challenge_id"], "code": sent["sandbox_code"]}
    assert lin.ask("PUT", f"{where[3:]}/phone", given).status_code == 200
    assert kept(mine, "children")[0]["phone_masked"] == "136****6000"
    lin.ask("DELETE", where[3:], version=etag_of(client, lin.token, where).strip('"'))
    assert kept(mine, "children") == lin.get("/me/children").json["items"] == []
    hands.move(MINUTE)
    assert lin.ask("PUT", "/me/phone", change_codes(client, lin.token, hands)).status_code == 200
    assert kept(mine, "profile")[0]["phone_masked"] == f"{NEW_PHONE[:3]}****{NEW_PHONE[-4:]}"


def test_an_organisation_its_notices_and_a_question(client, hands, listeners):
    owner, member, agency = resident(client), resident(client, OTHER_PHONE), checker(client)
    mine, theirs = listeners.add(owner), listeners.add(member)

    made = verified(owner, agency)
    joined(owner, made, member)
    path = f"/organisations/{made['id']}"
    assert kept(mine, "organisations") == owner.get("/organisations").json["items"]
    assert (kept(theirs, "organisations")[0]["state"], len(kept(theirs, "organisations"))) == ("verified", 1)
    assert agency.post(f"{path}/suspend", {"reason": "licence"}).status_code == 200
    assert kept(theirs, "organisations")[0]["state"] == "suspended"
    assert agency.post(f"{path}/reinstate", {"reason": "licence"}).status_code == 200
    owner.ask("PATCH", path, {"name": "瓯江林业"}, version=version_of(owner, made))
    assert agency.check(f"{path}/check", {"verdict": "approve"}).status_code == 200
    assert kept(theirs, "organisations")[0]["name"] == "瓯江林业"
    line = next(each for each in member.get(f"{path}/members").json["items"] if each["is_me"])
    owner.ask("PATCH", f"{path}/members/{line['id']}", {"role": "owner"}, version=line["version"])
    assert kept(theirs, "organisations")[0]["my_role"] == "owner"
    line = next(each for each in member.get(f"{path}/members").json["items"] if each["is_me"])
    assert member.ask("DELETE", f"{path}/members/{line['id']}", version=line["version"]).status_code == 204
    assert kept(theirs, "organisations") == []
    draft = owner.sign_up(2, uscc=code(2))
    assert owner.post(f"/organisations/{draft['id']}/close").status_code == 200

    work_until_idle()
    listeners.compare()
    told = owner.get("/notices").json["items"]
    assert kept(mine, "notices") != []
    assert sorted(kept(mine, "notices"), key=lambda each: each["id"]) == sorted(told, key=lambda each: each["id"])
    assert owner.post(f"/notices/{told[0]['id']}/read").status_code == 200
    assert owner.post("/notices/read", {"up_to": told[0]["id"]}).status_code == 200
    assert all(each["read_at"] for each in kept(mine, "notices"))

    desk = support(client)
    asked = owner.post("/tickets", {"topic": "planting", "text": "还没有结果"}).json
    ticket = f"/v1/tickets/{asked['id']}"
    assert desk.post(f"{ticket}/take").status_code == 200
    assert kept(mine, "tickets")[0]["state"] == "taken"
    etag = desk.get(ticket).headers["ETag"]
    assert desk.post(f"{ticket}/answer", {"text": "明天有结果"}, etag=etag).status_code == 200
    assert owner.post(f"{ticket[3:]}/messages", {"text": "好"}).status_code == 201
    assert kept(mine, "tickets")[0]["message_count"] == 3
    assert owner.post(f"{ticket[3:]}/close").status_code == 200
    assert kept(mine, "tickets") == owner.get("/tickets").json["items"]

    hands.move(timedelta(days=500))
    run_in_transaction(lambda session: sweep.sweep(session, hands.now()))
    with reading() as session:
        person_id = parse_public_id("per", owner.id)
        gone = session.query(SyncChangeRow).filter_by(person_id=person_id, collection="notices", is_gone=True).count()
        assert (session.query(NoticeRow).filter_by(person_id=person_id).count(), gone) == (0, len(told) + 1)


def test_a_guardianship_that_a_birthday_ends(client, hands, listeners):
    lin = resident(client)
    lin.post("/me/children", {**CHILD, "birth_date": "2012-03-13"})
    mine = listeners.add(lin)
    assert len(kept(mine, "children")) == 1
    hands.move(timedelta(days=1))
    run_in_transaction(lambda session: close_due(session, hands.now()))
    listeners.sign_in_again(lin, PHONE)
    listeners.compare()
    assert kept(mine, "children") == []
