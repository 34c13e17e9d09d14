"""Which filters a page can use, what the reader chose, and what a panel that cannot follow a choice says.

A filter is a name in ``Panel.follows``. The bar shows the filters some panel of the page follows, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from layouts import marks
from layouts.texts import text
from layouts.theme import Style

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.selection import Selection
    from layouts.panel import Panel

GROWTH = "growth"
GROWTH_VIEWS = ("mom", "avg2", "base")
PLAIN_FILTERS = ("industry", "partner", "commodity", "region", "reference", "currency")
MOST_NAMED = 2


def growth_filter(view: str) -> str:
    """Return the name of a growth view in ``Panel.follows``, such as ``growth.avg2``."""
    return f"{GROWTH}.{view}"


def usable(panels: Iterable[Panel]) -> frozenset[str]:
    """Return the filters at least one of the panels follows."""
    return frozenset().union(*(panel.follows for panel in panels))


def chosen(selection: Selection, catalogue: Catalogue) -> list[str]:
    """Return the filters the reader set to something else than the page's own, period and accumulation apart."""
    plain: Mapping[str, object] = {name: getattr(selection, name) for name in PLAIN_FILTERS}
    own = {"region": catalogue.home_region, "reference": catalogue.district.city_region, "currency": "CNY"}
    found = ["window"] if selection.since is not None or selection.window != "12" else []
    if selection.growth not in (None, "yoy"):
        found.append(growth_filter(str(selection.growth)))
    return [*found, *(name for name, value in plain.items() if value is not None and value != own.get(name))]


def ignored(panel: Panel, selection: Selection, catalogue: Catalogue) -> list[str]:
    """Return the filters the reader set that a panel does not follow."""
    return [name for name in chosen(selection, catalogue) if name not in panel.follows]


def locks(panel: Panel, selection: Selection, catalogue: Catalogue, style: Style) -> list[Component]:
    """Return the chip that names what a panel does not follow, or nothing; on the wall nobody filters."""
    names = [] if style.wall else [filter_name(name, style) for name in ignored(panel, selection, catalogue)]
    if not names:
        return []
    listed = style.words("、", ", ").join(names)
    short = listed if len(names) <= MOST_NAMED else text("and_others", style.language, first=names[0], n=len(names))
    words: list[Component | str] = [marks.icon("lock"), text("not_following", style.language, names=short)]
    return [html.Span(words, className="chip fixed", title=text("not_following", style.language, names=listed))]


def filter_name(name: str, style: Style) -> str:
    """Return a filter in words."""
    return text(f"filter_{name.partition('.')[0]}", style.language)
