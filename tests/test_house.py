"""The rules of the house hold, and each of them would notice a breach."""

from pathlib import Path

import pytest

from checks import house, messages, words
from checks.source import ROOT

# A small house in order: foundation's data, a room, and a room above it.
IN_ORDER = {
    "app/__init__.py": '"""All rooms."""\nfrom app import planting\nplanting.register(None)\n',
    "app/foundation/__init__.py": '"""What every room stands on."""\n',
    "app/foundation/data/__init__.py": '"""Ids."""\nfrom .ids import public_id\n__all__ = ["public_id"]\n',
    "app/foundation/data/clock.py": '"""The clock."""\nfrom datetime import UTC, datetime\ndatetime.now(UTC)\n',
    "app/foundation/data/ids.py": '"""Ids."""\nPREFIXES = {"plt": "claim", "fil": "file"}\ndef public_id(p): ...\n',
    "app/places/__init__.py": '"""Counties."""\nfrom .rules import county_of\n__all__ = ["county_of"]\n',
    "app/places/rules.py": "def county_of(code): ...\n",
    "app/places/limits.py": '"""Limits."""\nimport time\ntime.time()  # clock-ok: the limiter counts by it.\n',
    "app/planting/__init__.py": '"""Claims."""\nfrom .routes import register\n__all__ = ["submit"]\nsubmit = 1\n',
    "app/places/errors.py": 'class CountyUnknown(NotFound):\n    code = "places.county_unknown"\n    title = "None."\n',
    "app/planting/models.py": 'class Claim:\n    __tablename__ = "planting_claim"\n    area_g: int\n',
    "app/planting/routes.py": "from app import places\ndef register(app): places.county_of(1)\n",
    "app/planting/usecases.py": 'from app.foundation.data import public_id\npublic_id("plt")\n',
    "migrations/env.py": '"""Runs the migrations."""\n',
}

PLANTED = [
    (
        house.imports_past_the_door,
        "app/planting/queries.py",
        "from app.places.rules import county_of\n",
        "lies behind the door",
    ),
    (
        house.imports_past_the_door,
        "app/planting/queries.py",
        "from app.places import cell_of\n",
        "cell_of is not in __all__",
    ),
    (house.imports_past_the_door, "app/planting/queries.py", "import app.places.rules\n", "import app.places.rules"),
    (
        house.imports_past_the_door,
        "app/planting/queries.py",
        "from app import places\nplaces.secret()\n",
        "secret is not in __all__",
    ),
    (
        house.imports_past_the_door,
        "app/planting/queries.py",
        "from ..places.rules import county_of\n",
        "lies behind the door",
    ),
    (
        house.imports_past_the_door,
        "app/places/cli.py",
        "from app.planting import register\n",
        "register is not in __all__",
    ),
    (
        house.models_at_the_door,
        "app/planting/__init__.py",
        '"""Claims."""\n__all__ = ["Claim"]\ndef register(): ...\n',
        "model Claim",
    ),
    (house.doors_without_sign, "app/places/__init__.py", '__all__ = ["county_of"]\n', "no docstring"),
    (house.doors_without_sign, "app/places/__init__.py", '"""Counties."""\n', "no __all__"),
    (house.doors_without_sign, "app/planting/__init__.py", '"""Claims."""\n__all__ = ["submit"]\n', "no register(app)"),
    (house.files_out_of_order, "app/planting/utils.py", '"""Odds and ends."""\n', "'util' says nothing"),
    (house.files_out_of_order, "app/planting/claim_service.py", '"""Claims."""\n', "'service' says nothing"),
    (house.files_out_of_order, "app/planting/survival.py", "YEARS = 2\n", "no docstring tells its subject"),
    (house.files_out_of_order, "app/planting/misfits/a.csv", "a\n", "a room's folders are"),
    (house.files_out_of_order, "app/planting/usecases/__init__.py", '"""Claims."""\n', "the folder of the same name"),
    (
        house.readings_of_the_machine_clock,
        "app/planting/rules.py",
        "from datetime import datetime\ndatetime.now()\n",
        "datetime.now",
    ),
    (
        house.readings_of_the_machine_clock,
        "app/planting/rules.py",
        "import time\ntime.time()  # clock-ok\n",
        "time.time",
    ),
    (
        house.readings_of_the_machine_clock,
        "app/planting/rules.py",
        "import datetime\ndatetime.date.today()\n",
        "date.today",
    ),
    (
        house.readings_of_the_machine_clock,
        "app/planting/rules.py",
        "import datetime\nf = datetime.datetime.utcnow\n",
        "utcnow",
    ),
    (house.readings_of_the_machine_clock, "app/planting/rules.py", "from time import time\n", "machine's clock"),
    (
        house.readings_of_the_machine_clock,
        "app/planting/rules.py",
        "import sqlalchemy as sa\nsa.func.now()\n",
        "func.now",
    ),
    (house.readings_of_the_machine_clock, "migrations/0001_a.py", "import time\ntime.time()\n", "time.time"),
    (house.readings_of_the_machine_clock, "config.py", "import time\ntime.time_ns()\n", "time.time_ns"),
    (
        house.readings_of_the_machine_clock,
        "app/planting/sql/01_a.sqlite.sql",
        "SELECT datetime('now');\n",
        "database's clock",
    ),
    (
        house.readings_of_the_machine_clock,
        "app/planting/sql/01_a.postgresql.sql",
        "NEW.at := now();\n",
        "database's clock",
    ),
    (house.inexact_numbers, "app/planting/models.py", "class A:\n    height: Mapped[float | None]\n", "float"),
    (house.inexact_numbers, "app/planting/models.py", "from sqlalchemy import Numeric\n", "Numeric"),
    (house.inexact_numbers, "migrations/0001_a.py", "import sqlalchemy as sa\nsa.Float()\n", "Float"),
    (house.inexact_numbers, "app/planting/rules.py", "def split(total_fen: float): ...\n", "float"),
    (house.inexact_numbers, "app/planting/sql/01_a.sqlite.sql", "CREATE TABLE a (b REAL);\n", "a floating type"),
    (house.impure_rules, "app/planting/rules.py", "from sqlalchemy import select\n", "a rule knows neither"),
    (
        house.impure_rules,
        "app/planting/rules.py",
        "from app.foundation.data import clock\nclock.now()\n",
        "a rule is told the time",
    ),
    (house.impure_rules, "app/planting/rules/trees.py", "import random\n", "a rule knows neither"),
    (house.impure_rules, "app/planting/rules.py", "from app.planting import queries\n", "a rule decides"),
    (house.confused_prefixes, "app/planting/schemas.py", 'PrefixedId("tre")\n', "'tre' is not in PREFIXES"),
    (
        house.confused_prefixes,
        "app/foundation/data/ids.py",
        'PREFIXES = {"plt": "claim", "plt": "plot"}\n',
        "'plt' is on the list twice",
    ),
    (
        house.shared_error_codes,
        "app/planting/subject.py",
        '"""Claims."""\nclass Elsewhere(DomainError):\n    code = "places.county_unknown"\n    title = "Not here."\n',
        "'places.county_unknown' stands for app/places/errors.py:1 too",
    ),
]
RULES = dict.fromkeys(rule for rule, *_ in PLANTED)


