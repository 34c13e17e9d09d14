"""The README keeps up with settings, commands and sources: it is what the next person reads first."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from data.loaders.source import load_sources
from data.settings import PREFIX, ROOT, Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _default(name: str) -> str:
    value = Settings.model_fields[name].default
    if isinstance(value, Path):
        return value.relative_to(ROOT).as_posix()
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _rows() -> list[str]:
    return [
        f"| `{PREFIX}{name.upper()}` | {f'`{_default(name)}`' if _default(name) else '–'} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_every_setting_is_in_the_readme() -> None:
    table = README.split("<!-- settings -->")[1].split("<!-- /settings -->")[0]
    assert [line for line in table.strip().splitlines() if line.startswith("| `")] == _rows()


def test_every_command_is_in_the_readme() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    missing = [target for target in targets if f"make {target}" not in README and f"`{target}`" not in README]
    assert missing == []


def test_every_source_is_in_the_readme() -> None:
    missing = [source.code for source in load_sources(ROOT / "data/sources") if f"`{source.code}`" not in README]
    assert missing == []


if __name__ == "__main__":
    sys.stdout.write("\n".join(_rows()) + "\n")
