"""Settings, and what the product refuses to start with."""

import stat
from pathlib import Path

import pytest

import config

SAFE = {
    "LINTAN_ENV": "production",
    "LINTAN_SECRET": "f3b1c5a7e9d2084657fabc0912de34f5",
    "LINTAN_PUBLIC_URL": "https://carbon.example.cn",
    "LINTAN_METRICS_TOKEN": "scrape-me-please",
    "LINTAN_DATABASE_URL": "postgresql+psycopg://lintan_app@db/lintan",
    "LINTAN_TRUSTED_PROXIES": "1",
}


def refused(**more: str) -> str:
    with pytest.raises(config.SettingsRefused) as caught:
        config.refuse_unsafe(config.load({**SAFE, **more}))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("LINTAN_SECRET", "", "LINTAN_SECRET"),
        ("LINTAN_SECRET", "short", "LINTAN_SECRET"),
        ("LINTAN_SECRET", "a" * 40, "LINTAN_SECRET"),
        ("LINTAN_PUBLIC_URL", "http://carbon.example.cn", "LINTAN_PUBLIC_URL"),
        ("LINTAN_METRICS_TOKEN", "", "LINTAN_METRICS_TOKEN"),
        ("LINTAN_DATABASE_URL", "sqlite:////tmp/x.db", "LINTAN_ALLOW_SQLITE"),
        ("LINTAN_DATABASE_URL", "mysql://x", "LINTAN_DATABASE_URL"),
        ("LINTAN_PROCESSES", "2", "LINTAN_RATE_STORE"),
        ("LINTAN_TRUSTED_PROXIES", "0", "LINTAN_TRUSTED_PROXIES"),
    ],
)
def test_production_does_not_start_unsafely(tmp_path, name, value, reason):
    assert reason in refused(**{name: value, "LINTAN_HOME": str(tmp_path)})


def test_debug_is_refused_in_production(tmp_path):
    values = config.load({**SAFE, "LINTAN_HOME": str(tmp_path)})

    with pytest.raises(config.SettingsRefused, match="debug"):
        config.refuse_unsafe({**values, "DEBUG": True})


def test_all_reasons_are_told_at_once(tmp_path):
    assert refused(LINTAN_SECRET="", LINTAN_METRICS_TOKEN="", LINTAN_HOME=str(tmp_path)).count(";") == 1


def test_an_unknown_environment_is_refused(tmp_path):
    with pytest.raises(config.SettingsRefused, match="staging"):
        config.load({"LINTAN_ENV": "staging", "LINTAN_HOME": str(tmp_path)})


def test_the_demo_keeps_its_secret_for_itself_and_over_restarts(tmp_path):
    first = config.load({"LINTAN_HOME": str(tmp_path)})["LINTAN_SECRET"]

    assert config.load({"LINTAN_HOME": str(tmp_path)})["LINTAN_SECRET"] == first
    assert len(first) >= 48
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("from-a-file-with-enough-characters\n")

    values = config.load({"LINTAN_HOME": str(tmp_path), "LINTAN_SECRET_FILE": str(tmp_path / "key")})

    assert values["LINTAN_SECRET"] == "from-a-file-with-enough-characters"
    with pytest.raises(config.SettingsRefused, match="LINTAN_SECRET_FILE"):
        config.load({"LINTAN_HOME": str(tmp_path), "LINTAN_SECRET_FILE": str(tmp_path / "none")})


def test_every_setting_stands_in_the_table_with_its_default():
    table = (Path(config.__file__).parent / "docs" / "settings.md").read_text(encoding="utf-8")

    for setting in config.SETTINGS:
        row = next(line for line in table.splitlines() if line.startswith(f"| `{setting.name}` |"))
        assert row.split("|")[2].strip() == (f"`{setting.default}`" if setting.default else "–")
        assert setting.meaning in row
    assert table.count("| `LINTAN_") == len(config.SETTINGS)
