"""Codes of invitations: forgiven as they are typed, of one kind only, and known by a mark alone."""

import pytest

from app.foundation.data import new_id
from app.identity.invitation_codes import CODE_CHARACTERS, HOUSEHOLD_CODES, ORGANISATION_CODES, normal_code


@pytest.mark.parametrize("typed", ["7K3M9-X2PQO", " 7k3m9x2pq0", "7k3m9 x2pq0"])
def test_a_code_is_read_as_people_write_it(typed):
    assert normal_code(typed) == "7k3m9x2pq0"


def test_a_code_is_the_same_each_time_and_fits_its_own_kind_alone(app):
    invitation_id = new_id()
    code = HOUSEHOLD_CODES.code_of(invitation_id)

    assert len(code) == CODE_CHARACTERS
    assert HOUSEHOLD_CODES.code_of(invitation_id) == code != ORGANISATION_CODES.code_of(invitation_id)
    assert HOUSEHOLD_CODES.mark_of(code) != ORGANISATION_CODES.mark_of(code)
    assert code not in HOUSEHOLD_CODES.mark_of(code)


@pytest.mark.parametrize("typed", ["", "7k3m9x2pq", "7k3m9x2pq00", "七k3m9x2pq0"])
def test_what_no_code_can_be_has_a_mark_that_nothing_has(app, typed):
    assert HOUSEHOLD_CODES.mark_of(typed) != HOUSEHOLD_CODES.mark_of("7k3m9x2pq0")
