"""One panel under a selection: what it asked for is drawn, and source, state and what is late printed beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from dash.development.base_component import Component

from callbacks.board import board
from callbacks.context import Context, style_of
from callbacks.releases import LATE, awaited, release_of
from callbacks.withheld import withheld
from data.facts import TOTAL, SeriesKey
from data.freshness import Freshness
from data.periods import Accumulation, Frequency
from data.queries import Frame, Want, extent
from data.selection import Selection
from layouts import filters, marks, panel, stamps, words
from layouts.compare import is_compared, is_twin, side_words
from layouts.known import known_on
from layouts.mark_list import mark_list
from layouts.panel import Drawing, Drawn, Empty, Panel, Parts
from layouts.panels.reading import LANGUAGES
from layouts.texts import text
from layouts.theme import Style
from layouts.view import View

if TYPE_CHECKING:
    from datetime import date

    from data.catalogue import Catalogue
    from data.warehouse import Snapshot

LEVEL = "level"


class Answer(NamedTuple):
    """What a panel asks for under a selection, and the frame that answers it."""

    wants: Sequence[Want]
    frame: Frame


def parts(
    context: Context, data: Snapshot, name: str, selection: Selection, answer: Answer | None = None, area: str = ""
) -> Parts:
    """Return what is written into one panel (``layouts.panel.PARTS``), all of it from one state of the data."""
    declared = context.panel(name)
    made = view(context, data, declared, selection, answer=answer)
    drawn = made.drawn
    drawn = replace(drawn, extra_side=[*marks.listed(drawn.extra_side), *_beside(declared, drawn, context, selection)])
    return panel.drawn_parts(declared, drawn, made.stamp, made.style, data.version, area)


def view(
    context: Context,
    data: Snapshot,
    declared: Panel,
    selection: Selection,
    style: Style | None = None,
    answer: Answer | None = None,
) -> View:
    """Read, draw and stamp one panel; ``style`` is another look than the selection's own (a picture is light).

    ``answer`` is what it asks for, where that was asked and read already.
    """
    style, seen = style_of(selection) if style is None else style, declared.sees(selection)
    wants, frame = _answer(context, data, declared, selection) if answer is None else answer
    more = board(context, data, seen, declared.reads) if declared.reads else None
    drawing = Drawing(frame, context.catalogue, selection, style, more, awaited(context, frame, seen))
    drawn = declared.draw(drawing)
    hidden = withheld(context, data, frame, drawn, wants, seen)
    if hidden is not None:
        drawn = Drawn(empty=hidden)
    elif drawn.empty and seen.period is not None and wants:
        found = elsewhen(data, wants, context.settings.simulated, seen.as_of)
        latest = selection.with_(period=None).address()
        drawn = replace(drawn, empty=replace(found, address=latest) if found else drawn.empty)
    late = overdue(frame, drawn, context, seen)
    stamp = stamps.stamp_of(frame, drawn, context.catalogue, style, late, seen.period)
    return View(declared, drawing, drawn, stamp, data.version)


def _answer(context: Context, data: Snapshot, declared: Panel, selection: Selection) -> Answer:
    wants = declared.ask(context.catalogue, selection)
    return Answer(wants, context.frame(data, wants, selection))


def _beside(declared: Panel, drawn: Drawn, context: Context, selection: Selection) -> list[Component]:
    """Return what the filters add to a panel's head: what it does not follow, and its marks as a list."""
    catalogue, style, seen = context.catalogue, style_of(selection), declared.sees(selection)
    side = side_words(selection, catalogue, is_twin(declared)) if is_compared(selection) else ""
    sides = [marks.chip("side", side)] if side else _area(declared, seen, catalogue, style)
    locks = filters.locks(declared, seen, catalogue, style)
    return [
        *known_on(selection, style, short=True),
        *sides,
        *locks,
        *mark_list(declared, drawn, seen, catalogue, style),
    ]


def _area(declared: Panel, selection: Selection, catalogue: Catalogue, style: Style) -> list[Component]:
    """Return the region a panel is of where another one than the district was chosen and the panel follows it."""
    region = selection.region
    if style.wall or region in (None, catalogue.home_region) or "region" not in declared.follows:
        return []
    return [marks.chip("side", catalogue.regions[region].word("short", style.language))]


def elsewhen(data: Snapshot, wants: Sequence[Want], simulated: bool, as_of: date | None = None) -> Empty | None:
    """Return what an empty panel says if its series have figures, but none in the chosen period."""
    keys = {want.lead or want.key for want in wants}
    known = extent({key for key in keys if key.frequency != Frequency.DAILY}, simulated, as_of)
    ends: list[int | None] = list(data.read(known)[0])
    if None in ends:
        return None
    zh, en = (
        "–".join(
            words.period_label(Frequency.MONTHLY, Accumulation.SINGLE, end, language) for end in ends if end is not None
        )
        for language in LANGUAGES
    )
    return Empty(
        f"所选时期没有数据；现有 {zh}",
        f"No data for the chosen period; there are figures for {en}",
        "请改选“最新”或范围内的时期",
        "Choose Latest, or a period within the range",
        action_zh=text("see_latest", "zh"),
        action_en=text("see_latest", "en"),
    )


def overdue(frame: Frame, drawn: Drawn, context: Context, selection: Selection) -> stamps.Overdue | None:
    """Return what should be there already, if the panel shows the latest data and any series it shows is late.

    A chosen period is never late, nor is what was known on a day. The gravest series is told, by name where others
    are not as late as it is.
    """
    if selection.period is not None or selection.as_of is not None or drawn.empty:
        return None
    shown = _shown_series(frame, drawn)
    releases = {key: release for key in shown if (release := release_of(context, frame, key)) is not None}
    late = [key for key in shown if releases[key].state in LATE]
    if not late:
        return None
    worst = max(late, key=lambda key: (releases[key].state is Freshness.BROKEN, releases[key].days_late))
    release, indicator = releases[worst], context.catalogue.indicators[worst.indicator]
    awaited = words.period_label(
        worst.frequency,
        Accumulation.SINGLE,
        release.awaited_period,
        selection.language,
        indicator.combined_january_february if release.combined is None else release.combined,
    )
    if all(each.due == release.due for each in releases.values()):
        return stamps.Overdue(awaited, release.due, release.days_late, release.state)
    name, partial = _late_name(worst, shown, context, selection), (drawn.lead or stamps.lead_of(frame)) not in late
    peers = sum(releases[key].state is release.state for key in late) - 1
    days, others = release.days_late, len(late) - 1
    return stamps.Overdue(awaited, release.due, days, release.state, name, others, partial, peers)


def _shown_series(frame: Frame, drawn: Drawn) -> list[SeriesKey]:
    """Return the series with figures a panel shows; growth beside its level is no series of its own here."""
    shown = list(frame if drawn.shown is None else frame.shown(drawn.shown))
    known = [key for key in dict.fromkeys(shown) if frame.last(key)]
    return [key for key in known if key.measure == LEVEL or key.with_(measure=LEVEL) not in known]


def _late_name(key: SeriesKey, shown: Sequence[SeriesKey], context: Context, selection: Selection) -> str:
    """Return what tells a late series from the others shown: its indicator, else the part of it that it measures."""
    language = selection.language
    parts = [
        context.catalogue.label(dimension, code, language, short=True)
        for dimension in ("industry", "partner", "commodity", "breakdown")
        if (code := getattr(key, dimension)) != TOTAL
    ]
    if len({each.indicator for each in shown}) > 1 or not parts:
        parts.insert(0, context.catalogue.indicators[key.indicator].word("short", language))
    return ("" if language == "zh" else " ").join(parts)
