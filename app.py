"""Put the application together: ``create_app(settings)`` for tests and tools, ``server`` for gunicorn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dash import Dash
from flask_compress import Compress

from callbacks import register
from callbacks.board import as_json
from callbacks.build import build_id
from callbacks.context import Context
from callbacks.exports import add_exports
from callbacks.index import OneScreen
from callbacks.overview import stale
from callbacks.page import root_layout
from callbacks.routes import add_routes
from callbacks.security import guard, refuse_debug_environment
from callbacks.static_files import StaticFiles
from data.catalogue import CatalogueError, load_catalogue
from data.clock import clock_for
from data.dialects import WarehouseUnavailableError
from data.selection import ROUTES
from data.settings import ROOT, Settings, SettingsError, load_settings
from data.warehouse import open_warehouse
from layouts.compare import with_twins
from layouts.panels import PANELS

if TYPE_CHECKING:
    from flask import Flask

    server: Flask

ASSETS = ROOT / "assets"
COMPRESSED_ASSETS = ROOT / "var" / "compressed"


def create_app(settings: Settings) -> Dash:
    """Return the application. ``SystemExit`` with a clear text if the catalogue or the environment is not right."""
    refuse_debug_environment(os.environ)
    context = _context(settings)
    app = OneScreen(
        context,
        assets_folder=str(ASSETS),
        assets_ignore="^later-",
        update_title="",
        enable_mcp=False,
        add_log_handler=False,
    )
    app.config.suppress_callback_exceptions = True
    app.layout = root_layout()
    doorman = register(app, context)
    files = StaticFiles(app, ASSETS, COMPRESSED_ASSETS)
    files.install()
    add_routes(
        app.server, context.build, context.data_version, lambda: stale(context), lambda: as_json(context, ROUTES["/"])
    )
    add_exports(app.server, context)
    guard(app, doorman, {*settings.trusted_hosts, settings.host})
    app.server.config.update(COMPRESS_MIMETYPES=["application/json", "text/html"], COMPRESS_ALGORITHM=["br", "gzip"])
    Compress(app.server)
    app.server.extensions.update({"onescreen": context, "onescreen.doorman": doorman})
    files.warm(_first_page(app))
    # No connection may cross the fork into the web processes.
    context.warehouse.dispose()
    return app


def _context(settings: Settings) -> Context:
    warehouse = open_warehouse(settings.warehouse, readonly=True)
    try:
        catalogue = load_catalogue(settings.catalogue)
        warehouse.check_schema()
        warehouse.check_file()
    except (CatalogueError, WarehouseUnavailableError) as error:
        warehouse.dispose()
        raise SystemExit(f"OneScreen does not start: {error}") from error
    build = build_id(ROOT, [settings.catalogue])
    return Context(settings, catalogue, warehouse, clock_for(settings.today), with_twins(PANELS), build)


def _first_page(app: Dash) -> str:
    """Return the index as the first reader will get it; it also makes Dash prepare its resources before the fork."""
    index: str = app.server.test_client().get("/", headers={"Host": "localhost"}).get_data(as_text=True)
    return index


def __getattr__(name: str) -> Flask:
    """Make ``app:server`` when gunicorn asks for it, so that importing this module starts nothing."""
    if name != "server":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        made: Flask = create_app(load_settings()).server
    except SettingsError as error:
        raise SystemExit(f"OneScreen does not start: {error}") from error
    globals()["server"] = made
    return made
