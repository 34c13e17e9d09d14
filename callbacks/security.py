"""What every request passes and what every answer carries: host, origin, size and form of requests; headers; errors.

An error that is nobody's fault but ours gets an id; its traceback goes to the log under that id and nothing of it
to the browser. Everything else is a quiet ``RefusalError``.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from html import escape
from urllib.parse import urlsplit

from dash import Dash
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from callbacks.doorman import Doorman
from callbacks.refusals import OF_STATUS, REASONS, Reason, RefusalError
from callbacks.static_files import ASSETS_ENDPOINT, BUNDLES_ENDPOINT
from data.dialects import READ_ERRORS, WarehouseUnavailableError
from data.outages import outage_of

LOG = logging.getLogger("onescreen")

MAX_BODY_BYTES = 256 * 1024
SERVICE_UNAVAILABLE, RETRY_AFTER_S = 503, 5
CALLBACK_ENDPOINT = "/_dash-update-component"
FILE_ENDPOINTS = frozenset({ASSETS_ENDPOINT, BUNDLES_ENDPOINT})
INDEX_ENDPOINTS = frozenset({"/", "/<path:path>"})
# Routes the frameworks bring along; nothing in this application asks for them.
CLOSED_ENDPOINTS = frozenset({"/_reload-hash", "static"})
HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
DEBUG_VARIABLES = ("DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED", "DASH_UI", "DASH_PROPS_CHECK", "DASH_HOT_RELOAD")
OFF_WORDS = frozenset({"", "0", "false", "no", "off"})

POLICY = (
    "default-src 'self'; script-src 'self' {csp_hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
FILE_HEADERS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HEADERS: dict[str, str] = {
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def refuse_debug_environment(environment: Mapping[str, str]) -> None:
    """Raise ``SystemExit`` with a clear text if the environment switches a development feature on."""
    on = [name for name in DEBUG_VARIABLES if environment.get(name, "").strip().lower() not in OFF_WORDS]
    if on:
        raise SystemExit(
            f"OneScreen does not start with {', '.join(on)} set: it opens development features to every reader. "
            "Unset it and start again."
        )


def guard(app: Dash, doorman: Doorman, trusted_hosts: Collection[str]) -> None:
    """Put all checks and headers on the application; call it after the last callback is registered."""
    server: Flask = app.server
    server.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        PROPAGATE_EXCEPTIONS=False,
    )
    # First in line, before Dash prepares anything for the request.
    checks = [_host_check({*LOOPBACK_NAMES, *trusted_hosts}), refuse_bad_requests]
    server.before_request_funcs[None] = [*checks, *server.before_request_funcs.get(None, [])]
    dispatch: Callable[[], Response] = server.view_functions[CALLBACK_ENDPOINT]  # type: ignore[assignment]
    server.view_functions[CALLBACK_ENDPOINT] = _inspected(doorman, dispatch)
    server.after_request(_with_headers(POLICY.format(csp_hashes=" ".join(app.csp_hashes()))))
    _answer_errors(server)


def _host_check(trusted_hosts: Collection[str]) -> Callable[[], None]:
    """Return the check against DNS rebinding. Flask's TRUSTED_HOSTS cannot name an IPv6 address, hence our own."""
    names = frozenset(name.lower() for name in trusted_hosts)

    def refuse_unknown_hosts() -> None:
        match = HOST.fullmatch(request.environ.get("HTTP_HOST", ""))
        if match is None or match["name"].lower() not in names:
            raise RefusalError("bad_host")

    return refuse_unknown_hosts


def refuse_bad_requests() -> None:
    """Refuse requests from other sites and to closed endpoints."""
    if request.endpoint in CLOSED_ENDPOINTS:
        raise RefusalError("not_found")
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    # Sec-Fetch-Site is set by the browser and cannot be set by a page; Origin serves browsers without it.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise RefusalError("foreign_origin")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.environ.get("HTTP_HOST"):
        raise RefusalError("foreign_origin")


def _inspected(doorman: Doorman, dispatch: Callable[[], Response]) -> Callable[[], Response]:
    """Return the callback view behind its inspection: size first, then form, then Dash."""

    def inspected_dispatch() -> Response:
        body = request.get_data(cache=True)
        # A body without a length is cut at the limit instead of refused.
        if request.content_length is None and len(body) >= MAX_BODY_BYTES:
            raise RefusalError("body_too_large")
        if request.mimetype != "application/json":
            raise RefusalError("not_json")
        doorman.inspect(body)
        return dispatch()

    return inspected_dispatch


def _with_headers(policy: str) -> Callable[[Response], Response]:
    def add_headers(response: Response) -> Response:
        response.headers.update(FILE_HEADERS)
        # A script or a font has no use for a page's policy, and sixty copies of it would be felt in a cold page.
        if response.status_code >= 400 or request.endpoint not in FILE_ENDPOINTS:
            response.headers.update({"Content-Security-Policy": policy, **HEADERS})
        # Only files that carry their own rule (fingerprinted assets) may be kept.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return add_headers


def _answer_errors(server: Flask) -> None:
    server.register_error_handler(RefusalError, _answer_refusal)
    server.register_error_handler(HTTPException, _answer_http_error)
    server.register_error_handler(InvalidResourceError, _answer_missing)
    server.register_error_handler(DependencyException, _answer_missing)
    for error in READ_ERRORS:
        server.register_error_handler(error, _answer_warehouse_away)
    server.register_error_handler(Exception, _answer_internal_error)


def _answer_refusal(refusal: RefusalError) -> Response:
    return answer(refusal.code)


def _answer_missing(_error: Exception) -> Response:
    return answer("not_found")


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=list(error.get_headers()))
    return answer(OF_STATUS.get(status, "bad_request") if status < 500 else "internal_error")


def _answer_warehouse_away(error: Exception) -> Response:
    outage = error.outage if isinstance(error, WarehouseUnavailableError) else outage_of(error)
    code = f"warehouse_{outage.code}" if outage else ""
    return answer(code if code in REASONS else "warehouse_away", error_id=report(error))


def _answer_internal_error(error: Exception) -> Response:
    return answer("internal_error", error_id=report(error))


def report(error: Exception) -> str:
    """Log an unexpected error with its traceback under a new id; return the id."""
    error_id = secrets.token_hex(4)
    LOG.error("error %s", error_id, exc_info=error)
    return error_id


def answer(code: str, error_id: str = "") -> Response:
    """Return the answer for a reason: a page where a reader navigates, JSON everywhere else."""
    reason = REASONS[code]
    if (
        code != "bad_host"
        and request.routing_exception is None
        and request.endpoint in INDEX_ENDPOINTS
        and request.method == "GET"
    ):
        page = Response(_page(code, reason, error_id), status=reason.status, mimetype="text/html")
        return _with_retry_after(page)
    body = {"code": code, "message": f"{reason.zh} {reason.en}"} | ({"id": error_id} if error_id else {})
    response = current_app.make_response(jsonify(body))
    response.status_code = reason.status
    return _with_retry_after(response)


def _with_retry_after(response: Response) -> Response:
    """Say when to come back where it is a matter of time."""
    if response.status_code == SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _page(code: str, reason: Reason, error_id: str) -> str:
    detail = escape(" · ".join(filter(None, (code, error_id))))
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{reason.status} · 一屏通览 OneScreen</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        '<body style="font-family:sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem">'
        f'<h1>{reason.status}</h1><p>{reason.zh}</p><p lang="en">{reason.en}</p><p><code>{detail}</code></p>'
        '<p><a href="/">返回首页 · Back to the first page</a></p></body></html>'
    )
