"""Assets and component bundles: compressed once, kept in memory, served with a long life only under a fingerprint.

Dash's own file serving compresses nothing, and compressing megabytes for every new reader costs a second of CPU
each. Here a file is compressed when it is first needed (at start for what the index names), the result is kept on
disk under the hash of its content, and a second start only reads it back.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import brotli
from dash import Dash
from dash._validate import validate_js_path
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request

from callbacks.refusals import RefusalError

ASSETS_ENDPOINT = "_dash_assets.static"
BUNDLES_ENDPOINT = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
YEAR = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
COMPRESSED_TYPES = re.compile(r"^(text/|application/(json|javascript|manifest)|image/svg)")
CSS_URL = re.compile(rb"url\((['\"]?)([\w./-]+)\1\)")
CONTENT_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".json": "application/json"}


@dataclass(frozen=True)
class StoredFile:
    """A file ready to be sent; ``brotli`` and ``gzip`` are ``None`` where compression does not pay."""

    content_type: str
    digest: str
    raw: bytes
    brotli: bytes | None
    gzip: bytes | None

    def encoded(self, accepted: Iterable[str]) -> tuple[bytes, str]:
        """Return the smallest body the browser accepts and the name of its encoding (empty for none)."""
        accepted = set(accepted)
        if self.brotli is not None and "br" in accepted:
            return self.brotli, "br"
        if self.gzip is not None and "gzip" in accepted:
            return self.gzip, "gzip"
        return self.raw, ""


class StaticFiles:
    """Serves the assets folder and the registered component bundles of one application."""

    def __init__(self, app: Dash, assets: Path, kept: Path) -> None:
        """``assets`` is the folder served at ``/assets/``; ``kept`` holds compressed files by content hash."""
        self._app = app
        self._assets = assets.resolve()
        self._kept = kept
        self._lock = Lock()
        self._files: dict[str, StoredFile] = {}

    def install(self) -> None:
        """Take over the two routes Dash serves files from."""
        server: Flask = self._app.server
        server.view_functions[ASSETS_ENDPOINT] = self.serve_asset
        server.view_functions[BUNDLES_ENDPOINT] = self.serve_bundle

    def warm(self, index_html: str) -> None:
        """Prepare every file the index names, so that the first reader does not wait for compression."""
        for path in re.findall(r'(?:src|href)="(/[^"?]+)', index_html):
            if path.startswith("/assets/"):
                self._asset(path.removeprefix("/assets/"))
            elif path.startswith("/_dash-component-suites/"):
                package, _, rest = path.removeprefix("/_dash-component-suites/").partition("/")
                self._bundle(package, check_fingerprint(rest)[0])

    def serve_asset(self, filename: str) -> Response:
        """Answer ``/assets/…``; immutable when the address carries the fingerprint of the present file."""
        stored = self._asset(filename)
        fingerprint = request.args.get("m", "")
        current = fingerprint in {stored.digest[:8], str((self._assets / filename).stat().st_mtime)}
        return _send(stored, YEAR if fingerprint and current else REVALIDATE)

    def serve_bundle(self, package_name: str, fingerprinted_path: str) -> Response:
        """Answer ``/_dash-component-suites/…``; only paths Dash has registered exist."""
        path, has_fingerprint = check_fingerprint(fingerprinted_path)
        return _send(self._bundle(package_name, path), YEAR if has_fingerprint else REVALIDATE)

    def _asset(self, filename: str) -> StoredFile:
        path = (self._assets / filename).resolve()
        if not path.is_relative_to(self._assets) or not path.is_file():
            raise RefusalError("not_found")
        return self._stored(f"asset:{path}:{path.stat().st_mtime_ns}", path.name, lambda: self._read_asset(path))

    def _read_asset(self, path: Path) -> bytes:
        content = path.read_bytes()
        return self._with_fingerprints(path, content) if path.suffix == ".css" else content

    def _with_fingerprints(self, stylesheet: Path, content: bytes) -> bytes:
        """Return a stylesheet whose local files (fonts) are named with their content hash, so they may be kept."""

        def named(match: re.Match[bytes]) -> bytes:
            target = (stylesheet.parent / match[2].decode()).resolve()
            if not target.is_relative_to(self._assets) or not target.is_file():
                return match[0]
            return b"url(" + match[1] + match[2] + b"?m=" + _digest(target.read_bytes())[:8].encode() + match[1] + b")"

        return CSS_URL.sub(named, content)

    def _bundle(self, package: str, path: str) -> StoredFile:
        validate_js_path(self._app.registered_paths, package, path)
        return self._stored(f"bundle:{package}/{path}", path, lambda: _package_file(package, path))

    def _stored(self, key: str, name: str, read: Callable[[], bytes]) -> StoredFile:
        stored = self._files.get(key)
        if stored is None:
            with self._lock:
                stored = self._files.get(key) or self._prepare(name, read())
                self._files[key] = stored
        return stored

    def _prepare(self, name: str, raw: bytes) -> StoredFile:
        extension = Path(name).suffix
        content_type = CONTENT_TYPES.get(extension) or mimetypes.types_map.get(extension, "application/octet-stream")
        digest = _digest(raw)
        if not COMPRESSED_TYPES.match(content_type):
            return StoredFile(content_type, digest, raw, None, None)
        return StoredFile(
            content_type,
            digest,
            raw,
            self._compressed(digest, "br", raw, lambda data: brotli.compress(data, quality=11)),
            self._compressed(digest, "gz", raw, lambda data: gzip.compress(data, 9, mtime=0)),
        )

    def _compressed(self, digest: str, suffix: str, raw: bytes, compress: Callable[[bytes], bytes]) -> bytes | None:
        kept = self._kept / f"{digest}.{suffix}"
        if kept.is_file():
            return kept.read_bytes()
        smaller = compress(raw)
        self._keep(kept, smaller)
        return smaller if len(smaller) < len(raw) else None

    def _keep(self, path: Path, content: bytes) -> None:
        """Write beside and rename, so that another process never reads half a file."""
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(path)
        except OSError:
            # A read-only or full disk costs the next start some seconds of compression and nothing else.
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _send(stored: StoredFile, cache_control: str) -> Response:
    body, encoding = stored.encoded(name for name, _ in request.accept_encodings)
    response = Response(body, content_type=stored.content_type)
    if stored.content_type.startswith("text/"):
        response.headers["Content-Type"] += "; charset=utf-8"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = cache_control
    response.set_etag(f"{stored.digest[:16]}{encoding}")
    return response.make_conditional(request)  # type: ignore[return-value]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _package_file(package: str, path: str) -> bytes:
    if package not in sys.modules:
        raise RefusalError("not_found")
    content = pkgutil.get_data(package, path)
    if content is None:
        raise RefusalError("not_found")
    return content
