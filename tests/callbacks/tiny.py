"""A tiny application behind the real door: two panels, one store, one failing callback, no warehouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, dcc, html

from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.routes import add_routes
from callbacks.security import guard
from callbacks.static_files import StaticFiles

ROOT = Path(__file__).resolve().parents[2]
CODES = ("heat", "trade")


def version_seven() -> str:
    """Return a fixed data version."""
    return "7"


def tiny_app(kept: Path, data_version: Callable[[], str] = version_seven) -> tuple[Dash, Doorman, list[Any]]:
    """Return the application, its doorman, and the list its callbacks write down what they were given in."""
    app = Dash("tests.callbacks.tiny", assets_folder=str(ROOT / "assets"), enable_mcp=False)
    app.layout = html.Div(
        [dcc.Store(id="selection"), html.Div(id="page"), html.Div(id="picked"), html.Div(id="broken")]
    )
    app.config.suppress_callback_exceptions = True
    doorman = Doorman(app, {"panel": CODES})
    seen: list[Any] = []

    @doorman.callback(Output("page", "children"), Wire(Input("selection", "data"), QueryText))
    def show_page(query: str | None) -> str:
        seen.append(query)
        return f"page {query}"

    @doorman.callback(
        [
            Output({"type": "figure", "panel": MATCH}, "data"),
            Output({"type": "panel-root", "panel": MATCH}, "className"),
        ],
        Wire(Input("selection", "data"), QueryText),
        Wire(State({"type": "panel-root", "panel": MATCH}, "data-area"), ShortText),
    )
    def show_panel(code: str, query: str | None, area: str | None) -> tuple[Any, Any]:
        seen.append((code, query, area))
        return {"code": code}, area

    @doorman.callback(Output("picked", "children"), Wire(Input({"type": "pick", "panel": ALL}, "title"), ShortText))
    def pick(titles: dict[str, str | None]) -> str:
        seen.append(titles)
        return ",".join(titles)

    @doorman.callback(Output("broken", "children"), Wire(Input("selection", "data"), QueryText))
    def break_down(query: str | None) -> str:
        raise RuntimeError(f"SELECT secret FROM /var/lib/onescreen.db WHERE {query}")

    StaticFiles(app, ROOT / "assets", kept).install()
    add_routes(app.server, "build-1", data_version, list, dict)
    guard(app, doorman, ["screen.example"])
    return app, doorman, seen
