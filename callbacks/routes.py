"""The small addresses beside the pages: is the process alive, can it serve, which build and data is it showing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify


def add_routes(
    server: Flask,
    build: str,
    data_version: Callable[[], str],
    stale: Callable[[], list[str]],
    warnings: Callable[[], dict[str, Any]],
) -> None:
    """Add ``/healthz``, ``/readyz``, ``/api/version`` and ``/api/warnings``.

    ``stale`` names the indicators that are overdue, ``warnings`` tells the warnings that hold. An unreadable
    warehouse answers 503 from all but the first.
    """

    def healthz() -> Response:
        return jsonify({"status": "ok"})

    def readyz() -> Response:
        return jsonify({"status": "ready", "build": build, "data": data_version()})

    def version() -> Response:
        return jsonify({"build": build, "data": data_version(), "stale": stale()})

    def told_warnings() -> Response:
        return jsonify(warnings())

    routes: dict[str, Callable[[], Any]] = {
        "/healthz": healthz,
        "/readyz": readyz,
        "/api/version": version,
        "/api/warnings": told_warnings,
    }
    for path, view in routes.items():
        server.add_url_rule(path, endpoint=path, view_func=view, methods=["GET"])
