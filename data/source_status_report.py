"""What ``python -m data.source_status`` prints: the data catalogue as text, or as JSON for programs.

Exit codes: 0 all sources are in time; 1 one is late or its last run failed; 2 the warehouse cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from rich.console import Console

from data.catalogue import CatalogueError, load_catalogue
from data.clock import clock_for
from data.dialects import READ_ERRORS
from data.freshness import Freshness
from data.gathering import period_text
from data.loaders.source import SourceError
from data.runs import GOOD, Outcome
from data.settings import Settings, SettingsError, load_settings
from data.source_status import LATE, Coverage, SourceStatus, source_statuses
from data.warehouse import open_warehouse

Language = Literal["zh", "en"]
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "title": "数据目录：{number} 个数据源，{late} 个延迟（{now}，北京时间）",
        "kind": "来源",
        "bundled": "随程序", "service": "接口", "database": "数据库", "drop": "收件夹", "simulated": "模拟",
        "schedule": "计划", "none": "无计划，仅在手工刷新时查询",
        "next": "下次", "guess": "（{years} 年节假日安排尚未公布，仅避开周末）",
        "run": "最近运行", "never": "从未运行",
        "load": "最近入库", "nothing": "尚无数据",
        "counts": "新增 {new:,}，修订 {revised:,}，拒收 {rejected:,}",
        "coverage": "覆盖", "span": "{series:,} 个序列，{values:,} 个值，{first} 至 {last}",
        "glance": "{values:,} 个值 · 至 {last}",
        "rejects": "拒收", "cells": "{number:,} 个单元格",
        "held": "未入库", "state": "时效", "due": "{period} 应于 {due}，已迟 {days} 天",
        "due_soon": "{period} 应于 {due}",
        "run_due": "应于 {due} 运行", "indicators": "指标", "simulated_mark": " ［模拟数据］",
        "current": "正常", "near": "临期", "overdue": "过期", "broken": "中断", "unknown": "无法判断",
        "schedule_reason": "按计划", "catch_up": "补跑", "retry": "重试", "manual": "手工", "drop_reason": "收件",
        "running": "运行中", "done": "已入库", "unchanged": "无新内容", "failed": "失败", "quarantined": "已隔离",
        "timeout": "超时终止", "interrupted": "中断未完成",
    },
    "en": {
        "title": "Data catalogue: {number} sources, {late} late ({now}, Beijing time)",
        "kind": "From",
        "bundled": "with the program", "service": "service", "database": "database", "drop": "drop folder",
        "simulated": "simulation",
        "schedule": "Schedule", "none": "none; asked only when somebody refreshes",
        "next": "Next", "guess": " (the holidays of {years} are not announced; only weekends are avoided)",
        "run": "Last run", "never": "never",
        "load": "Last load", "nothing": "no data yet",
        "counts": "{new:,} new, {revised:,} revised, {rejected:,} rejected",
        "coverage": "Coverage", "span": "{series:,} series, {values:,} values, {first} to {last}",
        "glance": "{values:,} values · to {last}",
        "rejects": "Rejected", "cells": "{number:,} cells",
        "held": "Not stored", "state": "In time", "due": "{period} was due on {due}, {days} days late",
        "due_soon": "{period} is due on {due}",
        "run_due": "a run is due on {due}", "indicators": "Indicators", "simulated_mark": " [simulated]",
        "current": "current", "near": "due soon", "overdue": "overdue", "broken": "broken", "unknown": "cannot be told",
        "schedule_reason": "scheduled", "catch_up": "catch-up", "retry": "retry", "manual": "by hand",
        "drop_reason": "drop folder",
        "running": "running", "done": "stored", "unchanged": "nothing new", "failed": "failed",
        "quarantined": "quarantined", "timeout": "ended after its time", "interrupted": "never ended",
    },
}  # fmt: skip
_STATE_WORDS = {
    Freshness.CURRENT: "current", Freshness.DUE_SOON: "near",
    Freshness.OVERDUE: "overdue", Freshness.BROKEN: "broken",
}  # fmt: skip
_REASON_WORDS = {"schedule": "schedule_reason", "drop": "drop_reason"}
_STYLES = {Freshness.DUE_SOON: "yellow", Freshness.OVERDUE: "red", Freshness.BROKEN: "bold red"}


def is_late(status: SourceStatus) -> bool:
    """Tell whether a source does not keep its calendar."""
    return status.timeliness is not None and status.timeliness.state in LATE


def has_failed(status: SourceStatus) -> bool:
    """Tell whether the last run of a source went wrong."""
    well = {*(each.value for each in GOOD), Outcome.RUNNING.value}
    return status.last_run is not None and status.last_run.outcome not in well


def lines(status: SourceStatus, language: Language) -> list[tuple[str, str, str]]:
    """Return what is said of a source: label, text and style of each line."""
    words = _WORDS[language]
    told = [
        ("kind", words[status.kind], ""),
        ("schedule", (status.schedule_zh if language == "zh" else status.schedule_en) or words["none"], ""),
        ("next", _next(status, words), ""),
        ("run", _run(status, words), "red" if has_failed(status) else ""),
        ("load", _load(status, words), ""),
        *(("coverage", _span(each, words), "") for each in status.coverage),
        ("rejects", words["cells"].format(number=status.rejects) if status.rejects else "", ""),
        *(("held", f"{each.file_name}: {each.error}", "red") for each in status.held_back[:3]),
        ("state", *_state(status, words)),
        ("indicators", _indicators(status, words), ""),
    ]
    return [(words[label], text, style) for label, text, style in told if text]


def at_a_glance(status: SourceStatus, language: Language) -> list[tuple[str, str]]:
    """Return label and text of what a row of the catalogue shows before it is opened; … where there is nothing yet."""
    words, run = _WORDS[language], status.last_run
    started = f"{_minute(run.started_at)} {words[run.outcome]}" if run else words["never"]
    widest = max(status.coverage, key=lambda each: each.values, default=None)
    covered = "…"
    if widest is not None:
        values, last = sum(each.values for each in status.coverage), period_text(widest.frequency, widest.last_period)
        covered = words["glance"].format(values=values, last=last)
    due = "…" if status.next_due is None else _minute(status.next_due)
    shown = {"run": started, "next": due, "coverage": covered, "rejects": f"{status.rejects:,}"}
    return [(words[label], text) for label, text in shown.items()]


def state_words(status: SourceStatus, language: Language) -> str:
    """Return whether a source keeps its calendar, in words."""
    return _state(status, _WORDS[language])[0]


def _next(status: SourceStatus, words: dict[str, str]) -> str:
    if status.next_due is None:
        return ""
    years = "、".join(map(str, status.next_due_unknown_years))
    return f"{_minute(status.next_due)}{words['guess'].format(years=years) if years else ''}"


def _run(status: SourceStatus, words: dict[str, str]) -> str:
    run = status.last_run
    if run is None:
        return words["never"]
    reason = words[_REASON_WORDS.get(run.reason, run.reason)]
    took = "" if run.duration_s is None else f" · {run.duration_s:.1f} s"
    error = f" · {run.error.splitlines()[0]}" if run.error else ""
    return f"{_minute(run.started_at)} · {reason} · {words[run.outcome]}{took}{error}"


def _load(status: SourceStatus, words: dict[str, str]) -> str:
    load = status.last_load
    if load is None:
        return words["nothing"]
    counts = words["counts"].format(new=load.rows_new, revised=load.rows_revised, rejected=load.rows_rejected)
    return f"{_minute(load.loaded_at)} · {load.file_name} · {counts}"


def _span(coverage: Coverage, words: dict[str, str]) -> str:
    first, last = (period_text(coverage.frequency, each) for each in (coverage.first_period, coverage.last_period))
    return words["span"].format(series=coverage.series, values=coverage.values, first=first, last=last)


def _state(status: SourceStatus, words: dict[str, str]) -> tuple[str, str]:
    found = status.timeliness
    if found is None:
        return words["unknown"], ""
    word = words[_STATE_WORDS[found.state]]
    due = _minute(found.due)
    if found.awaited_period is None or found.frequency is None:
        return f"{word} · {words['run_due'].format(due=due)}", _STYLES.get(found.state, "")
    period = period_text(found.frequency, found.awaited_period)
    text = words["due" if found.days_late else "due_soon"].format(period=period, due=due, days=found.days_late)
    return f"{word} · {text}", _STYLES.get(found.state, "")


def _indicators(status: SourceStatus, words: dict[str, str]) -> str:
    found = [each.state for each in status.indicators]
    return "，".join(f"{words[name]} {found.count(state)}" for state, name in _STATE_WORDS.items() if state in found)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def print_statuses(statuses: Sequence[SourceStatus], now: datetime, language: Language) -> None:
    """Print the catalogue for people."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    words = _WORDS[language]
    late = sum(map(is_late, statuses))
    console.print(words["title"].format(number=len(statuses), late=late, now=_minute(now)), style="bold")
    for status in statuses:
        mark = words["simulated_mark"] if status.simulated else ""
        title = status.title_zh if language == "zh" else status.title_en
        console.print(f"\n{status.code}  {title}{mark}", style="bold")
        for label, text, style in lines(status, language):
            console.print(f"  {label}：{text}" if language == "zh" else f"  {label}: {text}", style=style or None)


