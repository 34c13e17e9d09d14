"""Look before loading: ``python -m data.preview SOURCE.toml FILE``.

Reads the file as the declaration says, in the same cage and with the same checks as a load, and prints what would be
stored: series, periods, units, values, what is rejected and why, what the checks find. Nothing is stored.

Exit codes: 0 it would be stored whole; 1 it would be held back, refused, or stored with rejects; 2 the declaration is
wrong or the file is not there.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from data.catalogue import Catalogue, CatalogueError, load_catalogue
from data.catalogue.errors import UnknownKeyPartError
from data.check_batch import Batch
from data.check_history import held_values
from data.checks import examine, verdict
from data.corrections import CorrectionError, correct
from data.dialects import WarehouseUnavailableError
from data.facts import Fact, Reject
from data.findings import Finding, Severity
from data.gathering import period_text, series_text
from data.loaders import OPTIONS, FileRefusedError, Parsed, Source, SourceError
from data.loaders.intake import label_of, open_regular
from data.loaders.isolation import Isolation
from data.loaders.run import check
from data.loaders.sensitive import SensitiveFileError
from data.loaders.source import read_source
from data.settings import Settings, SettingsError, load_settings
from data.warehouse import open_warehouse

SHOWN = 20  # series, rejects and findings that are listed one by one
RAW_CHARACTERS = 60


@dataclass
class Preview:
    """What a load of the file would do. ``refused`` says why nothing of it could be read."""

    source: Source
    file_name: str
    parsed: Parsed = field(default_factory=Parsed)
    facts: list[Fact] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: str = ""
    with_history: bool = False

    @property
    def verdict(self) -> Severity:
        """What would become of the file: ``off`` and ``warn`` are stored."""
        return "refuse" if self.refused else verdict(self.findings)


def preview(
    source: Source,
    path: Path,
    catalogue: Catalogue,
    isolation: Isolation,
    today: date,
    settings: Settings | None = None,
) -> Preview:
    """Read one file as ``source`` declares and check it; with ``settings``, against the warehouse too.

    Raises ``SourceError`` for a wrong declaration and ``OSError`` for a file that cannot be opened.
    """
    result = Preview(source, label_of(path.name))
    try:
        _check_regular(path)
        result.parsed = isolation.parse(source, path, result.file_name)
        known = source.corrections
        corrected = correct(result.parsed.facts, result.parsed.rejects, known, result.file_name, catalogue)
        result.facts, impossible = check(corrected.facts, catalogue, result.file_name)
    except CorrectionError as error:
        raise SourceError(source.declared_in, "corrections", str(error)) from error
    except SensitiveFileError as error:
        result.refused = f"隔离待核 / held back: {error}"
        return result
    except (FileRefusedError, UnknownKeyPartError) as error:
        result.refused = str(error)
        result.rejects = result.parsed.rejects
        return result
    result.rejects = [*corrected.rejects, *impossible]
    parsed = result.parsed
    batch = Batch(catalogue, result.facts, today, source.checks, result.rejects, parsed.cells_read, parsed.rows_read)
    if settings is not None:
        batch, result.with_history = _with_history(batch, settings)
    result.findings = [*examine(batch), *corrected.findings]
    return result


def _check_regular(path: Path) -> None:
    os.close(open_regular(path))


def _with_history(batch: Batch, settings: Settings) -> tuple[Batch, bool]:
    """Return the batch beside the values stored now; without a warehouse it is checked by itself."""
    warehouse = open_warehouse(settings.warehouse, readonly=True)
    try:
        return replace(batch, held=held_values(warehouse, batch.facts)), True
    except (SQLAlchemyError, WarehouseUnavailableError, OSError):
        return batch, False
    finally:
        warehouse.dispose()


def lines_of(result: Preview) -> Iterator[str]:
    """Give the preview as lines of text, in Chinese and English."""
    source, parsed = result.source, result.parsed
    yield f"预览 / preview：{result.file_name} ← {source.code}（{source.title_zh} / {source.title_en}）"
    if result.refused:
        yield f"拒收 / refused：{result.refused}"
        yield from _rejects(result.rejects)
        return
    series = _series(result.facts)
    yield (
        f"将读取 / would read：{len(result.facts):,} 个值 / values，{len(series):,} 个序列 / series，"
        f"{parsed.rows_read:,} 行 / rows；声明缺失 / missing {parsed.missing:,}，"
        f"声明排除 / left out {parsed.excluded:,}，拒收 / rejected {len(result.rejects):,}"
    )
    for text, facts in list(series.items())[:SHOWN]:
        yield f"  {text}：{_span(facts)}，{facts[0].unit}，{len(facts):,} 个值 / values，{_ends(facts)}"
    if len(series) > SHOWN:
        yield f"  … 另有 / and {len(series) - SHOWN:,} 个序列 / more series"
    yield from (f"注意 / note：{note}" for note in parsed.notes)
    yield from _rejects(result.rejects)
    history = "含库内历史 / with history" if result.with_history else "未对照库内历史 / without history"
    yield f"检查 / checks（{history}）：{len(result.findings)}"
    for each in result.findings[:SHOWN]:
        yield f"  [{each.severity} · {each.check}] {each.place} {each.raw[:RAW_CHARACTERS]}：{each.reason_zh}"
        yield f"    {each.reason_en}"
    yield f"结果 / result：{VERDICTS[result.verdict]}；未写入任何数据 / nothing was stored"


VERDICTS = {
    "off": "可以入库 / would be stored",
    "warn": "可以入库，附警告 / would be stored with warnings",
    "quarantine": "将隔离待核 / would be quarantined",
    "refuse": "将被拒收 / would be refused",
}


def _series(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(series_text(fact.key), []).append(fact)
    return found


def _span(facts: Sequence[Fact]) -> str:
    frequency = facts[0].key.frequency
    periods = [fact.period for fact in facts]
    return f"{period_text(frequency, min(periods))} … {period_text(frequency, max(periods))}"


def _ends(facts: Sequence[Fact]) -> str:
    last = max(facts, key=lambda fact: fact.period)
    return f"末值 / last {last.value} ← {last.raw!r} @ {last.place}"


def _rejects(rejects: Sequence[Reject]) -> Iterator[str]:
    if rejects:
        yield "无法读取的单元格 / cells that cannot be read："
    for each in rejects[:SHOWN]:
        yield f"  {each.place}：{each.raw[:RAW_CHARACTERS]!r}（{each.reason}）"
    if len(rejects) > SHOWN:
        yield f"  … 另有 / and {len(rejects) - SHOWN:,}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.preview", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="the declaration (TOML)")
    parser.add_argument("file", type=Path, help="the file it would read")
    parser.add_argument("--catalogue", type=Path, help="another catalogue than that of the settings")
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        catalogue = load_catalogue(chosen.catalogue or settings.catalogue)
        source = read_source(chosen.source, OPTIONS)
        with Isolation(catalogue) as isolation:
            result = preview(source, chosen.file, catalogue, isolation, settings.current_day(), settings)
    except (SettingsError, CatalogueError, SourceError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.writelines(f"{_plain(line)}\n" for line in lines_of(result))
    return 0 if result.verdict in ("off", "warn") and not result.rejects else 1


def _plain(line: str) -> str:
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in line)


if __name__ == "__main__":
    sys.exit(main())
