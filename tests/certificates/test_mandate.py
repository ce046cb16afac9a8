"""Nothing is signed without the word of two people of the issuing agency; what waits for it goes on by itself."""

import json
from datetime import timedelta

import pytest

from app.certificates.issuing import completion
from app.certificates.models import CertificateRow
from app.certificates.queries import issued_on
from app.certificates.rules import CertificateState, HeldReason, RefusedReason
from app.foundation.data import clock, reading, run_in_transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.identity import AgencyKind
from app.transparency import add_key, expire_key
from tests.certificates.bureau import SLUG, give_mandate, issuer_of, open_bureau
from tests.certificates.looking import as_owner, faults, row_of, tasks
from tests.identity.people import make_agency

WAITING = ["certificates.waiting"]


def held(number):
    row = row_of(number)
    return row.state, row.held_reason


def test_without_a_mandate_it_waits_with_one_task_and_goes_on_by_itself(forest):
    bureau = open_bureau(forest, with_mandate=False)
    numbers = [bureau.draft() for _ in range(3)]
    work_until_idle()
    assert {held(number) for number in numbers} == {(CertificateState.ISSUING, HeldReason.NO_MANDATE)}
    assert tasks() == WAITING

    give_mandate(*bureau.issuers)
    work_until_idle()

    assert {held(number) for number in numbers} == {(CertificateState.VALID, None)}
    assert (tasks(), faults(numbers[0])) == ([], {})


def test_an_ended_mandate_holds_until_there_is_another(bureau, hands):
    give_mandate(*bureau.issuers, ends_on="2026-11-25")
    first = bureau.issue()
    hands.move(timedelta(hours=12))  # Midnight in Lishui.
    second = bureau.issue()
    assert held(first) == (CertificateState.VALID, None)
    assert held(second) == (CertificateState.ISSUING, HeldReason.MANDATE_ENDED)

    give_mandate(*bureau.issuers)
    work_until_idle()
    assert held(second) == (CertificateState.VALID, None)


def test_the_daily_limit_holds_the_rest_until_the_next_civil_day(bureau, hands):
    give_mandate(*bureau.issuers, daily_limit=2)
    numbers = [bureau.draft() for _ in range(5)]
    work_until_idle()
    assert [held(number)[1] for number in numbers].count(HeldReason.DAILY_LIMIT) == 3
    assert [held(number)[0] for number in numbers].count(CertificateState.VALID) == 2
    assert tasks() == WAITING

    hands.move(timedelta(hours=11, minutes=59))
    work_until_idle()
    assert sum(held(number)[0] is CertificateState.VALID for number in numbers) == 2
    hands.move(timedelta(minutes=1))
    work_until_idle()
    assert [held(number)[0] for number in numbers].count(CertificateState.VALID) == 4

    give_mandate(*bureau.issuers, daily_limit=3)
    work_until_idle()
    assert {held(number)[0] for number in numbers} == {CertificateState.VALID}
    assert tasks() == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"rule_version": 2}, HeldReason.MANDATE_OTHER_RULE),
        ({"issuer": "somebody-else"}, HeldReason.NO_ISSUER),
    ],
)
def test_a_mandate_for_something_else_signs_nothing(forest, changed, reason):
    bureau = open_bureau(forest, with_mandate=False)
    give_mandate(*bureau.issuers, **changed)

    number = bureau.issue()

    assert held(number) == (CertificateState.ISSUING, reason)


def test_two_issuers_of_another_agency_give_no_mandate_for_this_one(forest):
    bureau = open_bureau(forest, with_mandate=False)
    other = make_agency("lishui-park", county=None, kind=AgencyKind.PARK)
    strangers = [issuer_of(other, f"park.issuer{number}", "lishui-park") for number in (1, 2)]
    give_mandate(*strangers)
    number = bureau.issue()
    assert held(number) == (CertificateState.ISSUING, HeldReason.MANDATE_NOT_OWN)

    give_mandate(bureau.issuers[0], strangers[0])
    work_until_idle()
    assert held(number) == (CertificateState.ISSUING, HeldReason.MANDATE_NOT_OWN)


def test_without_a_key_it_waits_and_the_new_key_signs(bureau):
    run_in_transaction(
        lambda session: expire_key(session, issuer=SLUG, name="key-2026-1", actor=SYSTEM, now=clock.now())
    )
    number = bureau.issue()
    assert (held(number), tasks()) == ((CertificateState.ISSUING, HeldReason.NO_KEY), WAITING)

    run_in_transaction(lambda session: add_key(session, issuer=SLUG, actor=SYSTEM, now=clock.now()))
    work_until_idle()
    assert (held(number), tasks(), faults(number)) == ((CertificateState.VALID, None), [], {})


