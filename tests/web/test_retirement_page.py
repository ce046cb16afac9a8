"""One retirement in the register: which kilograms, in whose masked name, and where the log says so."""

import gzip

import pytest

from app.credits import RETIREMENT_SUBJECT, Beneficiary, BeneficiaryKind, Custody, Purpose, hold_kg, retire_held
from app.foundation.data import clock, reading, transaction
from app.foundation.proof import SYSTEM
from app.foundation.work import work_until_idle
from app.transparency import EntryKind, add_key, find_leaf
from tests.credits.people import Register, cause
from tests.identity.people import make_agency


@pytest.fixture
def retired(hands):
    """Retires kilograms of a new batch, by default as a gift to somebody known by name."""
    register = Register(make_agency())

    def make(kg=13, *, beneficiary=None, purpose=Purpose.GIFT, **batch):
        issued = register.batch(1_300, **batch)
        to = beneficiary or Beneficiary(kind=BeneficiaryKind.RESIDENT, name="欧阳小明")
        with transaction() as session:
            held = hold_kg(session, issued.id, kg, cause=cause(), until=None, now=clock.now())
            return retire_held(
                session, held.id, beneficiary=to, purpose=purpose, cause=cause(), actor=SYSTEM, now=clock.now()
            )

    return make


def test_a_retirement_says_which_kilograms_and_for_whom_masked(retired, stranger):
    retirement = retired()

    page = stranger(f"/retirements/{retirement.public_id}")

    assert page.status == 200
    assert page.title == f"0.013 t retired · {retirement.public_id} · Lintan"
    for words in (
        "0.013 t of carbon credits retired",
        f"Retirement {retirement.public_id}",
        "Quantity retired 0.013 t 13 kg CO₂e, one serial is 1 kg",
        "Beneficiary 欧阳** Of a person only the surname is shown.",
        "Purpose A gift",
        "Project Fengyuan bamboo management",
        "Vintage 2024",
        "Methodology CM-AR-002-V01",
        "Serials LS33-F-0001-2024 1–13",
        "Retired at 12 March 2026, 12:00:00",
    ):
        assert words in page.text
    assert "小明" not in page.source


def test_it_names_no_certificate_because_the_log_lists_retirements(retired, stranger):
    page = stranger(f"/retirements/{retired().public_id}")

    assert "/v/" not in page.source.replace('action="/v"', "")
    assert "LSR-" not in page.source


def test_a_persons_retirement_is_kept_from_search_engines_and_an_organisations_is_not(retired, stranger):
    person = stranger(f"/retirements/{retired().public_id}")
    company = Beneficiary(kind=BeneficiaryKind.ORGANISATION, name="示例体育发展有限公司")
    organisation = stranger(f"/retirements/{retired(beneficiary=company, purpose=Purpose.EVENT).public_id}")

    assert person.answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots"' in person.source
    assert "X-Robots-Tag" not in organisation.answer.headers
    assert 'name="robots"' not in organisation.source
    assert "Beneficiary 示例体育发展有限公司" in organisation.text
    assert "Only the surname" not in organisation.text


def test_the_log_entry_follows_the_retirement(retired, stranger):
    with transaction() as session:
        add_key(session, issuer=None, actor=SYSTEM, now=clock.now())
    retirement = retired()
    address = f"/retirements/{retirement.public_id}"

    assert "being written The entry follows in about a second." in stranger(address).text
    work_until_idle()

    assert "being written" not in stranger(address).text
    with reading() as session:
        leaf = find_leaf(session, kind=EntryKind.RETIRE, subject_kind=RETIREMENT_SUBJECT, subject_id=retirement.id)
    assert f"Public log Entry {leaf.index}, written at 12 March 2026, 12:00:00" in stranger(address).text
    assert retirement.public_id in leaf.entry.decode()


def test_kilograms_of_another_registry_say_that_they_must_be_cancelled_there(retired, stranger):
    outside = {
        "custody": Custody.EXTERNAL,
        "registry": "CCER",
        "external_serials": "CN-1",
        "source_proof_reference": "17",
    }

    page = stranger(f"/retirements/{retired(**outside).public_id}")

    assert "no proof yet The same kilograms must be cancelled in CCER too." in page.text


@pytest.mark.parametrize("unknown", ["ret_7q2m4t8wxk0d9neb", "ret_7Q2M4T8WXK0D9NEB", "x", "ret_"])
def test_an_unknown_retirement_is_a_plain_page(stranger, unknown):
    page = stranger(f"/retirements/{unknown}")

    assert page.status == 404
    assert "What could be the cause" in page.text


def test_the_page_has_no_script_and_is_small(retired, stranger):
    retirement = retired(1_300)

    for language in ("zh-CN", "en"):
        page = stranger(f"/retirements/{retirement.public_id}", **{"Accept-Language": language})

        assert "<script" not in page.source
        assert len(gzip.compress(page.source.encode(), 6)) <= 8_000
