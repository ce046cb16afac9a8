"""The comparison of a migrated database with what models and SQL files say would notice each kind of difference."""

import sqlite3
from contextlib import closing

import pytest

from checks import catalogue

SQLITE = """
CREATE TABLE planting_claim (
    id BLOB NOT NULL,
    species TEXT DEFAULT 'a, b (' NOT NULL,  -- what was planted
    CONSTRAINT planting_claim_pkey PRIMARY KEY (id),
    CONSTRAINT planting_claim_known CHECK (species IN ('camphor', 'fir'))
) STRICT;
CREATE INDEX planting_claim_species_idx ON planting_claim (species) WHERE species <> '';
CREATE TRIGGER planting_claim_no_update BEFORE UPDATE ON planting_claim BEGIN SELECT RAISE(ABORT, 'append_only'); END;
"""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("species TEXT", "species BLOB", "column planting_claim.species: migrated"),
        (" NOT NULL,  -- what", ",  -- what", "column planting_claim.species: migrated"),
        ("'a, b ('", "'a'", "column planting_claim.species: migrated"),
        (
            "    id BLOB",
            "    height_cm INTEGER,\n    id BLOB",
            "column planting_claim.height_cm: missing after the migrations",
        ),
        ("'camphor', 'fir'", "'camphor'", "constraint planting_claim.planting_claim_known: migrated"),
        ("<> ''", "<> 'x'", "index planting_claim.planting_claim_species_idx: migrated"),
        ("BEFORE UPDATE", "BEFORE DELETE", "trigger planting_claim.planting_claim_no_update: migrated"),
        (") STRICT", ")", "table planting_claim: migrated"),
    ],
)
def test_difference_on_sqlite_is_found(before, after, told, tmp_path):
    assert before in SQLITE

    found = list(differences_between(tmp_path, SQLITE, SQLITE.replace(before, after)))

    assert len(found) == 1
    assert told in found[0]


def test_row_that_the_migrations_do_not_deliver_is_found(tmp_path):
    found = list(differences_between(tmp_path, SQLITE, SQLITE + "INSERT INTO planting_claim VALUES (x'01', 'fir');"))

    assert len(found) == 1
    assert "rows planting_claim: migrated" in found[0]


def test_order_of_columns_and_constraints_makes_no_difference(tmp_path):
    one = "CREATE TABLE t (x TEXT, y TEXT, CONSTRAINT t_y CHECK (y <> ''), CONSTRAINT t_x CHECK (x <> ''));"
    other = "CREATE TABLE t (y TEXT, x TEXT, CONSTRAINT t_x CHECK (x <> ''), CONSTRAINT t_y CHECK (y <> ''));"
    row = "INSERT INTO t (x, y) VALUES ('1', '2');"

    assert list(differences_between(tmp_path, one + row, other + row)) == []


def test_function_that_lends_its_owners_rights_to_everybody_is_found():
    apply = ("function", "ledger_apply()")
    lent = {apply: "CREATE FUNCTION ... SECURITY DEFINER ...", ("grant", "ledger_apply() to PUBLIC"): "EXECUTE"}

    assert "ledger_apply()" in next(catalogue.lent_powers(lent))
    assert list(catalogue.lent_powers({apply: lent[apply]})) == []
    assert list(catalogue.lent_powers(lent | {apply: "CREATE FUNCTION ..."})) == []


def differences_between(folder, migrated, declared):
    held = []
    for name, script in (("migrated", migrated), ("declared", declared)):
        with closing(sqlite3.connect(folder / name)) as connection:
            connection.executescript(script)
        held.append(catalogue.of_sqlite(str(folder / name)))
    return catalogue.differences(*held)