def test_a_key_whose_file_is_on_another_machine_is_waited_for(bureau, hands, app, home):
    folder = home / "keys"
    files = sorted(folder.glob(f"issuer.{SLUG}.*.pem"))
    away = folder / "away"
    away.mkdir(exist_ok=True)
    moved = [file.rename(away / file.name) for file in files]
    app.extensions["lintan_keyring"].forget(SLUG)
    number = bureau.issue()
    assert (held(number), tasks()) == ((CertificateState.ISSUING, HeldReason.NO_KEY), WAITING)

    for file in moved:
        file.rename(folder / file.name)
    work_until_idle()
    assert held(number)[0] is CertificateState.ISSUING  # It is not asked again at once.
    hands.move(timedelta(seconds=30))
    work_until_idle()
    assert (held(number), tasks()) == ((CertificateState.VALID, None), [])


def refused(number):
    row = row_of(number)
    return row.state, row.refused_reason


def test_what_the_register_does_not_say_is_refused_and_its_neighbour_is_signed(bureau, server):
    wrong, right = bureau.draft(13), bureau.draft(17)
    draft = {**row_of(wrong).draft, "quantity": "1.300"}
    change_draft(server, wrong, draft)

    work_until_idle()

    assert refused(wrong) == (CertificateState.REFUSED, RefusedReason.REGISTER)
    assert refused(right) == (CertificateState.VALID, None)
    assert tasks() == ["certificates.refused"]


def test_serials_that_do_not_add_up_are_refused_even_where_the_register_says_so_too(bureau, server):
    number = bureau.draft(13)
    change_draft(server, number, {**row_of(number).draft, "quantity": "0.014"})
    as_owner(server, "credits_retirement", "UPDATE credits_retirement SET kg = 14")

    work_until_idle()

    assert refused(number) == (CertificateState.REFUSED, RefusedReason.QUANTITY)


def test_what_breaks_the_schema_is_refused(bureau, server):
    number = bureau.draft(13)
    change_draft(server, number, {**row_of(number).draft, "fullName": "张小明"})

    work_until_idle()

    assert refused(number) == (CertificateState.REFUSED, RefusedReason.SCHEMA)


def test_a_retirement_that_serves_another_certificate_is_refused(bureau, server):
    other, number = bureau.issue(17), bureau.draft(19)
    as_owner(server, "certificates_claim", "UPDATE certificates_claim SET certificate_id = ?", row_of(other).id)

    work_until_idle()

    assert refused(number) == (CertificateState.REFUSED, RefusedReason.CLAIM)


def test_a_retirement_that_the_log_does_not_tell_of_gets_no_certificate_and_its_neighbours_do(bureau, server):
    numbers = [bureau.draft(13) for _ in range(3)]
    statement = "DELETE FROM transparency_waiting WHERE kind = 'retire' AND subject_id = ?"
    as_owner(server, "transparency_waiting", statement, row_of(numbers[1]).subject_id)

    work_until_idle()

    assert refused(numbers[1]) == (CertificateState.REFUSED, RefusedReason.NOT_LOGGED)
    assert row_of(numbers[1]).document_id is None
    assert (faults(numbers[0]), faults(numbers[2])) == ({}, {})
    with reading() as session:
        assert issued_on(session, SLUG, row_of(numbers[0]).kind, clock.civil_day(clock.now())) == 2


def test_a_fault_of_the_program_with_one_certificate_holds_up_no_other_and_is_tried_again(bureau, hands, monkeypatch):
    number, neighbour, whole = bureau.draft(13), bureau.draft(17), completion.keeps_schema

    def faulty(kind, content):
        return 1 // 0 if content["id"].endswith(number) else whole(kind, content)

    monkeypatch.setattr(completion, "keeps_schema", faulty)
    work_until_idle()
    assert (row_of(number).state, row_of(neighbour).state) == (CertificateState.ISSUING, CertificateState.VALID)

    monkeypatch.setattr(completion, "keeps_schema", whole)
    hands.move(timedelta(seconds=30))
    work_until_idle()
    assert (row_of(number).state, faults(number)) == (CertificateState.VALID, {})


def change_draft(server, number, draft):
    """Change what was drafted, as only the owner of the database can."""
    as_owner(
        server,
        CertificateRow.__tablename__,
        "UPDATE certificates_certificate SET draft = ? WHERE number = ?",
        json.dumps(draft),
        number,
    )
