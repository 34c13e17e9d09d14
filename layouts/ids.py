"""Component ids: the only place that makes them, so that callbacks and layouts always mean the same thing.

What is seen is plain HTML (``layouts.markup``) and found by these names in the browser; only stores are components
of Dash. A page has three of them, ``{"type": "asked", "page": <code>}`` and so on (pattern-matching ids match only
identical sets of keys). The parts of a panel have no ids: ``data-part`` names them within their ``data-panel``.
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

SCREEN = "screen"  # the whole page that is seen, plain HTML
FIRST = "first-drawing"  # the block of JSON the index carries: what the page shows first
ADDRESS = "address"  # dcc.Store: the query the browser went back to; written by address.js
MIRROR = "mirror"  # dcc.Store: the query last written into the address bar
EXPANDED = "expanded"  # the dialog of one panel: chart, table, drawer; filled by later-1-dialog.js
OPENED = "opened"  # dcc.Store: which panel was opened, as "heat#3"; written by later-1-dialog.js
EXPANDED_CONTENT = "expanded-content"  # dcc.Store: all that the dialog shows of that panel
EXPANDED_BODY = "expanded-body"  # the place of what of that panel is no chart

AT = "@"  # between a panel and the page of the wall it stands on


def kpis(page: str) -> str:
    """Return the id of the row of key figures of a page; a wall has one for each of its pages."""
    return f"kpis-{page}"


def asked(page: object) -> dict[str, object]:
    """Return the id of the ``dcc.Store`` by which the browser asks for the drawing of a page."""
    return {"type": "asked", "page": page}


def drawn(page: object) -> dict[str, object]:
    """Return the id of the ``dcc.Store`` the drawing of a page arrives in."""
    return {"type": "drawn", "page": page}


def shown(page: object) -> dict[str, object]:
    """Return the id of the ``dcc.Store`` that says which drawing of a page was written last."""
    return {"type": "shown", "page": page}


def instance(panel: str, page: str) -> str:
    """Return the name of a panel on a page of the wall, which holds all its pages at once: ``trade@clusters``.

    On the overview, and on the desk, a panel goes by its code alone.
    """
    return panel if page == "overview" else f"{panel}{AT}{page}"


def code_of(name: str) -> str:
    """Return the code of the panel an instance is of."""
    return name.partition(AT)[0]
