"""无权限: a panel with nothing to show because all there is of it is confidential or not for publication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from data.concealment import CONFIDENTIAL
from data.queries import Provenance, confidential_loads, provenance_of
from layouts.panel import Drawn, Empty
from layouts.texts import text

if TYPE_CHECKING:
    from callbacks.context import Context
    from data.queries import Frame, Want
    from data.selection import Selection
    from data.warehouse import Snapshot


def withheld(
    context: Context, data: Snapshot, frame: Frame, drawn: Drawn, wants: Sequence[Want], selection: Selection
) -> Empty | None:
    """Return what a panel says instead of its figures if none of them may be shown; nothing where one may."""
    if not wants or _shows_a_figure(frame, drawn):
        return None
    keys = {want.lead or want.key for want in wants}
    levels = {key for key in keys if key.measure == "level"} or keys
    statement = confidential_loads(levels, context.settings.simulated, selection.period, selection.as_of)
    rows: Sequence[Sequence[Any]] = data.read(statement)
    found = {row[0]: row[1] for row in rows}
    if not found or found.keys() - CONFIDENTIAL:
        return None
    status, load_id = min(found.items())
    return _empty(status, Provenance._make(data.read(provenance_of([load_id]))[0]))


def _shows_a_figure(frame: Frame, drawn: Drawn) -> bool:
    shown = frame if drawn.shown is None else frame.shown(drawn.shown)
    return not drawn.empty and any(cell.value is not None for cell in shown.all_cells())


def _empty(status: str, load: Provenance) -> Empty:
    return Empty(
        text(f"withheld_{status}", "zh"),
        text(f"withheld_{status}", "en"),
        text("withheld_hint", "zh", publisher=load.publisher_zh),
        text("withheld_hint", "en", publisher=load.publisher_en),
        icon="lock",
    )
