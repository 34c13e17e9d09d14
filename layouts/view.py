"""One panel as a reader sees it: what was asked, what was drawn, and what is printed beside it.

The screen, the table, the drawer and every file are made from the same ``View``, so none can say something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layouts.compare import is_compared, is_twin, side_words

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey
    from data.queries import Frame
    from data.selection import Selection
    from layouts.panel import Drawing, Drawn, Panel
    from layouts.stamps import Stamp
    from layouts.theme import Style


@dataclass(frozen=True)
class Listed:
    """One series in the table of a panel: the periods the chart shows, and whether it shows the growth beside them.

    ``beside`` marks a figure that stands beside the chart and not in it.
    """

    key: SeriesKey
    periods: Sequence[int]
    growth: bool = True
    beside: bool = False


@dataclass(frozen=True)
class WorkedOut:
    """Figures a panel shows that are no stored series (a balance, a location quotient), with their formula.

    ``values`` holds them by series (``None``: of the whole panel) and period. ``unit`` is a code of the catalogue's
    units or empty; ``sign`` writes + before what is above zero. ``marks`` says by series what is true of its figures
    alone (the month its index stands on).
    """

    name_zh: str
    name_en: str
    formula_zh: str
    formula_en: str
    unit: str
    decimals: int
    values: Mapping[SeriesKey | None, Mapping[int, float | None]] = field(default_factory=dict)
    sign: bool = False
    marks: Mapping[SeriesKey | None, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """One panel under one selection, from one state of the data (``version``)."""

    panel: Panel
    drawing: Drawing
    drawn: Drawn
    stamp: Stamp
    version: str

    @property
    def frame(self) -> Frame:
        """Return everything the panel asked for."""
        return self.drawing.frame

    @property
    def catalogue(self) -> Catalogue:
        """Return the catalogue the panel was drawn with."""
        return self.drawing.catalogue

    @property
    def selection(self) -> Selection:
        """Return the reader's choice."""
        return self.drawing.selection

    @property
    def style(self) -> Style:
        """Return how it was drawn."""
        return self.drawing.style

    @property
    def title(self) -> str:
        """Return the panel's title in the reader's language; of two screens side by side, with the side it is of."""
        title = self.style.words(self.panel.title_zh, self.panel.title_en)
        if not is_compared(self.selection):
            return title
        side = side_words(self.selection, self.catalogue, is_twin(self.panel))
        return self.style.words(f"{title}（{side}）", f"{title} ({side})")

    @property
    def unit(self) -> str:
        """Return what stands beside the title; a filter may change it."""
        own = self.style.words(self.drawn.unit_zh, self.drawn.unit_en)
        return own or self.style.words(self.panel.unit_zh, self.panel.unit_en)

    @property
    def headline(self) -> str:
        """Return the sentence over the chart without its marks of bold, or nothing."""
        said = self.drawn.takeaway
        return "" if said is None or self.drawn.empty else self.style.words(said.zh, said.en).replace("**", "")

    @property
    def shown(self) -> Frame:
        """Return the series really shown."""
        return self.frame if self.drawn.shown is None else self.frame.shown(self.drawn.shown)

    def listed(self) -> tuple[Listed, ...]:
        """Return the series of the table: as the panel lists them, else every series shown with all its periods.

        Growth that stands beside its level is a column of the level and no series of its own.
        """
        if self.drawn.empty:
            return ()
        if self.drawn.listed is not None:
            return tuple(self.drawn.listed)
        shown = self.shown
        own = [key for key in shown if key.measure == "level" or key.with_(measure="level") not in shown]
        return tuple(Listed(key, [cell.period for cell in shown[key]]) for key in own)
