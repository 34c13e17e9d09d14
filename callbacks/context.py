"""What every callback and route needs: settings, catalogue, warehouse, clock, panels, and what was worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from callbacks.cache import ResultCache
from callbacks.refusals import RefusalError
from data.clock import Clock
from data.queries import latest_periods, read_frame, read_frames
from data.selection import ROUTES, Selection, SelectionError, route_for
from data.settings import Settings
from layouts import ids
from layouts.panel import Panel
from layouts.screens import wall_instances
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.facts import SeriesKey
    from data.queries import Frame, Reader, Want
    from data.warehouse import Warehouse


@dataclass(frozen=True)
class Context:
    """Shared, and the same for every reader: nothing here depends on who asks.

    ``panels`` maps panel codes to their declarations; ``build`` is the build id of the running program.
    """

    settings: Settings
    catalogue: Catalogue
    warehouse: Warehouse
    clock: Clock
    panels: Mapping[str, Panel]
    build: str
    results: ResultCache[Any] = field(default_factory=ResultCache)

    @cached_property
    def known_codes(self) -> Mapping[str, frozenset[str]]:
        """Return the values the wildcard parts of an id may take."""
        return {
            "panel": frozenset({*self.panels, *wall_instances()}),
            "page": frozenset(route.page for route in ROUTES.values()),
        }

    def panel(self, name: str) -> Panel:
        """Return the declaration of a panel by its code, or by its name on a page of the wall."""
        return self.panels[ids.code_of(name)]

    def selection_at(self, path: str, query: str) -> Selection:
        """Return the selection an address means. ``RefusalError`` if the path or the query is none of ours."""
        route = route_for(path, self.settings.language)
        if route is None:
            raise RefusalError("not_found")
        try:
            return Selection.from_query(query, self.catalogue, route)
        except SelectionError:
            raise RefusalError("bad_selection") from None

    def frame(self, data: Reader, wants: Sequence[Want], selection: Selection) -> Frame:
        """Return the answer to wants as it was known on the day of a selection: the one place where panels read."""
        return read_frame(data, wants, self.settings.simulated, selection.as_of)

    def frames(self, data: Reader, asked: Mapping[str, Sequence[Want]], selection: Selection) -> dict[str, Frame]:
        """Return the answers to several questions at once, each as if it had been asked alone."""
        return read_frames(data, asked, self.settings.simulated, selection.as_of)

    def newest(self, data: Reader, keys: Iterable[SeriesKey], selection: Selection) -> int | None:
        """Return the latest period any of the series has a value for, as a selection means them."""
        rows = data.read(latest_periods(keys, self.settings.simulated, as_of=selection.as_of))
        return max((row[1] for row in rows), default=None)

    def title(self, language: str) -> str:
        """Return the title of the window and of the screen."""
        district = self.catalogue.district
        if language == "en":
            return f"{district.name_en} · {district.title_en}"
        return f"{district.subtitle_zh}{district.title_zh}"

    def data_version(self) -> str:
        """Return the data version of the warehouse."""
        return self.warehouse.data_version()


def style_of(selection: Selection) -> Style:
    """Return how a selection is drawn."""
    return Style(selection.theme, selection.rise, selection.kind, selection.language, selection.scale == "far")
