"""The Dash application with our index page: the reader's theme, language and density stand in the first byte.

Setting them on ``<html>`` on the server means that no page ever flashes in the wrong theme. An address that is no
page of ours is a 404 and a query that is no selection a 400, before anything is drawn.
"""

from __future__ import annotations

from html import escape
from typing import Any

from dash import Dash
from flask import request

from callbacks.context import Context

# After a new build every screen reloads at its own moment within so many polls, so that they do not all come at once.
POLLS_TO_RELOAD = 3

PAGE = """<!DOCTYPE html>
<html lang="{lang}" data-bs-theme="{theme}" data-density="{density}" data-rise="{rise}"{scale} data-build="{build}">
<head>
{metas}
<title>{title}</title>
{favicon}
{css}
</head>
<body data-heartbeat-s="{heartbeat_s}" data-reload-spread-s="{reload_spread_s}">
{app_entry}
<noscript><p>请启用 JavaScript。<span lang="en">Please enable JavaScript.</span></p></noscript>
<footer>
{config}
{scripts}
{renderer}
</footer>
</body>
</html>"""


class OneScreen(Dash):
    """Dash with an index page that knows the selection in its address."""

    def __init__(self, context: Context, **options: Any) -> None:  # noqa: ANN401 - the options of Dash
        super().__init__("app", **options)
        self._context = context

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - as above
        """Return the index page for the request's address; ``RefusalError`` if the address means nothing to us."""
        context = self._context
        selection = context.selection_at(request.path, request.query_string.decode("latin-1"))
        return PAGE.format(
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
