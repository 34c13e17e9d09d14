"""What ``python -m data.refresh`` shows: a progress bar while it works, then what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from data.facts import LoadReport

_WORDS = {
    "zh": {
        "nothing": "没有新数据：{files} 个文件均已入库（{seconds:.1f} 秒）",
        "counts": "新增 {new:,}，修订 {revised:,}，未变 {unchanged:,}，让位 {outranked:,}，拒收 {rejected:,}",
        "asked": "  已询问 {asked} 个接口或数据库，其中 {same} 个没有新内容",
        "done": "入库完成：{counts}（{seconds:.1f} 秒）",
        "load": "  {source} · {file}：{counts}",
        "interrupted": "上一次入库始于 {time}（UTC）而未结束；已写入的均完整，未写入的本次已补。",
        "failed": "未能入库：{what}",
        "untold": "预警消息尚未送达：{what}",
    },
    "en": {
        "nothing": "Nothing new: all {files} files are loaded ({seconds:.1f} s)",
        "counts": "{new:,} new, {revised:,} revised, {unchanged:,} unchanged, {outranked:,} outranked, "
        "{rejected:,} rejected",
        "asked": "  {asked} services or databases asked, {same} of them with nothing new",
        "done": "Loaded: {counts} ({seconds:.1f} s)",
        "load": "  {source} · {file}: {counts}",
        "interrupted": "The refresh begun at {time} (UTC) never ended; what it stored is whole, the rest came now.",
        "failed": "Not loaded: {what}",
        "untold": "Warnings not sent yet: {what}",
    },
}
_COUNTS = ("new", "revised", "unchanged", "outranked", "rejected")


class Result(Protocol):
    """What a refresh says it did (``data.refresh.Summary``)."""

    reports: list[LoadReport]
    interrupted: str
    seconds: float
    files: int
    asked: int
    answered: int
    untold: str

    @property
    def failed(self) -> list[str]:
        """What was refused, with the reasons."""

    def total(self, count: str) -> int:
        """Return a count over all loads."""


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on standard error if that is a terminal; gives the function that moves it."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("…", total=None, visible=False)

        def on_step(done: int, total: int, title: str) -> None:
            progress.update(task, completed=done, total=total, description=title, visible=True)

        yield on_step


def print_summary(result: Result, language: Literal["zh", "en"]) -> None:
    """Print what was loaded, file by file, and what was refused."""
    words, console = _WORDS[language], Console(highlight=False, soft_wrap=True, markup=False)
    if result.interrupted:
        console.print(words["interrupted"].format(time=result.interrupted))
    for report in result.reports:
        if report.state == "done":
            counts = words["counts"].format(**report.counts)
            console.print(words["load"].format(source=report.source, file=report.file_name, counts=counts))
    if result.asked:
        console.print(words["asked"].format(asked=result.asked, same=result.asked - result.answered))
    key = "done" if result.reports else "nothing"
    counts = words["counts"].format(**{name: result.total(name) for name in _COUNTS})
    console.print(words[key].format(files=result.files, seconds=result.seconds, counts=counts))
    if result.untold:
        told = words["untold"].format(what=result.untold)
        Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(told)
    for what in result.failed:
        Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(words["failed"].format(what=what))


def print_refusal(error: Exception) -> None:
    """Print why nothing could be loaded."""
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(str(error), style="bold red")
