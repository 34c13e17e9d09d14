"""The Dash application with our index page: the reader's theme, language and density stand in the first byte.

Setting them on ``<html>`` on the server means that no page ever flashes in the wrong theme. The screen and its first
drawing stand in the page, so that it is read and drawn while Dash still starts. An address that is no
page of ours is a 404 and a query that is no selection a 400, before anything is drawn.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from dash import Dash
from flask import request

from callbacks.context import Context
from callbacks.page import FirstPages

# After a new build every screen reloads at its own moment within so many polls, so that they do not all come at once.
POLLS_TO_RELOAD = 3

FIGURE_SCRIPT = re.compile(r'src="([^"]*/)figure\.js(\?[^"]*)?"')
# Three rising columns; Dash's own icon is fifteen kilobytes of each cold page.
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%231f62d0'"
    " d='M2 9h3v5H2zM6.5 6h3v8h-3zM11 2h3v12h-3z'/%3E%3C/svg%3E"
)

PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-bs-theme="{theme}" data-density="{density}" data-rise="{rise}"{scale} data-build="{build}">
<head>
{metas}
<title>{title}</title>
<link rel="icon" href="{icon}">
{css}
<link rel="preload" href="{template}" as="fetch" crossorigin>
</head>
<body data-heartbeat-s="{heartbeat_s}" data-reload-spread-s="{reload_spread_s}">
<div id="screen">{screen}</div>
<script type="application/json" id="first-drawing">{drawing}</script>
{app_entry}
<noscript><p>请启用 JavaScript。<span lang="en">Please enable JavaScript.</span></p></noscript>
<footer>
{config}
{scripts}
{renderer}
</footer>
</body>
</html>"""


def _template_address(scripts: str) -> str:
    """Return the address ``assets/figure.js`` fetches the template of all charts from, so that it is there in time."""
    script = FIGURE_SCRIPT.search(scripts)
    if script is None:
        raise LookupError("assets/figure.js is not among the scripts of the page")
    return f"{script[1]}plotly_template.json{script[2]}"


def _harmless(json: bytes) -> str:
    """Return JSON that cannot end the element it stands in, whatever its texts say."""
    return json.decode().replace("<", "\\u003c")


class OneScreen(Dash):
    """Dash with an index page that knows the selection in its address."""

    def __init__(self, context: Context, **options: Any) -> None:  # noqa: ANN401 - the options of Dash
        super().__init__("app", **options)
        self._context = context
        self._first_pages = FirstPages(context)

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - as above
        """Return the index page for the request's address; ``RefusalError`` if the address means nothing to us."""
        context = self._context
        selection = context.selection_at(request.path, request.query_string.decode("latin-1"))
        screen, drawing = self._first_pages.make(selection)
        return PAGE.format(
            screen=screen,
            drawing=_harmless(drawing),
            icon=ICON,
            template=_template_address(parts["scripts"]),
            **parts | {"title": escape(context.title(selection.language))},
            lang="en" if selection.language == "en" else "zh-CN",
            theme=selection.theme,
            density=selection.kind,
            rise=selection.rise,
            scale=' data-scale="far"' if selection.scale == "far" else "",
            build=context.build,
            heartbeat_s=context.settings.heartbeat_s,
            reload_spread_s=POLLS_TO_RELOAD * context.settings.heartbeat_s,
        )
