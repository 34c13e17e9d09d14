"""The sheets of an exported file: the data with their provenance, the table as shown, definitions and flags.

A sheet is rows of typed cells; what kind of file they go into is no matter here. Figures are numbers at their
published precision in the unit they are stored in; a missing one is its sign, and a column says what that means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from data.periods import Frequency
from data.status import HAS_FIGURE, CellKind, ConfStatus, cell_kind
from layouts import words
from layouts.drawer import drawer
from layouts.series_names import ACCUMULATIONS, series_name, stored_unit
from layouts.texts import text
from layouts.twin import figure_cell, twin

if TYPE_CHECKING:
    from data.facts import SeriesKey
    from data.queries import Cell
    from layouts.drawer import Origins
    from layouts.twin import Twin, TwinCell
    from layouts.view import View

DATA_COLUMNS = (
    *(("面板", "Panel"), ("系列", "Series"), ("区域", "Area"), ("时期", "Period"), ("频率", "Frequency")),
    *(("口径", "Accumulation"), ("数值", "Value"), ("单位", "Unit"), ("缺失说明", "Missing because")),
    *(("数据状态", "Status"), ("模拟", "Simulated"), ("修订次数", "Revisions"), ("图上显示", "Shown")),
    *(("来源机构", "Publisher"), ("来源", "Source"), ("引用页", "Cited page"), ("许可", "Licence")),
    *(("文件", "File"), ("位置", "Place"), ("SHA-256", "SHA-256"), ("发布", "Vintage"), ("入库", "Loaded at")),
    ("备注", "Note"),
)
FREQUENCY_WORDS = {"D": ("日", "D"), "M": ("月", "M"), "Q": ("季", "Q"), "A": ("年", "A")}


@dataclass(frozen=True)
class Number:
    """A figure with its decimals; a ``growth`` reads with an arrow, ``mark`` is said behind it."""

    value: Decimal
    decimals: int
    growth: bool = False
    mark: str = ""
    sign: bool = False


SheetCell = str | Number | date
Row = Sequence[SheetCell]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the lines over its table, the heads of the table, and its rows."""

    name: str
    notes: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Row]


def sheets(view: View, origins: Origins, address: str) -> list[Sheet]:
    """Return the three sheets of one panel: data, table as shown, definitions and sources."""
    mark = _simulated_words(view)
    say = view.style.words
    made = twin(view)
    notes = list(filter(None, (view.title, view.headline, mark)))
    return [
        Sheet(named(view, say("数据", "Data")), notes, _heads(view), list(data_rows(view))),
        Sheet(
            named(view, say("图表所示", "As shown")),
            [made.caption, *notes[1:]],
            twin_heads(made, view),
            twin_rows(made, view),
        ),
        Sheet(named(view, say("口径与来源", "Definitions")), notes, [], list(definition_rows(view, origins, address))),
    ]


def named(view: View, name: str) -> str:
    """Return the name of a sheet; one with simulated figures says so."""
    return name + view.style.words("（含模拟）", " (simulated)") if view.stamp.simulated else name


def _simulated_words(view: View) -> str:
    if not view.stamp.simulated:
        return ""
    return text("simulated_data" if view.stamp.all_simulated else "some_simulated", view.style.language)


# --- the data ----------------------------------------------------------------------------------------------------


def _heads(view: View) -> list[str]:
    return [view.style.words(*head) for head in DATA_COLUMNS]


def data_rows(view: View) -> Iterator[Row]:
    """Return every cell the panel asked for, by series, the newest first: those shown and those growth rests on."""
    shown = {(each.key, period) for each in view.listed() for period in each.periods}
    names = {key: series_name(key, view.catalogue, view.style) for key in view.frame}
    for key in sorted(view.frame, key=lambda each: names[each]):
        for cell in reversed(view.frame[key]):
            yield _data_row(view, key, names[key], cell, is_shown=(key, cell.period) in shown)


