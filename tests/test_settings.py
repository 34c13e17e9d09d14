"""Settings: where they come from, what is refused, in what words (S-23 and the listening address)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import make_url

from data.settings import DANGEROUS_SWITCHES, ROOT, Settings, SettingsError, load_settings


def test_defaults_listen_on_this_machine_only():
    settings = load_settings()
    assert (settings.host, settings.port, settings.allow_remote, settings.simulated) == ("127.0.0.1", 8050, False, True)
    assert settings.warehouse == f"sqlite:///{ROOT / 'var/onescreen.db'}"


def test_the_environment_wins(monkeypatch):
    monkeypatch.setenv("ONESCREEN_SIMULATED", "off")
    monkeypatch.setenv("ONESCREEN_TRUSTED_HOSTS", "screen.example, 10.0.0.5")
    monkeypatch.setenv("ONESCREEN_TODAY", "2026-11-23")
    settings = load_settings()
    assert (settings.simulated, settings.trusted_hosts) == (False, ("screen.example", "10.0.0.5"))
    assert settings.current_day() == date(2026, 11, 23)


def test_a_file_can_set_too(monkeypatch, tmp_path):
    file = tmp_path / "onescreen.toml"
    file.write_text('port = 9000\nsimulated = "off"\n')
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    assert (load_settings().port, load_settings().simulated) == (9000, False)
    monkeypatch.setenv("ONESCREEN_PORT", "9001")
    assert load_settings().port == 9001
    file.write_text("prot = 9000\n")
    with pytest.raises(SettingsError, match="ONESCREEN_PROT: Extra inputs"):
        load_settings()


@pytest.mark.parametrize("name", DANGEROUS_SWITCHES)
@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_debugging_doors_stop_the_start(monkeypatch, name, value):  # S-23
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()


@pytest.mark.parametrize("value", ["", "0", "false", "off"])
def test_a_switch_that_is_off_is_no_reason_to_stop(monkeypatch, value):
    monkeypatch.setenv("DASH_DEBUG", value)
    load_settings()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "screen.example", "::"])
def test_another_address_needs_an_explicit_setting(monkeypatch, host):
    monkeypatch.setenv("ONESCREEN_HOST", host)
    with pytest.raises(SettingsError, match="ONESCREEN_ALLOW_REMOTE"):
        load_settings()
    monkeypatch.setenv("ONESCREEN_ALLOW_REMOTE", "on")
    assert load_settings().host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_needs_none(monkeypatch, host):
    monkeypatch.setenv("ONESCREEN_HOST", host)
    assert load_settings().host == host


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ONESCREEN_WAREHOSE", "x", "unknown setting ONESCREEN_WAREHOSE; known are"),
        ("ONESCREEN_PORT", "eighty", "ONESCREEN_PORT: Input should be a valid integer"),
        ("ONESCREEN_PORT", "99999", "ONESCREEN_PORT: Input should be less than"),
        ("ONESCREEN_SIMULATED", "perhaps", "ONESCREEN_SIMULATED: Input should be a valid boolean"),
        ("ONESCREEN_WAREHOUSE", "mysql://x/y", "mysql is not supported"),
        ("ONESCREEN_WAREHOUSE", "sqlite://", "a warehouse in memory"),
        ("ONESCREEN_WAREHOUSE", "warehouse.db", "not a database URL"),
        ("ONESCREEN_LANGUAGE", "fr", "ONESCREEN_LANGUAGE: Input should be 'zh' or 'en'"),
    ],
)
def test_a_wrong_setting_is_named_with_its_reason(monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=words):
        load_settings()


def test_a_relative_file_is_meant_from_the_project(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", "sqlite:///var/other.db")
    assert load_settings().warehouse == f"sqlite:///{ROOT / 'var/other.db'}"


def test_the_password_of_a_database_is_not_printed(monkeypatch):
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", "postgresql://reader:s3same@db/onescreen")
    settings = load_settings()
    assert "s3same" not in repr(settings)
    assert make_url(settings.warehouse).password == "s3same"
    assert settings.warehouse.startswith("postgresql+psycopg://")
