"""Every setting, in one model, from ``ONESCREEN_*`` environment variables or ``onescreen.toml``.

An environment variable wins over the file, the file over the default. A name nobody declared stops the start,
because a misspelt setting that is silently ignored is worse than none.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import TomlConfigSettingsSource as TomlSource
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from data.clock import clock_for

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "ONESCREEN_"

# Switches of the web framework that open a console, show tracebacks or add a second server (S-23).
DANGEROUS_SWITCHES = ("DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED")
# Read by data.failpoints, which no screen or settings file knows.
_FAULT_INJECTION = {"ONESCREEN_FAIL_AT", "ONESCREEN_FAIL_HARD"}
_OFF = {"", "0", "false", "no", "off"}


class SettingsError(Exception):
    """A setting is wrong; the text says which one, why, and where it was read."""


class Settings(BaseSettings):
    """What can be set. Paths in the model are absolute; a relative one is meant from the project's folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file=ROOT / "onescreen.toml", extra="forbid", frozen=True, env_ignore_empty=True
    )

    warehouse: str = Field(
        default="sqlite:///var/onescreen.db", repr=False, description="SQLite file or PostgreSQL URL"
    )
    simulated: bool = Field(default=True, description="off: nothing simulated is loaded, read or shown")
    catalogue: Path = Field(default=ROOT / "data/catalogue", description="folder that says what can be shown")
    sources: Path = Field(default=ROOT / "data/sources", description="folder that says what is loaded from where")
    drop_folder: Path | None = Field(
        default=None, description="folder whose `<source code>/` takes files by hand; none: nothing is looked for"
    )
    downloads: Path = Field(default=ROOT / "var/downloads", description="folder that keeps what services answered")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8050, ge=1, le=65535, description="port to listen on")
    allow_remote: bool = Field(default=False, description="needed to listen on anything but this machine")
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.1", "localhost", "[::1]"), description="host names a request may carry, separated by commas"
    )
    workers: int = Field(default=2, ge=1, le=64, description="web processes")
    threads: int = Field(default=64, ge=1, le=512, description="threads per web process")
    today: date | None = Field(default=None, description="day to take for today; only for tests and reproductions")
    heartbeat_s: float = Field(default=10.0, ge=0.2, le=600, description="seconds between two looks for new data")
    lease_s: float = Field(
        default=20.0, ge=0.5, le=60, description="seconds without a sign of life until another process takes over"
    )
    scan_s: float = Field(default=5.0, ge=0.1, le=300, description="seconds between two looks of `--watch` around it")
    webhook_url: SecretStr | None = Field(
        default=None, description="address that hears of new, graver and ended warnings; none: nobody is told"
    )
    webhook_kind: Literal["generic", "wecom", "dingtalk"] = Field(
        default="generic", description="what it understands: plain JSON, 企业微信 or 钉钉"
    )
    webhook_secret: SecretStr | None = Field(default=None, description="secret 钉钉 signs with")
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="non-public networks (CIDR) the webhook may lie in, separated by commas"
    )
    language: Literal["zh", "en"] = Field(default="zh", description="language of a page whose address names none")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then onescreen.toml; no .env and no secrets folder."""
        return init_settings, env_settings, TomlSource(settings_cls)

    @field_validator("warehouse")
    @classmethod
    def _known_database(cls, text: str) -> str:
        try:
            url = make_url(text)
        except ArgumentError as error:
            raise ValueError("not a database URL; write sqlite:///file.db or postgresql+psycopg://…") from error
        if url.drivername in ("postgresql", "postgresql+psycopg"):
            return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        if url.drivername != "sqlite":
            raise ValueError(f"{url.drivername} is not supported; use sqlite or postgresql+psycopg")
        if not url.database or url.database == ":memory:":
            raise ValueError("a warehouse in memory cannot be shared with the web processes; name a file")
        return f"sqlite:///{ROOT / url.database}"

    @field_validator("catalogue", "sources", "downloads", "drop_folder")
    @classmethod
    def _from_project(cls, path: Path | None) -> Path | None:
        return None if path is None else ROOT / path

    @field_validator("trusted_hosts", "webhook_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            ipaddress.ip_network(each)
        return value

    @model_validator(mode="after")
    def _remote_is_explicit(self) -> Settings:
        if not is_loopback(self.host) and not self.allow_remote:
            raise ValueError(
                f"host {self.host} can be reached from other machines, and there is no sign-in yet: "
                "set ONESCREEN_ALLOW_REMOTE=on as well if that is meant"
            )
        return self

    def current_day(self) -> date:
        """Return the day of the run: ``today`` if set, else the calendar day in Asia/Shanghai."""
        return clock_for(self.today).today()


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse_dangerous_switches() -> None:
    for name in DANGEROUS_SWITCHES:
        if os.environ.get(name, "").strip().lower() not in _OFF:
            raise SettingsError(f"{name} is set in the environment. It opens debugging doors; unset it to start.")


def _refuse_unknown_names() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _FAULT_INJECTION
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def load_settings() -> Settings:
    """Read the settings. Raises ``SettingsError`` with the setting's name and the reason."""
    _refuse_dangerous_switches()
    _refuse_unknown_names()
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{PREFIX}{'.'.join(map(str, e['loc'])).upper() or '*'}: {e['msg']}" for e in error.errors()]
        raise SettingsError("; ".join(lines)) from error
