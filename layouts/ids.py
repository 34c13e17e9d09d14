"""Component ids: the only place that makes them, so that callbacks and layouts always mean the same thing.

A panel has several parts that a callback fills; each part is ``{"type": "panel-<part>", "panel": <code>}``, the
figure store and the graph are ``figure`` and ``graph`` (pattern-matching ids match only identical sets of keys).
Everything there is one of is a plain string.
"""

from __future__ import annotations

TICK = "tick"  # dcc.Store: the data version last heard of; written by heartbeat.js
SELECTION = "selection"  # dcc.Store: the reader's choice as a canonical query string
LOCATION = "location"

HEADER_PERIOD = "header-period"  # period, year bar, as-of, freshness counts, simulated chip
HEADER_HEADLINE = "header-headline"  # the one sentence of the day
WARNING_COUNT = "warning-count"  # how many warnings hold, beside the page's name
TICKER = "ticker"  # warnings and notices at the foot of the wall

FILTERS = "filters"  # the bar of filters of the desk
PERIOD_SELECT = "period-select"  # the native select of the month
SINCE_SELECT = "since-select"  # the native select of the first month of a range
CHOICE = "filter-choice"  # dcc.Store: what a control chose, as field=value#n; written by filters.js
MARK = "mark-choice"  # dcc.Store: the mark that was clicked, as field=code#n; written by filters.js
TREE_OPENED = "tree-opened"  # dcc.Store: how often the industry tree was opened
TREE_CONTENT = "tree-content"  # dcc.Store: the industries with their figures
CRUMBS = "crumbs"  # breadcrumb and pills
HINT = "crumbs-hint"  # how many panels the stack reaches, and the way one step back
SWITCHES = "switches"  # links that change theme and language

PAGE = "page"  # the place of the screen
ADDRESS = "address"  # dcc.Store: the query the browser went back to; written by address.js
MIRROR = "mirror"  # dcc.Store: the query last written into the address bar
EXPANDED = "expanded"  # the dialog of one panel: chart, table, drawer; filled by later-1-dialog.js
OPENED = "opened"  # dcc.Store: which panel was opened, as "heat#3"; written by later-1-dialog.js
EXPANDED_CONTENT = "expanded-content"  # dcc.Store: all that the dialog shows of that panel
EXPANDED_BODY = "expanded-body"  # what of that panel is no chart

AT = "@"  # between a panel and the page of the wall it stands on
PANEL_PARTS = ("root", "side", "takeaway", "banner", "body", "foot", "plot", "unit")


def kpis(page: object) -> dict[str, object]:
    """Return the id of the row of key figures of a page; a wall has one for each of its pages."""
    return {"type": "kpis", "page": page}


def wall_page(page: object) -> dict[str, object]:
    """Return the id of the place of a page of the wall, which is filled when ``wanted`` asks for it."""
    return {"type": "wall-page", "page": page}


def wanted(page: object) -> dict[str, object]:
    """Return the id of the store by which ``wall.js`` asks for a page of the wall."""
    return {"type": "wanted", "page": page}


def instance(panel: str, page: str) -> str:
    """Return the name of a panel on a page of the wall, which holds all its pages at once: ``trade@clusters``.

    On the overview, and on the desk, a panel goes by its code alone.
    """
    return panel if page == "overview" else f"{panel}{AT}{page}"


def code_of(name: str) -> str:
    """Return the code of the panel an instance is of."""
    return name.partition(AT)[0]


def panel_part(part: str, panel: object) -> dict[str, object]:
    """Return the id of a part of a panel; ``panel`` is a panel code or a Dash wildcard such as ``MATCH``."""
    if part not in PANEL_PARTS:
        raise ValueError(f"a panel has no part {part!r}; it has {', '.join(PANEL_PARTS)}")
    return {"type": f"panel-{part}", "panel": panel}


def figure(panel: object) -> dict[str, object]:
    """Return the id of the ``dcc.Store`` that holds a panel's figure as the server made it (k = 1, no template)."""
    return {"type": "figure", "panel": panel}


def graph(panel: object) -> dict[str, object]:
    """Return the id of the ``dcc.Graph`` of a panel, which ``onescreen.fit`` writes."""
    return {"type": "graph", "panel": panel}


def choice(group: str, value: object) -> dict[str, object]:
    """Return the id of one button of a segmented control, e.g. ``choice("accumulation", "Y")``."""
    return {"type": "choice", "group": group, "value": value}
