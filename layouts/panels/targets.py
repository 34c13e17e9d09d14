"""All targets in one table: the goal, what is reached, where it should be by now (序时进度), the gap, and a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from data.warning_evaluation import TargetState, target_states
from data.warning_words import number, when_words
from layouts import marks, words
from layouts.key_targets import ROOM_BEYOND_GOAL, target_name
from layouts.panel import Drawing, Drawn, Empty, Panel, Takeaway
from layouts.panels.warnings import ask_warnings
from layouts.texts import text

if TYPE_CHECKING:
    from collections.abc import Sequence

WALL_TARGETS = 6  # as many rows of 1.125 rem as fit the panel; the farthest behind stand first
NO_TARGETS = Empty("没有可比较的目标", "No target to compare with", "目标在指标目录中声明", "Targets are declared")


def draw_targets(drawing: Drawing) -> Drawn:
    """Show every target for the year of its newest figure, those farthest behind first."""
    states = sorted(target_states(drawing.frame, drawing.catalogue), key=lambda each: each.completion.gap_points)
    if not states:
        return Drawn(empty=NO_TARGETS)
    most = WALL_TARGETS if drawing.style.wall else len(states)
    table, left = _table(states[:most], drawing), max(len(states) - most, 0)
    said = _takeaway(states)
    notes = _notes(states, left)
    return Drawn(
        children=table,
        takeaway=said,
        alt="；".join(_spoken(each, drawing) for each in states),
        shown=[each.key for each in states],
        lead=states[0].key,
        note_zh=notes[0],
        note_en=notes[1],
    )


def _notes(states: Sequence[TargetState], left: int) -> tuple[str, str]:
    """Say how many targets have no room, and that targets are examples."""
    notes = [(f"另有 {left} 项", f"{left} more")] if left else []
    if any(each.indicator.target_is_example for each in states):
        notes.append(("示例目标待接入本区计划", "example targets"))
    return " · ".join(zh for zh, _ in notes), " · ".join(en for _, en in notes)


def _is_behind(state: TargetState) -> bool:
    return round(state.completion.gap_points, 1) < 0


def _takeaway(states: Sequence[TargetState]) -> Takeaway:
    behind, count = sum(map(_is_behind, states)), len(states)
    if not behind:
        return Takeaway(f"{count} 项目标**均达进度**", f"**All {count} targets** on schedule")
    return Takeaway(f"{count} 项目标中 **{behind} 项低于进度**", f"**{behind} of {count} targets** behind schedule")


def _table(states: Sequence[TargetState], drawing: Drawing) -> html.Div:
    wall = drawing.style.wall
    head = [
        ("指标", "Indicator", ""), ("目标", "Goal", "num"), ("完成", "Reached", "num"),
        ("序时", "Schedule", "num t-wide"), ("差距", "Gap", "num"), ("", "", "t-bullet t-wide"),
    ]  # fmt: skip
    row = html.Tr([html.Th(drawing.style.words(zh, en), scope="col", className=look) for zh, en, look in head])
    body = [_row(each, drawing) for each in states]
    table = html.Table([html.Thead(row), html.Tbody(body)], className="data-table each-marked" + (" far-read" * wall))
    return html.Div(table, className="" if wall else "table-scroll")


def _row(state: TargetState, drawing: Drawing) -> html.Tr:
    language, indicator = drawing.style.language, state.indicator
    reached = f"{number(state.completion.reached, 1)}%"
    # What is reached of a level target stands beside what should be; a growth has only its goal.
    expected = "—" if state.expected is None else words.schedule_words(state.expected, language).partition(" ")[2]
    period = when_words(state.when, language)
    flags = [marks.chip("sim", text("simulated", language), "exclude")] if state.cell.simulated else []
    behind = " behind" if _is_behind(state) else ""
    return html.Tr(
        [
            html.Th([indicator.word("short", language), *flags], scope="row", title=period),
            html.Td(_goal(state, drawing), className="num"),
            html.Td(reached, className="num"),
            html.Td(expected, className="num t-wide"),
            html.Td(words.gap_words(state.completion, language, short=True), className="num"),
            html.Td(_bar(state, behind), className="t-bullet t-wide"),
        ],
        title=f"{target_name(indicator, language)} · {period}",
        **marks.attributes(data_target=indicator.code),
    )


def _goal(state: TargetState, drawing: Drawing) -> str:
    if state.expected is None:
        return f"{number(state.goal, 1)}%"
    unit = drawing.catalogue.units[state.indicator.unit]
    return words.figure(state.goal, unit, state.indicator.decimals, drawing.style.language).text


def _bar(state: TargetState, behind: str) -> html.Div:
    completion = state.completion
    room = 100.0
    if state.expected is None:
        room = max(completion.expected * ROOM_BEYOND_GOAL, completion.reached, 1e-9)
    fill, mark = (min(100.0, max(0.0, 100 * part / room)) for part in (completion.reached, completion.expected))
    parts = [html.B(style={"width": f"{fill:.1f}%"}), html.U(style={"left": f"{mark:.1f}%"})]
    return html.Div(parts, className=f"t-bar{behind}", **marks.attributes(aria_hidden="true"))


def _spoken(state: TargetState, drawing: Drawing) -> str:
    language = drawing.style.language
    gap = words.gap_words(state.completion, language)
    return f"{state.indicator.word('short', language)} {number(state.completion.reached, 1)}%，{gap}"


PANELS = (
    Panel(
        code="targets",
        theme="warnings",
        title_zh="目标进度",
        title_en="Targets",
        unit_zh="年度目标与序时进度",
        unit_en="goal and schedule of the year",
        ask=ask_warnings,
        draw=draw_targets,
        follows=frozenset({"period"}),
        fixed_zh="固定口径",
        fixed_en="Fixed measure",
        body="html",
    ),
)
