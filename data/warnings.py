"""The warnings as a command: ``python -m data.warnings`` lists them, ``--all`` with those that have ended.

``--acknowledge NUMBER --by NAME --because REASON`` notes that somebody knows: the warning stays listed, but holds the
wall no longer, until it ends or becomes graver. ``--history`` prints everything that happened. The web server only
reads. Exit codes: 0 done; 1 no such warning; 2 the warehouse or a setting is not right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console

from data.clock import clock_for
from data.dialects import READ_ERRORS
from data.settings import SettingsError, load_settings
from data.warehouse import Warehouse, open_warehouse
from data.warning_register import Record, UnknownWarningError, acknowledge, events, records
from data.warning_words import Language, level_words

DONE, NO_SUCH, REFUSED = 0, 1, 2
EVENTS = {
    "new": ("新增", "new"), "raised": ("升级", "raised"), "lowered": ("降级", "lowered"),
    "acknowledged": ("确认", "acknowledged"), "ended": ("解除", "ended"),
}  # fmt: skip


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m data.warnings", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also those that have ended")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--lang", choices=("zh", "en"), help="language; by default that of the settings")
    parser.add_argument("--history", action="store_true", help="everything that happened, in order")
    parser.add_argument("--acknowledge", type=int, metavar="NUMBER", help="note that somebody knows")
    parser.add_argument("--by", default="", metavar="NAME", help="who")
    parser.add_argument("--because", default="", metavar="REASON", help="why")
    asked = parser.parse_args(given)
    if asked.acknowledge is not None and not (asked.by.strip() and asked.because.strip()):
        parser.error("--acknowledge needs --by and --because / 确认预警须写明 --by（谁）和 --because（原因）")
    return asked


def line(record: Record, language: Language) -> str:
    """Return a warning in one line: number, level, sentence, since when, acknowledged by whom."""
    zh = language == "zh"
    parts = [f"{record.warning_id:>4}  {level_words(record.level, language)}", record.text_zh if zh else record.text_en]
    seen = f"{record.first_seen:%Y-%m-%d %H:%M}"
    parts.append(f"自 {record.since} 起，首见 {seen}" if zh else f"since {record.since}, first seen {seen}")
    if record.acknowledged_at is not None:
        who, why = record.acknowledged_by, record.acknowledged_because
        when = f"{record.acknowledged_at:%Y-%m-%d %H:%M}"
        parts.append(f"{who} 于 {when} 确认：{why}" if zh else f"acknowledged by {who} on {when}: {why}")
    if record.ended_at is not None:
        ended = f"{record.ended_at:%Y-%m-%d %H:%M}"
        parts.append(f"已于 {ended} 解除" if zh else f"ended {ended}")
    return " · ".join(parts)


def main(given: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    asked = _arguments(given)
    try:
        settings = load_settings()
        warehouse = open_warehouse(settings.warehouse, readonly=asked.acknowledge is None)
    except SettingsError as error:
        return _refuse(error, REFUSED)
    except READ_ERRORS as error:
        return _refuse(error, REFUSED)
    try:
        warehouse.check_schema()
        if asked.acknowledge is not None:
            now = clock_for(settings.today).now()
            acknowledge(warehouse, asked.acknowledge, asked.by.strip(), asked.because.strip(), now)
        _print(warehouse, asked, asked.lang or settings.language)
    except UnknownWarningError as error:
        return _refuse(error, NO_SUCH)
    except READ_ERRORS as error:
        return _refuse(error, REFUSED)
    finally:
        warehouse.dispose()
    return DONE


def _print(warehouse: Warehouse, asked: argparse.Namespace, language: Language) -> None:
    found = records(warehouse, open_only=not asked.all)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if asked.json:
        rows = [asdict(each) for each in (events(warehouse) if asked.history else found)]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1, default=_plain) + "\n")
    elif asked.history:
        for each in events(warehouse):
            word = EVENTS[each.event][language == "en"]
            level, said = level_words(each.level, language), f" · {each.author}: {each.reason}" if each.author else ""
            console.print(f"{each.at:%Y-%m-%d %H:%M} {each.warning_id:>4} {word} {level}{said}")
    else:
        for record in found:
            console.print(line(record, language))
        if not found:
            console.print("当前没有预警" if language == "zh" else "no warnings")


def _plain(value: Any) -> str:  # noqa: ANN401 - what json cannot write by itself
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the JSON of the warnings")


def _refuse(error: Exception, code: int) -> int:
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(str(error), style="bold red")
    return code


if __name__ == "__main__":
    sys.exit(main())