def as_json(statuses: Iterable[SourceStatus], now: datetime) -> str:
    """Return the catalogue for programs; periods are numbers as in ``data.periods``, beside their text."""
    rows = [asdict(each) | {"worst": each.worst, "stored": each.stored} for each in statuses]
    for row in rows:
        for part in (*row["coverage"], *row["indicator_coverage"]):
            part["first"], part["last"] = (
                period_text(part["frequency"], part[name]) for name in ("first_period", "last_period")
            )
    return json.dumps({"now": now, "sources": rows}, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:  # noqa: ANN401 - what json cannot write by itself
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the JSON of the catalogue")


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m data.source_status", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--lang", choices=("zh", "en"), help="language; by default that of the settings")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    arguments = _arguments(given)
    try:
        settings = load_settings()
        now = clock_for(settings.today).now()
        statuses = _read(settings, now)
    except (SettingsError, CatalogueError, SourceError) as error:
        return _refuse(error)
    except READ_ERRORS as error:
        return _refuse(error)
    if arguments.json:
        sys.stdout.write(as_json(statuses, now) + "\n")
    else:
        print_statuses(statuses, now, arguments.lang or settings.language)
    return 1 if any(is_late(each) or has_failed(each) for each in statuses) else 0


def _refuse(error: Exception) -> int:
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(str(error), style="bold red")
    return 2


def _read(settings: Settings, now: datetime) -> list[SourceStatus]:
    warehouse = open_warehouse(settings.warehouse, readonly=True)
    try:
        warehouse.check_schema()
        return source_statuses(warehouse, load_catalogue(settings.catalogue), settings, now)
    finally:
        warehouse.dispose()
