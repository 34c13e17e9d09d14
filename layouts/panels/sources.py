"""数据目录: every source with what ``python -m data.source_status`` says of it, and behind a click the details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from data.gathering import period_text
from data.source_details import SourceDetails
from data.source_status_report import at_a_glance, is_late, lines
from layouts import marks, words
from layouts.drawer import FREQUENCIES
from layouts.header import FRESHNESS_MARKS
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels.warnings import ask_nothing, board_of
from layouts.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from data.source_status import SourceStatus

NO_SOURCES = Empty("没有声明数据源", "No source is declared")


def draw_sources(drawing: Drawing) -> Drawn:
    """Show one row per source; a click opens coverage, last loads, rejected rows and findings."""
    board = board_of(drawing)
    if not board.statuses:
        return Drawn(empty=NO_SOURCES)
    rows = [_source(each, board.details.get(each.code, SourceDetails()), drawing) for each in board.statuses]
    late, count = sum(map(is_late, board.statuses)), len(board.statuses)
    said = Takeaway(f"{count} 个数据源，**{late} 个延迟**", f"{count} sources, **{late} late**")
    return Drawn(
        children=html.Div(rows, className="src-list"),
        takeaway=said,
        alt=drawing.style.words(said.zh, said.en).replace("**", ""),
        note_zh="数据源声明与入库台账",
        note_en="declared sources and load ledger",
    )


def _source(status: SourceStatus, details: SourceDetails, drawing: Drawing) -> html.Details:
    style = drawing.style
    title = style.words(status.title_zh, status.title_en)
    simulated = [marks.chip("sim", text("simulated_data", style.language), "exclude")] if status.simulated else []
    summary = html.Summary(
        [
            html.Span(_state(status, drawing), className="src-state"),
            html.Span([html.B(title), html.Small(status.code), *simulated], className="src-name"),
            *(
                html.Span([html.Small(label), said], className="src-glance")
                for label, said in at_a_glance(status, style.language)
            ),
            html.Span(style.words(status.publisher_zh, status.publisher_en), className="src-pub"),
        ]
    )
    told = [part for label, said, _ in lines(status, style.language) for part in (html.Dt(label), html.Dd(said))]
    licence = [html.Dt(style.words("许可", "Licence")), html.Dd(status.licence)]
    return html.Details(
        [
            summary,
            html.Dl([*told, *licence], className="src-told"),
            *_covered(status, drawing),
            *_details(details, drawing),
        ],
        className="src",
        **marks.attributes(data_source=status.code),
    )


def _covered(status: SourceStatus, drawing: Drawing) -> list[html.Details]:
    """Return by indicator how many series and values there are and of which periods; behind a click, it is long."""
    if not status.indicator_coverage:
        return []
    style, states = drawing.style, {(each.indicator, each.frequency): each for each in status.indicators}
    head = (("指标", "Indicator"), ("频率", "Frequency"), ("系列数", "Series"), ("数值个数", "Values"),
            ("最早", "First"), ("最新", "Last"), ("时效", "Timeliness"))  # fmt: skip
    rows = []
    for each in status.indicator_coverage:
        state = states.get((each.indicator, each.frequency))
        rows.append(
            (
                _indicator_name(each.indicator, drawing),
                style.words(*FREQUENCIES[each.frequency]),
                f"{each.series:,}",
                f"{each.values:,}",
                period_text(each.frequency, each.first_period),
                period_text(each.frequency, each.last_period),
                "—" if state is None else words.freshness_words(state.state, style.language),
            )
        )
    count = len({each.indicator for each in status.indicator_coverage})
    name = style.words(f"覆盖：{count} 个指标", f"Coverage: {count} indicators")
    return [html.Details([html.Summary(name), _table(name, rows, head, drawing)], className="src-covered")]


def _indicator_name(code: str, drawing: Drawing) -> str:
    """Return the name of an indicator; the code of one that the catalogue no longer declares."""
    found = drawing.catalogue.indicators.get(code)
    return code if found is None else found.word("name", drawing.style.language)


def _state(status: SourceStatus, drawing: Drawing) -> list[Component | str]:
    if status.timeliness is None:
        return [drawing.style.words("无日历", "no calendar")]
    kind, icon = FRESHNESS_MARKS[status.timeliness.state]
    word = words.freshness_words(status.timeliness.state, drawing.style.language)
    return [html.Span([marks.icon(icon), word], className=f"fresh {kind}")]


def _details(details: SourceDetails, drawing: Drawing) -> list[Component]:
    style = drawing.style
    loads = [
        (
            f"{each.loaded_at:%Y-%m-%d %H:%M}", each.file_name, each.state,
            f"+{each.rows_new:,} ~{each.rows_revised:,} −{each.rows_rejected:,}", each.error,
        )
        for each in details.loads
    ]  # fmt: skip
    rejects = [(each.place, each.raw, each.reason) for each in details.rejects]
    findings = [(each.severity, each.place, style.words(each.reason_zh, each.reason_en)) for each in details.findings]
    tables = (
        (("最近入库", "Last loads"), loads, (("时间", "Time"), ("文件", "File"), ("状态", "State"),
                                          ("新增/修订/拒收", "New/revised/rejected"), ("原因", "Reason"))),
        (("拒收行", "Rejected rows"), rejects, (("位置", "Place"), ("原文", "Raw"), ("原因", "Reason"))),
        (("检查发现", "Findings"), findings, (("程度", "Severity"), ("位置", "Place"), ("原因", "Reason"))),
    )  # fmt: skip
    return [_table(style.words(*name), rows, head, drawing) for name, rows, head in tables if rows]


def _table(name: str, rows: Sequence[Sequence[str]], head: Sequence[tuple[str, str]], drawing: Drawing) -> html.Div:
    top = html.Tr([html.Th(drawing.style.words(zh, en), scope="col") for zh, en in head])
    body = [html.Tr([html.Td(part) for part in row]) for row in rows]
    table = html.Table([html.Caption(name), html.Thead(top), html.Tbody(body)], className="data-table")
    return html.Div(table, className="src-table", tabIndex=0, role="region", **marks.attributes(aria_label=name))


PANELS = (
    Panel(
        code="data_sources",
        theme="sources",
        title_zh="数据目录",
        title_en="Data catalogue",
        unit_zh="来源、运行、覆盖与时效",
        unit_en="sources, runs, coverage, timeliness",
        ask=ask_nothing,
        draw=draw_sources,
        follows=frozenset(),
        fixed_zh="现况",
        fixed_en="As of now",
        body="html",
        reads=frozenset({"sources", "details"}),
    ),
)