def build(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_project_keeps_the_rule_of_the_house(rule):
    assert list(rule(house.House(ROOT))) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_in_order_is_not_blamed(rule, tmp_path):
    assert list(rule(house.House(build(tmp_path, IN_ORDER)))) == []


@pytest.mark.parametrize(
    ("rule", "file", "text", "told"), PLANTED, ids=[f"{rule.__name__}-{told}" for rule, _, _, told in PLANTED]
)
def test_planted_breach_is_found(rule, file, text, told, tmp_path):
    planted = build(tmp_path, IN_ORDER | {file: text})

    breaches = list(rule(house.House(planted)))

    assert len(breaches) == 1
    assert told in breaches[0]


def test_room_of_fifteen_files_is_two_rooms(tmp_path):
    many = {f"app/planting/kind_{n}.py": '"""One kind of act."""\n' for n in range(12)}
    room = build(tmp_path, IN_ORDER | many)

    assert "15 files" in next(house.files_out_of_order(house.House(room)))


def test_every_text_of_the_pages_and_errors_is_translated():
    assert list(messages.breaches_of_translation(ROOT)) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("", "not in the catalogue"),
        ('msgid "Too few: %(n)s."\nmsgstr ""\n', "untranslated"),
        ('#, fuzzy\nmsgid "Too few: %(n)s."\nmsgstr "太少：%(n)s。"\n', "untranslated or doubtful"),
        ('msgid "Too few: %(n)s."\nmsgstr "太少：%(m)s。"\n', "other placeholders"),
        ('msgid "Too few: %(n)s."\nmsgstr "Too few: %(n)s."\n', "not in Chinese"),
        ('msgid "Too few: %(n)s."\nmsgstr "太少：%(n)s！"\n', "exclamation mark"),
        ('msgid "Too few: %(n)s."\nmsgstr "太少：%(n)s。"\n\nmsgid "Old"\nmsgstr "旧"\n', "no longer used"),
    ],
)
def test_missing_or_bad_translation_is_found(entry, told, tmp_path):
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    settings = '[tool.babel]\nmappings = [{method = "python", pattern = "app/**.py"}]\n'
    texts = {
        "app/a.py": 'A = _("Too few: %(n)s.")\n',
        "pyproject.toml": settings,
        str(messages.CATALOGUE): header + entry,
    }

    breaches = list(messages.breaches_of_translation(build(tmp_path, texts)))

    assert len(breaches) == 1
    assert told in breaches[0]


def test_updated_catalogue_keeps_translations_and_drops_what_is_unused(tmp_path):
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    settings = '[tool.babel]\nmappings = [{method = "python", pattern = "app/**.py"}]\n'
    old = 'msgid "Old"\nmsgstr "旧"\n\nmsgid "Kept"\nmsgstr "留"\n'
    texts = {"app/a.py": '_("Kept")\n_("New")\n', "pyproject.toml": settings, str(messages.CATALOGUE): header + old}
    root = build(tmp_path, texts)

    messages.write(root)

    assert {m.id: m.string for m in messages.chinese(root) if m.id} == {"Kept": "留", "New": ""}
    assert not messages.chinese(root).fuzzy


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("HOME = '/ro" + "ot/x'", "path of one machine"),
        ("see ../sh" + "ared/DESIGN.md", "not in the repository"),
        ("pip install --index" + "-url https://x", "package index"),
        ("# TO" + "DO later", "unfinished"),
        ("raise NotImplemented" + "Error", "unfinished"),
        ("# good enough for n" + "ow", "unfinished"),
    ],
)
def test_telling_word_is_found(line, told, tmp_path):
    breaches = list(words.breaches_in_words(build(tmp_path, {"app/a.py": f"A = 1\n{line}\n"})))

    assert len(breaches) == 1
    assert told in breaches[0]
    assert breaches[0].startswith("app/a.py:2:")


@pytest.mark.parametrize(("lines", "count"), [(400, 0), (401, 1)])
def test_file_of_more_than_four_hundred_lines_is_found(lines, count, tmp_path):
    assert len(list(words.breaches_of_length(build(tmp_path, {"app/a.py": "A = 1\n" * lines})))) == count
