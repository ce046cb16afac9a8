"""What a newer text does to an older agreement, and the texts that the product brings along."""

import json
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity import Purpose
from app.identity.consents import texts
from app.identity.consents.purposes import Renewal, renewal

SHIPPED = json.loads((texts._DATA / "consent_texts_1.json").read_text(encoding="utf-8"))["documents"]


def versions(*renewals):
    """Versions 1, 2, ... of a text, each saying whether it asks for a new agreement."""
    return [SimpleNamespace(id=UUID(int=n), content={"renewal_needed": asks}) for n, asks in enumerate(renewals, 1)]


@pytest.mark.parametrize(
    ("given_to", "asks", "expected"),
    [
        (1, (False,), Renewal(is_offered=False, is_needed=False)),
        (1, (True,), Renewal(is_offered=False, is_needed=False)),  # The one agreed to asks nothing of itself.
        (1, (False, False), Renewal(is_offered=True, is_needed=False)),
        (1, (False, True), Renewal(is_offered=True, is_needed=True)),
        (
            1,
            (False, True, False),
            Renewal(is_offered=True, is_needed=True),
        ),  # A later wording does not undo the asking.
        (2, (False, True, False), Renewal(is_offered=True, is_needed=False)),
        (3, (False, True, False), Renewal(is_offered=False, is_needed=False)),
        (9, (False, True), Renewal(is_offered=False, is_needed=False)),
    ],
)
def test_only_a_later_text_that_says_so_asks_again(given_to, asks, expected):
    assert renewal(UUID(int=given_to), versions(*asks)) == expected


@given(asks=st.lists(st.booleans(), min_size=1, max_size=8), data=st.data())
def test_agreeing_to_the_newest_text_always_settles_it(asks, data):
    given_to = data.draw(st.integers(1, len(asks)))
    found = renewal(UUID(int=given_to), versions(*asks))

    assert found.is_needed == any(asks[given_to:])
    assert found.is_offered == (given_to < len(asks))
    assert renewal(UUID(int=len(asks)), versions(*asks)) == Renewal(is_offered=False, is_needed=False)


def test_every_purpose_has_a_shipped_text_in_both_languages_that_says_what_it_is():
    assert [each["name"] for each in SHIPPED] == [str(purpose) for purpose in Purpose]
    for each in SHIPPED:
        content = each["content"]
        for member in ("text", "why", "how_long", "how_to_withdraw"):
            assert content[f"{member}_zh"].isascii() is False
            assert content[f"{member}_en"].count(" ") > 8
        assert each["source"].startswith("Lintan, product text; needs a lawyer's reading.")
        assert (each["status"], content["renewal_needed"]) == ("DECIDED", False)


def test_the_text_on_payments_names_who_receives_data_abroad_and_how_to_reach_them():
    (text,) = [each["content"] for each in SHIPPED if each["name"] == "cross_border_payment"]

    for language in ("zh", "en"):
        assert "Stripe, Inc." in text[f"text_{language}"]
        assert "privacy@stripe.com" in text[f"text_{language}"]
