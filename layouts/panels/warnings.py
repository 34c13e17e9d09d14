"""The panels about warnings: which hold, how many held in the months before, and which sources are late.

What holds is worked out by ``data.warning_evaluation``; the rows are the same as in the ticker, JSON and messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from data.periods import year_of
from data.source_status_report import is_late, state_words
from data.warning_evaluation import wants
from data.warning_history import held_by_month
from data.warning_words import (
    KINDS,
    figure_words,
    gap_words,
    level_words,
    region_words,
    sentence,
    what_words,
    when_words,
)  # fmt: skip
from layouts import marks, words
from layouts.charts.parts import Tick
from layouts.charts.stacked import Layer, stacked
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels.reading import LANGUAGES
from layouts.panels.warning_lines import LIMIT_NOTE, warning_line
from layouts.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash.development.base_component import Component

    from data.catalogue import Catalogue
    from data.queries import Want
    from data.selection import Selection
    from data.source_status import SourceStatus
    from data.warning_evaluation import Warned
    from layouts.alerts import Board
    from layouts.theme import Style

WALL_ROWS = 5
LEVELS = (1, 2, 3, 4)
NO_BOARD = Empty("没有读取预警", "Warnings were not read")


def ask_warnings(catalogue: Catalogue, selection: Selection) -> Sequence[Want]:
    """Return everything the declared rules look at."""
    return wants(catalogue, selection.period)


def ask_nothing(_catalogue: Catalogue, _selection: Selection) -> Sequence[Want]:
    """Return no series: the panel is about sources."""
    return []


def board_of(drawing: Drawing) -> Board:
    """Return what a panel was given beside figures. ``ValueError`` if it does not say that it reads any."""
    if drawing.board is None:
        raise ValueError("a panel about warnings or sources is drawn with a board")
    return drawing.board


def level_chip(level: int, drawing: Drawing) -> html.Span:
    """Return the filled chip of a level, with numeral and word."""
    return html.Span(level_words(level, drawing.style.language), className=f"lvl lvl-{level}")


# --- which hold -------------------------------------------------------------------------------------------------


def draw_list(drawing: Drawing) -> Drawn:
    """Show the warnings that hold, the gravest first, acknowledged ones last."""
    board = board_of(drawing)
    ordered = sorted(board.found, key=lambda each: (board.is_acknowledged(each), each.level, each.key))
    shown = [each.series for each in ordered]
    children = _wall_rows(ordered, drawing) if drawing.style.wall else _table(ordered, drawing)
    return Drawn(
        children=children if ordered else html.P(text("no_alerts", drawing.style.language), className="quiet"),
        takeaway=_list_takeaway(board),
        alt="；".join(sentence(each, drawing.catalogue, drawing.style.language) for each in ordered)
        or text("no_alerts", drawing.style.language),
        shown=shown if ordered else None,
        lead=shown[0] if shown else None,
        note_zh=LIMIT_NOTE[0] if ordered else "",
        note_en=LIMIT_NOTE[1] if ordered else "",
    )


def _list_takeaway(board: Board) -> Takeaway:
    count, unknown = len(board.found), sum(not board.is_acknowledged(each) for each in board.found)
    if not count:
        return Takeaway("**所有规则均未触发**", "**No rule holds**")
    gravest = min(each.level for each in board.found)
    zh, en = (level_words(gravest, language) for language in LANGUAGES)
    return Takeaway(
        f"共 {count} 条，**最高{zh}**，{unknown} 条未确认",
        f"{count} in all, **gravest {en}**, {unknown} unacknowledged",
    )


def _wall_rows(ordered: Sequence[Warned], drawing: Drawing) -> html.Div:
    board, style = board_of(drawing), drawing.style
    rows: list[Component] = []
    most = _room(len(ordered))
    for each in ordered[:most]:
        known = [marks.chip("known", text("acknowledged", style.language))] if board.is_acknowledged(each) else []
        when = when_words(each.since, style.language)
        rows.append(
            html.Li(
                [
                    level_chip(each.level, drawing),
                    html.Span(sentence(each, drawing.catalogue, style.language), className="w-said"),
                    *known,
                    warning_line(drawing, each, height_rem=1.75),
                    html.Span(style.words(f"自 {when}", f"since {when}"), className="w-since"),
                ],
                **marks.attributes(data_warning=each.key),
            )
        )
    left = len(ordered) - most
    if left:
        rows.append(html.Li(style.words(f"另有 {left} 条", f"{left} more"), className="w-more"))
    return html.Div(html.Ul(rows, className="w-rows"))


def _room(count: int) -> int:
    """Return how many rows a wall shows of so many; the last row counts the others."""
    return count if count <= WALL_ROWS else WALL_ROWS - 1


def _table(ordered: Sequence[Warned], drawing: Drawing) -> html.Div:
    head = (
        ("级别", "Level", ""), ("事项", "What", ""), ("区域", "Where", "t-wide"), ("数值", "Figure", "num"),
        ("差距", "Gap", "num"), ("走势", "Trend", "t-wide"), ("自何时起", "Since", "nowrap"),
        ("数据期", "Period", "t-wide nowrap"), ("来源", "Source", "t-wide"), ("确认", "Acknowledged", "t-wide"),
    )  # fmt: skip
    row = html.Tr([html.Th(drawing.style.words(zh, en), scope="col", className=look) for zh, en, look in head])
    body = [_row(each, drawing) for each in ordered]
    table = html.Table([html.Thead(row), html.Tbody(body)], className="data-table each-marked")
    return html.Div(table, className="table-scroll")


def _row(each: Warned, drawing: Drawing) -> html.Tr:
    catalogue, language = drawing.catalogue, drawing.style.language
    kind = KINDS[each.kind][language == "en"]
    flags = [marks.chip("sim", text("simulated", language), "exclude")] if each.simulated else []
    if each.example:
        flags.append(marks.chip("", drawing.style.words("示例目标", "example target")))
    return html.Tr(
        [
            html.Td(level_chip(each.level, drawing)),
            html.Th([html.B(what_words(each, catalogue, language)), " ", kind, *flags], scope="row"),
            html.Td(region_words(each.region, catalogue, language), className="t-wide"),
            html.Td(figure_words(each, catalogue, language), className="num"),
            html.Td(gap_words(each, catalogue, language), className="num"),
            html.Td(warning_line(drawing, each, height_rem=1.4), className="t-spark t-wide"),
            html.Td(when_words(each.since, language), className="nowrap"),
            html.Td(when_words(each.period, language), className="t-wide nowrap"),
            html.Td(_source(each, drawing), className="t-wide"),
            html.Td(_known(each, drawing), className="t-wide"),
        ],
        title=sentence(each, catalogue, language),
        **marks.attributes(data_warning=each.key),
    )


def _source(each: Warned, drawing: Drawing) -> str:
    if each.simulated:
        return text("simulated_data", drawing.style.language)
    load = drawing.frame.loads.get(each.load_id)
    return "—" if load is None else drawing.style.words(load.publisher_zh, load.publisher_en)


def _known(each: Warned, drawing: Drawing) -> str:
    board = board_of(drawing)
    record = board.record(each)
    if record is None or record.acknowledged_at is None or not board.is_acknowledged(each):
        return "—"
    who, why, when = record.acknowledged_by, record.acknowledged_because, f"{record.acknowledged_at:%m-%d %H:%M}"
    return drawing.style.words(f"{who} {when}：{why}", f"{who} {when}: {why}")


# --- how many held before ---------------------------------------------------------------------------------------


def draw_over_time(drawing: Drawing) -> Drawn:
    """Count the warnings of each of the last months by level, from the figures as they are known now."""
    board, style = board_of(drawing), drawing.style
    by_month = held_by_month(drawing.frame, drawing.catalogue, board.now.date())
    if not by_month:
        return Drawn(empty=Empty("没有数据", "No data"))
    months, found = list(by_month), list(by_month.values())
    layers = [
        Layer(
            level_words(level, style.language),
            style.token(f"warn-{level}"),
            [sum(each.level == level for each in held) for held in found],
        )
        for level in LEVELS
    ]
    ticks = [Tick(words.axis_label("M", month, style.language), str(year_of(month))) for month in months]
    counts = [len(held) for held in found]
    shown = list(dict.fromkeys(each.series for held in found for each in held))
    said = _time_takeaway(counts)
    return Drawn(
        figure=stacked(layers, ticks, style),
        takeaway=said,
        alt=style.words(said.zh, said.en).replace("**", ""),
        shown=shown or None,
        note_zh="按现知数据回算，不含数据延迟",
        note_en="from figures as known now, without late data",
    )


def _time_takeaway(counts: Sequence[int]) -> Takeaway:
    now, before = counts[-1], counts[-2]
    if now == before:
        return Takeaway(f"本月 {now} 条，**与上月持平**", f"{now} this month, **as many as the month before**")
    zh, en = ("增加", "more") if now > before else ("减少", "fewer")
    size = abs(now - before)
    return Takeaway(
        f"本月 {now} 条，**比上月{zh} {size} 条**", f"{now} this month, **{size} {en} than the month before**"
    )


# --- late sources -----------------------------------------------------------------------------------------------


def draw_late(drawing: Drawing) -> Drawn:
    """List the sources that do not keep their calendar, the latest first."""
    board, style = board_of(drawing), drawing.style
    planned = [each for each in board.statuses if each.timeliness is not None]
    late = sorted(filter(is_late, planned), key=_days_late, reverse=True)
    most = _room(len(late)) if style.wall else len(late)
    rows = [_late_row(each, drawing) for each in late[:most]]
    if len(late) > most:
        left = len(late) - most
        rows.append(html.Li(style.words(f"另有 {left} 个", f"{left} more"), className="w-more"))
    said = _late_takeaway(planned, late)
    quiet = html.P(style.words("有日历的来源均按期", "Every source with a calendar is in time"), className="quiet")
    return Drawn(
        children=html.Div(html.Ul(rows, className="w-rows"), className="table-scroll") if rows else quiet,
        takeaway=said,
        alt=style.words(said.zh, said.en).replace("**", ""),
        note_zh="各来源日历",
        note_en="calendars of the sources",
    )


def _days_late(status: SourceStatus) -> int:
    return 0 if status.timeliness is None else status.timeliness.days_late


def _late_row(status: SourceStatus, drawing: Drawing) -> html.Li:
    style = drawing.style
    name = status.title_zh if style.language == "zh" else status.title_en
    kind = "stale"
    return html.Li(
        [
            marks.chip(kind, words.freshness_words(status.timeliness.state, style.language), "exclamation-triangle")
            if status.timeliness
            else "",
            html.Span(name, className="w-said"),
            html.Span(_since_words(status, style), className="w-since"),
        ],
        **marks.attributes(data_source=status.code),
    )


def _since_words(status: SourceStatus, style: Style) -> str:
    """Return what was due when and how late it is; on a wall only the days. The state stands in the chip before it."""
    if not style.wall:
        state, _, told = state_words(status, style.language).partition(" · ")
        return told or state
    days = _days_late(status)
    return style.words(f"已迟 {days} 天", f"{days} days late")


def _late_takeaway(planned: Sequence[SourceStatus], late: Sequence[SourceStatus]) -> Takeaway:
    if not late:
        count = len(planned)
        return Takeaway(f"{count} 个有日历的来源**均按期**", f"**All {count}** sources with a calendar are in time")
    days = _days_late(late[0])
    return Takeaway(
        f"**{len(late)} 个来源延迟**，最久 {days} 天", f"**{len(late)} sources late**, the longest {days} days"
    )


PANELS = (
    Panel(
        code="warning_list",
        theme="warnings",
        title_zh="当前预警",
        title_en="Warnings",
        unit_zh="按级别",
        unit_en="by level",
        ask=ask_warnings,
        draw=draw_list,
        follows=frozenset({"period"}),
        fixed_zh="固定口径",
        fixed_en="Fixed measure",
        body="html",
        reads=frozenset({"warnings"}),
    ),
    Panel(
        code="warnings_over_time",
        theme="warnings",
        title_zh="预警条数走势",
        title_en="Warnings over time",
        unit_zh="条 · 近12个月",
        unit_en="number · 12 months",
        ask=ask_warnings,
        draw=draw_over_time,
        follows=frozenset({"period"}),
        fixed_zh="固定口径",
        fixed_en="Fixed measure",
        reads=frozenset({"warnings"}),
    ),
    Panel(
        code="late_sources",
        theme="warnings",
        title_zh="延迟的来源",
        title_en="Late sources",
        unit_zh="按各自日历",
        unit_en="by their calendars",
        ask=ask_nothing,
        draw=draw_late,
        follows=frozenset(),
        fixed_zh="现况",
        fixed_en="As of now",
        body="html",
        reads=frozenset({"sources"}),
    ),
)