def _data_row(view: View, key: SeriesKey, name: str, cell: Cell, *, is_shown: bool) -> Row:
    say, indicator = view.style.words, view.catalogue.indicators[key.indicator]
    language, combined = view.style.language, indicator.combined_january_february
    region = view.catalogue.regions[key.region].word("name", language) if key.region in view.catalogue.regions else ""
    decimals = indicator.decimals if cell.decimals is None else cell.decimals
    kind = cell_kind(cell.value, decimals, cell.obs_status, cell.conf_status)
    return [
        view.title,
        name,
        region or key.region,
        words.period_label(key.frequency, key.accumulation, cell.period, language, combined),
        say(*FREQUENCY_WORDS[Frequency(key.frequency).value]),
        say(*ACCUMULATIONS[key.accumulation]),
        as_sheet_cell(figure_cell(view, key, cell)),
        stored_unit(key, view.catalogue, view.style),
        "" if kind in HAS_FIGURE else words.missing_words(kind, language),
        _status(view, cell),
        say("模拟", "Simulated") if cell.simulated else "",
        Number(Decimal(cell.revisions), 0),
        say("是", "yes") if is_shown else say("否", "no"),
        *_provenance(view, cell),
    ]


def _status(view: View, cell: Cell) -> str:
    """Return the status of a cell in words; a figure without any remark is as published."""
    badges = words.status_badges(
        view.style.language,
        obs_status=cell.obs_status,
        conf_status=cell.conf_status,
        simulated=cell.simulated,
        derived=cell.derived,
        revisions=cell.revisions,
    )
    listed = view.style.words("、", ", ").join(each.text for each in badges)
    return listed or text("as_published", view.style.language)


def _provenance(view: View, cell: Cell) -> list[SheetCell]:
    load = view.frame.loads[cell.load_id]
    page = view.frame.citations.get(cell.citation_id) if cell.citation_id is not None else None
    cited = " · ".join(filter(None, (page.publisher, page.title, page.published_on, page.url))) if page else ""
    loaded = words.time_label(load.loaded_at) if load.loaded_at else "…"
    source = view.style.words(load.title_zh, load.title_en)
    publisher = view.style.words(load.publisher_zh, load.publisher_en)
    hidden = cell.conf_status != ConfStatus.FREE
    place = words.missing_text(CellKind.CONFIDENTIAL) if hidden else cell.place
    return [publisher, source, cited, load.licence, load.file_name, place, load.sha256, cell.vintage, loaded, cell.note]


# --- the table as shown ------------------------------------------------------------------------------------------


def as_sheet_cell(cell: TwinCell, *, growth: bool = False, sign: bool = False) -> SheetCell:
    """Return a cell of the table as a file carries it: the figure itself where there is one, else its sign."""
    if cell.number is None:
        return cell.text
    return Number(cell.number, cell.decimals, growth, cell.mark, sign)


def twin_heads(made: Twin, view: View) -> list[str]:
    """Return the heads of the table as shown, each with its unit."""
    say = view.style.words
    heads = [
        say(f"{column.head}（{column.unit}）", f"{column.head} ({column.unit})") if column.unit else column.head
        for column in made.columns
    ]
    return [made.corner, *heads, text("status", view.style.language)] if made.columns else [made.caption]


def twin_rows(made: Twin, view: View) -> list[Row]:
    """Return the rows of the table as shown; an empty panel has one that says why."""
    if not made.rows:
        return [[made.empty]]
    found: list[Row] = []
    for row in made.rows:
        cells = [
            as_sheet_cell(cell, growth=column.kind == "growth", sign=cell.text.startswith("+"))
            for cell, column in zip(row.cells, made.columns, strict=True)
        ]
        badges = view.style.words("、", ", ").join(badge.text for badge in row.badges)
        found.append([row.head, *cells, badges or text("as_published", view.style.language)])
    return found


# --- definitions -------------------------------------------------------------------------------------------------


def definition_rows(view: View, origins: Origins, address: str) -> Iterator[Row]:
    """Return what the drawer says, section by section, with the address of the screen at the end."""
    for section in drawer(view, origins):
        yield [section["title"], "", ""]
        for row in section["rows"]:
            head, said = ("", row[1]) if section["kind"] == "marks" else (row[0], row[1])
            yield ["", head, said]
    yield [view.style.words("地址", "Address"), "", address]
    yield [view.style.words("缺失符号", "Signs"), "", _signs(view)]


def _signs(view: View) -> str:
    kinds = (CellKind.NOT_AVAILABLE, CellKind.NOT_APPLICABLE, CellKind.CONFIDENTIAL, CellKind.UNRELIABLE)
    language = view.style.language
    return "；".join(f"{words.missing_text(kind)} {words.missing_words(kind, language)}" for kind in kinds)
