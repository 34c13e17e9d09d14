"""What a feed downloads, kept in a folder: the last whole answer, and what was said about it.

``acquire`` asks the source and puts a new answer in place only after it was read with the source's own loader, so an
error page, a changed layout or a message that lost its rows never replaces what was good. The place is changed in one
step; whoever reads the folder sees the old answer or the new one.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from data.fingerprints import file_sha256
from data.loaders.addresses import Resolver, system_resolver
from data.loaders.fetch_options import PLACEHOLDER, Fed, FetchOptions, SqlOptions, Window
from data.loaders.fetching import Client, Validators
from data.loaders.paging import download_pages
from data.loaders.source import Parsed, Source
from data.loaders.sql import extract
from data.periods import Frequency, month_of, month_period, period_end, year_of

Reader = Callable[[Source, Path], Parsed]  # such as Isolation.parse
State = Literal["new", "unchanged", "quarantined"]


@dataclass(frozen=True)
class Kept:
    """What is known of the answer in place, written beside it.

    ``day`` is when it came (ISO); ``edition`` tells it from an equal answer that came before and was replaced since.
    """

    address: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    rows: int = 0
    day: str = ""
    edition: str = ""

    @classmethod
    def read(cls, path: Path) -> Kept:
        """Return what was written, or nothing if there is no such file or it is damaged: then all is asked anew."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            return cls(**document)
        except (OSError, ValueError, TypeError):
            return cls()


@dataclass(frozen=True)
class Download:
    """What a download gave. A quarantined answer lies beside the good one, under its ``path``.

    ``day`` and ``edition`` are those of the answer at ``path`` (see ``Kept``), also if it came earlier.
    """

    state: State
    path: Path
    rows: int = 0
    tries: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    day: str = ""
    edition: str = ""


@dataclass(frozen=True)
class Downloader:
    """Asks sources on behalf of a refresh. ``folder`` holds one folder per source."""

    folder: Path
    today: date
    reader: Reader
    resolver: Resolver = system_resolver
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    client: Callable[..., Client] = Client

    def acquire(self, source: Source) -> Download | None:
        """Bring the answer of a source up to date; ``None`` if it declares neither ``[fetch]`` nor ``[sql]``.

        Raises ``FetchError`` if there is no answer, ``FileRefusedError`` if it is not what the source declares; then
        the answer in place stays.
        """
        declared = source.options.fetch or source.options.sql if isinstance(source.options, Fed) else None
        if declared is None:
            return None
        folder = self.folder / source.code
        folder.mkdir(parents=True, exist_ok=True)
        place, part = folder / declared.name, folder / f".part-{declared.name}"
        try:
            if isinstance(declared, FetchOptions):
                return self._fetch(source, declared, place, part)
            notes = extract(declared, window_of(declared.window, self.today), part, self.environment)
            return self._take(source, place, part, Download("new", place, notes=tuple(notes)), Kept(), declared)
        finally:
            part.unlink(missing_ok=True)

    def edition(self, source: Source, name: str) -> str:
        """Return the edition of the answer of a source that is in place under ``name``; ``""`` if there is none."""
        return Kept.read(_beside(self.folder / source.code / name)).edition

    def _fetch(self, source: Source, options: FetchOptions, place: Path, part: Path) -> Download:
        client = self.client(options, resolver=self.resolver, environment=self.environment)
        words = window_of(options.window, self.today)
        if options.paging:
            notes = download_pages(
                client.get,
                lambda parameters: address(options, words, parameters),
                options.paging,
                part,
                options.max_bytes,
            )
            return self._take(source, place, part, Download("new", place, notes=tuple(notes)), Kept(), options)
        url = address(options, words, {})
        kept = Kept.read(_beside(place))
        is_same = kept.address == url and place.is_file() and file_sha256(place) == kept.sha256
        asked = Validators(kept.etag, kept.last_modified) if is_same else Validators()
        answer = client.get(url, part, asked)
        told = Download("unchanged", place, kept.rows, answer.tries, answer.notes, kept.day, kept.edition)
        if answer.path is None:
            return told
        fresh = Kept(url, answer.validators.etag, answer.validators.last_modified)
        return self._take(source, place, part, replace(told, state="new"), fresh, options)

    def _take(
        self, source: Source, place: Path, part: Path, told: Download, fresh: Kept, options: FetchOptions | SqlOptions
    ) -> Download:
        """Read the new answer with the loader; put it in place unless it is the same or has lost too many rows."""
        before = Kept.read(_beside(place))
        sha256 = file_sha256(part)
        came = replace(fresh, sha256=sha256, day=self.today.isoformat(), edition=uuid.uuid4().hex)
        told = replace(told, day=came.day, edition=came.edition)
        if place.is_file() and sha256 == file_sha256(place):
            # A person may have put a quarantined answer in place: then its rows are not those noted.
            if before.sha256 != sha256:
                before = replace(came, rows=self.reader(source, place).rows_read)
            _write(_beside(place), replace(came, rows=before.rows, day=before.day, edition=before.edition))
            return replace(told, state="unchanged", rows=before.rows, day=before.day, edition=before.edition)
        named = part.with_name(f"new-{place.name}")
        part.replace(named)
        try:
            rows = self.reader(source, named).rows_read
            if place.is_file() and rows < before.rows * (1 - options.shrink):
                return self._quarantine(named, place, told, rows, before.rows)
            _put(named, place)
        finally:
            named.unlink(missing_ok=True)
        _write(_beside(place), replace(came, rows=rows))
        return replace(told, rows=rows)

    def _quarantine(self, named: Path, place: Path, told: Download, rows: int, before: int) -> Download:
        aside = place.with_name(f"{place.name}.quarantined")
        _put(named, aside)
        note = f"{rows} rows came, {before} last time; looked at by a person, it can take the place of {place.name}"
        return replace(told, state="quarantined", path=aside, rows=rows, notes=(*told.notes, note))


def address(options: FetchOptions, words: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    """Return the address to ask, with the window and the parameters of a page; the key is added when it is asked."""
    url = PLACEHOLDER.sub(lambda match: words[match[1]], options.url)
    query = {name: PLACEHOLDER.sub(lambda match: words[match[1]], text) for name, text in options.query.items()}
    encoded = urlencode({**query, **parameters})
    return f"{url}{'&' if '?' in url else '?'}{encoded}" if encoded else url


def window_of(window: Window | None, today: date) -> dict[str, str]:
    """Return the first and last period asked for, written as declared; nothing without a window."""
    if window is None:
        return {}
    last = month_period(today.year, today.month)
    first = last - window.months + 1
    end = period_end(Frequency.MONTHLY, last).day
    return {"first": _written(first, window.form, 1), "last": _written(last, window.form, end)}


def _written(period: int, form: str, day: int) -> str:
    year, month = year_of(period), month_of(period)
    quarter = (month + 2) // 3
    return {
        "year": f"{year}",
        "month": f"{year}-{month:02d}",
        "month_with_m": f"{year}M{month:02d}",
        "month_digits": f"{year}{month:02d}",
        "quarter": f"{year}-Q{quarter}",
        "quarter_letter": f"{year}{'ABCD'[quarter - 1]}",
        "day": f"{year}-{month:02d}-{day:02d}",
    }[form]


def _beside(place: Path) -> Path:
    return place.with_name(f".kept-{place.name}.json")


def _put(new: Path, place: Path) -> None:
    """Put a file in place so that it is there whole after a power cut, or not at all."""
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, kept: Kept) -> None:
    part = path.with_name(f".part{path.name}")
    part.write_text(json.dumps(asdict(kept)), encoding="utf-8")
    _put(part, path)
